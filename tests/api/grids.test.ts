import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { rowsOf } from '#db/rows.ts'
import type { Plan, StaffMember, UnitProperties } from '#server/grids/contract.ts'
import { totalsFor } from '#server/grids/plan-view.ts'
import {
  callerAs,
  callerOf,
  finishedJob,
  insertPlanner,
  openTestApi,
  type Caller,
  type TestApi,
} from '../support/api.ts'

/*
 * 章贡 is a box of 0.02 by 0.02 degrees, about 2.0 by 2.2 km: with cells of 500 m some 20 units. Clients 6 and 7 of the toy
 * bank and 100 to 148 lie in it, 7 by 7 in rows; 149 lies outside and 150 has no position.
 */
const COUNTY = '360702000000'
const OTHER_COUNTY = '360722000000'
let api: TestApi
let planner: Caller
let otherPlanner: Caller

beforeAll(async () => {
  api = await openTestApi()
  await insertPlanner(api.db, 'toy.planner-2', OTHER_COUNTY)
  await api.db.asOwner(async (tx) => {
    await tx.execute(sql`
      insert into app.client (id, client_no, kind, status, name, name_mask, county_code, township_code, branch_id, manager_id, geom,
        location_accuracy, deposit_balance, loan_balance, lost_on, lost_reason)
      select id, 'C' || id, 'farmer', case when id = 148 then 'lost' else 'active' end, '李四' || id, '李*', ${COUNTY}, '360702001000', 20, 104,
        case when id < 149 then st_setsrid(st_makepoint(114.9415 + 0.0028 * ((id - 100) % 7), 25.8415 + 0.0028 * ((id - 100) / 7)), 4326)
          when id = 149 then st_setsrid(st_makepoint(115.5, 25.85), 4326) end,
        'surveyed', 1234.56, 5000, case when id = 148 then date '2026-01-01' end, case when id = 148 then 'moved' end
      from generate_series(100, 150) id`)
    await tx.execute(sql`select geo.bump_layer('client')`)
  })
  api.deps.snapshots.recheck()
  planner = await callerAs(api, 'planner')
  otherPlanner = await callerOf(api, 'toy.planner-2')
})
afterAll(async () => {
  await api?.[Symbol.asyncDispose]()
})

const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  planner(path, { method: 'POST', body, headers })
const create = (body: Record<string, unknown> = {}) =>
  post('/api/grid-plans', { name: '一号方案', countyCode: COUNTY, cellSizeM: 500, ...body })
const SOLVE = { gridCount: 3, weights: [{ key: 'clients', importance: 1 }], tolerance: 0.2, seed: 7 }
const onVersion = (version: number) => ({ 'if-match': `"v${version}"` })

async function newPlan(): Promise<number> {
  const job = await finishedJob(api, planner, await create())
  expect(job).toMatchObject({ state: 'done', error: null })
  return (job.result as { planId: number }).planId
}
async function solvedPlan(): Promise<number> {
  const id = await newPlan()
  const job = await finishedJob(api, planner, await post(`/api/grid-plans/${id}/solve`, SOLVE, onVersion(1)))
  expect(job).toMatchObject({ state: 'done', result: { planId: id, version: 2, withinTolerance: true } })
  return id
}
const readPlan = async (id: number, call = planner) =>
  (await call(`/api/grid-plans/${id}`)).json() as Promise<Plan>

async function expectProblem(
  response: Response | Promise<Response>,
  status: number,
  code: string,
  detail?: RegExp,
) {
  const answer = await response
  const problem = (await answer.json()) as { code: string; detail: string; currentVersion?: number }
  expect([answer.status, problem.code]).toEqual([status, code])
  expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/)
  expect(problem.detail).toMatch(/[一-鿿]{4}/)
  if (detail) expect(problem.detail).toMatch(detail)
  return problem
}

