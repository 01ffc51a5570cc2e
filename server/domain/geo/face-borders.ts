/**
 * Purpose: the borders of faces and a point inside each. Outputs: directed edges with the face on their left: outer borders run
 * counter-clockwise, holes clockwise. Cost: O(edges), the point O(edges log edges).
 */
import type { PlanarFaces } from './planar-faces.ts'
import type { Segment } from './segment-grid.ts'

/** A directed border of a face. */
export type FaceEdge = Segment

/** Per face its directed borders, without what has the face on both sides. */
export function bordersOf({ segments, faceOf, twiceArea }: PlanarFaces): FaceEdge[][] {
  const borders: FaceEdge[][] = Array.from(twiceArea, () => [])
  segments.forEach((s, i) => {
    const left = faceOf[2 * i]!
    const right = faceOf[2 * i + 1]!
    if (left === right) return
    if (left >= 0) borders[left]!.push(s)
    if (right >= 0) borders[right]!.push({ ax: s.bx, ay: s.by, bx: s.ax, by: s.ay, kind: s.kind })
  })
  return borders
}

/** A point well inside: on the middle line of the widest of a few horizontal cuts. */
export function interiorPoint(edges: readonly FaceEdge[]): [number, number] {
  const levels = [...new Set(edges.map((e) => e.ay))].sort((p, q) => p - q)
  const gaps = levels
    .slice(1)
    .map((y, i) => ({ y: (y + levels[i]!) / 2, gap: y - levels[i]! }))
    .sort((p, q) => q.gap - p.gap || p.y - q.y)
    .slice(0, 4)
  let best: [number, number] = [edges[0]!.ax, edges[0]!.ay]
  let widest = -1
  for (const { y, gap } of gaps) {
    const crossings = edges
      .filter((e) => e.ay > y !== e.by > y)
      .map((e) => e.ax + ((y - e.ay) * (e.bx - e.ax)) / (e.by - e.ay))
      .sort((p, q) => p - q)
    for (let i = 1; i < crossings.length; i += 2) {
      const wide = Math.min(crossings[i]! - crossings[i - 1]!, 4 * gap)
      if (wide > widest) {
        widest = wide
        best = [(crossings[i]! + crossings[i - 1]!) / 2, y]
      }
    }
  }
  return best
}
