/** Real files of other origin; they are not part of the repository, so the tests skip where they are absent. */
import { existsSync, readFileSync } from 'node:fs'
import type { MultiPolygon } from 'geojson'
import { describe, expect, it } from 'vitest'
import { inside } from '#geodata/geometry/point-in-polygon.ts'
import { areaKm2 } from '#geodata/geometry/ring.ts'
import { samplePoints } from '#geodata/import/match-place.ts'
import { EdgeIndex, median, pointsAlong } from '#geodata/import/outline-fit.ts'
import { planImport } from '#geodata/import/plan-import.ts'
import type { ImportOptions } from '#geodata/import/plan-import.ts'
import { readPrepared } from '#geodata/read-prepared.ts'

const FOLDER = new URL('../../../../../shared/testdata/', import.meta.url)
const GCJ = 'ganzhou_counties_datav2021_gcj02.geojson'
const OSM = 'ganzhou_counties_osm2019_mapchina_wgs84.geojson'
const DIRTY = 'township_voronoi_dirty_wgs84.geojson'
const absent = ![GCJ, OSM, DIRTY].every((file) => existsSync(new URL(file, FOLDER)))
if (absent)
  console.warn('skipped: ../shared/testdata is not here; the tests with files of other origin need it')

describe.skipIf(absent)('files of other origin', () => {
  const current = readPrepared()
  const plan = (file: string, change: Partial<ImportOptions> = {}) =>
    planImport(
      readFileSync(new URL(file, FOLDER)),
      { level: 'county', source: file, accuracy: 'derived', ...change },
      current,
    )
  const geometryOf = (code: string) => current.places.find((place) => place.code === code)!.geometry!

  function compare(replacements: readonly { code: string; geometry: MultiPolygon }[]) {
    const index = new EdgeIndex(
      replacements.map(({ geometry }) => geometry),
      25.85,
    )
    const own = pointsAlong(
      replacements.map(({ code }) => geometryOf(code)),
      500,
      4000,
    )
    const medianM = median(own.map((point) => Math.hypot(...(index.nearest(point) ?? [1500, 0]))))
    const overlap = new Map(
      replacements.map(({ code, geometry }) => {
        const other = geometryOf(code)
        const points = samplePoints(geometry, 4000)
        const share = points.filter((point) => inside(point, other)).length / points.length
        const commonKm2 = share * areaKm2(geometry)
        return [code, commonKm2 / (areaKm2(geometry) + areaKm2(other) - commonKm2)]
      }),
    )
    return { medianM, overlap }
  }

  it('old codes in WGS-84 are taken without a question, all 18', () => {
    const result = plan(OSM)
    expect(result).toMatchObject({
      ok: true,
      report: { read: 18, matched: 18, refused: [], crs: { used: 'WGS84' } },
    })
    if (!result.ok) return
    expect(result.report.findings).toContainEqual(
      expect.objectContaining({ code: 'former-code', places: ['360783000000'] }),
    )
    const { medianM, overlap } = compare(result.replacements)
    expect(medianM).toBeLessThan(250)
    for (const [code, share] of overlap) {
      // That source draws Zhanggong and Nankang as before 2014, and Dingnan and Dayu differ by some 6 %; sampling adds 1 %.
      const least =
        code === '360702000000'
          ? 0.78
          : ['360703000000', '360728000000', '360723000000'].includes(code)
            ? 0.9
            : 0.94
      expect(share, code).toBeGreaterThan(least)
    }
  })

  it('GCJ-02 is detected, asked about, and lands in the same place once confirmed', () => {
    const asked = plan(GCJ)
    expect(asked).toMatchObject({
      ok: false,
      reason: 'crs-unconfirmed',
      report: { matched: 0, crs: { detected: { guess: 'GCJ02', confidence: 'certain' } } },
    })
    const shift = asked.report.crs.detected!.medianShiftM!
    expect(Math.hypot(shift[0] - 485, shift[1] + 345)).toBeLessThan(60)
    const result = plan(GCJ, { acceptDetected: true })
    expect(result).toMatchObject({ ok: true, report: { read: 18, matched: 18, refused: [] } })
    if (!result.ok) return
    const { medianM, overlap } = compare(result.replacements)
    expect(medianM).toBeLessThan(100)
    for (const [code, share] of overlap) expect(share, code).toBeGreaterThan(0.97)
  })

  it('a wrong word of the user is visible: GCJ-02 read as WGS-84 lies 400 m off', () => {
    const result = plan(GCJ, { crs: 'WGS84' })
    expect(result.ok).toBe(true)
    if (result.ok) expect(compare(result.replacements).medianM).toBeGreaterThan(300)
  })

  it('a dirty coverage is listed, and mended only on request', () => {
    const listed = plan(DIRTY, { level: 'township' })
    expect(listed).toMatchObject({ ok: false, reason: 'coverage-untidy', report: { read: 264, matched: 0 } })
    expect(listed.report.refused).toHaveLength(264)
    expect(listed.report.findings.filter(({ code }) => code === 'sliver').length).toBe(236)
    const mended = plan(DIRTY, { level: 'township', repair: true })
    expect(mended).toMatchObject({ ok: true, report: { read: 264, matched: 263, replaced: 263 } })
    expect(mended.report.refused).toMatchObject([{ feature: 28, reason: 'location-ambiguous' }])
    expect(mended.report.findings.filter(({ repaired }) => !repaired)).toEqual([])
    expect(mended.report.findings.length).toBeGreaterThan(0)
    expect(mended.report.unmatchedPlaces.length).toBe(30)
  })
})