describe('making a plan on street blocks', () => {
  it('is refused in words where no street is known', async () => {
    const job = await finishedJob(api, planner, await create({ unitSource: 'blocks' }))
    expect(job).toMatchObject({ state: 'failed', error: { code: 'unprocessable' } })
    expect(JSON.stringify(job.error)).toContain('还没有道路数据')
  })

  it('makes blocks between streets, keeps the banks of a river apart and counts its bridge', async () => {
    // Two streets and a river from north to south, three streets from west to east, of which the northern one crosses by a bridge.
    const lines = [
      ['street', 'ground', 'LINESTRING(114.945 25.83, 114.945 25.87)'],
      ['street', 'ground', 'LINESTRING(114.955 25.83, 114.955 25.87)'],
      ['street', 'bridge', 'LINESTRING(114.93 25.855, 114.97 25.855)'],
      ...[25.845, 25.85].flatMap((lat) => [
        ['street', 'ground', `LINESTRING(114.93 ${lat}, 114.949 ${lat})`],
        ['street', 'ground', `LINESTRING(114.951 ${lat}, 114.97 ${lat})`],
      ]),
    ]
    await api.db.asOwner(async (tx) => {
      for (const [kind, level, line] of lines)
        await tx.execute(sql`insert into geo.barrier (kind, level, geom, accuracy, source, source_crs, dataset_id)
          values (${kind}, ${level}, st_geomfromtext(${line}, 4326), 'schematic', 'toy', 'EPSG:4326', 'toy')`)
      await tx.execute(sql`insert into geo.water (geom, accuracy, source, source_crs, dataset_id)
        values (st_multi(st_makeenvelope(114.949, 25.83, 114.951, 25.87, 4326)), 'schematic', 'toy', 'EPSG:4326', 'toy')`)
    })
    try {
      const made = await finishedJob(api, planner, await create({ unitSource: 'blocks' }))
      expect(made).toMatchObject({ state: 'done', error: null })
      const id = (made.result as { planId: number }).planId
      expect(await readPlan(id)).toMatchObject({ unitSource: 'blocks', clientsOutside: 2 })
      const { features } = (await (await planner(`/api/grid-plans/${id}/units`)).json()) as {
        features: { properties: UnitProperties }[]
      }
      // Four columns: west of the first street, to the river, from the river, east of the second; four rows.
      expect(features.map(({ properties }) => properties.kind)).toEqual(Array(16).fill('block'))
      expect(features.reduce((sum, { properties }) => sum + properties.clients, 0)).toBe(50)
      const edges = await api.db.asOwner((tx) =>
        tx.execute(sql`select crosses, count(*)::int as n, sum(bridges)::int as bridges from app.unit_edge
          where plan_id = ${id} group by 1 order by 1`),
      )
      expect(rowsOf(edges)).toEqual([
        // Four across; neighbours on one bank also meet in the water that was divided among them, three pairs on each.
        { crosses: 'river', n: 10, bridges: 2 },
        { crosses: 'street', n: 20, bridges: 0 },
      ])
      const solved = await finishedJob(
        api,
        planner,
        await post(`/api/grid-plans/${id}/solve`, SOLVE, onVersion(1)),
      )
      expect(solved).toMatchObject({ state: 'done' })
      expect((await readPlan(id)).grids.every(({ contiguous }) => contiguous)).toBe(true)
    } finally {
      await api.db.asOwner(async (tx) => {
        await tx.execute(sql`delete from geo.barrier`)
        await tx.execute(sql`delete from geo.water`)
      })
    }
  })
})

