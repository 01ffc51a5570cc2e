/**
 * Purpose: make segments meet in their ends only, so that faces can be traced between them.
 * Inputs: segments in whole steps, up to 9e7 steps apart (9 degrees at 1e-7), each with a class; how classes of equal pieces combine.
 * Outputs: pieces that neither cross, touch inside nor repeat; each runs from its smaller end (by x, then y).
 * Guarantees: exact tests on whole numbers; the same segments in the same order give the same pieces; pieces of a line stay within
 * one step of it per round of cutting. Upright and level lines stay straight.
 * Method: crossing points are rounded to whole steps; every line is led through all ends and crossing points whose square of one step
 * it passes. Bending can make new contacts, so this repeats until none is left, usually twice. It ends: a piece and what it is cut
 * from span the same steps east and north, and each cut shortens.
 * Cost: near O(n) for lines of even spread, with a grid of squares.
 * Source: iterated snap rounding with hot pixels (Hobby; Halperin and Packer).
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
  const vertexGrid = createSegmentGrid(box, input.length)
  const height = box.maxY - box.minY + 1
  const vertexIds = new Map<number, number>()
  const vertexX: number[] = []
  const vertexY: number[] = []
  const vertexOf = (x: number, y: number): number => {
    const place = (x - box.minX) * height + (y - box.minY)
    let id = vertexIds.get(place)
    if (id === undefined) {
      id = vertexX.length
      vertexIds.set(place, id)
      vertexX.push(x)
      vertexY.push(y)
      vertexGrid.add(id, { ax: x, ay: y, bx: x, by: y })
    }
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
    const firstNewVertex = vertexX.length
    const cuts = new Map<number, Set<number>>()
    const cut = (id: number, vertex: number): void => {
      const s = segments[id]!
      const [x, y] = [vertexX[vertex]!, vertexY[vertex]!]
      if ((x === s.ax && y === s.ay) || (x === s.bx && y === s.by)) return
      const set = cuts.get(id)
      if (set) set.add(vertex)
      else cuts.set(id, new Set([vertex]))
    }
    const cutIfNear = (id: number, vertex: number): void => {
      const s = segments[id]
      if (s && passesSquare(s, vertexX[vertex]!, vertexY[vertex]!)) cut(id, vertex)
    }
    for (let i = firstFresh; i < end; i++) {
      const s = segments[i]!
      grid.along(s, (j) => {
        // Two fresh segments meet once, from the one with the smaller number.
        if (comparedWith[j] === i || (j >= firstFresh && j <= i)) return
        comparedWith[j] = i
        const t = segments[j]
        const crossing = t ? crossingOf(s, t) : null
        if (!crossing) return
        const vertex = vertexOf(...crossing)
        cut(i, vertex)
        cut(j, vertex)
      })
    }
    for (let i = firstFresh; i < end; i++) vertexGrid.along(segments[i]!, (vertex) => cutIfNear(i, vertex))
    for (let v = firstNewVertex; v < vertexX.length; v++)
      grid.near(vertexX[v]!, vertexY[v]!, 1, (id) => {
        if (id < firstFresh) cutIfNear(id, v)
      })
    for (const id of cuts.keys()) idByKey.delete(keys[id]!)
    for (const [id, vertices] of [...cuts].sort((p, q) => p[0] - q[0])) {
      const s = segments[id]!
      segments[id] = null
      let x = s.ax
      let y = s.ay
      const stops = [...vertices].map((v): [number, number] => [vertexX[v]!, vertexY[v]!])
      for (const [nextX, nextY] of alongSegment(s, stops)) {
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

/** The side of a -> b on which a place lies: positive = left. Exact in sign: both products stay below 2^53. */
function side(s: Segment, x: number, y: number): number {
  const left = (s.bx - s.ax) * (y - s.ay)
  const right = (s.by - s.ay) * (x - s.ax)
  return left - right
}

/** Does the segment pass through the inside of the square of one step round a place? */
function passesSquare(s: Segment, x: number, y: number): boolean {
  if (x < s.ax || x > s.bx || y < Math.min(s.ay, s.by) || y > Math.max(s.ay, s.by)) return false
  return 2 * Math.abs(side(s, x, y)) < s.bx - s.ax + Math.abs(s.by - s.ay)
}

/** Where the insides of two segments cross, in whole steps. */
function crossingOf(s: Segment, t: Segment): [number, number] | null {
  if (s.bx < t.ax || t.bx < s.ax) return null
  if (Math.max(s.ay, s.by) < Math.min(t.ay, t.by) || Math.max(t.ay, t.by) < Math.min(s.ay, s.by)) return null
  const tA = side(s, t.ax, t.ay)
  const tB = side(s, t.bx, t.by)
  if (tA === 0 || tB === 0 || tA > 0 === tB > 0) return null
  const sA = side(t, s.ax, s.ay)
  const sB = side(t, s.bx, s.by)
  if (sA === 0 || sB === 0 || sA > 0 === sB > 0) return null
  const along = sA / (sA - sB)
  return [Math.round(s.ax + along * (s.bx - s.ax)), Math.round(s.ay + along * (s.by - s.ay))]
}

function alongSegment(s: Segment, stops: [number, number][]): [number, number][] {
  const dx = s.bx - s.ax
  const dy = s.by - s.ay
  const distance = ([x, y]: [number, number]): number => (x - s.ax) * dx + (y - s.ay) * dy
  return stops.sort((p, q) => distance(p) - distance(q) || p[0] - q[0] || p[1] - q[1])
}
