import { existsSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Database } from '#db/client.ts'
import { importPlaces } from '#db/import-places.ts'
import { loadPlaces } from '#db/load-places.ts'
import { rowsOf } from '#db/rows.ts'
import type { ImportOptions } from '#geodata/import/plan-import.ts'
import { openTestDatabase } from '../support/database.ts'
import type { TestDatabase } from '../support/database.ts'

const samples = new URL('../../../shared/testdata/', import.meta.url).pathname
const OSM = `${samples}ganzhou_counties_osm2019_mapchina_wgs84.geojson`
const DATAV = `${samples}ganzhou_counties_datav2021_gcj02.geojson`
const DIRTY = `${samples}township_voronoi_dirty_wgs84.geojson`

let opened: TestDatabase
let db: Database
beforeAll(async () => {
  opened = await openTestDatabase()
  db = opened.db
  await loadPlaces(db)
})
afterAll(() => opened?.[Symbol.asyncDispose]())

const options = (more: Partial<ImportOptions> = {}): ImportOptions => ({
  level: 'county',
  source: 'test',
  accuracy: 'derived',
  ...more,
})
const load = (path: string, more?: Partial<ImportOptions>) =>
  importPlaces(db, { name: basename(path), bytes: readFileSync(path) }, options(more))

async function fingerprint(): Promise<string> {
  const rows = await db.asOwner((tx) =>
    tx.execute(
      sql`select md5(string_agg(code || md5(st_asbinary(geom)) || accuracy || source_crs, '' order by code)) as hash from geo.place where geom is not null`,
    ),
  )
  return rowsOf<{ hash: string }>(rows)[0].hash
}

interface County {
  code: string
  lng: number
  lat: number
  outline: string
}
async function counties(): Promise<County[]> {
  return rowsOf(
    await db.asOwner((tx) =>
      tx.execute(sql`select code, st_x(st_centroid(geom)) as lng, st_y(st_centroid(geom)) as lat, encode(st_asewkb(geom), 'hex') as outline
        from geo.place where level = 'county' order by code`),
    ),
  )
}

async function overlapShare(a: string, b: string): Promise<number> {
  const rows = await db.asOwner((tx) =>
    tx.execute(
      sql`select st_area(st_intersection(${a}::geometry, ${b}::geometry)) / st_area(st_union(${a}::geometry, ${b}::geometry)) as share`,
    ),
  )
  return rowsOf<{ share: number }>(rows)[0].share
}

/** From the outlines' vertices after, moved by `shift` degrees, to the outlines before. */
async function medianDistanceM(
  pairs: { before: County; after: County }[],
  [east, north]: [number, number],
): Promise<number> {
  const rows = await db.asOwner((tx) =>
    tx.execute(sql`select percentile_cont(0.5) within group (order by st_distance(
        st_scale(st_translate(v.geom, ${east}::float8, ${north}::float8), 100300, 110800), st_scale(st_boundary(p.before), 100300, 110800))) as m
      from (${sql.join(
        pairs.map(
          ({ before, after }) =>
            sql`select ${before.outline}::geometry as before, ${after.outline}::geometry as after`,
        ),
        sql` union all `,
      )}) p, st_dumppoints(p.after) v`),
  )
  return rowsOf<{ m: number }>(rows)[0].m
}

const square = (west: number, south: number, size: number) => ({
  type: 'Polygon',
  coordinates: [
    [
      [west, south],
      [west + size, south],
      [west + size, south + size],
      [west, south + size],
      [west, south],
    ],
  ],
})
const collection = (features: unknown[]) =>
  Buffer.from(JSON.stringify({ type: 'FeatureCollection', features }))
const county = (code: string, geometry: unknown) => ({ type: 'Feature', properties: { code }, geometry })

describe('refused files change nothing and are recorded with the reason', () => {
  test.each([
    ['an empty file', Buffer.from('')],
    ['not JSON', Buffer.from('{"type": "FeatureCollection", "features": [,]}')],
    ['a square without a stated system', collection([county('360722', square(114.8, 25.2, 0.2))])],
    ['nothing that matches', collection([county('999999', square(10, 10, 0.2))])],
  ])('%s', async (_, bytes) => {
    const before = await fingerprint()
    const outcome = await importPlaces(db, { name: 'bad.geojson', bytes }, options())
    expect(outcome.ok).toBe(false)
    expect(outcome.ok || outcome.message).toMatch(/[一-鿿]/)
    expect(await fingerprint()).toBe(before)
    const rows = await db.asOwner((tx) =>
      tx.execute(sql`select state from geo.import_batch where id = ${outcome.batch}`),
    )
    expect(rowsOf(rows)).toEqual([{ state: 'refused' }])
  })
})

