/**
 * Purpose: add up client points per unit. Inputs: points in lng/lat with any number of weights; unit polygons that do not overlap.
 * Outputs: a total per unit and weight, the unit of each point, and how many points lie in no unit (with their weights).
 * Guarantees: totals over units plus outside equal the totals of the points; a point on a common border counts once.
 * Cost: O(points) with a lattice of bounding boxes.
 */
import { shapeLocator } from '../geo/shape-locator.ts'
import type { MultiPolygonCoordinates } from '../geo/shapes.ts'

export interface WeightedPoint {
  lng: number
  lat: number
  weights: readonly number[]
}

export interface WeighedUnits {
  /** Per unit, per weight. */
  totals: number[][]
  /** Points per unit. */
  points: number[]
  /** Unit of each point, -1 = in none. */
  unitOfPoint: Int32Array
  outside: { points: number; totals: number[] }
}

export function weighUnits(
  shapes: readonly MultiPolygonCoordinates[],
  points: readonly WeightedPoint[],
  weightCount: number,
): WeighedUnits {
  const locate = shapeLocator(shapes).first
  const none = (): number[] => Array.from({ length: weightCount }, () => 0)
  const totals = shapes.map(none)
  const counts = shapes.map(() => 0)
  const unitOfPoint = new Int32Array(points.length)
  const outside = { points: 0, totals: none() }
  points.forEach((point, i) => {
    const unit = locate(point.lng, point.lat)
    unitOfPoint[i] = unit
    const into = unit === -1 ? outside.totals : totals[unit]!
    for (let j = 0; j < weightCount; j++) into[j]! += point.weights[j] ?? 0
    if (unit === -1) outside.points++
    else counts[unit]!++
  })
  return { totals, points: counts, unitOfPoint, outside }
}
