/**
 * Schematic areas of villages: every point of a township belongs to its nearest village point.
 *
 * Inputs: townships with geometry, villages with points; villages of townships without geometry (statistical units) are skipped.
 * Guarantees: within a township the areas cover its polygon and do not overlap; neighbours share their edges exactly, also across
 * township borders; a village whose point is not inside the township, or lies on another one's point, is named in `skipped`.
 * Same input, same output.
 * Limits: drawings for choropleths, not boundaries; accuracy is `schematic` at best.
 * Cost: a few seconds for 4,000 villages.
 */
import type { MultiPolygon } from 'geojson'
import type { LatticePoint, LatticePolygon } from './coverage/lattice.ts'
import { latticeToMultiPolygon, polygonsToLattice, toLattice } from './coverage/lattice.ts'
import { matchEdges } from './coverage/match-edges.ts'
import { nearestSeatCells } from './coverage/nearest-seat-cells.ts'
import type { Piece } from './coverage/settle-pieces.ts'
import { mergeBy, settlePieces } from './coverage/settle-pieces.ts'
import { inside, insideRing } from './geometry/point-in-polygon.ts'

export interface VillageSeat {
  code: string
  townshipCode: string
  seat: readonly [number, number]
}

export interface VillageCells {
  cells: Map<string, MultiPolygon>
  skipped: { code: string; reason: 'no-township-geometry' | 'outside-township' | 'same-point' }[]
}

export function villageCells(
  townships: readonly { code: string; geometry: MultiPolygon | null }[],
  villages: readonly VillageSeat[],
): VillageCells {
  const skipped: VillageCells['skipped'] = []
  const members = new Map<string, VillageSeat[]>()
  const areas = new Map(townships.map(({ code, geometry }) => [code, geometry]))
  const taken = new Set<string>()
  for (const village of [...villages].sort((a, b) => (a.code < b.code ? -1 : 1))) {
    const area = areas.get(village.townshipCode)
    const point = toLattice(village.seat).join()
    if (!area) skipped.push({ code: village.code, reason: 'no-township-geometry' })
    else if (!inside(village.seat, area)) skipped.push({ code: village.code, reason: 'outside-township' })
    else if (taken.has(point)) skipped.push({ code: village.code, reason: 'same-point' })
    else {
      taken.add(point)
      const own = members.get(village.townshipCode)
      if (own) own.push(village)
      else members.set(village.townshipCode, [village])
    }
  }
  const pieces: Piece[] = []
  const corners: LatticePoint[] = []
  for (const [township, own] of members) {
    const area: LatticePolygon[] = polygonsToLattice(areas.get(township)!)
    corners.push(...area.flat(2))
    const seats = own.map(({ seat }) => toLattice(seat))
    for (const { seat, polygon } of nearestSeatCells(area, seats)) {
      const home = insideRing(seats[seat]!, polygon[0]!)
      pieces.push({ owner: own[seat]!.code, parent: township, home, polygon })
    }
  }
  const matched = matchEdges(
    pieces.map(({ polygon }) => polygon),
    corners,
  )
  const kept = pieces
    .map((piece, i) => ({ ...piece, polygon: matched[i]! }))
    .filter(({ polygon }) => polygon.length > 0)
  if (kept.length === 0) return { cells: new Map(), skipped }
  const topo = settlePieces(kept)
  const cells = new Map<string, MultiPolygon>()
  for (const [code, { arcs }] of mergeBy(topo, (owner) => owner)) {
    const ringOf = (indices: readonly number[]): LatticePoint[] =>
      indices.flatMap((index) => {
        const points = (index < 0 ? topo.arcs[~index]!.toReversed() : topo.arcs[index]!) as LatticePoint[]
        return points.slice(1)
      })
    cells.set(code, latticeToMultiPolygon(arcs.map((polygon) => polygon.map(ringOf))))
  }
  return { cells, skipped }
}
