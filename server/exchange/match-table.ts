/**
 * Purpose: what a table of units and grids changes in a plan. Inputs: rows as text; the plan.
 * Outputs: the assignment it asks for, and for each row what became of it.
 * Guarantees: total = assigned + unchanged + ambiguous + refused, in rows; a unit that two rows give to two grids keeps its
 * grid and both rows are refused; locked units stay. Cost: linear in rows and units.
 */
import type { ImportProblem } from './contract.ts'
import { understandGrids } from './grid-words.ts'
import { findUnits, unitFinder } from './find-units.ts'
import { isHeld } from './held.ts'
import type { TableRow } from './table-columns.ts'
import { refused, type Matched, type PlanState, type Problem } from './types.ts'

interface Claim {
  row: TableRow
  units: number[]
  problem: Problem | null
}

export function matchTable(rows: readonly TableRow[], plan: PlanState): Matched {
  const finder = unitFinder(plan)
  const claims = rows.map((row): Claim => {
    const found = findUnits(row, finder)
    return 'problem' in found
      ? { row, units: [], problem: found.problem }
      : { row, units: found.units, problem: null }
  })
  const clear = claims.filter(({ problem }) => problem === null)
  const grids = understandGrids(
    clear.map(({ row }) => row),
    plan.grids,
    plan.managers,
  )
  const wanted = new Map<Claim, number>()
  clear.forEach((claim, i) => {
    const meaning = grids.of[i]!
    if ('problem' in meaning) claim.problem = meaning.problem
    else wanted.set(claim, meaning.no)
  })
  refuseDoubles(wanted, plan)
  refuseLocked(wanted, plan)

  const assignment = new Map<number, number>()
  let assigned = 0
  let unchanged = 0
  for (const [claim, no] of wanted) {
    if (claim.problem) continue
    for (const unit of claim.units) assignment.set(unit, no)
    if (claim.units.every((unit) => plan.units[unit]!.gridNo === no)) unchanged++
    else assigned++
  }
  const problems = claims.flatMap(({ row, units, problem }) =>
    problem ? [listed(row, units, problem, plan)] : [],
  )
  const used = new Set(assignment.values())
  return {
    items: {
      total: rows.length,
      assigned,
      unchanged,
      ambiguous: problems.filter(({ outcome }) => outcome === 'ambiguous').length,
      refused: problems.filter(({ outcome }) => outcome === 'refused').length,
    },
    problems,
    assignment,
    targets: grids.targets.filter(({ no, isNew }) => !isNew || used.has(no)),
    cut: 0,
    overlapped: 0,
    untouched: plan.units.length - assignment.size,
  }
}

function refuseDoubles(wanted: ReadonlyMap<Claim, number>, plan: PlanState): void {
  const claimsOf = new Map<number, Claim[]>()
  for (const claim of wanted.keys())
    for (const unit of claim.units) claimsOf.set(unit, [...(claimsOf.get(unit) ?? []), claim])
  for (const [unit, claims] of claimsOf) {
    if (new Set(claims.map((claim) => wanted.get(claim))).size < 2) continue
    const lines = claims.map(({ row }) => row.line)
    const where =
      lines.length > 5 ? `${lines.slice(0, 5).join('、')} 等 ${lines.length} 行` : `${lines.join('、')} 行`
    for (const claim of claims)
      claim.problem ??= refused(
        'unit-named-twice',
        `单元 ${plan.units[unit]!.key} 在第 ${where}中分给了不同的网格，都没有采用。请只保留正确的一行`,
      )
  }
}

function refuseLocked(wanted: ReadonlyMap<Claim, number>, plan: PlanState): void {
  for (const [claim, no] of wanted) {
    const held = claim.units.filter((unit) => isHeld(plan, unit, no))
    if (held.length > 0)
      claim.problem ??= refused(
        'unit-locked',
        `单元 ${plan.units[held[0]!]!.key} 已锁定，不能改派。请先解除锁定，或从文件中删去这一行`,
      )
  }
}

function listed(row: TableRow, units: readonly number[], problem: Problem, plan: PlanState): ImportProblem {
  const item = [row.key, row.village, row.township].find((text) => text !== '') ?? `第 ${row.line} 行`
  return {
    outcome: problem.outcome,
    code: problem.code,
    item: item.slice(0, 40),
    line: row.line,
    message: `${problem.message}。`,
    shares: [],
    at: units.length > 0 ? plan.units[units[0]!]!.at : null,
  }
}
