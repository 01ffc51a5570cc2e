import { sql } from 'drizzle-orm'
import { strToU8, unzipSync, zipSync } from 'fflate'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { rowsOf } from '#db/rows.ts'
import gcoord from 'gcoord'
import type { ImportReport } from '#server/exchange/contract.ts'
import {
  callerAs,
  callerOf,
  finishedJob,
  insertPlanner,
  openTestApi,
  type Caller,
  type TestApi,
} from '../support/api.ts'

/* 章贡 of the toy bank is a box of about 2.0 by 2.2 km: cells of 500 m make some 20 units. Clients 6 and 7 lie in it. */
const COUNTY = '360702000000'
const SOLVE = { gridCount: 3, weights: [{ key: 'clients', importance: 1 }], tolerance: 0.9, seed: 7 }
let api: TestApi
let planner: Caller
let head: Caller
let otherPlanner: Caller

beforeAll(async () => {
  api = await openTestApi()
  await insertPlanner(api.db, 'toy.planner-2', '360722000000')
  await api.db.asOwner(async (tx) => {
    await tx.execute(sql`insert into auth.account (username, display_name, password_hash, role, staff_id, branch_ids, county_codes)
      values ('toy.head-2', '=HYPERLINK("x")', 'none', 'branch_head', null, '{20}', array[${COUNTY}])`)
    await tx.execute(sql`insert into app.client (id, client_no, kind, status, name, name_mask, address, county_code, township_code, branch_id,
        manager_id, geom, location_accuracy)
      select id, 'C' || id, 'farmer', 'active', '李四' || id, '李*', '=1+1 号', ${COUNTY}, '360702001000', 20, 104,
        st_setsrid(st_makepoint(114.9415 + 0.0028 * ((id - 100) % 7), 25.8415 + 0.0028 * ((id - 100) / 7)), 4326), 'surveyed'
      from generate_series(100, 148) id`)
    await tx.execute(sql`select geo.bump_layer('client')`)
  })
  api.deps.snapshots.recheck()
  planner = await callerAs(api, 'planner')
  head = await callerOf(api, 'toy.head-2')
  otherPlanner = await callerOf(api, 'toy.planner-2')
})
afterAll(() => api?.[Symbol.asyncDispose]())

async function newPlan(): Promise<number> {
  const body = { name: '一号方案', countyCode: COUNTY, cellSizeM: 500 }
  const job = await finishedJob(api, planner, await planner('/api/grid-plans', { method: 'POST', body }))
  return (job.result as { planId: number }).planId
}
async function solvedPlan(): Promise<number> {
  const id = await newPlan()
  const headers = { 'if-match': '"v1"' }
  const job = await finishedJob(
    api,
    planner,
    await planner(`/api/grid-plans/${id}/solve`, { method: 'POST', body: SOLVE, headers }),
  )
  expect(job).toMatchObject({ state: 'done' })
  return id
}
async function assignmentOf(id: number): Promise<Record<string, number | null>> {
  const rows = await api.db.asOwner((tx) =>
    tx.execute(sql`select key, grid_no as no from app.unit where plan_id = ${id} order by key`),
  )
  return Object.fromEntries(rowsOf<{ key: string; no: number | null }>(rows).map(({ key, no }) => [key, no]))
}
const download = async (id: number, format: string, call = planner) => {
  const response = await call(`/api/grid-plans/${id}/export/${format}`)
  expect(response.status).toBe(200)
  return new Uint8Array(await response.arrayBuffer())
}
const preview = (id: number, body: Uint8Array, query = '', call = planner) =>
  call(`/api/grid-plans/${id}/import/preview${query}`, { method: 'POST', body })
const apply = (
  id: number,
  body: Uint8Array,
  query: string,
  headers: Record<string, string> = { 'if-match': '"v1"' },
) => planner(`/api/grid-plans/${id}/import${query}`, { method: 'POST', body, headers })
async function previewed(id: number, body: Uint8Array, query = ''): Promise<ImportReport> {
  const response = await preview(id, body, query)
  expect(response.status).toBe(200)
  const report = (await response.json()) as ImportReport
  const { total, assigned, unchanged, ambiguous, refused } = report.items
  expect(assigned + unchanged + ambiguous + refused).toBe(total)
  return report
}
async function problem(answer: Response | Promise<Response>, status: number, code: string, detail?: RegExp) {
  const response = await answer
  const body = (await response.json()) as { code: string; detail: string }
  expect([response.status, body.code, body.detail]).toEqual([
    status,
    code,
    expect.stringMatching(detail ?? /[一-鿿]{4}/),
  ])
}
const csv = (...rows: (string | number)[][]) => strToU8(rows.map((row) => row.join(',')).join('\r\n'))
const utf8 = (bytes: Uint8Array) => new TextDecoder().decode(bytes)

