/**
 * Purpose: the polygon of a unit from the borders of its faces. Inputs: directed edges, the unit on their left; edges inside the
 * unit occur in both directions and cancel. Outputs: rings, outer counter-clockwise, holes clockwise, closed.
 * Guarantees: rings touch themselves nowhere (split where they would). Cost: O(edges).
 */
import type { FaceEdge } from '../geo/face-borders.ts'

export type StepRing = [number, number][]

export function outlineOf(edges: readonly FaceEdge[]): StepRing[][] {
  const rings = simpleRings(withoutInnerEdges(edges))
  const outers = rings.filter((ring) => twiceArea(ring) > 0)
  const polygons = outers.map((ring) => [ring])
  for (const ring of rings) {
    if (twiceArea(ring) > 0) continue
    const home = outers.length === 1 ? 0 : outers.findIndex((outer) => containsSome(outer, ring))
    polygons[Math.max(0, home)]!.push(ring)
  }
  return polygons
}

function withoutInnerEdges(edges: readonly FaceEdge[]): FaceEdge[] {
  const keys = new Set(edges.map((e) => `${e.ax},${e.ay},${e.bx},${e.by}`))
  return edges.filter((e) => !keys.has(`${e.bx},${e.by},${e.ax},${e.ay}`))
}

function simpleRings(edges: FaceEdge[]): StepRing[] {
  const outgoing = new Map<string, FaceEdge[]>()
  for (const e of edges) {
    const key = `${e.ax},${e.ay}`
    const list = outgoing.get(key)
    if (list) list.push(e)
    else outgoing.set(key, [e])
  }
  const used = new Set<FaceEdge>()
  const rings: StepRing[] = []
  for (const first of edges) {
    if (used.has(first)) continue
    const path: StepRing = []
    const placeOf = new Map<string, number>()
    for (let e: FaceEdge | undefined = first; e && !used.has(e); e = sharpestLeft(e, outgoing, used)) {
      used.add(e)
      const key = `${e.ax},${e.ay}`
      const earlier = placeOf.get(key)
      if (earlier !== undefined) {
        const loop = path.splice(earlier)
        for (const p of loop) placeOf.delete(`${p[0]},${p[1]}`)
        rings.push([...loop, loop[0]!])
      }
      placeOf.set(key, path.length)
      path.push([e.ax, e.ay])
    }
    rings.push([...path, path[0]!])
  }
  return rings
}

function sharpestLeft(
  e: FaceEdge,
  outgoing: Map<string, FaceEdge[]>,
  used: Set<FaceEdge>,
): FaceEdge | undefined {
  const back = Math.atan2(e.ay - e.by, e.ax - e.bx)
  let best: FaceEdge | undefined
  let bestTurn = Infinity
  for (const next of outgoing.get(`${e.bx},${e.by}`) ?? []) {
    if (used.has(next)) continue
    // Clockwise angle from the way back to the way on: the smallest keeps closest to the face on the left.
    let turn = back - Math.atan2(next.by - next.ay, next.bx - next.ax)
    if (turn <= 0) turn += 2 * Math.PI
    if (turn < bestTurn) {
      bestTurn = turn
      best = next
    }
  }
  return best
}

function twiceArea(ring: StepRing): number {
  let sum = 0
  for (let i = 1; i < ring.length; i++) sum += ring[i - 1]![0] * ring[i]![1] - ring[i]![0] * ring[i - 1]![1]
  return sum
}

function containsSome(outer: StepRing, ring: StepRing): boolean {
  const [x, y] = [(ring[0]![0] + ring[1]![0]) / 2, (ring[0]![1] + ring[1]![1]) / 2]
  let inside = false
  for (let i = 1; i < outer.length; i++) {
    const a = outer[i - 1]!
    const b = outer[i]!
    if (a[1] > y !== b[1] > y && x < a[0] + ((y - a[1]) * (b[0] - a[0])) / (b[1] - a[1])) inside = !inside
  }
  return inside
}
