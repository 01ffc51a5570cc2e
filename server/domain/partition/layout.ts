/**
 * Purpose: positions for units that came without any, so that a power diagram can start the search.
 * Inputs: the graph. Outputs: x, y in about mean-edge units. Guarantees: deterministic; neighbours land close.
 * Limits: only good enough to start from; compactness by moments is switched off for such inputs.
 * Cost: 12 breadth-first walks and a small power iteration. Source: pivot MDS (Brandes and Pich 2006).
 */
import type { Graph } from './graph.ts'

const PIVOTS = 12

export function layOut(graph: Graph): void {
  const { n, start, neighbour } = graph
  const pivots = Math.min(PIVOTS, n)
  const columns: Float64Array[] = []
  const nearest = new Float64Array(n).fill(Infinity)
  let pivot = 0
  const queue = new Int32Array(n)
  for (let p = 0; p < pivots; p++) {
    const distance = new Float64Array(n).fill(-1)
    let tail = 0
    queue[tail++] = pivot
    distance[pivot] = 0
    let reach = 0
    for (let head = 0; head < tail; head++) {
      const u = queue[head]!
      reach = distance[u]!
      for (let e = start[u]!; e < start[u + 1]!; e++) {
        const v = neighbour[e]!
        if (distance[v] !== -1) continue
        distance[v] = distance[u]! + 1
        queue[tail++] = v
      }
    }
    let farthest = 0
    for (let u = 0; u < n; u++) {
      // Other components stand at one common distance beyond everything reached.
      if (distance[u] === -1) distance[u] = 2 * reach + 2
      nearest[u] = Math.min(nearest[u]!, distance[u]!)
      if (nearest[u]! > nearest[farthest]!) farthest = u
    }
    columns.push(distance.map((d) => d * d))
    pivot = farthest
  }
  doubleCentre(columns, n)
  const first = principalAxis(columns, n, null)
  const second = principalAxis(columns, n, first)
  project(columns, first, graph.x)
  project(columns, second, graph.y)
}

function doubleCentre(columns: Float64Array[], n: number): void {
  const rowMean = new Float64Array(n)
  let grand = 0
  for (const column of columns) for (let u = 0; u < n; u++) rowMean[u]! += column[u]! / columns.length
  for (let u = 0; u < n; u++) grand += rowMean[u]! / n
  for (const column of columns) {
    const columnMean = column.reduce((sum, d) => sum + d, 0) / n
    for (let u = 0; u < n; u++) column[u] = -0.5 * (column[u]! - columnMean - rowMean[u]! + grand)
  }
}

function principalAxis(columns: Float64Array[], n: number, avoid: Float64Array | null): Float64Array {
  const size = columns.length
  const gram = columns.map((p) =>
    columns.map((q) => {
      let dot = 0
      for (let u = 0; u < n; u++) dot += p[u]! * q[u]!
      return dot
    }),
  )
  let axis = Float64Array.from({ length: size }, (_, i) => 1 + i / 7)
  for (let round = 0; round < 60; round++) {
    const next = new Float64Array(size)
    for (let i = 0; i < size; i++) for (let j = 0; j < size; j++) next[i]! += gram[i]![j]! * axis[j]!
    if (avoid) {
      const along = next.reduce((sum, value, i) => sum + value * avoid[i]!, 0)
      for (let i = 0; i < size; i++) next[i]! -= along * avoid[i]!
    }
    const norm = Math.hypot(...next) || 1
    axis = next.map((value) => value / norm)
  }
  return axis
}

function project(columns: Float64Array[], axis: Float64Array, into: Float64Array): void {
  const n = into.length
  for (let u = 0; u < n; u++) {
    let value = 0
    for (let i = 0; i < columns.length; i++) value += columns[i]![u]! * axis[i]!
    into[u] = value
  }
  const mean = into.reduce((sum, value) => sum + value, 0) / n
  let spread = 0
  for (let u = 0; u < n; u++) {
    into[u]! -= mean
    spread += into[u]! ** 2 / n
  }
  const scale = spread > 0 ? Math.sqrt(n / 12 / spread) : 1
  for (let u = 0; u < n; u++) into[u]! *= scale
}