describe('what goes out comes back the same', () => {
  it.each(['csv', 'geojson', 'shapefile'])('%s', async (format) => {
    const from = await solvedPlan()
    const into = await newPlan()
    const file = await download(from, format)
    const report = await previewed(into, file)
    expect(report).toMatchObject({ problemsTotal: 0, items: { assigned: report.items.total, refused: 0 } })
    expect(report.grids.map(({ no, isNew }) => [no, isNew])).toEqual([
      [0, true],
      [1, true],
      [2, true],
    ])
    expect(Object.values(await assignmentOf(into)).every((no) => no === null)).toBe(true)
    const applied = await apply(into, file, `?digest=${report.digest}`)
    expect(applied.status).toBe(200)
    expect(applied.headers.get('etag')).toBe('"v2"')
    expect(await assignmentOf(into)).toEqual(await assignmentOf(from))
    const again = await previewed(into, file)
    expect(again).toMatchObject({
      items: { assigned: 0, unchanged: again.items.total },
      units: { changed: 0 },
      grids: [],
    })
  })

  it('an import is one edit of the log, and its author takes it back whole', async () => {
    const from = await solvedPlan()
    const into = await newPlan()
    const file = await download(from, 'csv')
    const { digest } = await previewed(into, file)
    await apply(into, file, `?digest=${digest}`)
    const { edits } = (await (await planner(`/api/grid-plans/${into}/edits`)).json()) as {
      edits: { seq: number; kind: string }[]
    }
    expect(edits.map(({ kind }) => kind)).toEqual(['import'])
    const undone = await planner(`/api/grid-plans/${into}/edits`, {
      method: 'POST',
      body: { id: crypto.randomUUID(), basedOn: 2, undoes: edits[0]!.seq },
    })
    expect(undone.status).toBe(200)
    expect(Object.values(await assignmentOf(into)).every((no) => no === null)).toBe(true)
  })
})

describe('tables', () => {
  it('reads GBK, names each row it does not take, and neither loses nor invents one', async () => {
    const id = await solvedPlan()
    const [first, second, third] = Object.keys(await assignmentOf(id)) as [string, string, string]
    // 单元编号,网格序号 in GBK.
    const heading = Uint8Array.of(
      0xb5,
      0xa5,
      0xd4,
      0xaa,
      0xb1,
      0xe0,
      0xba,
      0xc5,
      0x2c,
      0xcd,
      0xf8,
      0xb8,
      0xf1,
      0xd0,
      0xf2,
      0xba,
      0xc5,
      0x0a,
    )
    const rows = strToU8(
      [`${first},2`, 'r999c999,1', `${second},1`, `${second},3`, `${third},`, `${third},0`].join('\n'),
    )
    const report = await previewed(id, Uint8Array.from([...heading, ...rows]))
    expect(report).toMatchObject({ encoding: 'GBK', items: { total: 6, refused: 5 } })
    expect(report.problems.map(({ line, code }) => [line, code])).toEqual([
      [3, 'unit-unknown'],
      [4, 'unit-named-twice'],
      [5, 'unit-named-twice'],
      [6, 'row-without-grid'],
      [7, 'grid-number-invalid'],
    ])
  })

  it('a manager comes by staff number, and one of another county is refused', async () => {
    const id = await newPlan()
    const [first, second] = Object.keys(await assignmentOf(id)) as [string, string]
    const [own, foreign] = rowsOf<{ no: string }>(
      await api.db.asOwner((tx) =>
        tx.execute(sql`select staff_no as no from org.staff where id in (101, 104) order by id desc`),
      ),
    )
    const file = csv(['单元编号', '网格序号', '工号'], [first, 1, own!.no], [second, 2, foreign!.no])
    const report = await previewed(id, file)
    expect(report.problems.map(({ code }) => code)).toEqual(['manager-unknown'])
    expect(report.grids).toMatchObject([{ no: 0, isNew: true, managerBefore: null, unitsAfter: 1 }])
    expect((await apply(id, file, `?digest=${report.digest}`)).status).toBe(200)
    const grids = await api.db.asOwner((tx) =>
      tx.execute(sql`select no, manager_id as manager from app.grid where plan_id = ${id}`),
    )
    expect(rowsOf(grids)).toEqual([{ no: 0, manager: 104 }])
  })

  it('a lock holds: what a locked grid would lose or gain is refused by name', async () => {
    const id = await solvedPlan()
    const assignment = await assignmentOf(id)
    const [inside] = Object.entries(assignment).find(([, no]) => no === 0)!
    const [outside] = Object.entries(assignment).find(([, no]) => no === 1)!
    await planner(`/api/grid-plans/${id}/locks`, { method: 'POST', body: { locked: true, grids: [0] } })
    const file = csv(['单元编号', '网格序号'], [inside, 2], [outside, 1], [inside, 1])
    const report = await previewed(id, csv(['单元编号', '网格序号'], [inside, 2], [outside, 1]))
    expect(report.problems.map(({ code }) => code)).toEqual(['unit-locked', 'unit-locked'])
    expect(report.units.changed).toBe(0)
    expect((await previewed(id, file)).units.changed).toBe(0)
  })

  it('reads a workbook', async () => {
    const from = await solvedPlan()
    const [key] = Object.keys(await assignmentOf(from)) as [string]
    const cell = (at: string, text: string | number) =>
      typeof text === 'number'
        ? `<c r="${at}"><v>${text}</v></c>`
        : `<c r="${at}" t="inlineStr"><is><t>${text}</t></is></c>`
    const sheet = `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1">${cell('A1', '单元编号')}${cell('B1', '网格序号')}</row><row r="2">${cell('A2', key)}${cell('B2', 2)}</row></sheetData></worksheet>`
    const book = zipSync({
      '[Content_Types].xml': strToU8('<Types/>'),
      'xl/workbook.xml': strToU8(
        '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="名册" sheetId="1" r:id="rId1"/></sheets></workbook>',
      ),
      'xl/_rels/workbook.xml.rels': strToU8(
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
      ),
      'xl/worksheets/sheet1.xml': strToU8(sheet),
    })
    expect(await previewed(from, book)).toMatchObject({
      format: 'xlsx',
      sheet: '名册',
      items: { total: 1, refused: 0 },
    })
  })
})

