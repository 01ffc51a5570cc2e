/**
 * Purpose: the polygons and lines of one tile, cut, rounded to tile units and cleaned.
 * Inputs: shapes in world units. Guarantees: no repeated points, no ring without area, holes only behind their outer
 * ring; a buffer of 64 units (8 screen pixels) around the tile. Limits: rounding may make thin parts touch.
 * Cost: linear in the points of shapes that reach into the tile. Source: own.
 */
import { clipLine, clipRing, overlaps, within, type Rectangle } from './clip-polygon.ts'
import { WORLD_BITS } from './mercator.ts'
import { EXTENT, ringArea2 } from './mvt-encode.ts'
import type { TileId } from './row-set.ts'

const BUFFER = 64
/** Lines keep no two neighbouring points closer than this, in tile units. */
const LINE_STEP = 4

export interface TileShape {
  index: number
  parts: Int32Array[]
  outer?: boolean[]
}

interface WorldShape {
  index: number
  rings: ArrayLike<number>[]
  outer: boolean[]
  bounds: Rectangle
}
interface WorldLine {
  index: number
  line: ArrayLike<number>
  bounds: Rectangle
}

export function polygonsOfTile(shapes: readonly WorldShape[], tile: TileId): TileShape[] {
  const frame = frameOf(tile)
  const result: TileShape[] = []
  for (const shape of shapes) {
    if (!overlaps(shape.bounds, frame.buffered)) continue
    const inside = within(shape.bounds, frame.buffered)
    const parts: Int32Array[] = []
    const outer: boolean[] = []
    let outerKept = false
    shape.rings.forEach((ring, r) => {
      if (!shape.outer[r] && !outerKept) return
      const rounded = roundRing(inside ? ring : clipRing(ring, frame.buffered), frame)
      const kept = rounded.length >= 6 && ringArea2(rounded) !== 0
      if (shape.outer[r]) outerKept = kept
      if (!kept) return
      parts.push(rounded)
      outer.push(shape.outer[r])
    })
    if (parts.length > 0) result.push({ index: shape.index, parts, outer })
  }
  return result
}

export function linesOfTile(lines: readonly WorldLine[], tile: TileId): TileShape[] {
  const frame = frameOf(tile)
  const result: TileShape[] = []
  for (const { index, line, bounds } of lines) {
    if (!overlaps(bounds, frame.buffered)) continue
    const parts = clipLine(line, frame.buffered)
      .map((piece) => roundLine(piece, frame))
      .filter((piece) => piece.length >= 4)
    if (parts.length > 0) result.push({ index, parts })
  }
  return result
}

interface Frame {
  originX: number
  originY: number
  /** World units a tile unit. */
  unit: number
  buffered: Rectangle
}

function frameOf(tile: TileId): Frame {
  const unit = 2 ** (WORLD_BITS - 12 - tile.z)
  const size = unit * EXTENT
  const originX = tile.x * size
  const originY = tile.y * size
  const margin = BUFFER * unit
  return {
    originX,
    originY,
    unit,
    buffered: {
      minX: originX - margin,
      minY: originY - margin,
      maxX: originX + size + margin,
      maxY: originY + size + margin,
    },
  }
}

function roundRing(ring: ArrayLike<number>, frame: Frame): Int32Array {
  const rounded = round(ring, frame, 0)
  let length = rounded.length
  while (length >= 4 && rounded[0] === rounded[length - 2] && rounded[1] === rounded[length - 1]) length -= 2
  return rounded.subarray(0, length)
}

function roundLine(line: ArrayLike<number>, frame: Frame): Int32Array {
  return round(line, frame, LINE_STEP)
}

function round(points: ArrayLike<number>, frame: Frame, step: number): Int32Array {
  const rounded = new Int32Array(points.length)
  const last = points.length - 2
  let length = 0
  for (let i = 0; i <= last; i += 2) {
    const x = Math.round((points[i] - frame.originX) / frame.unit)
    const y = Math.round((points[i + 1] - frame.originY) / frame.unit)
    if (length >= 2) {
      const dx = Math.abs(x - rounded[length - 2])
      const dy = Math.abs(y - rounded[length - 1])
      if ((dx === 0 && dy === 0) || (step > 0 && i < last && dx < step && dy < step)) continue
    }
    rounded[length++] = x
    rounded[length++] = y
  }
  return rounded.subarray(0, length)
}