describe('making a plan', () => {
  it('cuts the county into units and weighs its clients, except lost ones', async () => {
    const id = await newPlan()
    const plan = await readPlan(id)
    expect(plan).toMatchObject({
      id,
      name: '一号方案',
      countyCode: COUNTY,
      countyName: '章贡区',
      cellSizeM: 500,
      state: 'draft',
      version: 1,
    })
    expect(plan).toMatchObject({
      gridCount: null,
      solvedAt: null,
      grids: [],
      unassigned: plan.units,
      metrics: null,
    })
    // 149 lies outside, 150 has no position.
    expect(plan.clientsOutside).toBe(2)
    plan.bounds.forEach((value, i) => expect(value).toBeCloseTo([114.94, 25.84, 114.96, 25.86][i]!, 6))

    const response = await planner(`/api/grid-plans/${id}/units`)
    expect(response.headers.get('etag')).toBe('"v1"')
    const { features } = (await response.json()) as { features: { properties: UnitProperties }[] }
    expect(features).toHaveLength(plan.units)
    expect(features.length).toBeGreaterThan(12)
    expect(features.map(({ properties }) => properties.idx)).toEqual([...features.keys()])
    expect(new Set(features.map(({ properties }) => properties.townshipCode))).toEqual(
      new Set(['360702001000']),
    )
    expect(features.reduce((sum, { properties }) => sum + properties.clients, 0)).toBe(50)
    const [areas] = rowsOf<{ share: number; km2: number }>(
      await api.db.asOwner((tx) =>
        tx.execute(sql`select sum(st_area(u.geom)) / st_area(p.area) as share, sum(u.area_m2) / 1e6 as km2
          from app.unit u join app.grid_plan p on p.id = u.plan_id where p.id = ${id} group by p.id`),
      ),
    )
    expect(areas!.share).toBeCloseTo(1, 5)
    // 0.02 degrees of longitude at 25.85 north are 2.001 km, of latitude 2.224 km.
    expect(areas!.km2).toBeCloseTo(2.001 * 2.224, 2)
    expect(
      rowsOf(await api.db.asOwner((tx) => tx.execute(sql`select from app.unit_edge where plan_id = ${id}`)))
        .length,
    ).toBeGreaterThan(12)
  })

  it('may cover a drawn part of the county, cut at the county line', async () => {
    const half = {
      type: 'Polygon',
      coordinates: [
        [
          [114.9, 25.8],
          [114.95, 25.8],
          [114.95, 25.9],
          [114.9, 25.9],
          [114.9, 25.8],
        ],
      ],
    }
    const job = await finishedJob(api, planner, await create({ area: half }))
    const plan = await readPlan((job.result as { planId: number }).planId)
    plan.bounds.forEach((value, i) => expect(value).toBeCloseTo([114.94, 25.84, 114.95, 25.86][i]!, 6))
    expect(plan.units).toBeGreaterThan(5)
    expect(plan.clientsOutside).toBeGreaterThan(2)
  })

  it('lets grids follow a barrier', async () => {
    await api.db.asOwner((tx) =>
      tx.execute(sql`insert into geo.barrier (id, kind, geom, accuracy, source, source_crs, dataset_id)
      values (1, 'expressway', st_setsrid(st_makeline(st_makepoint(114.9488, 25.83), st_makepoint(114.9512, 25.87)), 4326), 'schematic', 'toy', 'EPSG:4326', 'toy')`),
    )
    const id = await newPlan()
    await api.db.asOwner((tx) => tx.execute(sql`delete from geo.barrier`))
    const crosses = rowsOf<{ crosses: string }>(
      await api.db.asOwner((tx) =>
        tx.execute(sql`select distinct crosses from app.unit_edge where plan_id = ${id} order by 1`),
      ),
    )
    expect(crosses.map((row) => row.crosses)).toEqual(['none', 'trunk'])
  })

  const square = (ring: unknown) => ({ area: { type: 'Polygon', coordinates: [ring] } })
  it.each([
    ['no name', { name: '  ' }, /name/],
    ['a long name', { name: '长'.repeat(61) }, /name/],
    ['a hidden character in the name', { name: '一\u202e号' }, /name/],
    ['a short code', { countyCode: '360702' }, /countyCode/],
    ['a cell too small', { cellSizeM: 99 }, /cellSizeM/],
    ['a cell too large', { cellSizeM: 5_001 }, /cellSizeM/],
    ['half a metre', { cellSizeM: 500.5 }, /cellSizeM/],
    ['an unknown key', { owner: 1 }, /./],
    [
      'an open ring',
      square([
        [114.94, 25.84],
        [114.95, 25.84],
        [114.95, 25.85],
        [114.94, 25.85],
      ]),
      /没有闭合/,
    ],
    [
      'a ring of three points',
      square([
        [114.94, 25.84],
        [114.95, 25.84],
        [114.94, 25.84],
      ]),
      /至少要有 4 个点/,
    ],
    [
      'an altitude',
      square([
        [114.94, 25.84, 1],
        [114.95, 25.84, 1],
        [114.95, 25.85, 1],
        [114.94, 25.84, 1],
      ]),
      /高程/,
    ],
    [
      'a latitude of 95',
      square([
        [114.94, 95],
        [114.95, 25.84],
        [114.95, 25.85],
        [114.94, 95],
      ]),
      /纬度/,
    ],
    ['a point', { area: { type: 'Point', coordinates: [114.94, 25.84] } }, /Polygon/],
    [
      'too many vertices',
      square([...Array.from({ length: 5_000 }, (_, i) => [114.94 + i / 1e6, 25.84]), [114.94, 25.84]]),
      /顶点过多/,
    ],
  ])('refuses %s', async (_, body, detail) => {
    await expectProblem(create(body), 400, 'bad_request', detail)
  })

  it.each([
    [
      'a bow tie, and says where it crosses',
      square([
        [114.94, 25.84],
        [114.95, 25.85],
        [114.95, 25.84],
        [114.94, 25.85],
        [114.94, 25.84],
      ]),
      /自相交.*114\.945.*25\.845/,
    ],
    [
      'an area outside the county',
      square([
        [115.94, 25.84],
        [115.95, 25.84],
        [115.95, 25.85],
        [115.94, 25.84],
      ]),
      /在章贡区之外/,
    ],
    ['an unknown county', { countyCode: '360799000000' }, /360799000000/],
  ])('refuses %s', async (_, body, detail) => {
    await expectProblem(create(body), 422, 'unprocessable', detail)
  })

  it('refuses more units than the editor can take and names a size that works', async () => {
    await api.db.asOwner((tx) => tx.execute(sql`update geo.place set area_km2 = 2000 where code = ${COUNTY}`))
    await expectProblem(create({ cellSizeM: 100 }), 422, 'unprocessable', /200000 个单元.*至少 320 米/)
    await api.db.asOwner((tx) => tx.execute(sql`update geo.place set area_km2 = null where code = ${COUNTY}`))
  })

  it('refuses a county of others, and roles that do not plan', async () => {
    await expectProblem(create({ countyCode: OTHER_COUNTY }), 403, 'forbidden', /信丰县不在您的管辖范围/)
    for (const role of ['branch_head', 'manager', 'leadership', 'auditor'] as const) {
      const call = await callerAs(api, role)
      await expectProblem(call('/api/grid-plans', { method: 'POST', body: {} }), 403, 'forbidden')
    }
  })
})

