/**
 * Purpose: a first assignment for several weights that peak in different places. Halve the area so that every weight is halved,
 * then each half, and so on: a short anneal between two sides bends the cut until all weights agree, which no set of compact
 * centres can.
 * Inputs: a connected graph, capacities, tolerances. Outputs: a grid per unit, contiguous; balance as far as it got.
 * Limits: knows no homes and no locks (the caller uses other starts then). Cost: about 200 proposals a unit and halving.
 * Source: recursive bisection (as in METIS), with two-sided bands and annealing in place of greedy refinement.
 */
import { createRandom, subSeed } from '../random.ts'
import { bisect } from './bisect.ts'
import { makeContiguous } from './contiguity.ts'
import { toCsr, type Connection, type Graph } from './graph.ts'
import type { Band, Limits } from './limits.ts'
import { lambdaFor, meanBorder } from './scale.ts'
import { createSearch } from './search.ts'

const PROPOSALS_PER_UNIT = 200
const FEWEST_PROPOSALS = 20_000

export interface SplitOptions {
  limits: Limits
  importance: Float64Array
  shape: number
  seed: number
}

export function splitStart(
  graph: Graph,
  units: Int32Array,
  grids: readonly number[],
  options: SplitOptions,
  assignment: Int32Array,
): void {
  if (grids.length === 1) {
    for (const u of units) assignment[u] = grids[0]!
    return
  }
  const half = grids.length >> 1
  const left = grids.slice(0, half)
  const right = grids.slice(half)
  const part = inducedGraph(graph, units)
  const side = halve(part, left, right, options)
  const of = (wanted: number) => units.filter((_, i) => side[i] === wanted)
  splitStart(graph, of(0), left, options, assignment)
  splitStart(graph, of(1), right, options, assignment)
}

function halve(
  part: Graph,
  left: readonly number[],
  right: readonly number[],
  options: SplitOptions,
): Int32Array {
  const { limits, importance, seed } = options
  const sum = (grids: readonly number[]) => grids.reduce((total, g) => total + limits.capacity[g]!, 0)
  const capacity = Float64Array.of(sum(left), sum(right))
  const random = createRandom(subSeed(seed, 1000 + 7 * left[0]! + 3 * right.length))
  const { n, m } = part
  const total = new Float64Array(m)
  const load = new Float64Array(n)
  for (let u = 0; u < n; u++) {
    for (let j = 0; j < m; j++) {
      total[j]! += part.weight[u * m + j]!
      load[u]! += part.weight[u * m + j]! * importance[j]!
    }
  }
  const side = new Int32Array(n)
  const nowhere = Float64Array.of(NaN, NaN)
  bisect(
    part,
    Array.from({ length: n }, (_, u) => u),
    [0, 1],
    { load, capacity, pinX: nowhere, pinY: nowhere, turn: 0 },
    random,
    side,
  )
  makeContiguous(part, side, 2, { count: 1, of: new Int32Array(n) }, Int32Array.of(0, 0))
  const search = createSearch(part, {
    k: 2,
    capacity,
    importance,
    shape: options.shape,
    frozen: null,
  })
  search.reset(side)
  const unit = meanBorder(part)
  // The errors of all halvings add up in a grid.
  const depth = Math.ceil(Math.log2(left.length + right.length))
  const levels = 1 + Math.ceil(Math.log2(limits.k))
  const band = bandOfHalves(total, capacity, limits, (0.5 * (1 + levels - depth)) / levels)
  search.run({
    proposals: Math.max(FEWEST_PROPOSALS, PROPOSALS_PER_UNIT * n),
    fromTemperature: 1.5 * unit,
    toTemperature: 0.15 * unit,
    fromLambda: lambdaFor(part, 2, 0.3),
    toLambda: lambdaFor(part, 2, 2),
    band,
    onlyViolating: false,
    pressure: 1.01,
    untilBalanced: false,
    swapShare: 0.02,
    random,
    pause: () => false,
  })
  return search.assignment.slice()
}

/** Each side's share of what this part holds, whatever the part itself lacks or has too much. */
function bandOfHalves(total: Float64Array, capacity: Float64Array, limits: Limits, tighten: number): Band {
  const m = total.length
  const low = new Float64Array(2 * m)
  const high = new Float64Array(2 * m)
  const all = capacity[0]! + capacity[1]!
  for (let s = 0; s < 2; s++) {
    for (let j = 0; j < m; j++) {
      const target = (total[j]! * capacity[s]!) / all
      low[s * m + j] = target * (1 - tighten * limits.down[j]!)
      high[s * m + j] = target * (1 + tighten * limits.up[j]!)
    }
  }
  return { low, high }
}

function inducedGraph(graph: Graph, units: Int32Array): Graph {
  const { m, start, neighbour, border } = graph
  const place = new Int32Array(graph.n).fill(-1)
  units.forEach((u, p) => (place[u] = p))
  const connections: Connection[] = []
  const weight = new Float64Array(units.length * m)
  units.forEach((u, p) => {
    for (let e = start[u]!; e < start[u + 1]!; e++) {
      const q = place[neighbour[e]!]!
      if (q > p) connections.push({ a: p, b: q, border: border[e]! })
    }
    for (let j = 0; j < m; j++) weight[p * m + j] = graph.weight[u * m + j]!
  })
  const pick = (list: Float64Array): Float64Array => Float64Array.from(units, (u) => list[u]!)
  return {
    ...graph,
    n: units.length,
    ...toCsr(units.length, connections),
    weight,
    area: pick(graph.area),
    inertia: pick(graph.inertia),
    x: pick(graph.x),
    y: pick(graph.y),
    locked: new Int32Array(units.length).fill(-1),
    previous: new Int32Array(units.length).fill(-1),
    disturbance: new Float64Array(units.length),
  }
}