describe('polygons', () => {
  const box = (w: number, s: number, e: number, n: number) => [
    [
      [w, s],
      [e, s],
      [e, n],
      [w, n],
      [w, s],
    ],
  ]
  const feature = (name: string, coordinates: number[][][]) => ({
    type: 'Feature',
    properties: { 网格名称: name },
    geometry: { type: 'Polygon', coordinates },
  })
  const geojson = (features: unknown[], crs = true) =>
    strToU8(
      JSON.stringify({
        type: 'FeatureCollection',
        ...(crs && { crs: { type: 'name', properties: { name: 'EPSG:4326' } } }),
        features,
      }),
    )

  it('majority decides; ties, overlaps and bare ground are listed and stay as they are', async () => {
    const id = await newPlan()
    const total = Object.keys(await assignmentOf(id)).length
    const west = await previewed(
      id,
      geojson([
        feature('西', box(114.93, 25.83, 114.9502, 25.87)),
        feature('东', box(114.9502, 25.83, 114.97, 25.87)),
      ]),
    )
    expect(west.items).toMatchObject({ total, assigned: total, refused: 0 })
    expect(west.units.cut).toBeGreaterThan(0)
    const half = await previewed(id, geojson([feature('西', box(114.93, 25.83, 114.9502, 25.87))]))
    expect(half.problems.every(({ code }) => code === 'uncovered' || code === 'no-majority')).toBe(true)
    const double = await previewed(
      id,
      geojson([
        feature('甲', box(114.93, 25.83, 114.97, 25.87)),
        feature('乙', box(114.93, 25.83, 114.97, 25.87)),
      ]),
    )
    expect(double).toMatchObject({ items: { ambiguous: total }, units: { changed: 0, overlapped: total } })
    expect(double.problems[0]).toMatchObject({ code: 'overlap', shares: [{ share: 1 }, { share: 1 }] })
  })

  it('an unlabelled file in another coordinate system is asked about, never guessed', async () => {
    const id = await newPlan()
    const shifted = box(114.93, 25.83, 114.97, 25.87).map((ring) =>
      ring.map((p) => gcoord.transform(p as [number, number], gcoord.WGS84, gcoord.GCJ02)),
    )
    await problem(preview(id, geojson([feature('全部', shifted)], false)), 422, 'unprocessable', /坐标系/)
    const told = await previewed(id, geojson([feature('全部', shifted)], false), '?crs=GCJ02')
    expect(told).toMatchObject({ crs: expect.stringMatching(/GCJ-02/), items: { refused: 0 } })
  })
})

