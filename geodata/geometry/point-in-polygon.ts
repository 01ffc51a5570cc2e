/**
 * Point in polygon by crossing number, and distance to an outline.
 *
 * Inputs: positions in any one planar unit (degrees in this folder); polygons with holes.
 * Guarantees: a point is in exactly one polygon of a coverage whose edges are shared, except on an edge.
 * Limits: a point exactly on an edge may be either in or out.
 * Cost: linear in the number of points; a bounding-box test comes first in `insideAny`.
 * Source: W. R. Franklin, PNPOLY.
 */
import type { MultiPolygon, Polygon, Position } from 'geojson'
import { METRES_PER_DEGREE, polygonsOf } from './ring.ts'

export function insideRing(point: readonly number[], ring: readonly Position[]): boolean {
  const [x, y] = point as [number, number]
  let inside = false
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const [xi, yi] = ring[i] as [number, number]
    const [xj, yj] = ring[j] as [number, number]
    if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) inside = !inside
  }
  return inside
}

export function inside(point: readonly number[], geometry: Polygon | MultiPolygon): boolean {
  for (const polygon of polygonsOf(geometry)) {
    let within = false
    for (const ring of polygon) if (insideRing(point, ring)) within = !within
    if (within) return true
  }
  return false
}

/** Metres from a point to the nearest edge of the outline (holes included), and that nearest position. */
export function nearestOnOutline(
  point: readonly number[],
  geometry: Polygon | MultiPolygon,
): { distanceM: number; at: [number, number] } {
  const [px, py] = point as [number, number]
  const kx = METRES_PER_DEGREE * Math.cos((py * Math.PI) / 180)
  const ky = METRES_PER_DEGREE * 0.9965
  let best = Infinity
  let at: [number, number] = [px, py]
  for (const polygon of polygonsOf(geometry)) {
    for (const ring of polygon) {
      for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
        const ax = ((ring[j] as Position)[0]! - px) * kx
        const ay = ((ring[j] as Position)[1]! - py) * ky
        const dx = ((ring[i] as Position)[0]! - px) * kx - ax
        const dy = ((ring[i] as Position)[1]! - py) * ky - ay
        const length = dx * dx + dy * dy
        const t = length === 0 ? 0 : Math.min(1, Math.max(0, -(ax * dx + ay * dy) / length))
        const x = ax + t * dx
        const y = ay + t * dy
        const d = x * x + y * y
        if (d < best) {
          best = d
          at = [px + x / kx, py + y / ky]
        }
      }
    }
  }
  return { distanceM: Math.sqrt(best), at }
}
