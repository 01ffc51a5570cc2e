import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { loadPlaces, placesWithVillageCells } from '#db/load-places.ts'
import { rowsOf } from '#db/rows.ts'
import { openTestDatabase } from '../support/database.ts'
import type { TestDatabase } from '../support/database.ts'

let database: TestDatabase
let loaded = 0
const rows = async <Row>(query: ReturnType<typeof sql>) =>
  rowsOf<Row>(await database.db.asOwner((tx) => tx.execute(query)))
const one = async <Row>(query: ReturnType<typeof sql>) => (await rows<Row>(query))[0]!

beforeAll(async () => {
  database = await openTestDatabase()
  loaded = await loadPlaces(database.db)
})
afterAll(() => database?.[Symbol.asyncDispose]())

describe('the shipped places in the database', () => {
  test('are all there, level by level', async () => {
    expect(loaded).toBe(4410)
    const levels = await rows<{ level: string; statistical: boolean; n: number }>(
      sql`select level, statistical, count(*)::integer as n from geo.place group by 1, 2 order by 1, 2`,
    )
    expect(levels).toEqual([
      { level: 'county', statistical: false, n: 18 },
      { level: 'prefecture', statistical: false, n: 1 },
      { level: 'township', statistical: false, n: 293 },
      { level: 'township', statistical: true, n: 17 },
      { level: 'village', statistical: false, n: 4064 },
      { level: 'village', statistical: true, n: 17 },
    ])
  })

  test('hold what the prepared files say, geometry included', async () => {
    const places = placesWithVillageCells()
    for (const code of ['360783000000', '360704101000', '360702001001']) {
      const place = places.find((candidate) => candidate.code === code)!
      const row = await one<
        Record<string, unknown>
      >(sql`select name, kind, parent_code, county_code, township_code, pinyin, initials,
          st_x(seat) as lng, st_y(seat) as lat, st_asgeojson(geom) as geometry, st_srid(geom) as srid, area_km2, population, industries,
          former_codes, former_names, accuracy, source_crs, dataset_id from geo.place where code = ${code}`)
      expect({ ...row, geometry: JSON.parse(row.geometry as string) }).toEqual({
        name: place.name,
        kind: place.kind,
        parent_code: place.parentCode,
        county_code: place.countyCode,
        township_code: place.townshipCode ?? null,
        pinyin: place.pinyin,
        initials: place.initials,
        lng: place.seat[0],
        lat: place.seat[1],
        geometry: place.geometry,
        srid: 4326,
        area_km2: place.areaKm2,
        population: place.population,
        industries: place.industries,
        former_codes: place.formerCodes,
        former_names: place.formerNames,
        accuracy: place.accuracy,
        source_crs: place.sourceCrs,
        dataset_id: place.dataset,
      })
    }
  })

  test('every place but the statistical ones has an area; the cells of villages cover their township', async () => {
    expect(await rows(sql`select code from geo.place where (geom is null) <> statistical`)).toEqual([])
    const gaps = await rows<{ code: string }>(sql`
      select t.code from geo.place t join geo.place v on v.township_code = t.code and v.level = 'village' and not v.statistical
      where t.level = 'township' and not t.statistical
      group by t.code, t.geom having abs(sum(st_area(v.geom)) - st_area(t.geom)) > 1e-3 * st_area(t.geom)`)
    expect(gaps).toEqual([])
  })

  test('datasets count their places', async () => {
    const datasets = await rows<{ id: string; features: number; n: number }>(
      sql`select d.id, d.features, (select count(*) from geo.place p where p.dataset_id = d.id)::integer as n from geo.dataset d order by 1`,
    )
    expect(datasets.map(({ id }) => id)).toEqual(['counties', 'townships', 'villages'])
    for (const { features, n } of datasets) expect(features).toBe(n)
  })

  test('a second load changes nothing, not even the version', async () => {
    const version = () =>
      one<{ version: number }>(sql`select version from geo.layer_version where layer = 'place'`)
    const before = await version()
    expect(Number(before.version)).toBe(2)
    expect(await loadPlaces(database.db)).toBe(0)
    expect(await version()).toEqual(before)
  })
})
