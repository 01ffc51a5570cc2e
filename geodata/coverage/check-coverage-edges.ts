/**
 * Proves that polygons tile an area: no gap, no overlap.
 *
 * Inputs: polygons on the lattice, outer rings counterclockwise.
 * Guarantees: an empty list means that every edge is used once (outer border) or twice in opposite directions, and that no two
 * edges cross; with one outer border that is a proof of tiling.
 * Cost: linear in edges.
 */
import { findCrossings } from '../geometry/crossings.ts'
import type { LatticePolygon } from './lattice.ts'

export interface EdgeCheck {
  faults: string[]
  outerEdges: number
  innerEdges: number
}

export function checkCoverageEdges(
  polygons: readonly { code: string; polygon: LatticePolygon }[],
): EdgeCheck {
  const faults: string[] = []
  const directed = new Map<string, string>()
  for (const { code, polygon } of polygons) {
    for (const ring of polygon) {
      ring.forEach((p, i) => {
        const q = ring[(i + 1) % ring.length]!
        const key = `${p[0]},${p[1]}>${q[0]},${q[1]}`
        const other = directed.get(key)
        if (other !== undefined)
          faults.push(`edge ${key} is used by ${other} and ${code} in the same direction`)
        directed.set(key, code)
      })
    }
  }
  let inner = 0
  let outer = 0
  const segments = []
  for (const key of directed.keys()) {
    const [p, q] = key.split('>') as [string, string]
    const shared = directed.has(`${q}>${p}`)
    if (shared) inner += 0.5
    else outer++
    if (shared && p > q) continue
    const [ax, ay] = p.split(',').map(Number) as [number, number]
    const [bx, by] = q.split(',').map(Number) as [number, number]
    segments.push({ ax, ay, bx, by, owner: 0 })
  }
  for (const crossing of findCrossings(segments, 8192, 20))
    faults.push(`edges cross at ${crossing.at.join(', ')}`)
  return { faults, outerEdges: outer, innerEdges: inner }
}
