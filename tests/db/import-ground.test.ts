import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { importGround } from '#db/import-ground.ts'
import { rowsOf } from '#db/rows.ts'
import type { Database } from '#db/client.ts'
import { openTestDatabase } from '../support/database.ts'

let db: Database
let close: () => Promise<void>
beforeAll(async () => {
  const opened = await openTestDatabase()
  db = opened.db
  close = () => opened[Symbol.asyncDispose]()
})
afterAll(() => close())

const road = (lat: number, properties: object = { highway: 'residential' }) => ({
  type: 'Feature',
  properties,
  geometry: {
    type: 'LineString',
    coordinates: [
      [114.9, lat],
      [114.95, lat],
    ],
  },
})
const lake = {
  type: 'Feature',
  properties: { natural: 'water', name: '章江' },
  geometry: {
    type: 'Polygon',
    coordinates: [
      [
        [114.9, 25.8],
        [114.91, 25.8],
        [114.91, 25.81],
        [114.9, 25.8],
      ],
    ],
  },
}
const file = (features: unknown[]) => ({
  name: 'ground.geojson',
  bytes: Buffer.from(JSON.stringify({ type: 'FeatureCollection', features })),
})
const options = (source: string) => ({ crs: 'WGS84' as const, source, accuracy: 'derived' as const })

async function rows() {
  const result = await db.asOwner((tx) =>
    tx.execute(sql`select source, kind, level, name, st_astext(geom) as shape from geo.barrier
      union all select source, 'water', '', name, st_astext(geom) from geo.water order by 1, 2, 5`),
  )
  return rowsOf<{ source: string; kind: string; level: string; name: string | null; shape: string }>(result)
}
const version = async () =>
  rowsOf<{ version: number }>(
    await db.asOwner((tx) =>
      tx.execute(sql`select version::int from geo.layer_version where layer = 'barrier'`),
    ),
  )[0]!.version

test('the same source replaces what it brought, another source stays, and the layer moves on', async () => {
  const before = await version()
  const first = await importGround(
    db,
    file([road(25.8), road(25.81, { highway: 'trunk', bridge: 'yes' }), lake]),
    options('测绘院'),
  )
  expect(first).toMatchObject({ ok: true, replaced: 0, report: { taken: 3 } })
  await importGround(db, file([road(25.9, { railway: 'rail' })]), options('铁路局'))
  expect((await rows()).map(({ source, kind, level }) => `${source} ${kind} ${level}`)).toEqual([
    '测绘院 street ground',
    '测绘院 trunk bridge',
    '测绘院 water ',
    '铁路局 railway ground',
  ])
  const again = await importGround(db, file([road(25.82)]), options('测绘院'))
  expect(again).toMatchObject({ ok: true, replaced: 3 })
  expect(await rows()).toEqual([
    {
      source: '测绘院',
      kind: 'street',
      level: 'ground',
      name: null,
      shape: 'LINESTRING(114.9 25.82,114.95 25.82)',
    },
    expect.objectContaining({ source: '铁路局', kind: 'railway' }),
  ])
  expect(await version()).toBe(before + 3)
})

test('a refused file changes nothing and is recorded with the reason', async () => {
  const before = await rows()
  const refused = await importGround(db, file([road(25.8, { highway: 'unheard-of' })]), options('测绘院'))
  expect(refused).toMatchObject({ ok: false, reason: 'nothing-taken', replaced: 0 })
  expect(await rows()).toEqual(before)
  const batch = await db.asOwner((tx) =>
    tx.execute(
      sql`select state, level, report->>'reason' as reason from geo.import_batch where id = ${refused.batch}`,
    ),
  )
  expect(rowsOf(batch)).toEqual([{ state: 'refused', level: 'ground', reason: 'nothing-taken' }])
})
