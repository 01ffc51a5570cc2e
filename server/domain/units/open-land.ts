/**
 * Purpose: the sides of lattice cells that come near land without a street net.
 * Inputs: borders of the faces in steps, which of them are open. Outputs: cell sides, each once.
 * Guarantees: the sides of every cell that touches the box of a row's stretch of an open face; the lattice is that of `linework.ts`,
 * so cells keep their places when streets or borders change.
 * Limits: at most as many cells as plain cell making allows. Cost: O(border edges + cells).
 */
import { METRES_PER_DEGREE } from '../geo/earth.ts'
import type { Segment } from '../geo/segment-grid.ts'
import { fail, ok, type Result } from '../result.ts'
import type { BlocksReason } from './block-lines.ts'
import type { FaceEdge } from '../geo/face-borders.ts'
import { MAX_CELLS } from './cells.ts'
import { LINE } from './line-flags.ts'
import { STEPS_PER_DEGREE } from '../geo/steps.ts'
import { cellKey, rowColumnOf, type Lattice } from './linework.ts'

export function latticeLines(
  borders: readonly FaceEdge[][],
  open: Uint8Array,
  { width, height }: Lattice,
): Result<Segment[], BlocksReason> {
  const cells = new Set<number>()
  let wanted = 0
  for (const [face, edges] of borders.entries()) {
    if (!open[face]) continue
    for (const [row, { from, to }] of stretchByRow(edges, height)) {
      const first = Math.floor(from / width)
      const last = Math.floor(to / width)
      wanted += last - first + 1
      if (wanted > MAX_CELLS) continue
      for (let column = first; column <= last; column++) cells.add(cellKey(row, column))
    }
  }
  if (wanted > MAX_CELLS) {
    const sizeM = (height / STEPS_PER_DEGREE) * METRES_PER_DEGREE
    const smallestSizeM = Math.ceil(sizeM * Math.sqrt(wanted / MAX_CELLS))
    return fail({ code: 'too-many-cells', cells: wanted, limit: MAX_CELLS, smallestSizeM })
  }
  const sides: Segment[] = []
  for (const key of cells) {
    const [row, column] = rowColumnOf(key)
    const west = column * width
    const south = row * height
    const east = west + width
    const north = south + height
    const kind = LINE.lattice
    sides.push(
      { ax: west, ay: south, bx: east, by: south, kind },
      { ax: west, ay: south, bx: west, by: north, kind },
    )
    if (!cells.has(cellKey(row, column + 1))) sides.push({ ax: east, ay: south, bx: east, by: north, kind })
    if (!cells.has(cellKey(row + 1, column))) sides.push({ ax: west, ay: north, bx: east, by: north, kind })
  }
  return ok(sides)
}

/** Per lattice row the westernmost and easternmost place that edges reach in it. */
function stretchByRow(edges: readonly FaceEdge[], height: number): Map<number, { from: number; to: number }> {
  const rows = new Map<number, { from: number; to: number }>()
  for (const { ax, ay, bx, by } of edges) {
    const first = Math.floor(Math.min(ay, by) / height)
    const last = Math.floor(Math.max(ay, by) / height)
    for (let row = first; row <= last; row++) {
      const from = Math.min(ax, bx)
      const to = Math.max(ax, bx)
      const known = rows.get(row)
      if (!known) rows.set(row, { from, to })
      else {
        known.from = Math.min(known.from, from)
        known.to = Math.max(known.to, to)
      }
    }
  }
  return rows
}