describe('solving a plan', () => {
  it('gives contiguous grids within tolerance, the same for the same seed, also after a restart of the reader', async () => {
    const [first, second] = [await solvedPlan(), await solvedPlan()]
    const plan = await readPlan(first)
    expect(plan).toMatchObject({
      gridCount: 3,
      weights: ['clients'],
      tolerance: 0.2,
      seed: 7,
      version: 2,
      unassigned: 0,
      withinTolerance: true,
      reasons: [],
    })
    expect(plan.grids.map(({ no, name, managerId }) => [no, name, managerId])).toEqual([
      [0, '网格 1', null],
      [1, '网格 2', null],
      [2, '网格 3', null],
    ])
    const target = 50 / 3
    for (const grid of plan.grids) {
      expect(grid.contiguous).toBe(true)
      expect(grid.deviation.clients).toBeCloseTo(grid.totals.clients / target - 1, 3)
      expect(Math.abs(grid.deviation.clients!)).toBeLessThanOrEqual(0.2)
      expect(grid.polsbyPopper).toBeGreaterThan(0.2)
      expect(grid.polsbyPopper).toBeLessThan(1)
    }
    expect(plan.grids.reduce((sum, grid) => sum + grid.units, 0)).toBe(plan.units)
    expect(plan.grids.reduce((sum, grid) => sum + grid.areaKm2, 0)).toBeCloseTo(4.45, 1)
    expect(plan.metrics).toMatchObject({ contiguousShare: 1, movedShare: null })
    const gridOf = async (id: number) =>
      (
        (await (await planner(`/api/grid-plans/${id}/units`)).json()) as {
          features: { properties: UnitProperties }[]
        }
      ).features.map(({ properties }) => properties.gridNo)
    expect(await gridOf(second)).toEqual(await gridOf(first))
  })

  it('replaces the grids of an earlier solve, names and managers with them', async () => {
    const id = await solvedPlan()
    await planner(`/api/grid-plans/${id}/grids/0`, {
      method: 'PATCH',
      body: { name: '老城', managerId: 104 },
      headers: onVersion(2),
    })
    const job = await finishedJob(
      api,
      planner,
      await post(`/api/grid-plans/${id}/solve`, { ...SOLVE, gridCount: 2 }, onVersion(3)),
    )
    expect(job.state).toBe('done')
    const plan = await readPlan(id)
    expect(plan.grids.map(({ name, managerId }) => [name, managerId])).toEqual([
      ['网格 1', null],
      ['网格 2', null],
    ])
    expect(plan).toMatchObject({ version: 4, unassigned: 0, gridCount: 2 })
  })

  it('says in Chinese why a tolerance is not kept, and keeps the best it found', async () => {
    const id = await newPlan()
    const request = { ...SOLVE, gridCount: 9, tolerance: 0.005 }
    const job = await finishedJob(
      api,
      planner,
      await post(`/api/grid-plans/${id}/solve`, request, onVersion(1)),
    )
    expect(job).toMatchObject({ state: 'done', result: { withinTolerance: false } })
    const { reasons, grids, unassigned } = await readPlan(id)
    expect(reasons.length).toBeGreaterThan(0)
    for (const { message } of reasons) expect(message).toMatch(/偏差.*%/)
    expect([grids.length, unassigned]).toEqual([9, 0])
  })

  it('fails with a reason when the weight is zero everywhere', async () => {
    await api.db.asOwner((tx) => tx.execute(sql`update app.unit set weights = '{0,0,0,0}'`))
    const id = await newPlan()
    await api.db.asOwner((tx) =>
      tx.execute(sql`update app.unit set weights = '{0,0,0,0}' where plan_id = ${id}`),
    )
    const job = await finishedJob(
      api,
      planner,
      await post(`/api/grid-plans/${id}/solve`, SOLVE, onVersion(1)),
    )
    expect(job).toMatchObject({
      state: 'failed',
      error: { code: 'zero-weight', message: expect.stringContaining('客户数合计为零') },
    })
    expect(await readPlan(id)).toMatchObject({ version: 1, grids: [] })
  })

  it('does not overwrite an edit made while it ran', async () => {
    const id = await newPlan()
    const accepted = await post(
      `/api/grid-plans/${id}/solve`,
      {
        ...SOLVE,
        weights: [
          { key: 'clients', importance: 1 },
          { key: 'loanBalance', importance: 1 },
        ],
      },
      onVersion(1),
    )
    expect(
      (
        await planner(`/api/grid-plans/${id}`, {
          method: 'PATCH',
          body: { name: '改过' },
          headers: onVersion(1),
        })
      ).status,
    ).toBe(200)
    const job = await finishedJob(api, planner, accepted)
    expect(job).toMatchObject({ state: 'failed', error: { code: 'stale' } })
    expect(await readPlan(id)).toMatchObject({ name: '改过', version: 2, grids: [] })
  })

  it('checks version and request', async () => {
    const id = await newPlan()
    const path = `/api/grid-plans/${id}/solve`
    await expectProblem(post(path, SOLVE), 428, 'precondition_required', /If-Match/)
    await expectProblem(post(path, SOLVE, { 'if-match': '*' }), 400, 'bad_request')
    await expectProblem(post(path, SOLVE, { 'if-match': '1' }), 400, 'bad_request')
    const stale = await expectProblem(post(path, SOLVE, onVersion(2)), 412, 'stale', /第 1 版/)
    expect(stale.currentVersion).toBe(1)
    await expectProblem(post(path, { ...SOLVE, gridCount: 300 }, onVersion(1)), 422, 'unprocessable', /单元/)
    await expectProblem(post('/api/grid-plans/999999/solve', SOLVE, onVersion(1)), 404, 'not_found')
    await expectProblem(
      otherPlanner(path, { method: 'POST', body: SOLVE, headers: onVersion(1) }),
      404,
      'not_found',
    )
    for (const wrong of [
      { gridCount: 0 },
      { gridCount: 401 },
      { weights: [] },
      { weights: [{ key: 'age', importance: 1 }] },
      { weights: [SOLVE.weights[0], SOLVE.weights[0]] },
      { weights: [{ key: 'clients', importance: 0 }] },
      { tolerance: 0 },
      { tolerance: 1 },
      { seed: -1 },
      { seed: 1.5 },
    ]) {
      await expectProblem(post(path, { ...SOLVE, ...wrong }, onVersion(1)), 400, 'bad_request')
    }
  })
})

