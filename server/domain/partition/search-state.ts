/**
 * Purpose: what the search knows of a current assignment, in typed arrays laid out for its inner loop.
 * Energy = border cut + shape + lambda * imbalance + disturbance, all in mean unit sides.
 *   shape of a grid = strength * (2 pi M / A^1.5 - sqrt A), M the moment of inertia from running sums: 0 for a disc, grows with size;
 *   imbalance = excess + 4 excess^2 outside the band, above AND below, summed over grids and weights.
 * Guarantees: `apply` keeps every sum right up to rounding; `reset` makes them exact. Cost: `apply` is O(neighbours + weights).
 */
import type { Graph } from './graph.ts'
import type { Band } from './limits.ts'

export interface SearchTargets {
  k: number
  capacity: Float64Array
  importance: Float64Array
  /** Strength of the shape term; 0 without positions. */
  shape: number
  /** Grids that nothing may leave or join; null when there are none. */
  frozen: Uint8Array | null
}

/** Fields of a unit in `units`: then its weights follow. */
export const UNIT = { area: 0, x: 1, y: 2, inertia: 3, disturbance: 4, weights: 5 } as const
/** Fields of a grid in `slopes`: centre, and what a unit's moment and its area add to the shape energy. */
export const SLOPE = { x: 0, y: 1, moment: 2, area: 3, fields: 4 } as const

const MOST_PRESSURE = 64

export interface SearchState {
  readonly graph: Graph
  readonly targets: SearchTargets
  readonly assignment: Int32Array
  /** Units per grid. */
  readonly size: Int32Array
  readonly loads: Float64Array
  /** Per unit 5 + m numbers, see UNIT. */
  readonly units: Float64Array
  readonly slopes: Float64Array
  readonly open: Uint8Array
  /** Movable units with a neighbour in another open grid: [0, borderCount[0]). */
  readonly borderUnits: Int32Array
  readonly borderCount: Int32Array
  readonly foreign: Int32Array
  readonly imbalanceOf: Float64Array
  /** Per grid and weight: how many times dearer its imbalance is; grows while it stays outside (see `press`). */
  readonly pressure: Float64Array
  reset(from: Int32Array): void
  /** Sets the band and takes all pressure off. */
  setBand(band: Band): void
  /** Makes what is outside dearer by `growth` and lets the rest relax; returns the number of grids outside. */
  press(growth: number): number
  apply(unit: number, from: number, to: number): void
  /** Exact change of the shape energy. */
  shapeChange(unit: number, from: number, to: number): number
  shapeOf(grid: number): number
  /** Imbalance of a grid if weight j were to change by sign * the unit's. */
  imbalanceWith(grid: number, unit: number, sign: number): number
}

