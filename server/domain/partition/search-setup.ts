/**
 * Purpose: from an input to what the search works with: graph, targets, limits, homes. One place, so that solving and explaining
 * speak of the same energy. Guarantees: pure. Cost: O(units * weights + edges log edges).
 */
import { buildGraph, type Graph } from './graph.ts'
import { layOut } from './layout.ts'
import type { Limits } from './limits.ts'
import type { SearchTargets } from './search-state.ts'
import { capacitiesOf, targetsOf } from './targets.ts'
import type { Edge, PartitionInput } from './types.ts'

/** Strength of the moment of inertia beside the border length. */
const SHAPE = 0.3

export function prepareGraph(input: PartitionInput, bridges: readonly Edge[]): Graph {
  const graph = buildGraph(input, bridges)
  if (!graph.hasShape) layOut(graph)
  const keepsPrevious = startsFromPrevious(input) || (input.disturbancePrice ?? 0) > 0
  if (!keepsPrevious) graph.previous.fill(-1)
  return graph
}

export function startsFromPrevious({ mode }: PartitionInput): boolean {
  return mode === 'refine' || mode === 'repair'
}

export function searchTargets(input: PartitionInput, graph: Graph): SearchTargets {
  return {
    k: input.k,
    capacity: Float64Array.from(capacitiesOf(input)),
    importance: Float64Array.from(input.weights, (spec) => spec.importance ?? 1),
    shape: graph.hasShape ? (input.shapeStrength ?? SHAPE) : 0,
    frozen: null,
  }
}

export function searchLimits(input: PartitionInput): Limits {
  const { k, weights } = input
  const m = weights.length
  const targets = targetsOf(input)
  const perGrid = (value: (j: number) => number) =>
    Float64Array.from({ length: k * m }, (_, i) => value(i % m) / targets[i % m]!)
  return {
    k,
    m,
    capacity: Float64Array.from(capacitiesOf(input)),
    up: Float64Array.from(weights, (spec) => spec.toleranceUp),
    down: Float64Array.from(weights, (spec) => spec.toleranceDown),
    least: perGrid((j) => weights[j]!.least ?? 0),
    most: perGrid((j) => weights[j]!.most ?? Infinity),
  }
}

export function homesInGraph(input: PartitionInput, graph: Graph): ({ x: number; y: number } | null)[] {
  const { frame } = graph
  return Array.from({ length: input.k }, (_, g) => {
    const home = input.homes?.[g]
    if (!home || !frame) return null
    return { x: (home.x - frame.originX) / frame.scale, y: (home.y - frame.originY) / frame.scale }
  })
}
