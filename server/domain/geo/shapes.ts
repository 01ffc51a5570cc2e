/**
 * Coordinate types of the domain: GeoJSON order (lng, lat), EPSG:4326 degrees unless a name says metres.
 * Structurally equal to GeoJSON `coordinates`, so that no GeoJSON package is needed here.
 */
export type Position = [number, number]
export type Ring = Position[]
/** Outer ring first, then holes. Rings are closed (first position repeated at the end). */
export type PolygonCoordinates = Ring[]
export type MultiPolygonCoordinates = PolygonCoordinates[]
export type LineCoordinates = Position[]

export interface Bounds {
  minX: number
  minY: number
  maxX: number
  maxY: number
}

export function emptyBounds(): Bounds {
  return { minX: Infinity, minY: Infinity, maxX: -Infinity, maxY: -Infinity }
}

export function extendBounds(bounds: Bounds, position: readonly number[]): void {
  const x = position[0]!
  const y = position[1]!
  if (x < bounds.minX) bounds.minX = x
  if (x > bounds.maxX) bounds.maxX = x
  if (y < bounds.minY) bounds.minY = y
  if (y > bounds.maxY) bounds.maxY = y
}

export function boundsOf(shape: MultiPolygonCoordinates): Bounds {
  const bounds = emptyBounds()
  for (const polygon of shape) for (const position of polygon[0] ?? []) extendBounds(bounds, position)
  return bounds
}
