/**
 * Purpose: lay the cell lattice over borders and barriers and cut all lines at its lines.
 * Inputs: lng/lat lines with a class. Working coordinates are whole steps of 1e-7 degrees (about 1 cm), so that all later
 * geometry is exact. Outputs: per cell the pieces of line inside it (ends included), in steps.
 * Guarantees: the lattice depends on the cell size and on the half-degree corner south-west of the district only, so making
 * cells again after a change of borders gives the same rows and columns. A piece along a lattice line is given to both cells.
 * Cost: O(pieces).
 */
import { METRES_PER_DEGREE, RADIANS_PER_DEGREE } from '../geo/earth.ts'
import type { Segment } from '../geo/segment-grid.ts'
import type { Bounds, LineCoordinates } from '../geo/shapes.ts'
import { STEPS_PER_DEGREE, type StepOrigin } from '../geo/steps.ts'

export interface Lattice extends StepOrigin {
  /** South-west corner of row 0, column 0, in degrees. */
  anchor: [number, number]
  /** Of a cell, in steps. */
  width: number
  height: number
}

/** A piece of line; its class is 0 = no barrier (district or township border), else an index into CROSSINGS. */
export type Piece = Segment

export function latticeFor(bounds: Bounds, sizeM: number): Lattice {
  const anchor: [number, number] = [Math.floor(bounds.minX * 2) / 2, Math.floor(bounds.minY * 2) / 2]
  const metresPerLng = METRES_PER_DEGREE * Math.cos((anchor[1] + 0.25) * RADIANS_PER_DEGREE)
  return {
    anchor,
    originX: Math.round(anchor[0] * STEPS_PER_DEGREE),
    originY: Math.round(anchor[1] * STEPS_PER_DEGREE),
    width: Math.max(2, Math.round((sizeM / metresPerLng) * STEPS_PER_DEGREE)),
    height: Math.max(2, Math.round((sizeM / METRES_PER_DEGREE) * STEPS_PER_DEGREE)),
  }
}

const ROW_SPAN = 1 << 20

export function cellKey(row: number, column: number): number {
  return row * ROW_SPAN + column
}

export function rowColumnOf(key: number): [number, number] {
  const row = Math.floor(key / ROW_SPAN)
  return [row, key - row * ROW_SPAN]
}

export type PiecesByCell = Map<number, Piece[]>

/** Cuts one line at the lattice and adds its pieces; parts south or west of the lattice, where no cell is, are dropped. */
export function addLine(lattice: Lattice, line: LineCoordinates, kind: number, into: PiecesByCell): void {
  for (let i = 1; i < line.length; i++) {
    const ax = Math.round(line[i - 1]![0] * STEPS_PER_DEGREE) - lattice.originX
    const ay = Math.round(line[i - 1]![1] * STEPS_PER_DEGREE) - lattice.originY
    const bx = Math.round(line[i]![0] * STEPS_PER_DEGREE) - lattice.originX
    const by = Math.round(line[i]![1] * STEPS_PER_DEGREE) - lattice.originY
    // Cut from the same end whichever way the line was drawn, so that a border shared by two polygons gives one piece.
    if (ax < bx || (ax === bx && ay < by)) cutSegment(lattice, ax, ay, bx, by, kind, into)
    else if (ax !== bx || ay !== by) cutSegment(lattice, bx, by, ax, ay, kind, into)
  }
}

function cutSegment(
  lattice: Lattice,
  ax: number,
  ay: number,
  bx: number,
  by: number,
  kind: number,
  into: PiecesByCell,
): void {
  const { width, height } = lattice
  const points: { t: number; x: number; y: number }[] = [
    { t: 0, x: ax, y: ay },
    { t: 1, x: bx, y: by },
  ]
  for (let c = Math.floor(ax / width) + 1; c * width < bx; c++) {
    const t = (c * width - ax) / (bx - ax)
    points.push({ t, x: c * width, y: Math.round(ay + t * (by - ay)) })
  }
  const low = Math.min(ay, by)
  const high = Math.max(ay, by)
  for (let r = Math.floor(low / height) + 1; r * height < high; r++) {
    const t = (r * height - ay) / (by - ay)
    points.push({ t, x: Math.round(ax + t * (bx - ax)), y: r * height })
  }
  points.sort((p, q) => p.t - q.t || p.x - q.x || (by > ay ? p.y - q.y : q.y - p.y))
  for (let i = 1; i < points.length; i++) {
    const p = points[i - 1]!
    const q = points[i]!
    if (p.x !== q.x || p.y !== q.y) addPiece(lattice, { ax: p.x, ay: p.y, bx: q.x, by: q.y, kind }, into)
  }
}

function addPiece(lattice: Lattice, piece: Piece, into: PiecesByCell): void {
  const { width, height } = lattice
  const column = Math.floor((piece.ax + piece.bx) / 2 / width)
  const row = Math.floor((piece.ay + piece.by) / 2 / height)
  const put = (r: number, c: number): void => {
    if (r < 0 || c < 0) return
    const key = cellKey(r, c)
    const list = into.get(key)
    if (list) list.push(piece)
    else into.set(key, [piece])
  }
  put(row, column)
  if (piece.ax === piece.bx && piece.ax % width === 0) put(row, column - 1)
  if (piece.ay === piece.by && piece.ay % height === 0) put(row - 1, column)
}
