/**
 * Purpose: cut a set of units by straight lines into as many parts as grids, with loads by capacity: always balanced (up to the
 * size of a unit), however unevenly the work lies. Gives a start by itself and good centres for the power diagram.
 * Inputs: positions, load per unit, capacities. Guarantees: every grid gets a unit when there are enough.
 * Limits: knows nothing of edges; parts may be disconnected (contiguity.ts repairs). Cost: O(n log n log k).
 * Source: recursive coordinate bisection, along the main axis of the load.
 */
import type { Random } from '../random.ts'
import type { Graph } from './graph.ts'

const ANGLES = 36

export interface BisectOptions {
  load: Float64Array
  capacity: Float64Array
  /** Position of a grid that has one (home, locked units), else NaN. */
  pinX: Float64Array
  pinY: Float64Array
  /** Random turn of the axis, radians. */
  turn: number
}

/** Writes a grid into `assignment` for every unit of `units`. */
export function bisect(
  graph: Graph,
  units: number[],
  grids: number[],
  options: BisectOptions,
  random: Random,
  assignment: Int32Array,
): void {
  if (grids.length === 1 || units.length === 0) {
    for (const u of units) assignment[u] = grids[0]!
    return
  }
  const main = mainAxis(graph, units, options.load) + (random.next() - 0.5) * 2 * options.turn
  // With several weights a straight cut that halves two of them exists (ham sandwich), seldom along the main axis.
  const angles = graph.m > 1 ? ANGLES : 1
  let best: Cut | null = null
  for (let i = 0; i < angles; i++) {
    const turned = (i * Math.PI) / angles
    const cut = cutAlong(graph, units, grids, options, main + turned)
    cut.score += graph.m > 1 ? 0.03 * Math.abs(Math.sin(turned)) : 0
    if (!best || cut.score < best.score) best = cut
  }
  const { sorted, cut, left, right } = best!
  bisect(graph, sorted.slice(0, cut), left, options, random, assignment)
  bisect(graph, sorted.slice(cut), right, options, random, assignment)
}

interface Cut {
  sorted: number[]
  cut: number
  left: number[]
  right: number[]
  /** How far the weights are from their wanted shares, summed. */
  score: number
}

function cutAlong(graph: Graph, units: number[], grids: number[], options: BisectOptions, axis: number): Cut {
  const { load, capacity } = options
  const { m, weight } = graph
  const dx = Math.cos(axis)
  const dy = Math.sin(axis)
  const position = new Float64Array(graph.n)
  for (const u of units) position[u] = graph.x[u]! * dx + graph.y[u]! * dy
  const sorted = [...units].sort((p, q) => position[p]! - position[q]! || p - q)
  const middle = position[sorted[sorted.length >> 1]!]!
  const pin = (g: number): number =>
    Number.isNaN(options.pinX[g]) ? middle : options.pinX[g]! * dx + options.pinY[g]! * dy
  const ordered = [...grids].sort((p, q) => pin(p) - pin(q) || p - q)
  const half = ordered.length >> 1
  const left = ordered.slice(0, half)
  const right = ordered.slice(half)
  const sum = (list: number[]): number => list.reduce((total, g) => total + capacity[g]!, 0)
  const share = sum(left) / (sum(left) + sum(right))
  const wanted = sorted.reduce((value, u) => value + load[u]!, 0) * share
  let taken = 0
  let cut = 0
  while (cut < sorted.length && taken + load[sorted[cut]!]! / 2 <= wanted) taken += load[sorted[cut++]!]!
  cut = Math.max(Math.min(half, sorted.length), Math.min(cut, sorted.length - right.length))
  let score = 0
  for (let j = 0; j < m; j++) {
    let total = 0
    let before = 0
    sorted.forEach((u, i) => {
      total += weight[u * m + j]!
      if (i < cut) before += weight[u * m + j]!
    })
    score += total > 0 ? Math.abs(before / total - share) : 0
  }
  return { sorted, cut, left, right, score }
}

/** Direction in which the load spreads most; of the positions alone where there is no load. */
function mainAxis(graph: Graph, units: number[], load: Float64Array): number {
  let mass = 0
  for (const u of units) mass += load[u]!
  const massOf = (u: number): number => (mass > 0 ? load[u]! / mass : 1 / units.length)
  let meanX = 0
  let meanY = 0
  for (const u of units) {
    meanX += massOf(u) * graph.x[u]!
    meanY += massOf(u) * graph.y[u]!
  }
  let xx = 0
  let xy = 0
  let yy = 0
  for (const u of units) {
    const x = graph.x[u]! - meanX
    const y = graph.y[u]! - meanY
    xx += massOf(u) * x * x
    xy += massOf(u) * x * y
    yy += massOf(u) * y * y
  }
  return 0.5 * Math.atan2(2 * xy, xx - yy)
}
