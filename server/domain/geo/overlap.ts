/**
 * Purpose: over how many square metres each shape of one list overlaps each of another. Inputs: lng/lat degrees.
 * Outputs: pairs with their common area, sorted, and the whole area of each shape by the same measure, so that shares add up to one.
 * Guarantees: shapes of one list may overlap each other. Limits: within 8 degrees; areas on the local sphere, true to 0.1 %.
 * Cost: near-linear in vertices (one arrangement of all borders), plus a look-up for each piece.
 */
import { METRES_PER_DEGREE, RADIANS_PER_DEGREE } from './earth.ts'
import { bordersOf, interiorPoint } from './face-borders.ts'
import { nodeSegments } from './node-segments.ts'
import { planarFaces } from './planar-faces.ts'
import type { Segment } from './segment-grid.ts'
import { shapeLocator } from './shape-locator.ts'
import { boundsOf, emptyBounds, extendBounds, type MultiPolygonCoordinates } from './shapes.ts'
import { addSegments, STEPS_PER_DEGREE, toLngLat } from './steps.ts'

export interface Overlap {
  a: number
  b: number
  areaM2: number
}

export interface Overlaps {
  overlaps: Overlap[]
  areaOfA: Float64Array
  areaOfB: Float64Array
}

export function overlapsOf(
  listA: readonly MultiPolygonCoordinates[],
  listB: readonly MultiPolygonCoordinates[],
): Overlaps {
  const box = emptyBounds()
  for (const shape of [...listA, ...listB]) {
    const { minX, minY, maxX, maxY } = boundsOf(shape)
    if (minX > maxX) continue
    extendBounds(box, [minX, minY])
    extendBounds(box, [maxX, maxY])
  }
  const areaOfA = new Float64Array(listA.length)
  const areaOfB = new Float64Array(listB.length)
  if (box.minX > box.maxX) return { overlaps: [], areaOfA, areaOfB }
  const origin = {
    originX: Math.floor(box.minX * STEPS_PER_DEGREE),
    originY: Math.floor(box.minY * STEPS_PER_DEGREE),
  }
  const segments: Segment[] = []
  for (const shape of [...listA, ...listB])
    for (const polygon of shape) for (const ring of polygon) addSegments(segments, origin, box, ring, 0)
  const faces = planarFaces(nodeSegments(segments, () => 0))
  const inA = shapeLocator(listA)
  const inB = shapeLocator(listB)
  const metres = METRES_PER_DEGREE / STEPS_PER_DEGREE
  const common = new Map<number, number>()
  bordersOf(faces).forEach((edges, face) => {
    const [lng, lat] = toLngLat(origin, ...interiorPoint(edges))
    const area = (faces.twiceArea[face]! / 2) * metres * metres * Math.cos(lat * RADIANS_PER_DEGREE)
    const ofB = inB.all(lng, lat)
    for (const b of ofB) areaOfB[b]! += area
    for (const a of inA.all(lng, lat)) {
      areaOfA[a]! += area
      for (const b of ofB) {
        const pair = a * listB.length + b
        common.set(pair, (common.get(pair) ?? 0) + area)
      }
    }
  })
  const overlaps = [...common]
    .sort((p, q) => p[0] - q[0])
    .map(([pair, area]) => {
      const a = Math.floor(pair / listB.length)
      return { a, b: pair - a * listB.length, areaM2: area }
    })
  return { overlaps, areaOfA, areaOfB }
}
