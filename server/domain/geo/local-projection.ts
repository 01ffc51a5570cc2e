/**
 * Purpose: lng/lat degrees <-> metres east and north of a centre. The only place that converts.
 * Method: equirectangular; east = R cos(lat0) dLng, north = R dLat.
 * Limits: scale error about tan(lat0) * dLat east-west: 0.1 % at 13 km north of the centre in Ganzhou, 1 % at 130 km.
 * Good for a district; use `measure.ts` (sphere) for lengths and areas that a person reads. Not for the antimeridian.
 */
import { METRES_PER_DEGREE, RADIANS_PER_DEGREE } from './earth.ts'
import type { Position } from './shapes.ts'

export interface LocalProjection {
  readonly centre: Position
  toMetres(position: readonly number[]): Position
  toLngLat(metres: readonly number[]): Position
}

export function localProjection(centre: Position): LocalProjection {
  const metresPerLng = METRES_PER_DEGREE * Math.cos(centre[1] * RADIANS_PER_DEGREE)
  return {
    centre,
    toMetres: (position) => [
      (position[0]! - centre[0]) * metresPerLng,
      (position[1]! - centre[1]) * METRES_PER_DEGREE,
    ],
    toLngLat: (metres) => [centre[0] + metres[0]! / metresPerLng, centre[1] + metres[1]! / METRES_PER_DEGREE],
  }
}
