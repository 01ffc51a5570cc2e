/**
 * Whole-number coordinates for coverages: 1 unit is one millionth of a degree (about 0.1 m), counted from a fixed origin.
 *
 * Why: two polygons share an edge only when its end points are equal bit by bit; whole numbers make that certain.
 * Guarantees: toLattice(fromLattice(p)) is p; values stay below 2^23, so cross products are exact in a double.
 * Limits: meant for the region of Ganzhou and its neighbours (110-122 E, 20-32 N).
 */
import type { MultiPolygon, Polygon, Position } from 'geojson'
import { polygonsOf } from '../geometry/ring.ts'

export const LATTICE_UNIT = 1e-6
export const LATTICE_ORIGIN: readonly [number, number] = [113, 24]
const PER_DEGREE = 1_000_000

/** East-west shrink of a degree at 25.85 N, the middle of the prefecture. */
export const EAST_FACTOR = Math.cos((25.85 * Math.PI) / 180)

export type LatticePoint = [number, number]
/** Not closed: the first point is not repeated. Outer rings run counterclockwise, holes clockwise. */
export type LatticeRing = LatticePoint[]
export type LatticePolygon = LatticeRing[]

export function toLattice(position: readonly number[]): LatticePoint {
  return [
    Math.round(((position[0] as number) - LATTICE_ORIGIN[0]) * PER_DEGREE),
    Math.round(((position[1] as number) - LATTICE_ORIGIN[1]) * PER_DEGREE),
  ]
}

export function fromLattice(point: readonly number[]): [number, number] {
  return [
    Math.round((point[0] as number) + LATTICE_ORIGIN[0] * PER_DEGREE) / PER_DEGREE,
    Math.round((point[1] as number) + LATTICE_ORIGIN[1] * PER_DEGREE) / PER_DEGREE,
  ]
}

export function latticeArea(ring: readonly LatticePoint[]): number {
  let sum = 0
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    sum += ring[j]![0] * ring[i]![1] - ring[i]![0] * ring[j]![1]
  }
  return sum / 2
}

export function polygonsToLattice(geometry: Polygon | MultiPolygon): LatticePolygon[] {
  return polygonsOf(geometry).map((polygon) =>
    polygon.map((ring, i) => {
      const points = openRing(ring.map(toLattice))
      const counterclockwise = latticeArea(points) > 0
      return counterclockwise === (i === 0) ? points : points.toReversed()
    }),
  )
}

export function latticeToMultiPolygon(polygons: readonly LatticePolygon[]): MultiPolygon {
  const close = (ring: LatticeRing): Position[] => [...ring, ring[0]!].map(fromLattice)
  return { type: 'MultiPolygon', coordinates: polygons.map((polygon) => polygon.map(close)) }
}

/** Removes the closing point and consecutive duplicates. */
export function openRing(points: readonly LatticePoint[]): LatticeRing {
  const ring: LatticeRing = []
  for (const point of points) {
    const last = ring.at(-1)
    if (!last || last[0] !== point[0] || last[1] !== point[1]) ring.push(point)
  }
  const first = ring[0]
  const last = ring.at(-1)
  if (ring.length > 1 && first && last && first[0] === last[0] && first[1] === last[1]) ring.pop()
  return ring
}
