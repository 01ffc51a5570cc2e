/**
 * Purpose: cuts rings and lines to a rectangle (a tile with its buffer).
 * Inputs: flat x,y,x,y… in any unit; rings without the closing repetition.
 * Guarantees: what lies inside is unchanged; two neighbours that share a cut edge are cut at the same place (crossings
 * are computed from the lower to the higher end whichever way the edge runs).
 * Limits: a concave ring may keep zero-width links along the rectangle's border, which lie in the buffer, outside of the
 * visible tile. Cost: linear. Source: Sutherland and Hodgman 1974; Liang and Barsky 1984 for lines.
 */
export interface Rectangle {
  minX: number
  minY: number
  maxX: number
  maxY: number
}

export function boundsOfParts(parts: readonly ArrayLike<number>[]): Rectangle {
  const bounds = { minX: Infinity, minY: Infinity, maxX: -Infinity, maxY: -Infinity }
  for (const part of parts) {
    for (let i = 0; i < part.length; i += 2) {
      if (part[i] < bounds.minX) bounds.minX = part[i]
      if (part[i] > bounds.maxX) bounds.maxX = part[i]
      if (part[i + 1] < bounds.minY) bounds.minY = part[i + 1]
      if (part[i + 1] > bounds.maxY) bounds.maxY = part[i + 1]
    }
  }
  return bounds
}

export function overlaps(a: Rectangle, b: Rectangle): boolean {
  return a.minX <= b.maxX && a.maxX >= b.minX && a.minY <= b.maxY && a.maxY >= b.minY
}

export function within(inner: Rectangle, outer: Rectangle): boolean {
  return (
    inner.minX >= outer.minX &&
    inner.maxX <= outer.maxX &&
    inner.minY >= outer.minY &&
    inner.maxY <= outer.maxY
  )
}

/** Empty when nothing is left. */
export function clipRing(ring: ArrayLike<number>, to: Rectangle): ArrayLike<number> {
  let points = ring
  points = clipHalf(points, 0, to.minX, 1)
  points = clipHalf(points, 0, to.maxX, -1)
  points = clipHalf(points, 1, to.minY, 1)
  return clipHalf(points, 1, to.maxY, -1)
}

function clipHalf(points: ArrayLike<number>, axis: 0 | 1, limit: number, side: 1 | -1): number[] {
  const kept: number[] = []
  const count = points.length
  for (let i = 0, j = count - 2; i < count; j = i, i += 2) {
    const inside = (points[i + axis] - limit) * side >= 0
    const wasInside = (points[j + axis] - limit) * side >= 0
    if (inside !== wasInside) pushCrossing(kept, points, j, i, axis, limit)
    if (inside) kept.push(points[i], points[i + 1])
  }
  return kept
}

function pushCrossing(
  out: number[],
  points: ArrayLike<number>,
  a: number,
  b: number,
  axis: 0 | 1,
  limit: number,
): void {
  const [low, high] = points[a + axis] < points[b + axis] ? [a, b] : [b, a]
  const other = axis === 0 ? 1 : 0
  const share = (limit - points[low + axis]) / (points[high + axis] - points[low + axis])
  const crossing = points[low + other] + share * (points[high + other] - points[low + other])
  if (axis === 0) out.push(limit, crossing)
  else out.push(crossing, limit)
}

/** The pieces of a line inside the rectangle. */
export function clipLine(line: ArrayLike<number>, to: Rectangle): number[][] {
  const pieces: number[][] = []
  let piece: number[] | null = null
  for (let i = 0; i + 3 < line.length; i += 2) {
    const part = segmentInside(line[i], line[i + 1], line[i + 2], line[i + 3], to)
    if (part === null) {
      piece = null
      continue
    }
    const [from, until] = part
    const dx = line[i + 2] - line[i]
    const dy = line[i + 3] - line[i + 1]
    if (piece === null || from > 0) {
      piece = [line[i] + from * dx, line[i + 1] + from * dy]
      pieces.push(piece)
    }
    if (until < 1) {
      piece.push(line[i] + until * dx, line[i + 1] + until * dy)
      piece = null
    } else piece.push(line[i + 2], line[i + 3])
  }
  return pieces
}

/** The share of the segment, from and until, that is inside; null when none is. */
function segmentInside(
  ax: number,
  ay: number,
  bx: number,
  by: number,
  to: Rectangle,
): [number, number] | null {
  let from = 0
  let until = 1
  const dx = bx - ax
  const dy = by - ay
  for (const [step, room] of [
    [-dx, ax - to.minX],
    [dx, to.maxX - ax],
    [-dy, ay - to.minY],
    [dy, to.maxY - ay],
  ]) {
    if (step === 0) {
      if (room < 0) return null
      continue
    }
    const share = room / step
    if (step < 0) from = Math.max(from, share)
    else until = Math.min(until, share)
    if (from > until) return null
  }
  return [from, until]
}
