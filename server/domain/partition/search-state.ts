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

/** Fields of a grid and weight in `rows`: what it holds, its band, and what a step outside costs (importance times pressure). */
export const ROW = { load: 0, low: 1, high: 2, price: 3, fields: 4 } as const
/** Steepness of the imbalance: excess + STEEP * excess^2. */
export const STEEP = 4
const MOST_PRESSURE = 64

export interface SearchState {
  readonly graph: Graph
  readonly targets: SearchTargets
  readonly assignment: Int32Array
  /** Units per grid. */
  readonly size: Int32Array
  /** Per grid and weight four numbers, see ROW. */
  readonly rows: Float64Array
  /** Per unit 5 + m numbers, see UNIT. */
  readonly units: Float64Array
  readonly slopes: Float64Array
  readonly open: Uint8Array
  /** Connections (positions in `neighbour`) from a movable unit into another open grid: [0, cutCount[0]). */
  readonly cutEdges: Int32Array
  readonly cutCount: Int32Array
  /** Unit at the near end of each connection. */
  readonly source: Int32Array
  readonly imbalanceOf: Float64Array
  reset(from: Int32Array): void
  /** Sets the band and takes all pressure off. */
  setBand(band: Band): void
  /** Makes what is outside dearer by `growth` and lets the rest relax; returns the number of grids outside. */
  press(growth: number): number
  apply(unit: number, from: number, to: number): void
  /** Exact change of the shape energy. */
  shapeChange(unit: number, from: number, to: number): number
  shapeOf(grid: number): number
  /** Imbalance of one weight of a grid if it held so much more. */
  imbalanceAt(grid: number, weight: number, more: number): number
  /** Imbalance of a grid if it had the unit's weights, times the sign, more. */
  imbalanceWith(grid: number, unit: number, sign: number): number
}

export function createState(graph: Graph, targets: SearchTargets): SearchState {
  const { n, m, start, neighbour, locked } = graph
  const { k, capacity, importance, shape, frozen } = targets
  const width = UNIT.weights + m
  const assignment = new Int32Array(n)
  const size = new Int32Array(k)
  const rows = new Float64Array(k * m * ROW.fields)
  const units = new Float64Array(n * width)
  const sums = new Float64Array(k * 4)
  const slopes = new Float64Array(k * SLOPE.fields)
  const open = Uint8Array.from({ length: k }, (_, g) => (frozen?.[g] ? 0 : 1))
  const { source, reverse } = endsOf(graph)
  const cutEdges = new Int32Array(neighbour.length)
  const cutSlot = new Int32Array(neighbour.length)
  const cutCount = new Int32Array(1)
  const imbalanceOf = new Float64Array(k)
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
    for (let j = 0; j < m; j++) {
      const i = (g * m + j) * ROW.fields
      rows[i] = rows[i]! + sign * units[r + UNIT.weights + j]!
    }
  }
  const addCut = (e: number): void => {
    // A connection from a unit that may not move is marked -2 and never listed.
    if (cutSlot[e] !== -1) return
    const last = cutCount[0]!
    cutSlot[e] = last
    cutEdges[last] = e
    cutCount[0] = last + 1
  }
  const dropCut = (e: number): void => {
    const slot = cutSlot[e]!
    if (slot < 0) return
    const last = cutCount[0]! - 1
    const moved = cutEdges[last]!
    cutEdges[slot] = moved
    cutSlot[moved] = slot
    cutSlot[e] = -1
    cutCount[0] = last
  }
  const imbalanceAt = (g: number, j: number, more: number): number => {
    const i = (g * m + j) * ROW.fields
    const load = rows[i]! + more
    const excess = Math.max(load - rows[i + ROW.high]!, rows[i + ROW.low]! - load, 0)
    return rows[i + ROW.price]! * excess * (1 + (STEEP / capacity[g]!) * excess)
  }
  const imbalanceWith = (g: number, u: number, sign: number): number => {
    let sum = 0
    const r = u * width + UNIT.weights
    for (let j = 0; j < m; j++) sum += imbalanceAt(g, j, sign * units[r + j]!)
    return sum
  }

  return {
    graph,
    targets,
    assignment,
    size,
    rows,
    units,
    slopes,
    open,
    cutEdges,
    cutCount,
    source,
    imbalanceOf,
    shapeOf,
    imbalanceWith,
    imbalanceAt,
    reset(from) {
      assignment.set(from)
      size.fill(0)
      for (let i = 0; i < rows.length; i += ROW.fields) rows[i] = 0
      sums.fill(0)
      cutCount[0] = 0
      for (let u = 0; u < n; u++) {
        const g = assignment[u]!
        size[g]!++
        addTo(g, u, 1)
        const fixed = locked[u] !== -1 || open[g] === 0
        for (let e = start[u]!; e < start[u + 1]!; e++) {
          const label = assignment[neighbour[e]!]!
          cutSlot[e] = fixed ? -2 : -1
          if (label !== g && open[label] === 1) addCut(e)
        }
      }
      for (let g = 0; g < k; g++) refreshSlopes(g)
    },
    setBand(band) {
      for (let i = 0; i < k * m; i++) {
        rows[i * ROW.fields + ROW.low] = band.low[i]!
        rows[i * ROW.fields + ROW.high] = band.high[i]!
        rows[i * ROW.fields + ROW.price] = importance[i % m]!
      }
      for (let g = 0; g < k; g++) imbalanceOf[g] = imbalanceWith(g, 0, 0)
    },
    press(growth) {
      let outside = 0
      for (let g = 0; g < k; g++) {
        for (let j = 0; j < m; j++) {
          const i = (g * m + j) * ROW.fields
          const outside = rows[i]! > rows[i + ROW.high]! || rows[i]! < rows[i + ROW.low]!
          const price = rows[i + ROW.price]! * (outside ? growth : 1 / growth)
          rows[i + ROW.price] = Math.min(MOST_PRESSURE * importance[j]!, Math.max(importance[j]!, price))
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
      for (let e = start[u]!; e < start[u + 1]!; e++) {
        const label = assignment[neighbour[e]!]!
        if (label === g) {
          addCut(e)
          addCut(reverse[e]!)
        } else if (label === h) {
          dropCut(e)
          dropCut(reverse[e]!)
        }
      }
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

function endsOf({ n, start, neighbour }: Graph): { source: Int32Array; reverse: Int32Array } {
  const source = new Int32Array(neighbour.length)
  const reverse = new Int32Array(neighbour.length)
  const seen = start.slice()
  for (let u = 0; u < n; u++) {
    // Neighbours stand in ascending order, so the k-th time a unit is met from below is its k-th connection.
    for (let e = start[u]!; e < start[u + 1]!; e++) {
      source[e] = u
      reverse[e] = seen[neighbour[e]!]!++
    }
  }
  return { source, reverse }
}
