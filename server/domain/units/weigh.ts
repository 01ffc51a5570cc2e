/**
 * Purpose: add up client points per unit. Inputs: points in lng/lat with any number of weights; unit polygons that do not overlap.
 * Outputs: a total per unit and weight, the unit of each point, and how many points lie in no unit (with their weights).
 * Guarantees: totals over units plus outside equal the totals of the points; a point on a common border counts once.
 * Cost: O(points) with a lattice of bounding boxes.
 */
import { isInside } from '../geo/point-in-polygon.ts'
import { boundsOf, emptyBounds, extendBounds, type MultiPolygonCoordinates } from '../geo/shapes.ts'

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

/** A look-up for many points: unit at a position, or -1. */
export function unitLocator(
  shapes: readonly MultiPolygonCoordinates[],
): (lng: number, lat: number) => number {
  const all = emptyBounds()
  const boxes = shapes.map((shape) => {
    const box = boundsOf(shape)
    if (box.minX <= box.maxX) {
      extendBounds(all, [box.minX, box.minY])
      extendBounds(all, [box.maxX, box.maxY])
    }
    return box
  })
  const side = Math.max(1, Math.ceil(Math.sqrt(shapes.length)))
  const stepX = (all.maxX - all.minX) / side || 1
  const stepY = (all.maxY - all.minY) / side || 1
  const column = (lng: number): number => Math.min(side - 1, Math.floor((lng - all.minX) / stepX))
  const row = (lat: number): number => Math.min(side - 1, Math.floor((lat - all.minY) / stepY))
  const buckets: number[][] = Array.from({ length: side * side }, () => [])
  boxes.forEach((box, u) => {
    if (box.minX > box.maxX) return
    for (let r = row(box.minY); r <= row(box.maxY); r++)
      for (let c = column(box.minX); c <= column(box.maxX); c++) buckets[r * side + c]!.push(u)
  })
  return (lng, lat) => {
    if (!(lng >= all.minX && lng <= all.maxX && lat >= all.minY && lat <= all.maxY)) return -1
    for (const u of buckets[row(lat) * side + column(lng)]!) {
      const box = boxes[u]!
      if (lng < box.minX || lng > box.maxX || lat < box.minY || lat > box.maxY) continue
      if (isInside(lng, lat, shapes[u]!)) return u
    }
    return -1
  }
}

export function weighUnits(
  shapes: readonly MultiPolygonCoordinates[],
  points: readonly WeightedPoint[],
  weightCount: number,
): WeighedUnits {
  const locate = unitLocator(shapes)
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
