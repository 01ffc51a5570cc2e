/**
 * Purpose: polygons with as many points as a zoom can show, such that neighbours keep one common border.
 * Inputs: multipolygons in world units (mercator.ts); neighbours must share vertices exactly to share a border.
 * Guarantees: a common border is simplified once, so no gap or overlap appears between neighbours at any zoom; from
 * FULL_DETAIL_ZOOM on nothing is left out. A ring smaller than a pixel may vanish at low zooms.
 * Cost: building about 1 µs a vertex; each zoom is made when first asked for and kept.
 * Source: topojson-server, topojson-simplify (Visvalingam-Whyatt by triangle area), topojson-client.
 */
import { feature } from 'topojson-client'
import { topology } from 'topojson-server'
import { presimplify, simplify } from 'topojson-simplify'
import type { MultiPolygon as TopoMultiPolygon, GeometryCollection, Topology } from 'topojson-specification'
import type { MultiPolygonCoordinates } from '../geo/shapes.ts'
import { boundsOfParts, type Rectangle } from './clip-polygon.ts'
import { WORLD_BITS } from './mercator.ts'

export const FULL_DETAIL_ZOOM = 14

export interface PyramidShape {
  /** Position in the input. */
  index: number
  /** Flat rings without the closing repetition. */
  rings: Float64Array[]
  /** For each ring, whether it is an outer one. */
  outer: boolean[]
  bounds: Rectangle
}

export interface Pyramid {
  shapesAt(zoom: number): PyramidShape[]
}

export function buildPyramid(shapes: MultiPolygonCoordinates[]): Pyramid {
  const collection = {
    type: 'GeometryCollection' as const,
    geometries: shapes.map((coordinates, index) => ({
      type: 'MultiPolygon' as const,
      coordinates,
      properties: { index },
    })),
  }
  const weighted = presimplify(
    topology({ shapes: collection as never }) as Topology<{ shapes: GeometryCollection }>,
  )
  const levels = new Map<number, PyramidShape[]>()
  return {
    shapesAt(zoom) {
      const level = Math.max(0, Math.min(zoom, FULL_DETAIL_ZOOM))
      let known = levels.get(level)
      if (!known) {
        known = flatten(
          level === FULL_DETAIL_ZOOM ? simplify(weighted, 0) : simplify(weighted, smallestArea(level)),
        )
        levels.set(level, known)
      }
      return known
    },
  }
}

/** Triangles smaller than half a screen pixel (4 of 4096 tile units) squared do not show. */
function smallestArea(zoom: number): number {
  const tileUnit = 2 ** (WORLD_BITS - 12 - zoom)
  return (4 * tileUnit) ** 2
}

function flatten(simplified: Topology<{ shapes: GeometryCollection }>): PyramidShape[] {
  const result: PyramidShape[] = []
  simplified.objects.shapes.geometries.forEach((geometry, index) => {
    const { coordinates } = feature(simplified, geometry as TopoMultiPolygon).geometry as unknown as {
      coordinates: MultiPolygonCoordinates
    }
    const rings: Float64Array[] = []
    const outer: boolean[] = []
    for (const polygon of coordinates) {
      polygon.forEach((ring, r) => {
        rings.push(Float64Array.from(ring.slice(0, -1).flat()))
        outer.push(r === 0)
      })
    }
    result.push({ index, rings, outer, bounds: boundsOfParts(rings) })
  })
  return result
}
