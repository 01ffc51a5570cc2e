import { VectorTile } from '@mapbox/vector-tile'
import { sql } from 'drizzle-orm'
import { PbfReader } from 'pbf'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { worldX, worldY } from '#domain/tiles/mercator.ts'
import { callerAs, callerWith, openTestApi, type Caller, type TestApi } from '../support/api.ts'
import { insertMoreClients } from '../support/more-clients.ts'
import type { ToyRole } from '../support/toy-bank.ts'

let api: TestApi
const as: Partial<Record<ToyRole, Caller>> = {}

beforeAll(async () => {
  api = await openTestApi()
  await insertMoreClients(api.db)
  for (const role of ['manager', 'branch_head', 'planner', 'leadership', 'auditor'] as const)
    as[role] = await callerAs(api, role)
})
afterAll(() => api?.[Symbol.asyncDispose]())

function tileAt(layer: string, z: number, lng: number, lat: number): string {
  const size = 2 ** (30 - z)
  return `/tiles/${layer}/${z}/${Math.floor(worldX(lng) / size)}/${Math.floor(worldY(lat) / size)}.mvt`
}

async function layersOf(response: Response): Promise<VectorTile['layers']> {
  if (response.status === 204) return {}
  expect(response.status).toBe(200)
  const bytes = new Uint8Array(await response.arrayBuffer())
  const zipped = response.headers.get('content-encoding') === 'gzip'
  return new VectorTile(new PbfReader(zipped ? gunzipSync(bytes) : bytes)).layers
}

const idsIn = (layers: VectorTile['layers']) =>
  Array.from({ length: layers.client?.length ?? 0 }, (_, i) => Number(layers.client.feature(i).id)).sort(
    (a, b) => a - b,
  )

describe('places and barriers', () => {
  test('every signed-in role gets polygons with their names apart', async () => {
    const layers = await layersOf(await as.auditor!(tileAt('county', 8, 114.95, 25.85)))
    expect(Object.keys(layers).sort()).toEqual(['county', 'county-label'])
    const shapes = Array.from({ length: layers.county.length }, (_, i) => layers.county.feature(i))
    const zhanggong = shapes.find((feature) => feature.id === 360702000000)!
    expect(zhanggong.type).toBe(3)
    expect(zhanggong.properties).toEqual({
      code: '360702000000',
      name: '章贡区',
      level: 'county',
      accuracy: 'schematic',
    })
    const label = layers['county-label'].feature(0)
    expect([label.type, Object.keys(label.properties).sort()]).toEqual([1, ['code', 'kind', 'name']])
  })

  test('barriers are lines', async () => {
    const layers = await layersOf(await as.manager!(tileAt('barrier', 10, 114.75, 25.65)))
    expect([layers.barrier.feature(0).type, layers.barrier.feature(0).properties]).toEqual([
      2,
      { kind: 'river', name: '章江' },
    ])
  })

  test('empty places answer 204', async () => {
    expect((await as.manager!('/tiles/village/10/0/0.mvt')).status).toBe(204)
    expect((await as.manager!(tileAt('county', 12, 100, 20))).status).toBe(204)
  })
})

