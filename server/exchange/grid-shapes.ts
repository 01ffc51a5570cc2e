/**
 * Purpose: the outline of each grid from the outlines of its units. Inputs: unit polygons in lng/lat that share vertices exactly.
 * Guarantees: exact on the 1e-7 degree lattice; a grid without units has none. Cost: O(vertices).
 */
import type { FaceEdge } from '#domain/geo/face-borders.ts'
import type { MultiPolygonCoordinates, Position } from '#domain/geo/shapes.ts'
import { STEPS_PER_DEGREE } from '#domain/geo/steps.ts'
import { outlineOf } from '#domain/units/outline.ts'

const steps = (degrees: number) => Math.round(degrees * STEPS_PER_DEGREE)
const degrees = ([x, y]: readonly [number, number]): Position => [x / STEPS_PER_DEGREE, y / STEPS_PER_DEGREE]

export function gridShapes(
  units: readonly { gridNo: number | null; shape: MultiPolygonCoordinates }[],
): Map<number, MultiPolygonCoordinates> {
  const edges = new Map<number, FaceEdge[]>()
  for (const { gridNo, shape } of units) {
    if (gridNo === null) continue
    const own = edges.get(gridNo) ?? []
    for (const polygon of shape) polygon.forEach((ring, i) => addRing(own, ring, i === 0))
    edges.set(gridNo, own)
  }
  return new Map(
    [...edges].map(([no, own]) => [
      no,
      outlineOf(own).map((polygon) => polygon.map((ring) => ring.map(degrees))),
    ]),
  )
}

/** The unit lies on the left of its edges, whichever way its rings were stored. */
function addRing(into: FaceEdge[], ring: readonly Position[], isOuter: boolean): void {
  const points = ring.map(([x, y]) => [steps(x), steps(y)] as const)
  let twiceArea = 0
  for (let i = 1; i < points.length; i++)
    twiceArea +=
      (points[i - 1]![0] - points[0]![0]) * (points[i]![1] - points[0]![1]) -
      (points[i]![0] - points[0]![0]) * (points[i - 1]![1] - points[0]![1])
  if (twiceArea > 0 !== isOuter) points.reverse()
  for (let i = 1; i < points.length; i++) {
    const [a, b] = [points[i - 1]!, points[i]!]
    if (a[0] !== b[0] || a[1] !== b[1]) into.push({ ax: a[0], ay: a[1], bx: b[0], by: b[1], kind: 0 })
  }
}
