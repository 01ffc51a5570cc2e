/** Lines in whole steps of 1e-7 degrees (about 1 cm) from an origin, so that geometry on them is exact. */
import type { Segment } from './segment-grid.ts'
import type { Bounds, LineCoordinates, Position } from './shapes.ts'

export const STEPS_PER_DEGREE = 1e7

/** South-west of all lines, in steps. */
export interface StepOrigin {
  originX: number
  originY: number
}

export function toLngLat({ originX, originY }: StepOrigin, x: number, y: number): Position {
  return [(x + originX) / STEPS_PER_DEGREE, (y + originY) / STEPS_PER_DEGREE]
}

/** How far outside the box a piece may reach before it is cut off: beyond, products of coordinates might not be exact. */
const MARGIN_DEGREES = 0.01

/** Adds the pieces of a line that come near the box; answers how many pieces the line has at all. */
export function addSegments(
  into: Segment[],
  origin: StepOrigin,
  box: Bounds,
  line: LineCoordinates,
  kind: number,
): number {
  const stepsX = (lng: number): number => Math.round(lng * STEPS_PER_DEGREE) - origin.originX
  const stepsY = (lat: number): number => Math.round(lat * STEPS_PER_DEGREE) - origin.originY
  let pieces = 0
  for (let i = 1; i < line.length; i++) {
    const from = line[i - 1]!
    const to = line[i]!
    if (stepsX(from[0]) === stepsX(to[0]) && stepsY(from[1]) === stepsY(to[1])) continue
    pieces++
    const near = nearBox(from, to, box)
    if (!near) continue
    const [[aLng, aLat], [bLng, bLat]] = near
    into.push({ ax: stepsX(aLng), ay: stepsY(aLat), bx: stepsX(bLng), by: stepsY(bLat), kind })
  }
  return pieces
}

/** The part of a piece in the box with its margin, or null; a piece wholly inside is returned as it is. */
function nearBox(from: Position, to: Position, box: Bounds): [Position, Position] | null {
  let start = 0
  let end = 1
  for (const [a, b, low, high] of [
    [from[0], to[0], box.minX - MARGIN_DEGREES, box.maxX + MARGIN_DEGREES],
    [from[1], to[1], box.minY - MARGIN_DEGREES, box.maxY + MARGIN_DEGREES],
  ] as const) {
    if (a === b) {
      if (a < low || a > high) return null
      continue
    }
    const enter = ((a < b ? low : high) - a) / (b - a)
    const leave = ((a < b ? high : low) - a) / (b - a)
    start = Math.max(start, enter)
    end = Math.min(end, leave)
  }
  if (start > end) return null
  const at = (along: number): Position => [
    from[0] + along * (to[0] - from[0]),
    from[1] + along * (to[1] - from[1]),
  ]
  return [start > 0 ? at(start) : from, end < 1 ? at(end) : to]
}
