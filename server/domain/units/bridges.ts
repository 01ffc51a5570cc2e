/**
 * Purpose: where roads cross water or a river's line: which places on the banks they join.
 * Inputs: noded lines with the faces of their arrangement and its ground (before roads over water are dropped).
 * Outputs: bridges, each with its landings in steps: ends on the bank for water with an area, the crossing itself for a line.
 * Guarantees: a road that ends in the water or at the river's line is no bridge; dead ends on land do not matter.
 * Limits: a road that touches the same bank twice (a promenade on piles) joins that bank with itself, which changes nothing.
 * Cost: O(segments).
 */
import type { PlanarFaces } from '../geo/planar-faces.ts'
import type { Ground } from './ground.ts'
import { createGroups } from './groups.ts'
import { LINE, ROAD } from './line-flags.ts'

export interface Bridge {
  landings: { x: number; y: number }[]
}

interface Spoke {
  dx: number
  dy: number
  kind: number
}

interface Vertex {
  x: number
  y: number
  spokes: Spoke[]
  /** Road pieces over water that end here. */
  roads: number[]
}

export function findBridges(faces: PlanarFaces, ground: Ground): Bridge[] {
  const { segments, faceOf } = faces
  const isWet = (face: number): boolean => face >= 0 && ground.water[face] === 1
  const vertices = new Map<string, Vertex>()
  const vertexAt = (x: number, y: number): Vertex => {
    const place = `${x},${y}`
    let vertex = vertices.get(place)
    if (!vertex) vertices.set(place, (vertex = { x, y, spokes: [], roads: [] }))
    return vertex
  }
  const overWater = segments.map(
    ({ kind }, i) => (kind & ROAD) !== 0 && isWet(faceOf[2 * i]!) && isWet(faceOf[2 * i + 1]!),
  )
  segments.forEach(({ ax, ay, bx, by, kind }, i) => {
    if (!(kind & (ROAD | LINE.river | LINE.bank))) return
    const from = vertexAt(ax, ay)
    const to = vertexAt(bx, by)
    from.spokes.push({ dx: bx - ax, dy: by - ay, kind })
    to.spokes.push({ dx: ax - bx, dy: ay - by, kind })
    if (!overWater[i]) return
    from.roads.push(i)
    to.roads.push(i)
  })

  const bridges: Bridge[] = []
  const groups = createGroups(segments.length)
  for (const { roads } of vertices.values()) for (const road of roads) groups.join(roads[0]!, road)
  const landingsOf = new Map<number, Vertex[]>()
  for (const vertex of vertices.values()) {
    if (vertex.roads.length > 0 && vertex.spokes.some(({ kind }) => kind & LINE.bank)) {
      const group = groups.find(vertex.roads[0]!)
      landingsOf.set(group, [...(landingsOf.get(group) ?? []), vertex])
    } else if (vertex.roads.length === 0 && roadsOnBothSides(vertex.spokes)) {
      bridges.push({ landings: [{ x: vertex.x, y: vertex.y }] })
    }
  }
  for (const landings of landingsOf.values())
    if (landings.length > 1) bridges.push({ landings: landings.map(({ x, y }) => ({ x, y })) })
  return bridges
}

/** Do roads leave a place of a river's line in more than one of the sectors into which the river divides its surroundings? */
function roadsOnBothSides(spokes: readonly Spoke[]): boolean {
  if (spokes.filter(({ kind }) => kind & LINE.river).length < 2) return false
  const round = spokes.toSorted((p, q) => Math.atan2(p.dy, p.dx) - Math.atan2(q.dy, q.dx))
  const start = round.findIndex(({ kind }) => kind & LINE.river)
  let sector = 0
  const withRoad = new Set<number>()
  for (let i = 0; i < round.length; i++) {
    const { kind } = round[(start + i) % round.length]!
    if (kind & LINE.river) sector++
    else if (kind & ROAD) withRoad.add(sector)
  }
  return withRoad.size > 1
}
