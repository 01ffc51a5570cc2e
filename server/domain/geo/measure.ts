/**
 * Purpose: lengths (m), areas (m2) and centroids on the sphere of `earth.ts`. Inputs: lng/lat degrees.
 * Guarantees: areas of shapes that tile a larger shape with shared vertices add up to its area.
 * Limits: sphere, not ellipsoid (up to 0.5 %); not for shapes across the antimeridian or around a pole.
 * Cost: one pass. Source: haversine; ring area after Chamberlain and Duquette, JPL 2007.
 */
import { EARTH_RADIUS_M, RADIANS_PER_DEGREE } from './earth.ts'
import type {
  LineCoordinates,
  MultiPolygonCoordinates,
  PolygonCoordinates,
  Position,
  Ring,
} from './shapes.ts'

export function distanceM(a: readonly number[], b: readonly number[]): number {
  const latA = a[1]! * RADIANS_PER_DEGREE
  const latB = b[1]! * RADIANS_PER_DEGREE
  const sinLat = Math.sin((latB - latA) / 2)
  const sinLng = Math.sin(((b[0]! - a[0]!) * RADIANS_PER_DEGREE) / 2)
  const h = sinLat * sinLat + Math.cos(latA) * Math.cos(latB) * sinLng * sinLng
  return 2 * EARTH_RADIUS_M * Math.asin(Math.min(1, Math.sqrt(h)))
}

export function lengthM(line: LineCoordinates): number {
  let total = 0
  for (let i = 1; i < line.length; i++) total += distanceM(line[i - 1]!, line[i]!)
  return total
}

/** Positive when the ring runs counter-clockwise. */
export function signedRingAreaM2(ring: Ring): number {
  let sum = 0
  for (let i = 1; i < ring.length; i++) {
    const a = ring[i - 1]!
    const b = ring[i]!
    sum +=
      (b[0] - a[0]) *
      RADIANS_PER_DEGREE *
      (2 + Math.sin(a[1] * RADIANS_PER_DEGREE) + Math.sin(b[1] * RADIANS_PER_DEGREE))
  }
  return (-sum * EARTH_RADIUS_M * EARTH_RADIUS_M) / 2
}

export function polygonAreaM2(polygon: PolygonCoordinates): number {
  let area = 0
  polygon.forEach((ring, i) => {
    const size = Math.abs(signedRingAreaM2(ring))
    area += i === 0 ? size : -size
  })
  return area
}

export function areaM2(shape: MultiPolygonCoordinates): number {
  let area = 0
  for (const polygon of shape) area += polygonAreaM2(polygon)
  return area
}

/** Area centroid, computed on lng/lat around the first vertex (right for anything the size of a county). */
export function centroid(shape: MultiPolygonCoordinates): Position {
  const origin = shape[0]?.[0]?.[0] ?? [0, 0]
  let twiceArea = 0
  let x = 0
  let y = 0
  for (const polygon of shape) {
    polygon.forEach((ring, ringIndex) => {
      let ringTwiceArea = 0
      let ringX = 0
      let ringY = 0
      for (let i = 1; i < ring.length; i++) {
        const ax = ring[i - 1]![0] - origin[0]
        const ay = ring[i - 1]![1] - origin[1]
        const bx = ring[i]![0] - origin[0]
        const by = ring[i]![1] - origin[1]
        const cross = ax * by - bx * ay
        ringTwiceArea += cross
        ringX += (ax + bx) * cross
        ringY += (ay + by) * cross
      }
      const sign = ringTwiceArea < 0 === (ringIndex === 0) ? -1 : 1
      twiceArea += sign * ringTwiceArea
      x += sign * ringX
      y += sign * ringY
    })
  }
  if (twiceArea === 0) return [origin[0], origin[1]]
  return [origin[0] + x / (3 * twiceArea), origin[1] + y / (3 * twiceArea)]
}
