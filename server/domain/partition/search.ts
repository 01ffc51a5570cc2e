/**
 * Purpose: the walk itself: move one border unit to a neighbouring grid, or swap two, accepting by temperature.
 * Inputs: a state (search-state.ts has the energy), a phase. Output: the state, moved on.
 * Method: border and neighbours first, then the shape by its slope, then balance; most proposals are refused before the next part
 * is computed. Acceptance compares the change with -T ln r from a table. Grids of few units check the exact shape.
 * Guarantees: every accepted step leaves each grid non-empty and connected; locked units and frozen grids never change; integer
 * random numbers, no clock. Limits: the contiguity test is local (leave-test.ts) and refuses when unsure.
 * Cost: O(neighbours + weights) a step, 5 to 10 million steps a second on a slow shared core; nothing is allocated in the loop.
 */
import type { Random } from '../random.ts'
import type { Graph } from './graph.ts'
import { createLeaveTest } from './leave-test.ts'
import type { Band } from './limits.ts'
import { createState, ROW, SLOPE, STEEP, UNIT, type SearchTargets } from './search-state.ts'

export type { SearchTargets } from './search-state.ts'

const CHECK_EVERY = 16384
const STRIDE = 2048

const LOG_BITS = 10
/** -ln r at the middles of 1024 equal parts of (0, 1). */
const MINUS_LOG = Float64Array.from(
  { length: 1 << LOG_BITS },
  (_, i) => -Math.log((i + 0.5) / (1 << LOG_BITS)),
)

export interface PhaseOptions {
  proposals: number
  fromTemperature: number
  toTemperature: number
  fromLambda: number
  toLambda: number
  band: Band
  /** Only moves that touch a grid outside its band. */
  onlyViolating: boolean
  /** Factor by which what stays outside becomes dearer from time to time; 1 = never. */
  pressure: number
  /** End the phase as soon as every grid is inside the band. */
  untilBalanced: boolean
  /** Share of proposals that swap two units. */
  swapShare: number
  random: Random
  /** Called now and then with the number of proposals done; true stops. */
  pause: (done: number) => boolean
}

export interface Search {
  readonly graph: Graph
  readonly assignment: Int32Array
  run(options: PhaseOptions): void
  /** Sum over grids and weights of what lies outside the limits, as shares of the target. */
  violation(band: Band): number
  /** The largest share of a target that any grid and weight lies outside. */
  worstExcess(band: Band): number
  /** Cut, shape and disturbance, without balance. */
  plainEnergy(): number
  reset(assignment: Int32Array): void
}

/** Below this many units a grid, the slope of the shape is too coarse to decide alone. */
const FEW_UNITS = 60