test('a fault that only the database sees undoes the whole import', async () => {
  const before = await fingerprint()
  const asOwner = db.asOwner.bind(db)
  const failing = Object.create(db) as Database
  failing.asOwner = (work) =>
    asOwner(async (tx) => {
      const result = await work(tx)
      const [{ n }] = rowsOf<{ n: number }>(
        await tx.execute(sql`select count(*)::int as n from geo.place where source = 'half'`),
      )
      if (n > 0) await tx.execute(sql`select st_geomfromgeojson('not a geometry')`)
      return result
    })
  const bytes = collection([
    county('360722', square(114.8, 25.2, 0.2)),
    county('360723', square(114.3, 25.3, 0.1)),
  ])
  await expect(
    importPlaces(failing, { name: 'half.geojson', bytes }, options({ crs: 'WGS84', source: 'half' })),
  ).rejects.toThrow()
  expect(await fingerprint()).toBe(before)
})

describe.skipIf(!existsSync(OSM))(
  'county outlines of other origin (needs the sample files beside the repository)',
  () => {
    test('WGS-84 with old codes and unlabelled GCJ-02 end in the same place, within their own accuracy', async () => {
      const first = await load(OSM, { acceptDetected: true })
      expect(first.report).toMatchObject({ read: 18, matched: 18, replaced: 18, crs: { used: 'WGS84' } })
      const fromOsm = await counties()

      const unasked = await load(DATAV)
      expect(unasked).toMatchObject({ ok: false, reason: 'crs-unconfirmed' })
      expect(unasked.report.crs.detected?.guess).toBe('GCJ02')
      expect(await counties()).toEqual(fromOsm)

      const second = await load(DATAV, { acceptDetected: true })
      expect(second.report).toMatchObject({ read: 18, replaced: 18, crs: { used: 'GCJ02' } })
      const fromDatav = await counties()

      // 章贡 and 南康 exchanged townships between the two surveys; the others differ by how each drew its lines.
      const exchanged = new Set(['360702000000', '360703000000'])
      const same = fromOsm
        .map((before, i) => ({ before, after: fromDatav[i] }))
        .filter(({ before }) => !exchanged.has(before.code))
      expect(same).toHaveLength(16)
      for (const { before, after } of same)
        expect(await overlapShare(before.outline, after.outline), before.code).toBeGreaterThan(0.9)
      // The shift of GCJ-02 put back on (about 480 m east, 345 m south) must make the two surveys disagree much more.
      const asConverted = await medianDistanceM(same, [0, 0])
      expect(asConverted).toBeLessThan(250)
      expect(await medianDistanceM(same, [0.0048, -0.0031])).toBeGreaterThan(1.5 * asConverted)
    })

    test('a dirty coverage is refused with a list of what is wrong, or mended on request, the feature that matches nothing refused by name', async () => {
      const before = await fingerprint()
      const refused = await load(DIRTY, { level: 'township', crs: 'WGS84' })
      expect(refused).toMatchObject({
        ok: false,
        reason: 'coverage-untidy',
        report: { read: 264, replaced: 0 },
      })
      expect(
        refused.report.findings.filter(({ code, at, repaired }) => code === 'sliver' && at && !repaired)
          .length,
      ).toBeGreaterThan(200)
      expect(await fingerprint()).toBe(before)
      const mended = await load(DIRTY, { level: 'township', crs: 'WGS84', repair: true })
      expect(mended.ok).toBe(true)
      expect(mended.report.findings.map(({ code, repaired }) => `${code} ${repaired}`)).toEqual([
        'ring-orientation true',
        'sliver true',
      ])
      for (const { report } of [refused, mended])
        expect(report.findings.every(({ message }) => /[一-鿿]/.test(message))).toBe(true)
      expect(mended.report.refused.map(({ reason }) => reason)).toEqual(['location-ambiguous'])
      expect(mended.report.read).toBe(mended.report.matched + 1)
      expect(mended.report.replaced).toBe(mended.report.matched)
      const invalid = await db.asOwner((tx) =>
        tx.execute(sql`select code from geo.place where not st_isvalid(geom)`),
      )
      expect(rowsOf(invalid)).toEqual([])
    })
  },
)
