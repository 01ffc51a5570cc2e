/**
 * Purpose: the faces between noded segments. Inputs: pieces from `nodeSegments` (they meet in ends only).
 * Outputs: per half-edge the face on its left; half-edge 2i runs a -> b along segment i, 2i + 1 back.
 * Guarantees: every half-edge has one face, -1 being the outside; a floating part is a hole of the face around it; a segment with the
 * same face on both sides (a dead end, a bridge between two loops) divides nothing. Order round a vertex is compared exactly.
 * Cost: O(n log d) for degree d, plus a look southwards for each floating part.
 * Source: half-edge (DCEL) face tracing.
 */
import { boxOf, createSegmentGrid, type Segment } from './segment-grid.ts'

export interface PlanarFaces {
  segments: readonly Segment[]
  faceOf: Int32Array
  /** Twice the area per face, in square steps, holes taken off. */
  twiceArea: Float64Array
}

export const OUTSIDE = -1

export function planarFaces(segments: readonly Segment[]): PlanarFaces {
  const next = nextHalfEdges(segments)
  const count = 2 * segments.length
  const walkOf = new Int32Array(count).fill(-1)
  const walkArea: number[] = []
  const walkStart: number[] = []
  for (let first = 0; first < count; first++) {
    if (walkOf[first] !== -1) continue
    const walk = walkArea.length
    const { ax: originX, ay: originY } = segments[first >> 1]!
    let area = 0
    let lowest = first
    for (let h = first; walkOf[h] === -1; h = next[h]!) {
      walkOf[h] = walk
      const [fromX, fromY] = startOf(segments, h)
      const [toX, toY] = startOf(segments, h ^ 1)
      area += (fromX - originX) * (toY - originY) - (toX - originX) * (fromY - originY)
      const [lowX, lowY] = startOf(segments, lowest)
      if (fromY < lowY || (fromY === lowY && fromX < lowX)) lowest = h
    }
    walkArea.push(area)
    walkStart.push(lowest)
  }

  const faceOfWalk = new Int32Array(walkArea.length).fill(-2)
  const areas: number[] = []
  walkArea.forEach((area, walk) => {
    if (area > 0) {
      faceOfWalk[walk] = areas.length
      areas.push(area)
    }
  })
  const below = lookSouth(segments)
  const resolve = (walk: number): number => {
    // Outer sides of floating parts may look at each other's outer sides; follow them to a face or the outside.
    const trail: number[] = []
    let at = walk
    while (faceOfWalk[at] === -2) {
      trail.push(at)
      const [x, y] = startOf(segments, walkStart[at]!)
      const half = below(x, y)
      if (half === -1) {
        faceOfWalk[at] = OUTSIDE
        break
      }
      at = walkOf[half]!
    }
    for (const passed of trail) faceOfWalk[passed] = faceOfWalk[at]!
    return faceOfWalk[at]!
  }
  walkArea.forEach((area, walk) => {
    if (area > 0) return
    const face = resolve(walk)
    if (face !== OUTSIDE) areas[face]! += area
  })
  return {
    segments,
    faceOf: walkOf.map((walk) => faceOfWalk[walk]!),
    twiceArea: Float64Array.from(areas),
  }
}

function startOf(segments: readonly Segment[], half: number): [number, number] {
  const s = segments[half >> 1]!
  return half % 2 === 0 ? [s.ax, s.ay] : [s.bx, s.by]
}

/** From each half-edge the next one of its walk: at its end, the first clockwise from the way back. */
function nextHalfEdges(segments: readonly Segment[]): Int32Array {
  const box = boxOf(segments)
  const height = box.maxY - box.minY + 1
  const outgoing = new Map<number, number[]>()
  const placeOf = (x: number, y: number): number => (x - box.minX) * height + (y - box.minY)
  const leave = (half: number): void => {
    const place = placeOf(...startOf(segments, half))
    const list = outgoing.get(place)
    if (list) list.push(half)
    else outgoing.set(place, [half])
  }
  for (let half = 0; half < 2 * segments.length; half++) leave(half)
  const direction = (half: number): [number, number] => {
    const s = segments[half >> 1]!
    return half % 2 === 0 ? [s.bx - s.ax, s.by - s.ay] : [s.ax - s.bx, s.ay - s.by]
  }
  const turn = (p: number, q: number): number => {
    const [px, py] = direction(p)
    const [qx, qy] = direction(q)
    const upperP = py > 0 || (py === 0 && px > 0)
    const upperQ = qy > 0 || (qy === 0 && qx > 0)
    if (upperP !== upperQ) return upperP ? -1 : 1
    return py * qx - px * qy
  }
  const next = new Int32Array(2 * segments.length)
  for (const list of outgoing.values()) {
    if (list.length > 1) list.sort(turn)
    list.forEach((half, i) => {
      next[half ^ 1] = list[(i + list.length - 1) % list.length]!
    })
  }
  return next
}

/** The half-edge whose left side is seen from a place looking south (the place's own line not counted), or -1. */
function lookSouth(segments: readonly Segment[]): (x: number, y: number) => number {
  const grid = createSegmentGrid(boxOf(segments), segments.length)
  segments.forEach((segment, id) => grid.add(id, segment))
  return (x, y) => {
    let best = -1
    let bestY = -Infinity
    grid.southwards(x, y, (ids, south) => {
      for (const id of ids) {
        const s = segments[id]!
        // Half-open: of two segments that meet right below, the one to the east counts.
        if (!(Math.min(s.ax, s.bx) <= x && x < Math.max(s.ax, s.bx))) continue
        const at = s.ay + ((x - s.ax) / (s.bx - s.ax)) * (s.by - s.ay)
        if (at < y && at > bestY) {
          best = id
          bestY = at
        }
      }
      return bestY >= south
    })
    if (best === -1) return -1
    const s = segments[best]!
    return s.bx > s.ax ? 2 * best : 2 * best + 1
  }
}
