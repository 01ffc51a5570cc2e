/**
 * Measures of rings and polygons in degrees.
 *
 * Inputs: GeoJSON positions (lng, lat) in EPSG:4326; rings may repeat their first point or not.
 * Guarantees: areas are on the WGS-84 ellipsoid through the authalic sphere, within 0.01 % for edges up to some
 * kilometres; no side effects.
 * Limits: edges are straight in (lng, sin of authalic latitude), not geodesics; not for polygons around a pole or across 180 degrees.
 * Cost: linear in the number of points.
 * Source: J. P. Snyder, Map Projections: A Working Manual (1987), equations 3-11 and 3-12.
 */
import type { MultiPolygon, Polygon, Position } from 'geojson'

export type Ring = Position[]

const ECCENTRICITY_SQUARED = 0.00669437999014
const ECCENTRICITY = Math.sqrt(ECCENTRICITY_SQUARED)
const AUTHALIC_RADIUS_KM = 6371.007180918
const RADIANS = Math.PI / 180
export const METRES_PER_DEGREE = 111_319.49

function q(sine: number): number {
  const es = ECCENTRICITY * sine
  return (
    (1 - ECCENTRICITY_SQUARED) *
    (sine / (1 - es * es) - (1 / (2 * ECCENTRICITY)) * Math.log((1 - es) / (1 + es)))
  )
}

const Q_POLE = q(1)

function authalicSine(latitude: number): number {
  return q(Math.sin(latitude * RADIANS)) / Q_POLE
}

/** Signed area in km2: positive when the ring runs counterclockwise. */
export function ringAreaKm2(ring: readonly Position[]): number {
  let sum = 0
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const [x1, y1] = ring[j] as [number, number]
    const [x2, y2] = ring[i] as [number, number]
    sum += (x1 - x2) * (authalicSine(y1) + authalicSine(y2))
  }
  return (sum * RADIANS * AUTHALIC_RADIUS_KM * AUTHALIC_RADIUS_KM) / 2
}

export function areaKm2(geometry: Polygon | MultiPolygon): number {
  let sum = 0
  for (const polygon of polygonsOf(geometry)) {
    polygon.forEach((ring, i) => {
      const size = Math.abs(ringAreaKm2(ring))
      sum += i === 0 ? size : -size
    })
  }
  return sum
}

export function polygonsOf(geometry: Polygon | MultiPolygon): Ring[][] {
  return geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates
}

/** Twice the signed planar area, in the units of the coordinates. */
export function doubledArea(ring: readonly Position[]): number {
  let sum = 0
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const [x1, y1] = ring[j] as [number, number]
    const [x2, y2] = ring[i] as [number, number]
    sum += x1 * y2 - x2 * y1
  }
  return sum
}

/** Metres between two near positions; within 0.1 % up to 100 km at mid latitudes. */
export function distanceM(a: readonly number[], b: readonly number[]): number {
  const [ax, ay] = a as [number, number]
  const [bx, by] = b as [number, number]
  const east = (bx - ax) * METRES_PER_DEGREE * Math.cos(((ay + by) / 2) * RADIANS)
  const north = (by - ay) * METRES_PER_DEGREE * 0.9965
  return Math.hypot(east, north)
}

export function roundPosition(position: readonly number[], decimals = 6): [number, number] {
  const scale = 10 ** decimals
  return [
    Math.round((position[0] as number) * scale) / scale,
    Math.round((position[1] as number) * scale) / scale,
  ]
}