describe('editing a solved plan', () => {
  let id: number
  let version: number
  beforeAll(async () => {
    id = await solvedPlan()
  })
  beforeEach(async () => {
    version = (await readPlan(id)).version
  })
  const patchGrid = (no: number, body: unknown, headers = onVersion(version), call = planner) =>
    call(`/api/grid-plans/${id}/grids/${no}`, { method: 'PATCH', body, headers })

  it('renames a grid and gives it a manager of the county', async () => {
    const response = await patchGrid(1, { name: '水东', managerId: 104 })
    expect(response.status).toBe(200)
    expect(response.headers.get('etag')).toBe(`"v${version + 1}"`)
    const plan = (await response.json()) as Plan
    expect(plan.grids[1]).toMatchObject({ name: '水东', managerId: 104, managerName: '员工104' })
    expect(plan.version).toBe(version + 1)
    expect(await readPlan(id)).toEqual(plan)
  })

  it('leaves a name alone when only the manager changes, and takes a manager away', async () => {
    const plan = (await (await patchGrid(1, { managerId: null })).json()) as Plan
    expect(plan.grids[1]).toMatchObject({ name: '水东', managerId: null, managerName: null })
  })

  it('gives one manager one grid', async () => {
    await patchGrid(0, { managerId: 104 })
    await expectProblem(
      patchGrid(2, { managerId: 104 }, onVersion(version + 1)),
      409,
      'conflict',
      /员工104已负责“网格 1”/,
    )
    expect((await patchGrid(0, { managerId: 104 }, onVersion(version + 1))).status).toBe(200)
  })

  it.each([
    [101, 'of another county'],
    [111, 'who is no manager'],
    [999, 'who does not exist'],
  ])('refuses staff %i, %s', async (managerId) => {
    await expectProblem(patchGrid(2, { managerId }), 422, 'unprocessable', /不是章贡区网点的在岗客户经理/)
  })

  it('refuses a manager who has left', async () => {
    await api.db.asOwner((tx) =>
      tx.execute(
        sql`insert into org.staff (id, staff_no, name, branch_id, duty, joined_on, left_on) values (105, 'G105', '员工105', 20, 'manager', '2015-01-01', '2026-01-01')`,
      ),
    )
    await expectProblem(patchGrid(2, { managerId: 105 }), 422, 'unprocessable')
  })

  it('checks version, number and body', async () => {
    await expectProblem(patchGrid(0, { name: 'x' }, {} as never), 428, 'precondition_required')
    await expectProblem(
      patchGrid(0, { name: 'x' }, onVersion(1)),
      412,
      'stale',
      new RegExp(`第 ${version} 版`),
    )
    await expectProblem(patchGrid(3, { name: 'x' }), 404, 'not_found')
    await expectProblem(patchGrid(-1, { name: 'x' }), 400, 'bad_request')
    await expectProblem(patchGrid(0, {}), 400, 'bad_request')
    await expectProblem(patchGrid(0, { name: '' }), 400, 'bad_request')
    await expectProblem(patchGrid(0, { name: 'x' }, onVersion(version), otherPlanner), 404, 'not_found')
    expect((await readPlan(id)).version).toBe(version)
  })

  it('lets only one of many editors of a version win', async () => {
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, i) => patchGrid(2, { name: `第 ${i} 人` })),
    )
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array<number>(7).fill(412)])
    expect((await readPlan(id)).version).toBe(version + 1)
  })

  it('renames the plan', async () => {
    const rename = (body: unknown, headers: Record<string, string>, call = planner) =>
      call(`/api/grid-plans/${id}`, { method: 'PATCH', body, headers })
    const response = await rename({ name: '终稿' }, onVersion(version))
    expect(await response.json()).toMatchObject({ name: '终稿', version: version + 1 })
    await expectProblem(rename({ name: '终稿' }, {}), 428, 'precondition_required')
    await expectProblem(rename({ name: '终稿' }, onVersion(version)), 412, 'stale')
    await expectProblem(rename({ name: '' }, onVersion(version)), 400, 'bad_request')
    await expectProblem(rename({ name: 'x' }, onVersion(version), otherPlanner), 404, 'not_found')
  })

  it('answers 304 while the version is the one the caller has', async () => {
    const ask = (tag: string) => planner(`/api/grid-plans/${id}/units`, { headers: { 'if-none-match': tag } })
    expect((await ask(`"v${version}"`)).status).toBe(304)
    expect((await ask(`"v${version - 1}"`)).status).toBe(200)
    expect((await ask('rubbish')).status).toBe(200)
  })

  it('leaves a trace of every change', async () => {
    const acts = rowsOf<{ action: string; username: string }>(
      await api.db.asOwner((tx) =>
        tx.execute(sql`select action, username from audit.event where object_id = ${String(id)} order by id`),
      ),
    )
    expect(new Set(acts.map(({ action }) => action))).toEqual(
      new Set(['gridPlan.solve', 'grid.change', 'gridPlan.rename']),
    )
    expect(new Set(acts.map(({ username }) => username))).toEqual(new Set(['toy.planner']))
  })
})

