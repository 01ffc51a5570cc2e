/**
 * Purpose: what drawn grids change in a plan: each unit goes to the polygon that holds more than half of its area.
 * Inputs: polygons in EPSG:4326 with the words that name their grid; the plan.
 * Guarantees: total = assigned + unchanged + ambiguous + refused, in units. A unit without a majority (a tie among them), with two
 * majorities (polygons that overlap), in no polygon, or locked, keeps its grid and is listed with its shares.
 * Cost: that of `coverageOf`.
 */
import type { MultiPolygonCoordinates } from '#domain/geo/shapes.ts'
import { coverageOf, type UnitCoverage } from '#domain/units/majority.ts'
import type { ImportProblem } from './contract.ts'
import { understandGrids } from './grid-words.ts'
import { isHeld } from './held.ts'
import {
  ambiguous,
  refused,
  type GridWords,
  type Matched,
  type PlanState,
  type PlanUnit,
  type Problem,
} from './types.ts'

export interface DrawnGrid extends GridWords {
  /** As a person would find it in the file. */
  label: string
  shape: MultiPolygonCoordinates
}

/** More than this is a majority; the margin keeps rounding from breaking a tie. */
const HALF = 0.5 + 1e-6
/** A unit with less than this in its grid is told as cut. */
const WHOLE = 0.99

export function matchPolygons(
  drawn: readonly DrawnGrid[],
  plan: PlanState,
): Matched & { drawnProblems: Problem[] } {
  const grids = understandGrids(drawn, plan.grids, plan.managers)
  const drawnProblems: Problem[] = []
  const shapes = drawn.flatMap(({ shape, label }, i) => {
    const meaning = grids.of[i]!
    if ('problem' in meaning) {
      drawnProblems.push({ ...meaning.problem, message: `${label}：${meaning.problem.message}` })
      return []
    }
    return [{ group: meaning.no, shape }]
  })
  const names = new Map(grids.targets.map(({ no, name }) => [no, name]))
  const coverage = coverageOf(
    plan.units.map(({ shape }) => shape),
    shapes,
  )
  const assignment = new Map<number, number>()
  const problems: ImportProblem[] = []
  const sums = { cut: 0, overlapped: 0, assigned: 0, unchanged: 0, uncovered: 0 }
  plan.units.forEach((unit, i) => {
    const covered = coverage[i]!
    const best = covered.shares[0]
    if (covered.overlapped > 1e-6) sums.overlapped++
    const problem = problemOf(covered, (no) => isHeld(plan, i, no))
    if (problem) {
      if (problem.code === 'uncovered') sums.uncovered++
      problems.push(listed(unit, covered, problem, names))
      return
    }
    if (best!.share < WHOLE) sums.cut++
    assignment.set(i, best!.group)
    if (unit.gridNo === best!.group) sums.unchanged++
    else sums.assigned++
  })
  const used = new Set(assignment.values())
  return {
    items: {
      total: plan.units.length,
      assigned: sums.assigned,
      unchanged: sums.unchanged,
      ambiguous: problems.filter(({ outcome }) => outcome === 'ambiguous').length,
      refused: problems.filter(({ outcome }) => outcome === 'refused').length,
    },
    problems,
    assignment,
    targets: grids.targets.filter(({ no, isNew }) => !isNew || used.has(no)),
    cut: sums.cut,
    overlapped: sums.overlapped,
    untouched: sums.uncovered,
    drawnProblems,
  }
}

function problemOf({ shares, covered }: UnitCoverage, isHeldFrom: (no: number) => boolean): Problem | null {
  const [best, second] = shares
  if (!best) return refused('uncovered', '没有任何多边形覆盖它，保持原状。请补画，或在编辑器里指派')
  if (second && second.share > HALF)
    return ambiguous(
      'overlap',
      '有两个以上多边形各覆盖了它的一半以上（图形重叠），保持原状。请改正图形，或在编辑器里指派',
    )
  if (best.share <= HALF) {
    const why = covered < HALF ? '多边形只覆盖了它的一小部分' : '没有一个多边形占到一半以上'
    return ambiguous('no-majority', `${why}，保持原状。请在编辑器里指派`)
  }
  if (isHeldFrom(best.group)) return refused('unit-locked', '已锁定，不能改派。请先解除锁定')
  return null
}

function listed(
  unit: PlanUnit,
  { shares }: UnitCoverage,
  problem: Problem,
  names: ReadonlyMap<number, string>,
): ImportProblem {
  return {
    outcome: problem.outcome,
    code: problem.code,
    item: unit.key,
    line: null,
    message: `${problem.message}。`,
    shares: shares.map(({ group, share }) => ({
      grid: names.get(group) ?? String(group + 1),
      share: Math.round(share * 1e4) / 1e4,
    })),
    at: unit.at,
  }
}
