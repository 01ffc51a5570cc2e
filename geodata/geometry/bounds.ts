/** Bounding box [west, south, east, north] of a polygon, in its own unit. */
import type { MultiPolygon, Polygon, Position } from 'geojson'
import { polygonsOf } from './ring.ts'

export function boundsOf(geometry: Polygon | MultiPolygon): [number, number, number, number] {
  const box: [number, number, number, number] = [Infinity, Infinity, -Infinity, -Infinity]
  for (const polygon of polygonsOf(geometry)) {
    for (const [x, y] of (polygon[0] ?? []) as [number, number][] & Position[]) {
      box[0] = Math.min(box[0], x)
      box[1] = Math.min(box[1], y)
      box[2] = Math.max(box[2], x)
      box[3] = Math.max(box[3], y)
    }
  }
  return box
}
