/**
 * Purpose: is a position inside a (multi)polygon? Inputs: lng/lat or any planar coordinates, holes respected.
 * Guarantees: half-open rule computed from the lower end of each edge, so that of polygons which share vertices exactly,
 * exactly one contains a point that lies on their common border.
 * Cost: O(vertices). Callers index by bounds first.
 */
import type { MultiPolygonCoordinates } from './shapes.ts'

export function isInside(x: number, y: number, shape: MultiPolygonCoordinates): boolean {
  let inside = false
  for (const polygon of shape) {
    for (const ring of polygon) {
      for (let i = 1; i < ring.length; i++) {
        const a = ring[i - 1]!
        const b = ring[i]!
        if (a[1] > y === b[1] > y) continue
        const low = a[1] < b[1] ? a : b
        const high = a[1] < b[1] ? b : a
        if (x < low[0] + ((y - low[1]) * (high[0] - low[0])) / (high[1] - low[1])) inside = !inside
      }
    }
  }
  return inside
}