describe('files that are refused whole, in words', () => {
  it.each([
    ['empty', new Uint8Array(), /空/],
    ['HTML named .xlsx', strToU8('<html><table><tr><td>单元</td></tr></table></html>'), /网页/],
    ['an old workbook', Uint8Array.of(0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1), /旧版|密码/],
    ['no heading', csv(['a', 'b'], [1, 2]), /表头/],
    ['neither UTF-8 nor GBK', Uint8Array.of(0x61, 0xff, 0xff, 0x81, 0x20, 0xff), /编码/],
    ['one endless line', strToU8(`单元编号,网格序号\n${'x'.repeat(70_000)},1`), /第 2 行/],
    ['an archive of nothing known', zipSync({ 'readme.txt': strToU8('x') }), /压缩包/],
    [
      'a bomb',
      zipSync(
        {
          'xl/workbook.xml': new Uint8Array(60_000_000),
          'xl/worksheets/sheet1.xml': new Uint8Array(400_000_000),
        },
        { level: 9 },
      ),
      /./,
    ],
    ['broken JSON', strToU8('{"type":"FeatureCollection","features":[,]}'), /JSON/],
  ])('%s', async (_, body, words) => {
    const id = await newPlan()
    await problem(preview(id, body), 422, 'unprocessable', words)
    expect(Object.values(await assignmentOf(id)).every((no) => no === null)).toBe(true)
  })
})

describe('who may, and when', () => {
  const file = csv(['单元编号', '网格序号'], ['r1c1', 1])

  it('refuses by role, scope, type, size and form', async () => {
    const id = await newPlan()
    for (const role of ['manager', 'leadership', 'township_head', 'sysadmin', 'auditor'] as const) {
      const call = await callerAs(api, role)
      await problem(preview(id, file, '', call), 403, 'forbidden')
      await problem(call(`/api/grid-plans/${id}/export/csv`), 403, 'forbidden')
    }
    await problem(preview(id, file, '', head), 403, 'forbidden')
    await problem(preview(id, file, '', otherPlanner), 404, 'not_found')
    await problem(otherPlanner(`/api/grid-plans/${id}/export/geojson`), 404, 'not_found')
    await problem(planner(`/api/grid-plans/${id}/export/dwg`), 404, 'not_found')
    await problem(preview(id, file, '?crs=MARS'), 400, 'bad_request')
    await problem(
      planner(`/api/grid-plans/${id}/import/preview`, { method: 'POST', body: { a: 1 } }),
      415,
      'unsupported_media_type',
    )
    await problem(preview(id, new Uint8Array(21 * 1024 * 1024)), 413, 'too_large', /20 MB/)
    await problem(apply(id, file, '?digest=xyz'), 400, 'bad_request')
    await problem(apply(id, file, `?digest=${'0'.repeat(64)}`, {}), 428, 'precondition_required')
    await problem(apply(id, file, `?digest=${'0'.repeat(64)}`), 409, 'conflict')
    await problem(apply(id, file, `?digest=${'0'.repeat(64)}`, { 'if-match': '"v9"' }), 412, 'stale')
  })

  it('every export is in the trail with who, what and how many', async () => {
    const id = await solvedPlan()
    for (const format of ['geojson', 'shapefile', 'csv', 'xlsx']) await download(id, format)
    const events = await api.db.asOwner((tx) =>
      tx.execute(sql`select username, detail->>'format' as format, (detail->>'rows')::int > 0 as rows from audit.event
        where action = 'gridPlan.export' and object_id = ${String(id)} order by id`),
    )
    expect(rowsOf(events)).toEqual(
      ['geojson', 'shapefile', 'csv', 'xlsx'].map((format) => ({
        username: 'toy.planner',
        format,
        rows: true,
      })),
    )
  })
})

describe('what a file tells', () => {
  it('walk lists: the head gets masked names and no formula, the planner no name at all, nobody a phone number', async () => {
    const id = await solvedPlan()
    const textOf = (bytes: Uint8Array) => Object.values(unzipSync(bytes)).map(utf8).join('')
    const forHead = textOf(await download(id, 'xlsx', head))
    expect(forHead).toContain('李*')
    expect(forHead).not.toContain('李四')
    expect(forHead).not.toContain('<f>')
    expect(forHead).toContain('quotePrefix="1"')
    const forPlanner = textOf(await download(id, 'xlsx'))
    expect(forPlanner).not.toContain('李')
    expect(forPlanner).toContain('农户')
    for (const text of [forHead, forPlanner]) expect(text).not.toMatch(/1390797\d{4}|3607221980/)
  })

  it('GeoJSON says where it comes from and that it is not to be published', async () => {
    const id = await solvedPlan()
    const file = JSON.parse(utf8(await download(id, 'geojson'))) as {
      notes: string[]
      accuracy: string
      features: { properties: { layer: string } }[]
    }
    expect(file.notes[0]).toBe('内部工作用图 · 不得公开')
    expect(file.accuracy).toBe('schematic')
    expect(file.features.filter(({ properties }) => properties.layer === 'grids')).toHaveLength(3)
  })
})