describe('who sees plans', () => {
  it('is the planner of the county and the heads there, nobody else', async () => {
    const id = await solvedPlan()
    const listed = async (call: Caller) =>
      ((await (await call('/api/grid-plans')).json()) as { plans: { id: number }[] }).plans.map(
        (plan) => plan.id,
      )
    expect(await listed(planner)).toContain(id)
    expect(await listed(otherPlanner)).toEqual([])
    await expectProblem(otherPlanner(`/api/grid-plans/${id}`), 404, 'not_found')
    await expectProblem(otherPlanner(`/api/grid-plans/${id}/units`), 404, 'not_found')
    await expectProblem((await callerAs(api, 'branch_head'))(`/api/grid-plans/${id}`), 404, 'not_found')
    for (const role of ['manager', 'leadership', 'sysadmin', 'secadmin', 'auditor'] as const) {
      await expectProblem((await callerAs(api, role))(`/api/grid-plans/${id}`), 403, 'forbidden')
    }
    await api.db.asOwner((tx) =>
      tx.execute(sql`insert into auth.account (username, display_name, password_hash, role, staff_id, branch_ids, county_codes)
      values ('toy.head-2', 'x', 'none', 'branch_head', 104, '{20}', array[${COUNTY}])`),
    )
    const head = await callerOf(api, 'toy.head-2')
    expect(await listed(head)).toContain(id)
    const [exact, rounded] = [await readPlan(id, head), await readPlan(id)]
    for (const [i, grid] of exact.grids.entries()) {
      // 1234.56 yuan each, but for clients 6 and 7 (600 and 700).
      expect(Math.abs(grid.totals.depositBalance - 1234.56 * grid.totals.clients)).toBeLessThan(1_200)
      expect(rounded.grids[i]!.totals.depositBalance).toBe(Number(grid.totals.depositBalance.toPrecision(2)))
    }
    await expectProblem(
      head(`/api/grid-plans/${id}`, { method: 'DELETE', headers: onVersion(2) }),
      403,
      'forbidden',
    )
  })

  it('does not let a planner work out what one client holds', () => {
    expect(totalsFor([1, 123_456.78, 987_654.32, 4], false)).toEqual({
      clients: 1,
      depositBalance: 100_000,
      loanBalance: 1_000_000,
      visitHours: 4,
    })
    expect(totalsFor([5, 123_456.78, 987_654.32, 4], false)).toMatchObject({
      depositBalance: 120_000,
      loanBalance: 990_000,
    })
    expect(totalsFor([1, 123_456.78, 987_654.32, 4], true)).toMatchObject({
      depositBalance: 123_456.78,
      loanBalance: 987_654.32,
    })
  })
})

