/**
 * Coordinates of the supported systems to EPSG:4326 and, for tests and exports, back.
 *
 * Inputs: x = longitude or easting, y = latitude or northing.
 * Guarantees: Gauss-Kruger within 1 mm inside 6 degrees of the central meridian; GCJ-02 and BD-09 inverse by iteration (better
 * than 1 m); CGCS2000 is taken as equal to WGS-84.
 * Limits: no datum shifts; web mercator on the sphere as EPSG:3857 defines it.
 * Cost: constant per point.
 * Source: L. Krueger 1912, series in the third flattening to order 4 (Karney 2011, equations 35 and 36); gcoord.
 */
import gcoord from 'gcoord'
import type { Geometry, MultiPolygon, Polygon, Position } from 'geojson'
import type { CrsId } from './types.ts'

const AXIS = 6_378_137
const FLATTENING = 1 / 298.257222101
const N = FLATTENING / (2 - FLATTENING)
const RECTIFYING_RADIUS = (AXIS / (1 + N)) * (1 + N ** 2 / 4 + N ** 4 / 64)
const ECCENTRICITY = Math.sqrt(FLATTENING * (2 - FLATTENING))
const ALPHA = [
  N / 2 - (2 / 3) * N ** 2 + (5 / 16) * N ** 3 + (41 / 180) * N ** 4,
  (13 / 48) * N ** 2 - (3 / 5) * N ** 3 + (557 / 1440) * N ** 4,
  (61 / 240) * N ** 3 - (103 / 140) * N ** 4,
  (49_561 / 161_280) * N ** 4,
]
const BETA = [
  N / 2 - (2 / 3) * N ** 2 + (37 / 96) * N ** 3 - (1 / 360) * N ** 4,
  (1 / 48) * N ** 2 + (1 / 15) * N ** 3 - (437 / 1440) * N ** 4,
  (17 / 480) * N ** 3 - (37 / 840) * N ** 4,
  (4397 / 161_280) * N ** 4,
]
const RADIANS = Math.PI / 180

export interface Zone {
  centralMeridian: number
  falseEasting: number
}

export const ZONES: Readonly<Record<'EPSG:4526' | 'EPSG:4527' | 'EPSG:4547' | 'EPSG:4548', Zone>> = {
  'EPSG:4526': { centralMeridian: 114, falseEasting: 38_500_000 },
  'EPSG:4527': { centralMeridian: 117, falseEasting: 39_500_000 },
  'EPSG:4547': { centralMeridian: 114, falseEasting: 500_000 },
  'EPSG:4548': { centralMeridian: 117, falseEasting: 500_000 },
}

export function gaussKrugerInverse(easting: number, northing: number, zone: Zone): [number, number] {
  const xi = northing / RECTIFYING_RADIUS
  const eta = (easting - zone.falseEasting) / RECTIFYING_RADIUS
  let xi0 = xi
  let eta0 = eta
  BETA.forEach((b, j) => {
    const k = 2 * (j + 1)
    xi0 -= b * Math.sin(k * xi) * Math.cosh(k * eta)
    eta0 -= b * Math.cos(k * xi) * Math.sinh(k * eta)
  })
  const conformal = Math.sin(xi0) / Math.hypot(Math.sinh(eta0), Math.cos(xi0))
  const longitude = zone.centralMeridian + Math.atan2(Math.sinh(eta0), Math.cos(xi0)) / RADIANS
  return [longitude, Math.atan(geographicTangent(conformal)) / RADIANS]
}

export function gaussKrugerForward(lng: number, lat: number, zone: Zone): [number, number] {
  const tangent = conformalTangent(Math.tan(lat * RADIANS))
  const delta = (lng - zone.centralMeridian) * RADIANS
  const xi0 = Math.atan2(tangent, Math.cos(delta))
  const eta0 = Math.asinh(Math.sin(delta) / Math.hypot(tangent, Math.cos(delta)))
  let xi = xi0
  let eta = eta0
  ALPHA.forEach((a, j) => {
    const k = 2 * (j + 1)
    xi += a * Math.sin(k * xi0) * Math.cosh(k * eta0)
    eta += a * Math.cos(k * xi0) * Math.sinh(k * eta0)
  })
  return [zone.falseEasting + RECTIFYING_RADIUS * eta, RECTIFYING_RADIUS * xi]
}

function conformalTangent(tangent: number): number {
  const sigma = Math.sinh(ECCENTRICITY * Math.atanh((ECCENTRICITY * tangent) / Math.hypot(1, tangent)))
  return tangent * Math.hypot(1, sigma) - sigma * Math.hypot(1, tangent)
}

/** Newton's method on the conformal tangent; three rounds reach double precision. */
function geographicTangent(conformal: number): number {
  const e2 = ECCENTRICITY * ECCENTRICITY
  let tangent = conformal / (1 - e2)
  for (let i = 0; i < 4; i++) {
    const guess = conformalTangent(tangent)
    tangent +=
      (((conformal - guess) / Math.hypot(1, guess)) * (1 + (1 - e2) * tangent * tangent)) /
      ((1 - e2) * Math.hypot(1, tangent))
  }
  return tangent
}

export function toWgs84(point: readonly number[], crs: CrsId, swapped = false): [number, number] {
  const x = (swapped ? point[1] : point[0]) as number
  const y = (swapped ? point[0] : point[1]) as number
  switch (crs) {
    case 'WGS84':
      return [x, y]
    case 'GCJ02':
      return gcoord.transform([x, y], gcoord.GCJ02, gcoord.WGS84)
    case 'BD09':
      return gcoord.transform([x, y], gcoord.BD09, gcoord.WGS84)
    case 'EPSG:3857':
      return [x / AXIS / RADIANS, (2 * Math.atan(Math.exp(y / AXIS)) - Math.PI / 2) / RADIANS]
    default:
      return gaussKrugerInverse(x, y, ZONES[crs])
  }
}

/** Polygons only; heights are dropped, positions rounded to 7 decimals (1 cm). */
export function polygonToWgs84(geometry: Polygon | MultiPolygon, crs: CrsId, swapped: boolean): MultiPolygon {
  const convert = (position: Position): Position => {
    const [lng, lat] = toWgs84(position, crs, swapped)
    return [Math.round(lng * 1e7) / 1e7, Math.round(lat * 1e7) / 1e7]
  }
  const polygons = geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates
  return {
    type: 'MultiPolygon',
    coordinates: polygons.map((rings) => rings.map((ring) => ring.map(convert))),
  }
}

export function isPolygonal(geometry: Geometry | null): geometry is Polygon | MultiPolygon {
  return geometry?.type === 'Polygon' || geometry?.type === 'MultiPolygon'
}

/** A file may say Polygon and hold anything; true when its coordinates really are rings of number pairs. */
export function hasPositions(geometry: Polygon | MultiPolygon): boolean {
  const deep = (value: unknown, depth: number): boolean => {
    if (!Array.isArray(value)) return false
    if (depth > 0) return value.every((inner) => deep(inner, depth - 1))
    return value.length >= 2 && typeof value[0] === 'number' && typeof value[1] === 'number'
  }
  return deep(geometry.coordinates, geometry.type === 'Polygon' ? 2 : 3)
}
