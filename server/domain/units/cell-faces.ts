/**
 * Purpose: the parts into which lines divide one cell: a small planar arrangement.
 * Inputs: whole-number coordinates relative to the cell's south-west corner; pieces inside the cell; its width and height.
 * Outputs: faces as closed walks with the face on the left, each edge with the class of the line it lies on.
 * Guarantees: faces tile the cell exactly; lines that end inside a face (dead ends) do not divide it.
 * Limits: crossing points are rounded to whole steps (1 cm) and lines bent to them until nothing crosses any more.
 * Cost: O(pieces squared) per cell; cells hold few.
 * Source: half-edge face tracing; iterated snap rounding.
 */
import type { Piece } from './linework.ts'

export interface FaceEdge {
  ax: number
  ay: number
  bx: number
  by: number
  kind: number
}

export interface Face {
  /** All borders: outer counter-clockwise, holes clockwise. */
  edges: FaceEdge[]
  /** Twice the area, in square steps. */
  twiceArea: number
}

const MAX_ROUNDS = 50

export function facesOf(pieces: readonly Piece[], width: number, height: number): Face[] {
  const frame: FaceEdge[] = [
    { ax: 0, ay: 0, bx: width, by: 0, kind: 0 },
    { ax: width, ay: 0, bx: width, by: height, kind: 0 },
    { ax: 0, ay: height, bx: width, by: height, kind: 0 },
    { ax: 0, ay: 0, bx: 0, by: height, kind: 0 },
  ]
  const edges = withoutDeadEnds(node([...frame, ...pieces]))
  return traceFaces(edges)
}

function orient(ax: number, ay: number, bx: number, by: number, px: number, py: number): number {
  return (bx - ax) * (py - ay) - (by - ay) * (px - ax)
}

function isWithin(s: FaceEdge, x: number, y: number): boolean {
  if ((x === s.ax && y === s.ay) || (x === s.bx && y === s.by)) return false
  return (
    x >= Math.min(s.ax, s.bx) &&
    x <= Math.max(s.ax, s.bx) &&
    y >= Math.min(s.ay, s.by) &&
    y <= Math.max(s.ay, s.by) &&
    orient(s.ax, s.ay, s.bx, s.by, x, y) === 0
  )
}

/** Splits all segments where they touch or cross, until they meet in ends only; equal ones are merged, keeping the higher class. */
function node(input: FaceEdge[]): FaceEdge[] {
  let segments = unique(input)
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const cuts: [number, number][][] = segments.map(() => [])
    let changed = false
    const cutAt = (i: number, x: number, y: number): void => {
      const s = segments[i]!
      if ((x === s.ax && y === s.ay) || (x === s.bx && y === s.by)) return
      cuts[i]!.push([x, y])
      changed = true
    }
    for (let i = 0; i < segments.length; i++) {
      const s = segments[i]!
      for (let j = i + 1; j < segments.length; j++) {
        const t = segments[j]!
        if (
          Math.max(s.ax, s.bx) < Math.min(t.ax, t.bx) ||
          Math.max(t.ax, t.bx) < Math.min(s.ax, s.bx) ||
          Math.max(s.ay, s.by) < Math.min(t.ay, t.by) ||
          Math.max(t.ay, t.by) < Math.min(s.ay, s.by)
        )
          continue
        if (isWithin(s, t.ax, t.ay)) cutAt(i, t.ax, t.ay)
        if (isWithin(s, t.bx, t.by)) cutAt(i, t.bx, t.by)
        if (isWithin(t, s.ax, s.ay)) cutAt(j, s.ax, s.ay)
        if (isWithin(t, s.bx, s.by)) cutAt(j, s.bx, s.by)
        const sa = orient(t.ax, t.ay, t.bx, t.by, s.ax, s.ay)
        const sb = orient(t.ax, t.ay, t.bx, t.by, s.bx, s.by)
        const ta = orient(s.ax, s.ay, s.bx, s.by, t.ax, t.ay)
        const tb = orient(s.ax, s.ay, s.bx, s.by, t.bx, t.by)
        if (sa === 0 || sb === 0 || ta === 0 || tb === 0 || sa > 0 === sb > 0 || ta > 0 === tb > 0) continue
        const along = sa / (sa - sb)
        const x = Math.round(s.ax + along * (s.bx - s.ax))
        const y = Math.round(s.ay + along * (s.by - s.ay))
        cutAt(i, x, y)
        cutAt(j, x, y)
      }
    }
    if (!changed) return segments
    segments = unique(
      segments.flatMap((s, i) => {
        if (cuts[i]!.length === 0) return [s]
        const dx = s.bx - s.ax
        const dy = s.by - s.ay
        const along = (p: [number, number]): number => (p[0] - s.ax) * dx + (p[1] - s.ay) * dy
        const stops = cuts[i]!.sort((p, q) => along(p) - along(q) || p[0] - q[0] || p[1] - q[1])
        const parts: FaceEdge[] = []
        let x = s.ax
        let y = s.ay
        for (const [nextX, nextY] of [...stops, [s.bx, s.by] as [number, number]]) {
          if (nextX === x && nextY === y) continue
          parts.push({ ax: x, ay: y, bx: nextX, by: nextY, kind: s.kind })
          x = nextX
          y = nextY
        }
        return parts
      }),
    )
  }
  throw new Error('Lines in one cell still cross after 50 rounds of snapping')
}

