/**
 * Purpose: a smaller graph that keeps the shape of the problem: neighbours merged in pairs.
 * Guarantees: never merges across a lock or a present grid; a merged unit stays below a share of every weight and of the area,
 * so that the coarse problem can still be balanced. Areas, weights and moments are carried exactly.
 * Cost: O(edges) a level. Source: heavy-edge matching (Karypis and Kumar), score shared border / sqrt(area product).
 */
import type { Random } from '../random.ts'
import { toCsr, type Connection, type Graph } from './graph.ts'

export interface Level {
  graph: Graph
  /** Unit of this level -> unit of the next coarser level; null on the coarsest. */
  parent: Int32Array | null
}

export function coarsen(finest: Graph, wanted: number, random: Random): Level[] {
  const levels: Level[] = [{ graph: finest, parent: null }]
  const totals = new Float64Array(finest.m)
  for (let u = 0; u < finest.n; u++)
    for (let j = 0; j < finest.m; j++) totals[j]! += finest.weight[u * finest.m + j]!
  const weightCap = totals.map((total) => (2.5 * total) / wanted)
  const areaCap = (4 * finest.area.reduce((sum, a) => sum + a, 0)) / wanted
  for (;;) {
    const level = levels[levels.length - 1]!
    if (level.graph.n <= wanted) break
    const { parent, count } = match(level.graph, weightCap, areaCap, wanted, random)
    if (count > level.graph.n * 0.95) break
    level.parent = parent
    levels.push({ graph: contract(level.graph, parent, count), parent: null })
  }
  return levels
}

function match(graph: Graph, weightCap: Float64Array, areaCap: number, wanted: number, random: Random) {
  const { n, m, start, neighbour, border, weight, area, locked, previous } = graph
  const order = Int32Array.from({ length: n }, (_, u) => u)
  for (let i = n - 1; i > 0; i--) {
    const j = random.int(i + 1)
    const swap = order[i]!
    order[i] = order[j]!
    order[j] = swap
  }
  const parent = new Int32Array(n).fill(-1)
  let count = 0
  let left = n
  for (const u of order) {
    if (parent[u] !== -1) continue
    let best = -1
    let bestScore = -1
    if (left > wanted) {
      for (let e = start[u]!; e < start[u + 1]!; e++) {
        const v = neighbour[e]!
        if (parent[v] !== -1 || locked[v] !== locked[u] || previous[v] !== previous[u]) continue
        if (area[u]! + area[v]! > areaCap) continue
        let fits = true
        for (let j = 0; j < m && fits; j++) fits = weight[u * m + j]! + weight[v * m + j]! <= weightCap[j]!
        if (!fits) continue
        const score = border[e]! / Math.sqrt(Math.max(1e-12, area[u]! * area[v]!))
        if (score > bestScore) {
          bestScore = score
          best = v
        }
      }
    }
    parent[u] = u
    if (best !== -1) {
      parent[u] = parent[best] = Math.min(u, best)
      left--
    }
  }
  // Numbered in the order of their members, so that what is near on the map stays near in memory.
  const number = new Int32Array(n)
  for (let u = 0; u < n; u++) {
    if (parent[u] === u) number[u] = count++
    parent[u] = number[parent[u]!]!
  }
  return { parent, count }
}

function contract(graph: Graph, parent: Int32Array, count: number): Graph {
  const { n, m } = graph
  const area = new Float64Array(count)
  const weight = new Float64Array(count * m)
  const sumX = new Float64Array(count)
  const sumY = new Float64Array(count)
  const moment = new Float64Array(count)
  const plainX = new Float64Array(count)
  const plainY = new Float64Array(count)
  const members = new Int32Array(count)
  const locked = new Int32Array(count)
  const previous = new Int32Array(count)
  const disturbance = new Float64Array(count)
  const connections: Connection[] = []
  for (let u = 0; u < n; u++) {
    const p = parent[u]!
    const a = graph.area[u]!
    area[p]! += a
    sumX[p]! += a * graph.x[u]!
    sumY[p]! += a * graph.y[u]!
    moment[p]! += graph.inertia[u]! + a * (graph.x[u]! ** 2 + graph.y[u]! ** 2)
    plainX[p]! += graph.x[u]!
    plainY[p]! += graph.y[u]!
    members[p]!++
    locked[p] = graph.locked[u]!
    previous[p] = graph.previous[u]!
    disturbance[p]! += graph.disturbance[u]!
    for (let j = 0; j < m; j++) weight[p * m + j]! += graph.weight[u * m + j]!
    for (let e = graph.start[u]!; e < graph.start[u + 1]!; e++) {
      const v = graph.neighbour[e]!
      if (u < v && parent[v] !== p) connections.push({ a: p, b: parent[v]!, border: graph.border[e]! })
    }
  }
  const x = new Float64Array(count)
  const y = new Float64Array(count)
  const inertia = new Float64Array(count)
  for (let p = 0; p < count; p++) {
    // A unit of zero area still has a place.
    x[p] = area[p]! > 0 ? sumX[p]! / area[p]! : plainX[p]! / members[p]!
    y[p] = area[p]! > 0 ? sumY[p]! / area[p]! : plainY[p]! / members[p]!
    inertia[p] = Math.max(0, moment[p]! - area[p]! * (x[p]! ** 2 + y[p]! ** 2))
  }
  return {
    n: count,
    m,
    ...toCsr(count, connections),
    weight,
    area,
    inertia,
    x,
    y,
    locked,
    previous,
    disturbance,
    hasShape: graph.hasShape,
    frame: graph.frame,
  }
}
