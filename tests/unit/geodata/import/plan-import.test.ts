import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { planImport } from '#geodata/import/plan-import.ts'
import type { ImportOptions, ImportPlan } from '#geodata/import/plan-import.ts'
import { gaussKrugerForward, ZONES } from '#geodata/import/transform.ts'
import { readPrepared } from '#geodata/read-prepared.ts'
import { box, dbf, geojson, multi, shp, utf8, zip } from './fixtures.ts'

const current = readPrepared()
const options = { level: 'county', source: '自然资源局 2026', accuracy: 'official' } satisfies ImportOptions
const counties = current.places.filter(({ level }) => level === 'county')
const asFeatures = counties.map(({ code, name, geometry }) => ({
  properties: { adcode: code.slice(0, 6), name },
  geometry,
}))
const plan = (bytes: Uint8Array, change: Partial<ImportOptions> = {}): ImportPlan =>
  planImport(bytes, { ...options, ...change }, current)

describe('planImport', () => {
  it('gives the places back unchanged when fed with itself', () => {
    const result = plan(geojson(asFeatures), { repair: true })
    expect(result).toMatchObject({
      ok: true,
      report: { read: 18, matched: 18, replaced: 18, refused: [], unmatchedPlaces: [], findings: [] },
    })
    if (!result.ok) return
    for (const replacement of result.replacements) {
      const county = counties.find(({ code }) => code === replacement.code)!
      expect(replacement.areaKm2).toBeCloseTo(county.areaKm2!, 2)
      expect(replacement).toMatchObject({
        accuracy: 'official',
        source: '自然资源局 2026',
        sourceCrs: 'WGS84',
        level: 'county',
      })
    }
  })

  it('accounts for every feature and leaves the rest as it is', () => {
    const bytes = geojson([
      asFeatures[0]!,
      { properties: { adcode: '360703' }, geometry: null },
      { properties: { adcode: '360704' }, geometry: { type: 'Point', coordinates: [115, 25] } },
      { properties: { adcode: '369999' }, geometry: asFeatures[3]!.geometry },
      { properties: { adcode: '360723' }, geometry: { type: 'Polygon', coordinates: 'none' } },
      asFeatures[5]!,
      asFeatures[5]!,
    ])
    const { report } = plan(bytes)
    expect(report).toMatchObject({ read: 7, matched: 1, replaced: 1 })
    expect(report.refused.map(({ feature, reason }) => [feature, reason])).toEqual([
      [2, 'geometry-missing'],
      [3, 'geometry-not-polygon'],
      [4, 'code-unknown'],
      [5, 'coordinate-not-finite'],
      [6, 'duplicate-place'],
      [7, 'duplicate-place'],
    ])
    expect(report.unmatchedPlaces.length).toBe(17)
  })

  it('holds read = matched + refused for any mixture', () => {
    const kind = fc.constantFrom('good', 'null', 'code', 'broken')
    fc.assert(
      fc.property(fc.array(kind, { minLength: 1, maxLength: 6 }), fc.boolean(), (kinds, repair) => {
        const features = kinds.map((what, i) => {
          const own = asFeatures[i]!
          if (what === 'good') return own
          if (what === 'null') return { ...own, geometry: null }
          if (what === 'code') return { ...own, properties: { adcode: 369_900 + i } }
          return {
            ...own,
            geometry: multi([
              [114.9, 25],
              [115.1, 25.2],
              [115.3, 24.9],
              [114.9, 25.2],
              [114.9, 25],
            ]),
          }
        })
        const { ok, report } = plan(geojson(features), { repair, crs: 'WGS84' })
        expect(report.read).toBe(report.matched + report.refused.length)
        expect(report.read).toBe(kinds.length)
        expect(ok).toBe(kinds.includes('good'))
      }),
      { numRuns: 12 },
    )
  })

  it('refuses the whole file when places overlap', () => {
    const bytes = geojson([
      asFeatures[0]!,
      { properties: { adcode: '360703' }, geometry: asFeatures[0]!.geometry },
    ])
    const result = plan(bytes, { repair: true })
    expect(result).toMatchObject({
      ok: false,
      reason: 'coverage-overlaps',
      report: { read: 2, matched: 0, replaced: 0 },
    })
    expect(result.report.refused.length).toBe(2)
    expect(
      result.report.findings.some(
        ({ code, places }) => code === 'overlap' && places.join() === '360702000000,360703000000',
      ),
    ).toBe(true)
  })

  it('reads a zipped Shapefile in zone coordinates by its .prj', () => {
    const ring = counties[3]!.geometry!.coordinates[0]![0]!
    const projected = ring.map((p) => gaussKrugerForward(p[0]!, p[1]!, ZONES['EPSG:4547'])).toReversed()
    const prj =
      'PROJCS["CGCS2000_3_Degree_GK_CM_114E",GEOGCS["GCS_China_Geodetic_Coordinate_System_2000"],PROJECTION["Gauss_Kruger"],' +
      'PARAMETER["False_Easting",500000.0],PARAMETER["Central_Meridian",114.0],PARAMETER["Scale_Factor",1.0]]'
    const files = {
      'x.shp': shp([projected]),
      'x.dbf': dbf([{ name: 'XZQDM', length: 12 }], [[utf8('360722')]]),
      'x.prj': utf8(prj),
    }
    const result = plan(zip(files), { repair: true })
    expect(result).toMatchObject({
      ok: true,
      replacements: [{ code: '360722000000', sourceCrs: 'EPSG:4547' }],
    })
    if (result.ok) expect(result.replacements[0]!.areaKm2).toBeCloseTo(counties[3]!.areaKm2!, 1)
  })

  it('mentions dropped heights, passes on why a file cannot be read, and refuses another region', () => {
    const high = counties[0]!.geometry!.coordinates.map((rings) =>
      rings.map((ring) => ring.map((p) => [...p, 120])),
    )
    const result = plan(
      geojson([{ properties: { adcode: 360702 }, geometry: { type: 'MultiPolygon', coordinates: high } }]),
    )
    expect(result.report.findings).toMatchObject([{ code: 'height-dropped' }])
    expect(plan(utf8('nonsense'))).toMatchObject({ ok: false, reason: 'json-syntax', report: { read: 0 } })
    const far = geojson([{ properties: { adcode: 360702 }, geometry: multi(box(116.3, 39.9, 116.4, 40)) }])
    expect(plan(far)).toMatchObject({
      ok: false,
      reason: 'crs-out-of-region',
      report: { read: 1, matched: 0, refused: { length: 1 } },
    })
  })
})
