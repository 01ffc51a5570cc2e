/**
 * Purpose: divide units into k contiguous grids whose weights lie within a tolerance above and below their targets, with short
 * and compact borders that follow rivers and roads. The only entry of this folder.
 * Inputs: `PartitionInput` (metres, weights as given). Outputs: a complete assignment with its metrics, or named reasons.
 * Guarantees: complete; every grid contiguous through non-wall edges; locked units in their grid, locked grids as they were; same input, seed and budget
 * give the same bytes. When a tolerance is not kept, the best assignment found comes with the reasons.
 * Limits: heuristic: "not reached" is no proof that it cannot be reached, except for the reasons that are bounds (shortfall.ts).
 * Cost: `proposals` steps at 1 to 1.7 million a second on a slow shared core, plus O(n log n). Source: multilevel annealing with two-sided balance.
 */
import { fail, ok, type Result } from '../result.ts'
import { createRandom, subSeed } from '../random.ts'
import { anneal, type Annealed, type AnnealOptions } from './anneal.ts'
import { createBudget } from './budget.ts'
import { checkInput } from './check-input.ts'
import { coarsen } from './coarsen.ts'
import { allocateGrids, bridgesBetween } from './components.ts'
import { componentsOf, connectLocked, makeContiguous } from './contiguity.ts'
import type { Graph } from './graph.ts'
import { measurePartition } from './metrics.ts'
import {
  homesInGraph,
  prepareGraph,
  searchLimits,
  searchTargets,
  startsFromPrevious,
} from './search-setup.ts'
import { solveAround } from './held-grids.ts'
import { reorder, spatialOrder } from './order.ts'
import { certainShortfalls, reachedShortfalls } from './shortfall.ts'
import type {
  PartitionHooks,
  PartitionInput,
  PartitionNote,
  PartitionResult,
  RefusalReason,
} from './types.ts'

export type * from './types.ts'
export type { GridMetrics, PartitionMetrics } from './metrics.ts'

/** A budget that gives good results: about 3 s for 10,000 units and one weight on a slow shared core. */
export function defaultProposals(units: number, weights = 1): number {
  return Math.max(600_000, Math.round((weights > 1 ? 1200 : 900) * units))
}

export function partition(
  input: PartitionInput,
  hooks: PartitionHooks = {},
): Result<PartitionResult, RefusalReason> {
  const problem = checkInput(input)
  if (problem) return fail(problem)
  const { k, weights, units } = input
  const held = [...new Set(input.lockedGrids ?? [])]
  if (held.length > 0) return solveAround(input, held, hooks, partition)
  const notes: PartitionNote[] = []

  let graph = prepareGraph(input, [])
  let component = componentsOf(graph)
  const bridges = input.joinComponents === 'nearest' ? bridgesBetween(input, component) : []
  if (bridges.length > 0) {
    graph = prepareGraph(input, bridges)
    component = componentsOf(graph)
    notes.push({
      code: 'components-joined',
      bridges: bridges.map(({ a, b, distanceM }) => ({
        unit: units[a]!.id,
        otherUnit: units[b]!.id,
        distanceM,
      })),
    })
  }
  const allocation = allocateGrids(input, component)
  if (!allocation.ok) return allocation
  const componentOfGrid = allocation.value
  const certain = certainShortfalls(input, component, componentOfGrid)

  const refine = startsFromPrevious(input)
  const total = Math.round(input.proposals ?? defaultProposals(units.length, weights.length))
  const order = spatialOrder(graph)
  const budget = createBudget(total, input.maxMs, hooks, order)
  hooks.onProgress?.({ done: 0, total, phase: 'prepare' })
  const options: AnnealOptions = {
    targets: searchTargets(input, graph),
    limits: searchLimits(input),
    homes: homesInGraph(input, graph),
    component: { count: component.count, of: component.of.map((_, p) => component.of[order[p]!]!) },
    componentOfGrid,
    seed: input.seed,
    budget,
    from: null,
    settled: input.mode === 'repair',
  }
  const wanted = Math.max(50 * k, 1000)
  const ordered = reorder(graph, order)
  const levels = refine
    ? [{ graph: ordered, parent: null }]
    : coarsen(ordered, wanted, createRandom(subSeed(input.seed, 1)))
  let found: Annealed | null
  if (refine) {
    const from = Int32Array.from(units, (_, u) =>
      graph.locked[u] !== -1 ? graph.locked[u]! : input.previous![u]!,
    )
    const split = connectLocked(graph, from, k)
    if (split) return fail(splitReason(input, split))
    found = makeContiguous(graph, from, k, component, componentOfGrid)
      ? anneal(levels, { ...options, from: from.map((_, p) => from[order[p]!]!) })
      : null
  } else {
    // Coarse units can block a path between locked units that the fine ones leave open.
    found =
      anneal(levels, options) ??
      (levels.length > 1 ? anneal([{ graph: ordered, parent: null }], options) : null)
  }
  if (!found) return fail(lockReason(input, graph))
  const assignment = new Int32Array(units.length)
  for (let p = 0; p < order.length; p++) assignment[order[p]!] = found.assignment[p]!

  const metrics = measurePartition(input, bridges, assignment)
  const reached = reachedShortfalls(input, metrics)
  if (budget.cause !== null)
    notes.push({ code: 'stopped-early', cause: budget.cause, done: budget.spent, total })
  return ok({
    withinTolerance: reached.length === 0,
    assignment: [...assignment],
    metrics,
    reasons: reached.length === 0 ? [] : [...certain, ...reached],
    notes,
    run: { seed: input.seed, proposals: budget.spent, levels: levels.map((level) => level.graph.n) },
  })
}

function splitReason(
  input: PartitionInput,
  split: { grid: number; unit: number; otherUnit: number },
): RefusalReason {
  return {
    code: 'locked-grid-split',
    grid: split.grid,
    unit: input.units[split.unit]!.id,
    otherUnit: input.units[split.otherUnit]!.id,
  }
}

/** Why no contiguous start exists: locked units that cannot meet, or locks that leave some grid without a unit. */
function lockReason(input: PartitionInput, graph: Graph): RefusalReason {
  const split = connectLocked(graph, new Int32Array(graph.n).fill(-1), input.k)
  if (split) return splitReason(input, split)
  return {
    code: 'locks-leave-no-room',
    k: input.k,
    lockedUnits: input.locked?.filter((g) => g !== -1).length ?? 0,
  }
}
