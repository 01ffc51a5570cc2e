/**
 * Purpose: the dimensionless graph the search works on, in typed arrays (CSR).
 * Inputs: validated units and edges. Outputs: lengths in mean unit sides, areas in mean unit areas, each weight scaled so that
 * a grid's target is its capacity.
 * Guarantees: parallel edges merged, walls left out, neighbours in ascending order (deterministic).
 * Cost: O(edges log edges).
 */
import { targetsOf } from './targets.ts'
import type { Edge, PartitionInput } from './types.ts'

export interface Graph {
  n: number
  /** Number of weights. */
  m: number
  start: Int32Array
  neighbour: Int32Array
  /** Cost of a grid border along this connection. */
  border: Float64Array
  /** n * m, unit-major. */
  weight: Float64Array
  area: Float64Array
  /** Second moment of the unit about its own centre. */
  inertia: Float64Array
  x: Float64Array
  y: Float64Array
  /** Grid the unit is locked to, or -1. */
  locked: Int32Array
  /** Grid it belongs to today, or -1; `disturbance` is the price of leaving it. */
  previous: Int32Array
  disturbance: Float64Array
  hasShape: boolean
  /** Graph position = (metres - origin) / scale; null when positions were not given. */
  frame: { originX: number; originY: number; scale: number } | null
}

export interface Connection {
  a: number
  b: number
  border: number
}

/** CSR from an edge list; parallel edges are added up, loops dropped. */
export function toCsr(n: number, connections: readonly Connection[]) {
  const degree = new Int32Array(n + 1)
  for (const { a, b } of connections) {
    if (a === b) continue
    degree[a + 1]!++
    degree[b + 1]!++
  }
  for (let i = 0; i < n; i++) degree[i + 1]! += degree[i]!
  const fill = degree.slice()
  const rawNeighbour = new Int32Array(degree[n]!)
  const rawBorder = new Float64Array(degree[n]!)
  for (const { a, b, border } of connections) {
    if (a === b) continue
    rawNeighbour[fill[a]!] = b
    rawBorder[fill[a]!++] = border
    rawNeighbour[fill[b]!] = a
    rawBorder[fill[b]!++] = border
  }
  const start = new Int32Array(n + 1)
  const neighbour: number[] = []
  const border: number[] = []
  const order: number[] = []
  for (let u = 0; u < n; u++) {
    order.length = 0
    for (let e = degree[u]!; e < degree[u + 1]!; e++) order.push(e)
    order.sort((p, q) => rawNeighbour[p]! - rawNeighbour[q]! || p - q)
    let last = -1
    for (const e of order) {
      if (rawNeighbour[e] === last) border[border.length - 1]! += rawBorder[e]!
      else {
        last = rawNeighbour[e]!
        neighbour.push(last)
        border.push(rawBorder[e]!)
      }
    }
    start[u + 1] = neighbour.length
  }
  return { start, neighbour: Int32Array.from(neighbour), border: Float64Array.from(border) }
}

export function isWall(edge: Edge): boolean {
  return edge.crossing === Infinity
}

/** What the formulas take for units that came without an area: the square of the mean edge length. */
export function assumedArea(edges: readonly Edge[]): number {
  let total = 0
  let count = 0
  for (const edge of edges) {
    if (edge.lengthM > 0) {
      total += edge.lengthM
      count++
    }
  }
  return count > 0 ? (total / count) ** 2 : 1
}

export function hasPositions(input: PartitionInput): boolean {
  return input.units.every((unit) => unit.x !== undefined && unit.y !== undefined)
}

/** Metres that count as one: the side of a mean unit; without areas the mean distance of neighbours. */
function coordinateScale(input: PartitionInput, area: Float64Array): number {
  if (input.units.some((unit) => unit.areaM2 !== undefined)) {
    let total = 0
    for (const a of area) total += a
    return Math.sqrt(total / area.length) || 1
  }
  let total = 0
  let count = 0
  for (const edge of input.edges) {
    if (isWall(edge)) continue
    const a = input.units[edge.a]!
    const b = input.units[edge.b]!
    total += Math.hypot(a.x! - b.x!, a.y! - b.y!)
    count++
  }
  return count > 0 && total > 0 ? total / count : 1
}

export function buildGraph(input: PartitionInput, bridges: readonly Edge[]): Graph {
  const { units, weights, k } = input
  const n = units.length
  const m = weights.length
  const defaultArea = assumedArea(input.edges)
  const area = Float64Array.from(units, (unit) => unit.areaM2 ?? defaultArea)
  const meanArea = area.reduce((sum, a) => sum + a, 0) / n || 1
  for (let u = 0; u < n; u++) area[u]! /= meanArea

  const hasShape = hasPositions(input)
  const x = new Float64Array(n)
  const y = new Float64Array(n)
  let frame: Graph['frame'] = null
  if (hasShape) {
    const scale = coordinateScale(
      input,
      Float64Array.from(units, (unit) => unit.areaM2 ?? defaultArea),
    )
    const originX = units.reduce((sum, unit) => sum + unit.x!, 0) / n
    const originY = units.reduce((sum, unit) => sum + unit.y!, 0) / n
    units.forEach((unit, u) => {
      x[u] = (unit.x! - originX) / scale
      y[u] = (unit.y! - originY) / scale
    })
    frame = { originX, originY, scale }
  }

  const target = targetsOf(input)
  const weight = new Float64Array(n * m)
  const disturbance = new Float64Array(n)
  const price = (input.disturbancePrice ?? 0) * Math.sqrt(n / k)
  for (let j = 0; j < m; j++) {
    for (let u = 0; u < n; u++) {
      weight[u * m + j] = units[u]!.weights[j]! / target[j]!
      disturbance[u]! += (price * weight[u * m + j]!) / m
    }
  }
  // A unit without any weight still has streets somebody knows: a small part of the price goes by area.
  for (let u = 0; u < n; u++) disturbance[u] = 0.9 * disturbance[u]! + (0.1 * price * area[u]! * k) / n

  const meanLength = Math.sqrt(defaultArea)
  const connections: Connection[] = []
  for (const edge of [...input.edges, ...bridges]) {
    if (isWall(edge)) continue
    connections.push({ a: edge.a, b: edge.b, border: edge.lengthM / meanLength / (edge.crossing ?? 1) })
  }
  return {
    n,
    m,
    ...toCsr(n, connections),
    weight,
    area,
    inertia: area.map((a) => (a * a) / 6),
    x,
    y,
    locked: Int32Array.from({ length: n }, (_, u) => input.locked?.[u] ?? -1),
    previous: Int32Array.from({ length: n }, (_, u) => input.previous?.[u] ?? -1),
    disturbance,
    hasShape,
    frame,
  }
}
