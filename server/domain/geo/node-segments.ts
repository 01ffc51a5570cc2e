/**
 * Purpose: make segments meet in their ends only, so that faces can be traced between them.
 * Inputs: segments in whole steps, up to 9e7 steps apart (9 degrees at 1e-7), each with a class; how classes of equal pieces combine.
 * Outputs: pieces that neither cross, touch inside nor repeat; each runs from its smaller end (by x, then y).
 * Guarantees: exact tests on whole numbers; the same segments in the same order give the same pieces; pieces of a line stay within
 * one step of it per round of cutting. Ends in a finite number of rounds: a piece is always shorter than what it was cut from.
 * Limits: a crossing point is rounded to whole steps, which can bend a line by one step and make new crossings; they are cut in
 * the next round, usually three or four in all.
 * Cost: near O(n) for lines of even spread, with a grid of squares. Source: iterated snap rounding.
 */
import { boxOf, createSegmentGrid, type Segment } from './segment-grid.ts'

const MOST_ROUNDS = 100

export function nodeSegments(
  input: readonly Segment[],
  combine: (kindA: number, kindB: number) => number,
): Segment[] {
  if (input.length === 0) return []
  const box = boxOf(input)
  const grid = createSegmentGrid(box, input.length)
  const height = box.maxY - box.minY + 1
  const vertexIds = new Map<number, number>()
  const vertexOf = (x: number, y: number): number => {
    const place = (x - box.minX) * height + (y - box.minY)
    let id = vertexIds.get(place)
    if (id === undefined) vertexIds.set(place, (id = vertexIds.size))
    return id
  }
  const segments: (Segment | null)[] = []
  const keys: number[] = []
  const idByKey = new Map<number, number>()
  const add = (ax: number, ay: number, bx: number, by: number, kind: number): void => {
    if (ax === bx && ay === by) return
    const forward = ax < bx || (ax === bx && ay < by)
    const segment = forward ? { ax, ay, bx, by, kind } : { ax: bx, ay: by, bx: ax, by: ay, kind }
    const key = vertexOf(segment.ax, segment.ay) * 2 ** 26 + vertexOf(segment.bx, segment.by)
    const known = idByKey.get(key)
    if (known !== undefined) {
      segments[known]!.kind = combine(segments[known]!.kind, kind)
      return
    }
    const id = segments.length
    segments.push(segment)
    keys.push(key)
    idByKey.set(key, id)
    grid.add(id, segment)
  }
  for (const { ax, ay, bx, by, kind } of input) add(ax, ay, bx, by, kind)

  const comparedWith: number[] = []
  let firstFresh = 0
  for (let round = 0; firstFresh < segments.length; round++) {
    if (round === MOST_ROUNDS) throw new Error(`Lines still cross after ${MOST_ROUNDS} rounds of cutting`)
    const end = segments.length
    const cuts = new Map<number, number[]>()
    const cut = (id: number, x: number, y: number): void => {
      const s = segments[id]!
      if ((x === s.ax && y === s.ay) || (x === s.bx && y === s.by)) return
      const list = cuts.get(id)
      if (list) list.push(x, y)
      else cuts.set(id, [x, y])
    }
    for (let i = firstFresh; i < end; i++) {
      const s = segments[i]!
      grid.along(s, (j) => {
        // Two fresh segments meet once, from the one with the smaller number.
        if (comparedWith[j] === i || (j >= firstFresh && j <= i)) return
        comparedWith[j] = i
        const t = segments[j]
        if (t)
          cutWhereMeeting(
            s,
            t,
            (x, y) => cut(i, x, y),
            (x, y) => cut(j, x, y),
          )
      })
    }
    for (const id of cuts.keys()) idByKey.delete(keys[id]!)
    for (const [id, places] of [...cuts].sort((p, q) => p[0] - q[0])) {
      const s = segments[id]!
      segments[id] = null
      let x = s.ax
      let y = s.ay
      for (const [nextX, nextY] of alongSegment(s, places)) {
        add(x, y, nextX, nextY, s.kind)
        x = nextX
        y = nextY
      }
      add(x, y, s.bx, s.by, s.kind)
    }
    firstFresh = end
  }
  return segments.filter((segment) => segment !== null)
}

type Cut = (x: number, y: number) => void

/** The side of a -> b on which a place lies: positive = left. Exact: both products stay below 2^53. */
function side(s: Segment, x: number, y: number): number {
  const left = (s.bx - s.ax) * (y - s.ay)
  const right = (s.by - s.ay) * (x - s.ax)
  return left - right
}

function inBox(s: Segment, x: number, y: number): boolean {
  return x >= s.ax && x <= s.bx && y >= Math.min(s.ay, s.by) && y <= Math.max(s.ay, s.by)
}

function cutWhereMeeting(s: Segment, t: Segment, cutS: Cut, cutT: Cut): void {
  if (s.bx < t.ax || t.bx < s.ax) return
  if (Math.max(s.ay, s.by) < Math.min(t.ay, t.by) || Math.max(t.ay, t.by) < Math.min(s.ay, s.by)) return
  const tA = side(s, t.ax, t.ay)
  const tB = side(s, t.bx, t.by)
  const sA = side(t, s.ax, s.ay)
  const sB = side(t, s.bx, s.by)
  if (tA === 0 && inBox(s, t.ax, t.ay)) cutS(t.ax, t.ay)
  if (tB === 0 && inBox(s, t.bx, t.by)) cutS(t.bx, t.by)
  if (sA === 0 && inBox(t, s.ax, s.ay)) cutT(s.ax, s.ay)
  if (sB === 0 && inBox(t, s.bx, s.by)) cutT(s.bx, s.by)
  if (tA === 0 || tB === 0 || sA === 0 || sB === 0 || tA > 0 === tB > 0 || sA > 0 === sB > 0) return
  const along = sA / (sA - sB)
  const x = Math.round(s.ax + along * (s.bx - s.ax))
  const y = Math.round(s.ay + along * (s.by - s.ay))
  cutS(x, y)
  cutT(x, y)
}

function alongSegment(s: Segment, places: readonly number[]): [number, number][] {
  const dx = s.bx - s.ax
  const dy = s.by - s.ay
  const stops: [number, number][] = []
  for (let i = 0; i < places.length; i += 2) stops.push([places[i]!, places[i + 1]!])
  const distance = ([x, y]: [number, number]): number => (x - s.ax) * dx + (y - s.ay) * dy
  return stops.sort((p, q) => distance(p) - distance(q) || p[0] - q[0] || p[1] - q[1])
}
