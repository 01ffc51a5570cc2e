/**
 * Proper crossings between line segments.
 *
 * Inputs: segments in one planar unit; `cell` is the side of the search grid in that unit (about the usual segment length).
 * Guarantees: every pair of segments that cross at an inner point of both, or overlap along a line, is found once.
 * Segments that only share an end point are no crossing.
 * Limits: plain floating point; an end that lies on another segment within rounding may or may not be reported.
 * Cost: linear in the number of (segment, grid cell) pairs for evenly spread data.
 * Source: orientation test on four points.
 */
export interface Segment {
  ax: number
  ay: number
  bx: number
  by: number
  owner: number
}

export interface Crossing {
  first: Segment
  second: Segment
  at: [number, number]
}

function orient(ax: number, ay: number, bx: number, by: number, cx: number, cy: number): number {
  return (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
}

function crossingOf(s: Segment, t: Segment): [number, number] | null {
  const d1 = orient(t.ax, t.ay, t.bx, t.by, s.ax, s.ay)
  const d2 = orient(t.ax, t.ay, t.bx, t.by, s.bx, s.by)
  const d3 = orient(s.ax, s.ay, s.bx, s.by, t.ax, t.ay)
  const d4 = orient(s.ax, s.ay, s.bx, s.by, t.bx, t.by)
  if (d1 * d2 < 0 && d3 * d4 < 0) {
    const along = d1 / (d1 - d2)
    return [s.ax + along * (s.bx - s.ax), s.ay + along * (s.by - s.ay)]
  }
  if (d1 === 0 && d2 === 0 && d3 === 0 && d4 === 0) return overlapOf(s, t)
  return null
}

function overlapOf(s: Segment, t: Segment): [number, number] | null {
  const byX = Math.abs(s.bx - s.ax) >= Math.abs(s.by - s.ay)
  const range = (g: Segment) => (byX ? [g.ax, g.bx] : [g.ay, g.by]).sort((a, b) => a - b) as [number, number]
  const [a, b] = range(s)
  const [c, d] = range(t)
  const from = Math.max(a, c)
  const to = Math.min(b, d)
  if (from >= to) return null
  const middle = (from + to) / 2
  const start = byX ? s.ax : s.ay
  const span = byX ? s.bx - s.ax : s.by - s.ay
  const along = (middle - start) / span
  return [s.ax + along * (s.bx - s.ax), s.ay + along * (s.by - s.ay)]
}

export function findCrossings(segments: readonly Segment[], cell: number, limit = Infinity): Crossing[] {
  const grid = new Map<number, number[]>()
  const found: Crossing[] = []
  const column = (v: number) => Math.floor(v / cell)
  for (let i = 0; i < segments.length; i++) {
    const s = segments[i]!
    const checked = new Set<number>()
    for (let cx = column(Math.min(s.ax, s.bx)); cx <= column(Math.max(s.ax, s.bx)); cx++) {
      for (let cy = column(Math.min(s.ay, s.by)); cy <= column(Math.max(s.ay, s.by)); cy++) {
        const key = cx * 4_194_304 + cy
        const here = grid.get(key)
        if (!here) {
          grid.set(key, [i])
          continue
        }
        for (const j of here) {
          if (checked.has(j)) continue
          checked.add(j)
          const at = crossingOf(segments[j]!, s)
          if (!at) continue
          found.push({ first: segments[j]!, second: s, at })
          if (found.length >= limit) return found
        }
        here.push(i)
      }
    }
  }
  return found
}