export function createSearch(graph: Graph, targets: SearchTargets): Search {
  const state = createState(graph, targets)
  const { m, n, start, neighbour, border, previous } = graph
  const { k, capacity } = targets
  const width = UNIT.weights + m
  const { assignment, units, cutEdges, cutCount, source, rows } = state
  const { imbalanceOf, apply, imbalanceWith, shapeChange } = state
  const canLeave = createLeaveTest(graph, assignment, state.size)
  const sign = new Float64Array(k)
  const steep = capacity.map((share) => STEEP / share)
  const priced = previous.some((g) => g !== -1)
  const exact = targets.shape > 0 && n < FEW_UNITS * k
  const slack = exact ? 0.5 : 0

  const change = (u: number, g: number, h: number, lambda: number): number => {
    let cut = 0
    for (let e = start[u]!; e < start[u + 1]!; e++) {
      const label = assignment[neighbour[e]!]
      if (label === g) cut += border[e]!
      else if (label === h) cut -= border[e]!
    }
    const home = previous[u]
    const price = units[u * width + UNIT.disturbance]!
    if (home === g) cut += price
    else if (home === h) cut -= price
    const imbalance = imbalanceWith(g, u, -1) + imbalanceWith(h, u, 1) - imbalanceOf[g]! - imbalanceOf[h]!
    return cut + shapeChange(u, g, h) + lambda * imbalance
  }

  /** After u went from g to h: a unit of h that touches g and may go back instead. */
  const swapPartner = (u: number, g: number, h: number, random: Random): number => {
    for (let tries = 0; tries < 12; tries++) {
      let v = source[cutEdges[random.int(cutCount[0]!)]!]!
      if (tries < 6) {
        const degree = start[u + 1]! - start[u]!
        const near = neighbour[start[u]! + random.int(degree)]!
        const nearDegree = start[near + 1]! - start[near]!
        v = tries < 3 ? near : neighbour[start[near]! + random.int(nearDegree)]!
      }
      if (v === u || assignment[v] !== h || graph.locked[v] !== -1) continue
      for (let e = start[v]!; e < start[v + 1]!; e++) if (assignment[neighbour[e]!] === g) return v
    }
    return -1
  }

  const trySwap = (u: number, g: number, h: number, lambda: number, limit: number, random: Random): void => {
    if (!canLeave(u, g)) return
    const first = change(u, g, h, lambda)
    apply(u, g, h)
    const v = swapPartner(u, g, h, random)
    if (v !== -1 && first + change(v, h, g, lambda) <= limit && canLeave(v, h)) apply(v, h, g)
    else apply(u, h, g)
  }

  const run = (options: PhaseOptions): void => {
    const { proposals, random, onlyViolating, pause } = options
    const { start, neighbour, border, previous } = graph
    const { assignment, units, slopes, cutEdges, cutCount, source, imbalanceOf, rows } = state
    if (k < 2) return
    state.setBand(options.band)
    let temperature = options.fromTemperature
    let lambda = options.fromLambda
    const steps = Math.max(1, Math.ceil(proposals / STRIDE))
    const cooling = (options.toTemperature / options.fromTemperature) ** (1 / steps)
    const growth = (options.toLambda / options.fromLambda) ** (1 / steps)
    const swapLimit = Math.floor(options.swapShare * 0x10000)
    let x = random.int(0x7ffffffe) + 1
    for (let done = 0; done < proposals; done++) {
      if (done % STRIDE === 0 && done > 0) {
        temperature *= cooling
        lambda *= growth
        if (options.pressure > 1 || options.untilBalanced) {
          if (state.press(options.pressure) === 0 && options.untilBalanced) return
        }
        if (done % CHECK_EVERY === 0 && pause(done)) return
      }
      const count = cutCount[0]!
      if (count === 0) return
      // xorshift32 (Marsaglia).
      x ^= x << 13
      x ^= x >>> 17
      x ^= x << 5
      const cutEdge = cutEdges[((x >>> 0) * 2.3283064365386963e-10 * count) | 0]!
      const u = source[cutEdge]!
      const g = assignment[u]!
      const h = assignment[neighbour[cutEdge]!]!
      const present = imbalanceOf[g]! + imbalanceOf[h]!
      if (onlyViolating && present === 0) continue
      const mixed = Math.imul(x, 0x9e3779b1)
      const limit = temperature * MINUS_LOG[mixed >>> (32 - LOG_BITS)]!
      if ((mixed & 0xffff) < swapLimit) {
        trySwap(u, g, h, lambda, limit, random)
        continue
      }
      // Weighing labels by a table spares two unpredictable branches a neighbour.
      sign[g] = 1
      sign[h] = -1
      let delta = 0
      const to = start[u + 1]!
      for (let e = start[u]!; e < to; e++) delta += border[e]! * sign[assignment[neighbour[e]!]!]!
      sign[g] = 0
      sign[h] = 0
      const r = u * width
      if (priced) {
        const home = previous[u]!
        if (home === g) delta += units[r + UNIT.disturbance]!
        else if (home === h) delta -= units[r + UNIT.disturbance]!
      }
      const area = units[r]!
      const gs = g * SLOPE.fields
      const hs = h * SLOPE.fields
      const gx = units[r + UNIT.x]! - slopes[gs]!
      const gy = units[r + UNIT.y]! - slopes[gs + SLOPE.y]!
      const hx = units[r + UNIT.x]! - slopes[hs]!
      const hy = units[r + UNIT.y]! - slopes[hs + SLOPE.y]!
      const own = units[r + UNIT.inertia]!
      const shape =
        slopes[hs + SLOPE.moment]! * (own + area * (hx * hx + hy * hy)) -
        slopes[gs + SLOPE.moment]! * (own + area * (gx * gx + gy * gy)) +
        area * (slopes[hs + SLOPE.area]! - slopes[gs + SLOPE.area]!)
      const margin = slack * Math.abs(shape)
      delta -= lambda * present
      if (delta + shape - margin > limit) continue
      let imbalance = 0
      const gSteep = steep[g]!
      const hSteep = steep[h]!
      for (let j = 0; j < m; j++) {
        const w = units[r + UNIT.weights + j]!
        const i = (g * m + j) * ROW.fields
        const lighter = rows[i]! - w
        const below = Math.max(lighter - rows[i + ROW.high]!, rows[i + ROW.low]! - lighter, 0)
        const o = (h * m + j) * ROW.fields
        const heavier = rows[o]! + w
        const above = Math.max(heavier - rows[o + ROW.high]!, rows[o + ROW.low]! - heavier, 0)
        imbalance +=
          rows[i + ROW.price]! * below * (1 + gSteep * below) +
          rows[o + ROW.price]! * above * (1 + hSteep * above)
      }
      delta += lambda * imbalance
      if (delta + shape - margin > limit) continue
      if (exact && delta + shapeChange(u, g, h) > limit) continue
      if (canLeave(u, g)) apply(u, g, h)
    }
  }

  const excess = (band: Band, i: number): number => {
    const load = rows[i * ROW.fields]!
    return Math.max(0, load - band.high[i]!, band.low[i]! - load) / capacity[Math.floor(i / m)]!
  }

  return {
    graph,
    assignment,
    run,
    reset: state.reset,
    violation: (band) => {
      let sum = 0
      for (let i = 0; i < k * m; i++) sum += excess(band, i)
      return sum
    },
    worstExcess: (band) => {
      let worst = 0
      for (let i = 0; i < k * m; i++) worst = Math.max(worst, excess(band, i))
      return worst
    },
    plainEnergy: () => {
      let sum = 0
      for (let u = 0; u < n; u++) {
        const g = assignment[u]!
        for (let e = start[u]!; e < start[u + 1]!; e++) {
          if (assignment[neighbour[e]!] !== g) sum += border[e]! / 2
        }
        if (previous[u] !== -1 && previous[u] !== g) sum += graph.disturbance[u]!
      }
      for (let g = 0; g < k; g++) sum += state.shapeOf(g)
      return sum
    },
  }
}