describe('deleting a plan', () => {
  it('takes units, edges and grids with it', async () => {
    const id = await solvedPlan()
    const remove = (headers: Record<string, string>, call = planner) =>
      call(`/api/grid-plans/${id}`, { method: 'DELETE', headers })
    await expectProblem(remove({}), 428, 'precondition_required')
    await expectProblem(remove(onVersion(1)), 412, 'stale')
    await expectProblem(remove(onVersion(2), otherPlanner), 404, 'not_found')
    expect((await remove(onVersion(2))).status).toBe(204)
    await expectProblem(planner(`/api/grid-plans/${id}`), 404, 'not_found')
    await expectProblem(remove(onVersion(2)), 404, 'not_found')
    const left = rowsOf(
      await api.db.asOwner((tx) =>
        tx.execute(sql`select plan_id from app.unit where plan_id = ${id}
        union all select plan_id from app.unit_edge where plan_id = ${id} union all select plan_id from app.grid where plan_id = ${id}`),
      ),
    )
    expect(left).toEqual([])
  })
})

describe('managers to choose from', () => {
  it('are those on duty in the county', async () => {
    const staffOf = async (countyCode: string, call = planner) => call(`/api/staff?countyCode=${countyCode}`)
    const { staff } = (await (await staffOf(COUNTY)).json()) as { staff: StaffMember[] }
    expect(staff).toEqual([
      { id: 104, name: '员工104', staffNo: 'G104', branchId: 20, branchName: '章贡支行', capacity: 1 },
    ])
    await expectProblem(staffOf(OTHER_COUNTY), 403, 'forbidden')
    await expectProblem(staffOf('1'), 400, 'bad_request')
    await expectProblem(planner('/api/staff'), 400, 'bad_request')
    await expectProblem(staffOf(COUNTY, await callerAs(api, 'manager')), 403, 'forbidden')
  })
})
