/**
 * Purpose: the parts into which lines divide one cell: a small planar arrangement.
 * Inputs: whole-number coordinates relative to the cell's south-west corner; pieces inside the cell; its width and height.
 * Outputs: faces as closed walks with the face on the left, each edge with the class of the line it lies on.
 * Guarantees: faces tile the cell exactly; lines that end inside a face (dead ends) do not divide it.
 * Limits: crossing points are rounded to whole steps (1 cm) and lines bent to them until nothing crosses any more.
 * Cost: near O(pieces) per cell.
 */
import { bordersOf, type FaceEdge } from '../geo/face-borders.ts'
import { nodeSegments } from '../geo/node-segments.ts'
import { planarFaces } from '../geo/planar-faces.ts'
import type { Segment } from '../geo/segment-grid.ts'

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