function unique(segments: readonly FaceEdge[]): FaceEdge[] {
  const byKey = new Map<string, FaceEdge>()
  for (const s of segments) {
    const forward = s.ax < s.bx || (s.ax === s.bx && s.ay < s.by)
    const edge = forward ? { ...s } : { ax: s.bx, ay: s.by, bx: s.ax, by: s.ay, kind: s.kind }
    const key = `${edge.ax},${edge.ay},${edge.bx},${edge.by}`
    const known = byKey.get(key)
    if (known) known.kind = Math.max(known.kind, edge.kind)
    else byKey.set(key, edge)
  }
  return [...byKey.values()]
}

function withoutDeadEnds(edges: FaceEdge[]): FaceEdge[] {
  const at = new Map<string, Set<FaceEdge>>()
  const ends = (edge: FaceEdge): [string, string] => [`${edge.ax},${edge.ay}`, `${edge.bx},${edge.by}`]
  for (const edge of edges) {
    for (const end of ends(edge)) {
      const set = at.get(end) ?? new Set()
      set.add(edge)
      at.set(end, set)
    }
  }
  const pending = [...at.keys()].filter((end) => at.get(end)!.size === 1)
  const dropped = new Set<FaceEdge>()
  while (pending.length > 0) {
    const set = at.get(pending.pop()!)!
    if (set.size !== 1) continue
    const edge = set.values().next().value!
    dropped.add(edge)
    for (const end of ends(edge)) {
      at.get(end)!.delete(edge)
      if (at.get(end)!.size === 1) pending.push(end)
    }
  }
  return edges.filter((edge) => !dropped.has(edge))
}

function traceFaces(edges: FaceEdge[]): Face[] {
  // Half-edge 2i runs a -> b, 2i + 1 back.
  const half = edges.flatMap((e) => [e, { ax: e.bx, ay: e.by, bx: e.ax, by: e.ay, kind: e.kind }])
  const outgoing = new Map<string, number[]>()
  half.forEach((e, i) => {
    const key = `${e.ax},${e.ay}`
    const list = outgoing.get(key)
    if (list) list.push(i)
    else outgoing.set(key, [i])
  })
  for (const list of outgoing.values()) {
    list.sort((p, q) => angleOf(half[p]!) - angleOf(half[q]!) || p - q)
  }
  const next = half.map((e, i) => {
    const list = outgoing.get(`${e.bx},${e.by}`)!
    const twin = list.indexOf(i ^ 1)
    return list[(twin + list.length - 1) % list.length]!
  })
  const visited = new Uint8Array(half.length)
  const faces: Face[] = []
  const inner: Face[] = []
  half.forEach((_, first) => {
    if (visited[first]) return
    const walk: FaceEdge[] = []
    let twiceArea = 0
    for (let i = first; !visited[i]; i = next[i]!) {
      visited[i] = 1
      const e = half[i]!
      walk.push(e)
      twiceArea += e.ax * e.by - e.bx * e.ay
    }
    if (twiceArea > 0) faces.push({ edges: walk, twiceArea })
    else if (!walk.some((e) => e.ax === 0 && e.bx === 0)) {
      // A walk round the outside of a piece that floats in some face; the one along the cell's west side is the outside world.
      inner.push({ edges: walk, twiceArea })
    }
  })
  for (const hole of inner) {
    const container = smallestAround(faces, hole)
    if (!container) throw new Error('A closed line in a cell lies in no face of it')
    container.edges.push(...hole.edges)
    container.twiceArea += hole.twiceArea
  }
  return faces
}

function angleOf(e: FaceEdge): number {
  return Math.atan2(e.by - e.ay, e.bx - e.ax)
}

function smallestAround(faces: Face[], hole: Face): Face | null {
  const own = new Set(hole.edges.map((e) => `${e.bx},${e.by},${e.ax},${e.ay}`))
  // The lowest point of the hole, a little below: inside the container, outside the hole.
  const lowest = hole.edges.reduce((p, q) => (q.ay < p.ay || (q.ay === p.ay && q.ax < p.ax) ? q : p))
  let best: Face | null = null
  for (const face of faces) {
    if (face.edges.some((e) => own.has(`${e.ax},${e.ay},${e.bx},${e.by}`))) continue
    if (isInsideEdges(face.edges, lowest.ax, lowest.ay - 0.25) && (!best || face.twiceArea < best.twiceArea))
      best = face
  }
  return best
}

function isInsideEdges(edges: readonly FaceEdge[], x: number, y: number): boolean {
  let inside = false
  for (const e of edges) {
    if (e.ay > y === e.by > y) continue
    if (x < e.ax + ((y - e.ay) * (e.bx - e.ax)) / (e.by - e.ay)) inside = !inside
  }
  return inside
}

/** A point well inside: on the middle line of the widest of a few horizontal cuts. */
export function interiorPoint(face: Face): [number, number] {
  const levels = [...new Set(face.edges.map((e) => e.ay))].sort((p, q) => p - q)
  const gaps = levels
    .slice(1)
    .map((y, i) => ({ y: (y + levels[i]!) / 2, gap: y - levels[i]! }))
    .sort((p, q) => q.gap - p.gap || p.y - q.y)
    .slice(0, 4)
  let best: [number, number] = [face.edges[0]!.ax, face.edges[0]!.ay]
  let widest = -1
  for (const { y, gap } of gaps) {
    const crossings = face.edges
      .filter((e) => e.ay > y !== e.by > y)
      .map((e) => e.ax + ((y - e.ay) * (e.bx - e.ax)) / (e.by - e.ay))
      .sort((p, q) => p - q)
    for (let i = 1; i < crossings.length; i += 2) {
      const wide = Math.min(crossings[i]! - crossings[i - 1]!, 4 * gap)
      if (wide > widest) {
        widest = wide
        best = [(crossings[i]! + crossings[i - 1]!) / 2, y]
      }
    }
  }
  return best
}
