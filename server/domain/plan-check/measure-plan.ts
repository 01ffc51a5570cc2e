/**
 * Purpose: the figures of a plan under editing: some units may have no grid, some grid numbers no unit.
 * Inputs: the plan's graph, areas (m2), weights per unit, the grid of each unit, the numbers of the grids that count.
 * Outputs: contiguity, Polsby-Popper and deviation per grid, and the figures of the metric registry.
 * Guarantees: a grid's target is its share of all units' weight, assigned or not, so that the target line stands still while one
 * paints; a complete assignment gives the figures that the solver's own measure gives.
 * Limits: every grid counts as one full manager. Cost: O(units + edges).
 */
import { computePlanMetrics, type PlanMetricKey } from '../metrics/registry.ts'
import { NO_GRID, partsOf, type PlanGraph } from './plan-graph.ts'

export interface MeasuredGrid {
  units: number
  contiguous: boolean
  polsbyPopper: number
  /** total / target - 1, per weight. */
  deviation: number[]
}

export interface MeasuredPlan {
  grids: Map<number, MeasuredGrid>
  figures: Record<PlanMetricKey, number | null>
  worst: number
}

export interface MeasureInput {
  graph: PlanGraph
  areaM2: ArrayLike<number>
  /** Per weight, per unit. */
  weights: readonly ArrayLike<number>[]
  assignment: ArrayLike<number>
  /** Grids with a target of their own, also those that hold nothing yet. */
  gridNos: readonly number[]
}

export function measurePlan({ graph, areaM2, weights, assignment, gridNos }: MeasureInput): MeasuredPlan {
  const grids = gridNos.length
  const place = new Map(gridNos.map((no, i) => [no, i]))
  const perimeter = new Float64Array(grids)
  const area = new Float64Array(grids)
  const units = new Int32Array(grids)
  const load = weights.map(() => new Float64Array(grids))
  const total = weights.map(() => 0)
  let cutLength = 0
  let edgeCut = 0
  for (let u = 0; u < graph.n; u++) {
    weights.forEach((values, j) => (total[j]! += values[u]!))
    const own = assignment[u]!
    const at = own === NO_GRID ? undefined : place.get(own)
    if (at !== undefined) {
      units[at]!++
      area[at]! += areaM2[u]!
      perimeter[at]! += graph.outerM[u]!
      weights.forEach((values, j) => (load[j]![at]! += values[u]!))
    }
    for (let e = graph.start[u]!; e < graph.start[u + 1]!; e++) {
      const v = graph.neighbour[e]!
      if (assignment[v] === own) continue
      if (at !== undefined) perimeter[at]! += graph.lengthM[e]!
      if (v < u || own === NO_GRID || assignment[v] === NO_GRID) continue
      cutLength += graph.lengthM[e]!
      edgeCut++
    }
  }
  const whole = contiguity(graph, assignment)
  const measured = new Map(
    gridNos.map((no, i): [number, MeasuredGrid] => {
      const p = perimeter[i]!
      return [
        no,
        {
          units: units[i]!,
          contiguous: whole(no),
          polsbyPopper: p > 0 ? (4 * Math.PI * area[i]!) / (p * p) : 0,
          deviation: total.map((sum, j) => (sum > 0 ? (load[j]![i]! * grids) / sum - 1 : 0)),
        },
      ]
    }),
  )
  const list = [...measured.values()]
  const held = list.filter((grid) => grid.units > 0)
  const worst = weights.map((_, j) => ({
    weight: String(j),
    up: Math.max(0, ...list.map((grid) => grid.deviation[j]!)),
    down: Math.max(0, ...list.map((grid) => -grid.deviation[j]!)),
  }))
  const compact = held.map((grid) => grid.polsbyPopper)
  return {
    grids: measured,
    worst: Math.max(0, ...worst.flatMap(({ up, down }) => [up, down])),
    figures: computePlanMetrics({
      grids: [],
      worst,
      edgeCut,
      borderM: cutLength,
      contiguousShare: grids === 0 ? 1 : list.filter((grid) => grid.contiguous).length / grids,
      polsbyPopperMean:
        compact.length === 0 ? 0 : compact.reduce((sum, value) => sum + value, 0) / compact.length,
      polsbyPopperWorst: compact.length === 0 ? 0 : Math.min(...compact),
      momentOfInertiaM4: null,
      movedShare: null,
      assumed: [],
    }),
  }
}

/** Where nothing connects two areas at all, a grid with units in both is no worse for it. */
function contiguity(graph: PlanGraph, assignment: ArrayLike<number>): (grid: number) => boolean {
  const parts = partsOf(graph, assignment)
  const seen = new Set<string>()
  const broken = new Set<number>()
  for (const members of parts.members) {
    const grid = assignment[members[0]!]!
    const key = `${grid} ${graph.part[members[0]!]!}`
    if (seen.has(key)) broken.add(grid)
    seen.add(key)
  }
  return (grid) => !broken.has(grid)
}
