/**
 * One topology for prefecture, counties and township cells, so that every level nests exactly in the one above.
 *
 * Inputs: county rings and seats, both on the lattice.
 * Guarantees: the cells of a county tile it; county outlines are the merged cells; the returned check has no fault.
 * Limits: the cells are nearest-seat areas, not boundaries: wrong along ridges and rivers.
 * Cost: about a second.
 */
import type { Topology } from 'topojson-specification'
import { checkCoverageEdges } from '../coverage/check-coverage-edges.ts'
import type { LatticePoint, LatticeRing } from '../coverage/lattice.ts'
import { LATTICE_ORIGIN, LATTICE_UNIT, toLattice } from '../coverage/lattice.ts'
import { matchEdges } from '../coverage/match-edges.ts'
import { nearestSeatCells } from '../coverage/nearest-seat-cells.ts'
import type { Piece, PieceTopology } from '../coverage/settle-pieces.ts'
import { mergeBy, settlePieces } from '../coverage/settle-pieces.ts'
import { insideRing } from '../geometry/point-in-polygon.ts'
import type { TopologyFile } from '../schema.ts'
import type { TownshipSeat } from './township-seats.ts'

export function townshipCells(
  counties: ReadonlyMap<string, LatticeRing>,
  townships: readonly TownshipSeat[],
): { topology: PieceTopology; looseParts: number } {
  const pieces: Piece[] = []
  for (const [county, ring] of counties) {
    const own = townships.filter(
      ({ code, statistical }) => code.startsWith(county.slice(0, 6)) && !statistical,
    )
    const seats = own.map(({ seat }) => toLattice(seat))
    for (const { seat, polygon } of nearestSeatCells([[ring]], seats)) {
      const home = insideRing(seats[seat]!, polygon[0]!)
      pieces.push({ owner: own[seat]!.code, parent: county, home, polygon })
    }
  }
  const corners: LatticePoint[] = [...counties.values()].flat()
  const matched = matchEdges(
    pieces.map(({ polygon }) => polygon),
    corners,
  )
  const kept = pieces
    .map((piece, i) => ({ ...piece, polygon: matched[i]! }))
    .filter(({ polygon }) => polygon.length > 0)
  const { faults } = checkCoverageEdges(kept.map(({ owner, polygon }) => ({ code: owner, polygon })))
  if (faults.length > 0) throw new Error(`township cells do not tile: ${faults.slice(0, 5).join('; ')}`)
  return { topology: settlePieces(kept), looseParts: kept.filter(({ home }) => !home).length }
}

/** A TopoJSON file with the given groupings of the pieces; unused inner arcs are dropped, arcs are delta-coded integers. */
export function topologyFileOf(
  topo: PieceTopology,
  notice: string,
  objects: Record<string, (owner: string) => string>,
): TopologyFile {
  const renumbered = new Map<number, number>()
  const arcIndex = (arc: number): number => {
    const index = arc < 0 ? ~arc : arc
    if (!renumbered.has(index)) renumbered.set(index, renumbered.size)
    const own = renumbered.get(index)!
    return arc < 0 ? ~own : own
  }
  const collections = Object.fromEntries(
    Object.entries(objects).map(([name, keyOf]) => [
      name,
      {
        type: 'GeometryCollection' as const,
        geometries: [...mergeBy(topo, keyOf)].map(([code, { arcs }]) => ({
          type: 'MultiPolygon' as const,
          arcs: arcs.map((polygon) => polygon.map((ring) => ring.map(arcIndex))),
          properties: { code },
        })),
      },
    ]),
  )
  return {
    type: 'Topology',
    notice,
    transform: {
      scale: [LATTICE_UNIT, LATTICE_UNIT],
      translate: [LATTICE_ORIGIN[0], LATTICE_ORIGIN[1]],
    },
    objects: collections,
    arcs: [...renumbered.keys()].map((index) => deltas((topo as Topology).arcs[index]!)),
  }
}

function deltas(arc: readonly number[][]): [number, number][] {
  return arc.map((point, i) => {
    const before = i === 0 ? [0, 0] : arc[i - 1]!
    return [point[0]! - before[0]!, point[1]! - before[1]!]
  })
}
