/**
 * Purpose: divide units into k contiguous grids whose weights lie within a tolerance above and below their targets, with short
 * and compact borders that follow rivers and roads. The only entry of this folder.
 * Inputs: `PartitionInput` (metres, weights as given). Outputs: a complete assignment with its metrics, or named reasons.
 * Guarantees: complete; every grid contiguous through non-wall edges; locked units in their grid; same input, seed and budget
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
import { buildGraph, type Graph } from './graph.ts'
import { layOut } from './layout.ts'
import { measurePartition } from './metrics.ts'
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

/** Strength of the moment of inertia beside the border length. */
const SHAPE = 0.3

/** A budget that gives good results: about 3 s for 10,000 units and one weight on a slow shared core. */
export function defaultProposals(units: number, weights = 1): number {
  return Math.max(600_000, Math.round((weights > 1 ? 1500 : 900) * units))
}

export function partition(
  input: PartitionInput,
  hooks: PartitionHooks = {},
): Result<PartitionResult, RefusalReason> {
  const problem = checkInput(input)
  if (problem) return fail(problem)
  const { k, weights, units } = input
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

  const capacity = Float64Array.from({ length: k }, (_, g) => input.capacities?.[g] ?? 1)
  const refine = input.mode === 'refine'
  const total = Math.round(input.proposals ?? defaultProposals(units.length, weights.length))
  const order = spatialOrder(graph)
  const budget = createBudget(total, input.maxMs, hooks, order)
  hooks.onProgress?.({ done: 0, total, phase: 'prepare' })
  const options: AnnealOptions = {
    targets: {
      k,
      capacity,
      importance: Float64Array.from(weights, (spec) => spec.importance ?? 1),
      shape: graph.hasShape ? SHAPE : 0,
      frozen: null,
    },
    limits: {
      k,
      m: weights.length,
      capacity,
      up: Float64Array.from(weights, (spec) => spec.toleranceUp),
      down: Float64Array.from(weights, (spec) => spec.toleranceDown),
      least: new Float64Array(k * weights.length),
      most: new Float64Array(k * weights.length).fill(Infinity),
    },
    homes: homesInGraph(input, graph),
    component: { count: component.count, of: component.of.map((_, p) => component.of[order[p]!]!) },
    componentOfGrid,
    seed: input.seed,
    budget,
    from: null,
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

function prepareGraph(input: PartitionInput, bridges: Parameters<typeof buildGraph>[1]): Graph {
  const graph = buildGraph(input, bridges)
  if (!graph.hasShape) layOut(graph)
  const keepsPrevious = input.mode === 'refine' || (input.disturbancePrice ?? 0) > 0
  if (!keepsPrevious) graph.previous.fill(-1)
  return graph
}

function homesInGraph(input: PartitionInput, graph: Graph): ({ x: number; y: number } | null)[] {
  const { frame } = graph
  return Array.from({ length: input.k }, (_, g) => {
    const home = input.homes?.[g]
    if (!home || !frame) return null
    return { x: (home.x - frame.originX) / frame.scale, y: (home.y - frame.originY) / frame.scale }
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
