/**
 * Purpose: the parts into which lines divide one cell: a small planar arrangement.
 * Inputs: whole-number coordinates relative to the cell's south-west corner; pieces inside the cell; its width and height.
 * Outputs: faces as closed walks with the face on the left, each edge with the class of the line it lies on.
 * Guarantees: faces tile the cell exactly; lines that end inside a face (dead ends) do not divide it.
 * Limits: crossing points are rounded to whole steps (1 cm) and lines bent to them until nothing crosses any more.
 * Cost: near O(pieces) per cell.
 */
import { nodeSegments } from '../geo/node-segments.ts'
import { planarFaces, type PlanarFaces } from '../geo/planar-faces.ts'
import type { Segment } from '../geo/segment-grid.ts'

/** A directed border of a face. */
export type FaceEdge = Segment

export interface Face {
  /** All borders: outer counter-clockwise, holes clockwise. */
  edges: FaceEdge[]
  /** Twice the area, in square steps. */
  twiceArea: number
}

export function facesOf(pieces: readonly Segment[], width: number, height: number): Face[] {
  const frame: Segment[] = [
    { ax: 0, ay: 0, bx: width, by: 0, kind: 0 },
    { ax: width, ay: 0, bx: width, by: height, kind: 0 },
    { ax: 0, ay: height, bx: width, by: height, kind: 0 },
    { ax: 0, ay: 0, bx: 0, by: height, kind: 0 },
  ]
  const faces = planarFaces(nodeSegments([...frame, ...pieces], Math.max))
  return bordersOf(faces).map((edges, f) => ({ edges, twiceArea: faces.twiceArea[f]! }))
}

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
export function interiorPoint(face: Pick<Face, 'edges'>): [number, number] {
  const levels = [...new Set(face.edges.map((e) => e.ay))].sort((p, q) => p - q)
  const gaps = levels
    .slice(1)
    .map((y, i) => ({ y: (y + levels[i]!) / 2, gap: y - levels[i]! }))
    .sort((p, q) => q.gap - p.gap || p.y - q.y)
    .slice(0, 4)
  let best: [number, number] = [face.edges[0]!.ax, face.edges[0]!.ay]
  let widest = -1
  for (const { y, gap } of gaps) {
    const crossings = face.edges
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
