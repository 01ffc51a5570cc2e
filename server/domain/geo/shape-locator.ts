/**
 * Purpose: which shapes contain a position, for many positions. Inputs: lng/lat degrees.
 * Guarantees: of shapes that share vertices exactly, one contains a point on their common border.
 * Cost: a lattice of bounding boxes, then O(vertices) for each box that holds the position.
 */
import { isInside } from './point-in-polygon.ts'
import { boundsOf, emptyBounds, extendBounds, type MultiPolygonCoordinates } from './shapes.ts'

export interface ShapeLocator {
  /** The first listed shape at a position, or -1. */
  first(lng: number, lat: number): number
  all(lng: number, lat: number): number[]
}

export function shapeLocator(shapes: readonly MultiPolygonCoordinates[]): ShapeLocator {
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
  const visit = (lng: number, lat: number, found: (shape: number) => boolean): void => {
    if (!(lng >= all.minX && lng <= all.maxX && lat >= all.minY && lat <= all.maxY)) return
    for (const u of buckets[row(lat) * side + column(lng)]!) {
      const box = boxes[u]!
      if (lng < box.minX || lng > box.maxX || lat < box.minY || lat > box.maxY) continue
      if (isInside(lng, lat, shapes[u]!) && found(u)) return
    }
  }
  return {
    first(lng, lat) {
      let first = -1
      visit(lng, lat, (shape) => {
        first = shape
        return true
      })
      return first
    },
    all(lng, lat) {
      const list: number[] = []
      visit(lng, lat, (shape) => {
        list.push(shape)
        return false
      })
      return list
    },
  }
}