export function createState(graph: Graph, targets: SearchTargets): SearchState {
  const { n, m, start, neighbour, locked } = graph
  const { k, capacity, importance, shape, frozen } = targets
  const width = UNIT.weights + m
  const assignment = new Int32Array(n)
  const size = new Int32Array(k)
  const loads = new Float64Array(k * m)
  const units = new Float64Array(n * width)
  const sums = new Float64Array(k * 4)
  const slopes = new Float64Array(k * SLOPE.fields)
  const open = Uint8Array.from({ length: k }, (_, g) => (frozen?.[g] ? 0 : 1))
  const borderUnits = new Int32Array(n)
  const borderSlot = new Int32Array(n)
  const borderCount = new Int32Array(1)
  const foreign = new Int32Array(n)
  const imbalanceOf = new Float64Array(k)
  const low = new Float64Array(k * m).fill(-Infinity)
  const high = new Float64Array(k * m).fill(Infinity)
  const pressure = new Float64Array(k * m).fill(1)
  for (let u = 0; u < n; u++) {
    const r = u * width
    units[r + UNIT.area] = graph.area[u]!
    units[r + UNIT.x] = graph.x[u]!
    units[r + UNIT.y] = graph.y[u]!
    units[r + UNIT.inertia] = graph.inertia[u]!
    units[r + UNIT.disturbance] = graph.previous[u] === -1 ? 0 : graph.disturbance[u]!
    for (let j = 0; j < m; j++) units[r + UNIT.weights + j] = graph.weight[u * m + j]!
  }

  const shapeEnergy = (a: number, sx: number, sy: number, r: number): number => {
    if (shape === 0 || a < 1e-9) return 0
    const root = Math.sqrt(a)
    return shape * ((2 * Math.PI * (r - (sx * sx + sy * sy) / a)) / (a * root) - root)
  }
  const shapeOf = (g: number): number =>
    shapeEnergy(sums[4 * g]!, sums[4 * g + 1]!, sums[4 * g + 2]!, sums[4 * g + 3]!)
  const refreshSlopes = (g: number): void => {
    const s = SLOPE.fields * g
    const a = sums[4 * g]!
    if (a < 1e-9) {
      slopes[s + SLOPE.moment] = 0
      slopes[s + SLOPE.area] = 0
      return
    }
    const inverse = 1 / a
    const cx = sums[4 * g + 1]! * inverse
    const cy = sums[4 * g + 2]! * inverse
    const moment = sums[4 * g + 3]! - a * (cx * cx + cy * cy)
    const root = Math.sqrt(inverse)
    const perMoment = shape * 2 * Math.PI * root * inverse
    slopes[s + SLOPE.x] = cx
    slopes[s + SLOPE.y] = cy
    slopes[s + SLOPE.moment] = perMoment
    slopes[s + SLOPE.area] = -1.5 * perMoment * moment * inverse - 0.5 * shape * root
  }
  const addTo = (g: number, u: number, sign: number): void => {
    const r = u * width
    const a = sign * units[r + UNIT.area]!
    const x = units[r + UNIT.x]!
    const y = units[r + UNIT.y]!
    const s = 4 * g
    sums[s] = sums[s]! + a
    sums[s + 1] = sums[s + 1]! + a * x
    sums[s + 2] = sums[s + 2]! + a * y
    sums[s + 3] = sums[s + 3]! + a * (x * x + y * y) + sign * units[r + UNIT.inertia]!
    for (let j = 0; j < m; j++) loads[g * m + j] = loads[g * m + j]! + sign * units[r + UNIT.weights + j]!
  }
  const setBorder = (u: number): void => {
    const slot = borderSlot[u]!
    if (foreign[u]! > 0) {
      // A unit that may not move is marked -2 and never listed.
      if (slot !== -1) return
      const last = borderCount[0]!
      borderSlot[u] = last
      borderUnits[last] = u
      borderCount[0] = last + 1
    } else if (slot >= 0) {
      const last = borderCount[0]! - 1
      const moved = borderUnits[last]!
      borderUnits[slot] = moved
      borderSlot[moved] = slot
      borderSlot[u] = -1
      borderCount[0] = last
    }
  }
  const imbalanceWith = (g: number, u: number, sign: number): number => {
    let sum = 0
    const r = u * width + UNIT.weights
    for (let j = 0; j < m; j++) {
      const i = g * m + j
      const load = loads[i]! + sign * units[r + j]!
      const excess = load > high[i]! ? load - high[i]! : low[i]! - load
      if (excess > 0) sum += pressure[i]! * importance[j]! * excess * (1 + (4 * excess) / capacity[g]!)
    }
    return sum
  }

  return {
    graph,
    targets,
    assignment,
    size,
    loads,
    units,
    slopes,
    open,
    borderUnits,
    borderCount,
    foreign,
    imbalanceOf,
    pressure,
    shapeOf,
    imbalanceWith,
    reset(from) {
      assignment.set(from)
      size.fill(0)
      loads.fill(0)
      sums.fill(0)
      borderCount[0] = 0
      for (let u = 0; u < n; u++) {
        const g = assignment[u]!
        size[g]!++
        addTo(g, u, 1)
        borderSlot[u] = locked[u] !== -1 || open[g] === 0 ? -2 : -1
        let count = 0
        for (let e = start[u]!; e < start[u + 1]!; e++) {
          const label = assignment[neighbour[e]!]!
          if (label !== g && open[label] === 1) count++
        }
        foreign[u] = count
        setBorder(u)
      }
      for (let g = 0; g < k; g++) refreshSlopes(g)
    },
    setBand(band) {
      low.set(band.low)
      high.set(band.high)
      pressure.fill(1)
      for (let g = 0; g < k; g++) imbalanceOf[g] = imbalanceWith(g, 0, 0)
    },
    press(growth) {
      let outside = 0
      for (let g = 0; g < k; g++) {
        for (let j = 0; j < m; j++) {
          const i = g * m + j
          const load = loads[i]!
          const factor = load > high[i]! || load < low[i]! ? growth : 1 / growth
          pressure[i] = Math.min(MOST_PRESSURE, Math.max(1, pressure[i]! * factor))
        }
        imbalanceOf[g] = imbalanceWith(g, 0, 0)
        if (imbalanceOf[g]! > 0) outside++
      }
      return outside
    },
    apply(u, g, h) {
      assignment[u] = h
      size[g]!--
      size[h]!++
      addTo(g, u, -1)
      addTo(h, u, 1)
      if (shape !== 0) {
        refreshSlopes(g)
        refreshSlopes(h)
      }
      imbalanceOf[g] = imbalanceWith(g, u, 0)
      imbalanceOf[h] = imbalanceWith(h, u, 0)
      let count = 0
      for (let e = start[u]!; e < start[u + 1]!; e++) {
        const v = neighbour[e]!
        const label = assignment[v]!
        if (label !== h && open[label] === 1) count++
        if (label === g) foreign[v]!++
        else if (label === h) foreign[v]!--
        else continue
        setBorder(v)
      }
      foreign[u] = count
      setBorder(u)
    },
    shapeChange(u, g, h) {
      const r = u * width
      const a = units[r + UNIT.area]!
      const x = units[r + UNIT.x]!
      const y = units[r + UNIT.y]!
      const radius = a * (x * x + y * y) + units[r + UNIT.inertia]!
      const s = 4 * g
      const t = 4 * h
      return (
        shapeEnergy(sums[s]! - a, sums[s + 1]! - a * x, sums[s + 2]! - a * y, sums[s + 3]! - radius) +
        shapeEnergy(sums[t]! + a, sums[t + 1]! + a * x, sums[t + 2]! + a * y, sums[t + 3]! + radius) -
        shapeOf(g) -
        shapeOf(h)
      )
    },
  }
}
