/**
 * Purpose: the edges between units: how long, what they follow, and where bridges join banks.
 * Outputs: one edge for each pair, class and absoluteness, sorted; bridges are counted on river edges. A bridge between units
 * without a common border (a pier head, a road along the water) gives an edge of length zero.
 * Guarantees: each piece of common border counts once. Limits: of a bridge with many landings, only units with a common river border
 * are joined, or its two nearest landings if there are none. Cost: O(pieces + bridges x landings squared).
 */
import type { PlanarFaces } from '../geo/planar-faces.ts'
import type { Bridge } from './bridges.ts'
import type { UnitEdge } from './crossings.ts'
import type { Contact } from './join-faces.ts'
import { ABSOLUTE_KIND, BY_HEAVINESS } from './line-flags.ts'

const KINDS = 2 * ABSOLUTE_KIND

export function edgesBetween(
  contacts: readonly Contact[],
  unitOf: Int32Array,
  unitCount: number,
): UnitEdge[] {
  const length = new Map<number, number>()
  for (const { left, right, lengthM, kind } of contacts) {
    const a = Math.min(unitOf[left]!, unitOf[right]!)
    const b = Math.max(unitOf[left]!, unitOf[right]!)
    if (a === b) continue
    const key = (a * unitCount + b) * KINDS + kind
    length.set(key, (length.get(key) ?? 0) + lengthM)
  }
  return [...length]
    .sort((p, q) => p[0] - q[0])
    .map(([key, lengthM]): UnitEdge => {
      const kind = key % KINDS
      const pair = Math.floor(key / KINDS)
      const a = Math.floor(pair / unitCount)
      const edge: UnitEdge = {
        a,
        b: pair - a * unitCount,
        lengthM,
        crosses: BY_HEAVINESS[kind % ABSOLUTE_KIND]!,
      }
      return kind >= ABSOLUTE_KIND ? { ...edge, absolute: true } : edge
    })
}

export function addBridges(
  edges: readonly UnitEdge[],
  bridges: readonly Bridge[],
  faces: PlanarFaces,
  water: Uint8Array,
  unitOf: Int32Array,
): UnitEdge[] {
  const unitsAt = unitsAtLandings(bridges, faces, water, unitOf)
  const riverEdge = new Map<string, number>()
  edges.forEach(({ a, b, crosses, absolute }, i) => {
    if (crosses === 'river' && !absolute) riverEdge.set(`${a},${b}`, i)
  })
  const count = new Map<number, number>()
  const added = new Map<string, UnitEdge>()
  for (const { landings } of bridges) {
    const sides = landings.map((landing) => [...(unitsAt.get(placeOf(landing)) ?? [])].sort((p, q) => p - q))
    const joined = new Set<number>()
    for (const [p, q] of pairsOf(sides)) {
      const edge = riverEdge.get(`${Math.min(p, q)},${Math.max(p, q)}`)
      if (edge !== undefined) joined.add(edge)
    }
    for (const edge of joined) count.set(edge, (count.get(edge) ?? 0) + 1)
    const apart = joined.size === 0 ? nearestApart(landings, sides) : null
    if (!apart) continue
    const [a, b] = apart
    const known = added.get(`${a},${b}`)
    if (known) known.bridges!++
    else added.set(`${a},${b}`, { a, b, lengthM: 0, crosses: 'river', bridges: 1 })
  }
  return [
    ...edges.map((edge, i) => (count.has(i) ? { ...edge, bridges: count.get(i)! } : edge)),
    ...added.values(),
  ].sort((p, q) => p.a - q.a || p.b - q.b)
}

function placeOf({ x, y }: { x: number; y: number }): string {
  return `${x},${y}`
}

/** The units whose land touches a landing. */
function unitsAtLandings(
  bridges: readonly Bridge[],
  { segments, faceOf }: PlanarFaces,
  water: Uint8Array,
  unitOf: Int32Array,
): Map<string, Set<number>> {
  const units = new Map<string, Set<number>>()
  for (const { landings } of bridges) for (const landing of landings) units.set(placeOf(landing), new Set())
  segments.forEach(({ ax, ay, bx, by }, i) => {
    for (const place of [`${ax},${ay}`, `${bx},${by}`]) {
      const set = units.get(place)
      if (!set) continue
      for (const face of [faceOf[2 * i]!, faceOf[2 * i + 1]!])
        if (face >= 0 && unitOf[face] !== -1 && !water[face]) set.add(unitOf[face]!)
    }
  })
  return units
}

/** Units at different landings; where there is one landing only (a river drawn as a line), the units round it. */
function* pairsOf(sides: readonly number[][]): Generator<[number, number]> {
  for (let i = 0; i < sides.length; i++)
    for (let j = sides.length === 1 ? i : i + 1; j < sides.length; j++)
      for (const p of sides[i]!) for (const q of sides[j]!) if (p !== q) yield [p, q]
}

function nearestApart(landings: Bridge['landings'], sides: readonly number[][]): [number, number] | null {
  let best: [number, number] | null = null
  let nearest = Infinity
  for (let i = 0; i < sides.length; i++) {
    for (let j = i + 1; j < sides.length; j++) {
      const p = sides[i]![0]
      const q = sides[j]!.find((unit) => unit !== p)
      const distance = Math.hypot(landings[i]!.x - landings[j]!.x, landings[i]!.y - landings[j]!.y)
      const shared = sides[i]!.some((unit) => sides[j]!.includes(unit))
      if (p === undefined || q === undefined || shared || distance >= nearest) continue
      nearest = distance
      best = [Math.min(p, q), Math.max(p, q)]
    }
  }
  return best
}
