/** Polygons out of a prepared TopoJSON file, with whole lattice steps turned into degrees rounded to 6 decimals. */
import type { MultiPolygon, Position } from 'geojson'
import { fromLattice } from './coverage/lattice.ts'
import type { TopologyFile } from './schema.ts'

export function readTopology(file: TopologyFile, object: string): Map<string, MultiPolygon> {
  const collection = file.objects[object]
  if (!collection) throw new Error(`the topology has no object ${object}`)
  const arcs = file.arcs.map((arc) => {
    let [x, y] = [0, 0]
    return arc.map(([dx, dy]) => {
      x += dx
      y += dy
      return fromLattice([x, y])
    })
  })
  const ringOf = (indices: readonly number[]): Position[] => {
    const ring: Position[] = []
    for (const index of indices) {
      const points = index < 0 ? arcs[~index]!.toReversed() : arcs[index]!
      ring.push(...(ring.length > 0 ? points.slice(1) : points))
    }
    return ring
  }
  return new Map(
    collection.geometries.map(({ properties, arcs: polygons }) => [
      properties.code,
      { type: 'MultiPolygon', coordinates: polygons.map((polygon) => polygon.map(ringOf)) },
    ]),
  )
}