describe('clients', () => {
  test('each role sees its own clients', async () => {
    const at = tileAt('client', 12, 114.918, 25.85)
    expect(idsIn(await layersOf(await as.manager!(at)))).toEqual([1, 2])
    expect(idsIn(await layersOf(await as.branch_head!(at)))).toEqual([1, 2, 3, 4, 5])
    expect(idsIn(await layersOf(await as.planner!(at)))).toEqual([6, 7])
  })

  test('a filter narrows it; below zoom 12 there are cells', async () => {
    const filter = encodeURIComponent(JSON.stringify({ field: 'loanBalance', gte: 2000 }))
    expect(
      idsIn(await layersOf(await as.manager!(`${tileAt('client', 12, 114.918, 25.85)}?filter=${filter}`))),
    ).toEqual([2])
    const cells = (
      await layersOf(await as.branch_head!(`${tileAt('client', 8, 114.918, 25.85)}?filter=${filter}`))
    ).cell
    expect(cells.feature(0).properties).toEqual({
      count: 4,
      deposit: 1400,
      loan: 14_000,
      s_active: 4,
      s_depositOnly: 0,
      s_loanOnly: 0,
      s_lost: 0,
      s_prospect: 0,
      top: 'active',
    })
  })

  test('a planner gets no sum of fewer than five and may not filter by what is hidden', async () => {
    const cell = (await layersOf(await as.planner!(tileAt('client', 8, 114.95, 25.85)))).cell.feature(0)
    expect(cell.properties).toMatchObject({ count: 2 })
    expect(Object.keys(cell.properties)).not.toContain('loan')
    const filter = encodeURIComponent(JSON.stringify({ op: 'not', of: { field: 'loanBalance', gte: 2000 } }))
    const refused = await as.planner!(`${tileAt('client', 8, 114.95, 25.85)}?filter=${filter}`)
    expect([refused.status, (await refused.json()).code]).toEqual([403, 'forbidden'])
  })

  test('leadership gets one point a township at its seat, without the small ones and the one that would give them away', async () => {
    const layers = await layersOf(await as.leadership!(tileAt('client', 6, 114.9, 25.8)))
    expect(Object.keys(layers)).toEqual(['cell'])
    expect(layers.cell.length).toBe(1)
    expect(layers.cell.feature(0).properties).toMatchObject({
      code: '360703001000',
      count: 8,
      loan: 80_000,
      top: 'loanOnly',
    })
    // At zoom 12 the layer is by village, and no client of the toy bank has one.
    expect(await layersOf(await as.leadership!(tileAt('client', 12, 114.75, 25.66)))).toEqual({})
  })

  test('those who have nothing to do with clients are refused', async () => {
    const answer = await as.auditor!(tileAt('client', 8, 114.9, 25.8))
    expect([answer.status, (await answer.json()).code]).toEqual([403, 'forbidden'])
    expect((await callerWith(api, null)(tileAt('client', 8, 114.9, 25.8))).status).toBe(401)
  })
})

describe('HTTP', () => {
  const path = () => tileAt('client', 12, 114.918, 25.85)

  test('kept gzipped, with a strong tag that answers 304, and never shared', async () => {
    const first = await as.manager!(path(), { headers: { 'accept-encoding': 'gzip, br' } })
    const etag = first.headers.get('etag')!
    expect(etag).toMatch(/^"[\w-]{20,}"$/)
    expect(first.headers.get('content-type')).toBe('application/vnd.mapbox-vector-tile')
    expect(first.headers.get('content-encoding')).toBe('gzip')
    expect(first.headers.get('cache-control')).toBe('private, no-cache')
    expect(idsIn(await layersOf(first))).toEqual([1, 2])
    const again = await as.manager!(path(), {
      headers: { 'accept-encoding': 'gzip', 'if-none-match': `"other", ${etag}` },
    })
    expect([again.status, again.headers.get('etag'), (await again.arrayBuffer()).byteLength]).toEqual([
      304,
      etag,
      0,
    ])
    const plain = await as.manager!(path(), { headers: { 'accept-encoding': 'gzip;q=0' } })
    expect(plain.headers.get('content-encoding')).toBeNull()
    expect(plain.headers.get('etag')).not.toBe(etag)
    expect(idsIn(await layersOf(plain))).toEqual([1, 2])
    expect(
      (await as.branch_head!(path(), { headers: { 'if-none-match': etag, 'accept-encoding': 'gzip' } }))
        .status,
    ).toBe(200)
  })

  test('a change of the clients changes the tile it touches and leaves the tag of another alone', async () => {
    const touched = tileAt('client', 14, 114.918, 25.85)
    const other = tileAt('client', 14, 114.916, 25.85)
    const tags = async () =>
      Promise.all([touched, other].map(async (at) => (await as.branch_head!(at)).headers.get('etag')))
    const before = await tags()
    await api.db.asOwner(async (tx) => {
      await tx.execute(sql`update app.client set status = 'prospect' where id = 3`)
      await tx.execute(sql`select geo.bump_layer('client')`)
    })
    api.deps.snapshots.recheck()
    const after = await tags()
    expect(after[0]).not.toBe(before[0])
    expect(after[1]).toBe(before[1])
  })

  test.each([
    ['/tiles/client/17/1/1.mvt', 400, 'bad_request'],
    ['/tiles/client/3/8/1.mvt', 400, 'bad_request'],
    ['/tiles/client/3/1/8.mvt', 400, 'bad_request'],
    ['/tiles/client/3/-1/1.mvt', 400, 'bad_request'],
    ['/tiles/client/3/1/1', 400, 'bad_request'],
    ['/tiles/client/a/1/1.mvt', 400, 'bad_request'],
    ['/tiles/secret/3/1/1.mvt', 404, 'not_found'],
    ['/tiles/client/3/1/1.mvt?filter=%7B', 400, 'bad_request'],
  ])('%s answers %i %s', async (bad, status, code) => {
    const answer = await as.manager!(bad)
    expect([answer.status, (await answer.json()).code]).toEqual([status, code])
  })
})
