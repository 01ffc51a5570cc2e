/** Which units a tool takes: by brush and level, by box or lasso, by filling. Pure; positions are lng/lat degrees. */
import { isInside } from '#domain/geo/point-in-polygon.ts'
import { NO_GRID, unitsAround } from '#domain/plan-check/plan-graph.ts'
import type { EditBoard } from './board.ts'

export type PaintLevel = 'unit' | 'village' | 'township'

/** Units under the brush at a position; none off the plan. */
export function underBrush(
  board: EditBoard,
  lng: number,
  lat: number,
  size: number,
  level: PaintLevel,
): number[] {
  const centre = board.locate(lng, lat)
  if (centre < 0) return []
  if (level === 'unit') return unitsAround(board.graph, centre, size - 1)
  const places = level === 'township' ? board.townshipOf : board.villageOf
  const place = places[centre]
  if (place === null) return [centre]
  return places.flatMap((code, unit) => (code === place ? [unit] : []))
}

/** Units whose middle lies in the ring. */
export function inside(board: EditBoard, ring: readonly [number, number][]): number[] {
  const closed = [...ring, ring[0]]
  return board.middles.flatMap(([lng, lat], unit) => (isInside(lng, lat, [[closed]]) ? [unit] : []))
}

/** The unit and all that hang together with it in the same grid (or in none). */
export function samePart(board: EditBoard, unit: number): number[] {
  const { graph, shown } = board
  const reached = new Set([unit])
  for (const u of reached) {
    for (let e = graph.start[u]; e < graph.start[u + 1]; e++) {
      const v = graph.neighbour[e]
      if (shown[v] === shown[unit]) reached.add(v)
    }
  }
  return [...reached]
}

/** Whether a unit may go to a grid without breaking either: it borders on the one and its own holds together without it. */
export function movesBorder(board: EditBoard, unit: number, to: number): boolean {
  const { graph, shown } = board
  const from = shown[unit]
  if (to === NO_GRID || from === to) return false
  const own: number[] = []
  let touches = false
  for (let e = graph.start[unit]; e < graph.start[unit + 1]; e++) {
    const v = graph.neighbour[e]
    if (shown[v] === to) touches = true
    if (shown[v] === from) own.push(v)
  }
  if (!touches) return false
  if (from === NO_GRID || own.length < 2) return true
  const reached = new Set([own[0]])
  for (const u of reached) {
    for (let e = graph.start[u]; e < graph.start[u + 1]; e++) {
      const v = graph.neighbour[e]
      if (v !== unit && shown[v] === from) reached.add(v)
    }
  }
  return own.every((v) => reached.has(v))
}
