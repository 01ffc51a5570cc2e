/**
 * Gives every piece of a coverage one owner and joins the pieces of an owner.
 *
 * Inputs: pieces with matched edges (see `matchEdges`), each with a wanted owner and whether it holds that owner's seat.
 * Guarantees: each owner's pieces are in one connected part when it has a home piece; a piece cut off from its seat goes to the
 * neighbour (of the same parent) with which it shares the longest border. Shared edges stay shared. Deterministic.
 * Limits: two polygons that touch only in a point are not neighbours.
 * Cost: linear in edges, times the few rounds until every loose piece has found an owner.
 * Source: topojson for arcs and merging.
 */
import type { FeatureCollection } from 'geojson'
import { mergeArcs } from 'topojson-client'
import { topology } from 'topojson-server'
import type { GeometryCollection, MultiPolygon, Polygon, Topology } from 'topojson-specification'
import type { LatticePolygon } from './lattice.ts'

export interface Piece {
  owner: string
  parent: string
  home: boolean
  polygon: LatticePolygon
}

export type Pieces = GeometryCollection<{ owner: string }>
export type PieceTopology = Topology<{ pieces: Pieces }>

/** Topology on lattice coordinates; each geometry carries the owner it was settled on. */
export function settlePieces(pieces: readonly Piece[]): PieceTopology {
  const collection: FeatureCollection = {
    type: 'FeatureCollection',
    features: pieces.map((piece) => ({
      type: 'Feature',
      properties: { owner: piece.owner },
      geometry: { type: 'Polygon', coordinates: piece.polygon.map((ring) => [...ring, ring[0]!]) },
    })),
  }
  const topo = topology({ pieces: collection }) as unknown as PieceTopology
  const geometries = topo.objects.pieces.geometries as Polygon<{ owner: string }>[]
  const borders = bordersOf(topo, geometries)
  const loose = new Set(pieces.flatMap((piece, i) => (piece.home ? [] : [i])))
  for (let moved = true; moved && loose.size > 0;) {
    moved = false
    // A set tolerates deletions while it is walked.
    for (const i of loose) {
      const own = geometries[i]!.properties!
      const lengths = new Map<string, number>()
      for (const [j, length] of borders[i]!) {
        if (loose.has(j) || pieces[j]!.parent !== pieces[i]!.parent) continue
        const owner = geometries[j]!.properties!.owner
        lengths.set(owner, (lengths.get(owner) ?? 0) + length)
      }
      const best = [...lengths].sort((p, q) => q[1] - p[1] || (p[0] < q[0] ? -1 : 1))[0]
      if (!best) continue
      own.owner = best[0]
      loose.delete(i)
      moved = true
    }
  }
  return topo
}

function bordersOf(topo: PieceTopology, geometries: readonly Polygon[]): Map<number, number>[] {
  const users = topo.arcs.map(() => [] as number[])
  geometries.forEach((geometry, i) => {
    for (const arc of geometry.arcs.flat()) users[arc < 0 ? ~arc : arc]!.push(i)
  })
  const borders = geometries.map(() => new Map<number, number>())
  users.forEach((pair, arc) => {
    const [i, j] = pair
    if (i === undefined || j === undefined || i === j) return
    const points = topo.arcs[arc]!
    let length = 0
    for (let k = 1; k < points.length; k++) {
      length += Math.hypot(points[k]![0]! - points[k - 1]![0]!, points[k]![1]! - points[k - 1]![1]!)
    }
    borders[i]!.set(j, (borders[i]!.get(j) ?? 0) + length)
    borders[j]!.set(i, (borders[j]!.get(i) ?? 0) + length)
  })
  return borders
}

/** One MultiPolygon per key, keys in sorted order; arcs are those of the given topology. */
export function mergeBy(topo: PieceTopology, keyOf: (owner: string) => string): Map<string, MultiPolygon> {
  const groups = new Map<string, (Polygon | MultiPolygon)[]>()
  for (const geometry of topo.objects.pieces.geometries as Polygon<{ owner: string }>[]) {
    const key = keyOf(geometry.properties!.owner)
    const group = groups.get(key)
    if (group) group.push(geometry)
    else groups.set(key, [geometry])
  }
  return new Map(
    [...groups.keys()]
      .sort()
      .map((key) => [key, mergeArcs(topo, groups.get(key)! as Polygon[]) as MultiPolygon]),
  )
}
