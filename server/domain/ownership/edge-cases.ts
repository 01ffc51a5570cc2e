/**
 * Purpose: clients whose grid hangs on the coordinate system their position was taken in.
 * Inputs: positions in lng/lat degrees; the grid at a position (null: none); the suspected systems, each as the function that
 * gives the true position of a point whose stored numbers are really of that system.
 * Outputs: in the order of the points, those whose grid would be another, with that grid and how far the point would move, metres.
 * Guarantees: a point is reported exactly when at least one suspected system puts it into another grid (or into none).
 * Limits: says that a mix-up would matter, not that there was one. Cost: one look-up per point and system.
 */
import { distanceM } from '../geo/measure.ts'
import type { Position } from '../geo/shapes.ts'

export interface Suspicion<System extends string = string> {
  system: System
  truePosition(lng: number, lat: number): Position
}

export interface EdgeCase<System extends string = string> {
  id: number
  grid: number | null
  elsewhere: { system: System; grid: number | null; distanceM: number }[]
}

export function edgeCases<System extends string>(
  points: readonly { id: number; lng: number; lat: number }[],
  gridAt: (lng: number, lat: number) => number | null,
  suspicions: readonly Suspicion<System>[],
): EdgeCase<System>[] {
  return points.flatMap(({ id, lng, lat }) => {
    const grid = gridAt(lng, lat)
    const elsewhere = suspicions.flatMap(({ system, truePosition }) => {
      const moved = truePosition(lng, lat)
      const other = gridAt(...moved)
      return other === grid ? [] : [{ system, grid: other, distanceM: distanceM([lng, lat], moved) }]
    })
    return elsewhere.length === 0 ? [] : [{ id, grid, elsewhere }]
  })
}
