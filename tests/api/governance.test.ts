import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { rowsOf } from '#db/rows.ts'
import type { Comparison, Faults, Lifecycle, ManagerFigures, Receipt } from '#server/governance/contract.ts'
import { applyDuePlans, OwnershipClock } from '#server/governance/due.ts'
import { callerAs, callerOf, openTestApi, type Caller, type TestApi } from '../support/api.ts'
import { insertPlanBank, insertSmallPlan, ownersNow } from '../support/small-plan.ts'

// The clock of the test application stands at 2026-11-23.
const TODAY = '2026-11-23'
const TOMORROW = '2026-11-24'
let api: TestApi
let planner: Caller
let head: Caller
let m104: Caller
let m106: Caller

beforeAll(async () => {
  api = await openTestApi()
  await insertPlanBank(api.db)
  planner = await callerAs(api, 'planner')
  head = await callerOf(api, 'toy.head-2')
  m104 = await callerOf(api, 'toy.manager-104')
  m106 = await callerOf(api, 'toy.manager-106')
})
afterAll(async () => {
  await api?.[Symbol.asyncDispose]()
})

const json = async <T>(answer: Response | Promise<Response>) => (await (await answer).json()) as T
const on = (version: number) => ({ 'if-match': `"v${version}"` })
const life = (id: number, call = planner) => json<Lifecycle>(call(`/api/grid-plans/${id}/lifecycle`))
async function act(id: number, step: string, body: unknown = {}, call = planner, version?: number) {
  const at = version ?? (await life(id, call)).version
  return call(`/api/grid-plans/${id}/${step}`, { method: 'POST', body, headers: on(at) })
}
async function refused(answer: Response | Promise<Response>, status: number, code: string, detail?: RegExp) {
  const response = await answer
  const problem = await json<{ code: string; detail: string }>(response)
  expect([response.status, problem.code, problem.detail]).toEqual([
    status,
    code,
    expect.stringMatching(detail ?? /[一-鿿]{4}/),
  ])
}
async function done(answer: Response | Promise<Response>) {
  const response = await answer
  expect([response.status, response.status < 300 ? '' : await response.clone().text()]).toEqual([
    response.status < 300 ? response.status : 200,
    '',
  ])
  return json<Lifecycle>(response)
}
async function effectivePlan(options: Parameters<typeof insertSmallPlan>[1] = {}) {
  const id = await insertSmallPlan(api.db, options)
  await done(act(id, 'submit'))
  expect((await done(act(id, 'approve', { effectiveOn: TODAY }, head))).state).toBe('effective')
  return id
}
const ownersIn = async (ids: number[]) => {
  const owners = await ownersNow(api.db)
  return ids.map((id) => owners[id])
}
const rollBackAll = async () => {
  const rows = rowsOf<{ id: number }>(
    await api.db.asOwner((tx) =>
      tx.execute(sql`select id from app.grid_plan where state = 'effective' order by id desc`),
    ),
  )
  for (const { id } of rows) await done(act(id, 'rollback', { comment: '测试结束' }, head))
}

describe('the life of a plan', () => {
  beforeEach(rollBackAll)

  it('goes from draft to effective and back, moves clients on its day only, and restores them exactly', async () => {
    const before = await ownersNow(api.db)
    const id = await insertSmallPlan(api.db)
    expect((await life(id)).next).toEqual(['submit', 'copy'])
    const submitted = await done(act(id, 'submit', { comment: '请审批' }))
    expect(submitted).toMatchObject({
      state: 'submitted',
      submittedBy: 'planner',
      next: ['withdraw', 'copy'],
    })
    expect((await life(id, head)).next).toEqual(['approve', 'reject'])
    const approved = await done(act(id, 'approve', { effectiveOn: TOMORROW, comment: '同意' }, head))
    expect(approved).toMatchObject({ state: 'approved', approvedBy: 'toy.head-2', effectiveOn: TOMORROW })
    expect(await applyDuePlans(api.deps, TODAY)).toBe(0)
    expect(await ownersNow(api.db)).toEqual(before)

    expect(await applyDuePlans(api.deps, TOMORROW)).toBe(1)
    expect(await applyDuePlans(api.deps, TOMORROW)).toBe(0)
    // 204 lies on the border of units 1 and 2 and belongs to the lower; 205 lies outside and stays.
    expect(await ownersIn([200, 201, 202, 203, 204, 205])).toEqual([106, 106, 107, 107, 106, 104])
    expect(await life(id)).toMatchObject({ state: 'effective', appliedOn: TOMORROW })

    await done(act(id, 'rollback', { comment: '先恢复原归属' }, head))
    expect(await ownersNow(api.db)).toEqual(before)
    const { events, state } = await life(id)
    expect(state).toBe('archived')
    expect(events.map(({ action }) => action)).toEqual(['rollback', 'apply', 'approve', 'submit'])
    expect(events[0]).toMatchObject({ comment: '先恢复原归属', actorRole: 'branch_head' })
    const { periods } = await json<{ periods: { managerId: number; reason: string }[] }>(
      planner('/api/clients/200/ownership'),
    )
    expect(periods[0]).toMatchObject({ managerId: 104, reason: 'rollback' })
    expect(periods.map(({ reason }) => reason)).toContain('plan')
  })

  it('is refused while blocking faults remain, and each says where', async () => {
    const id = await insertSmallPlan(api.db, { grids: [0, 1, 0, null], managers: [106, null] })
    const { faults, blocking } = await json<Faults>(planner(`/api/grid-plans/${id}/faults`))
    expect(blocking).toBe(3)
    expect(faults.map(({ kind, subject, count }) => [kind, subject, count])).toEqual([
      ['unassignedClients', 3, 1],
      ['splitGrid', 0, 2],
      ['gridWithoutManager', 1, null],
    ])
    expect(faults[0]!.position![0]).toBeCloseTo(114.9575, 6)
    await refused(act(id, 'submit'), 409, 'conflict', /还有 3 处问题.*u3/)
    const permit = (body: unknown) => planner(`/api/grid-plans/${id}/permits`, { method: 'POST', body })
    await refused(permit({ kind: 'splitGrid', subject: 0, because: '短' }), 400, 'bad_request')
    await refused(
      permit({ kind: 'gridWithoutManager', subject: 1, because: '以后再说吧' }),
      400,
      'bad_request',
    )
    await refused(permit({ kind: 'splitGrid', subject: 7, because: '河中小岛' }), 422, 'unprocessable')
    expect((await permit({ kind: 'splitGrid', subject: 0, because: '两岸由桥相连' })).status).toBe(200)
    await refused(permit({ kind: 'splitGrid', subject: 0, because: '两岸由桥相连' }), 409, 'conflict')
    const left = await json<Faults>(permit({ kind: 'unassignedClients', subject: 3, because: '待拆迁片区' }))
    expect([left.blocking, left.total]).toEqual([1, 3])
    await refused(act(id, 'submit'), 409, 'conflict', /还有 1 处问题.*没有客户经理|还没有客户经理/)
    await planner(`/api/grid-plans/${id}/grids/1`, {
      method: 'PATCH',
      body: { managerId: 107 },
      headers: on((await life(id)).version),
    })
    expect((await done(act(id, 'submit'))).state).toBe('submitted')
  })

  it('is held on its day when a manager has left meanwhile', async () => {
    const id = await insertSmallPlan(api.db)
    await done(act(id, 'submit'))
    await done(act(id, 'approve', { effectiveOn: TOMORROW }, head))
    const before = await ownersNow(api.db)
    await api.db.asOwner((tx) => tx.execute(sql`update org.staff set left_on = '2026-11-24' where id = 107`))
    expect(await applyDuePlans(api.deps, TOMORROW)).toBe(0)
    expect(await applyDuePlans(api.deps, TOMORROW)).toBe(0)
    const { state, events } = await life(id)
    expect([state, events.filter(({ action }) => action === 'hold').length]).toEqual(['approved', 1])
    expect(await ownersNow(api.db)).toEqual(before)
    await api.db.asOwner((tx) => tx.execute(sql`update org.staff set left_on = null where id = 107`))
    await done(act(id, 'withdraw'))
  })

  it('checks roles, versions, states and dates', async () => {
    const id = await insertSmallPlan(api.db)
    const path = (step: string) => `/api/grid-plans/${id}/${step}`
    await refused(planner(path('submit'), { method: 'POST', body: {} }), 428, 'precondition_required')
    await refused(act(id, 'submit', {}, planner, 9), 412, 'stale', /第 1 版/)
    await refused(act(id, 'submit', {}, head), 403, 'forbidden')
    await refused(act(id, 'withdraw'), 409, 'conflict', /现为“草稿”/)
    await refused(act(999_999, 'submit', {}, planner, 1), 404, 'not_found')
    await done(act(id, 'submit'))
    await refused(act(id, 'approve'), 403, 'forbidden')
    await refused(act(id, 'reject', {}, head), 400, 'bad_request', /comment/)
    await refused(act(id, 'approve', { effectiveOn: '2026-11-22' }, head), 422, 'unprocessable', /已过去/)
    const foreignHead = await callerAs(api, 'branch_head')
    await refused(act(id, 'approve', {}, foreignHead, 2), 404, 'not_found')
    expect((await done(act(id, 'reject', { comment: '网格二太大' }, head))).state).toBe('draft')
    expect((await life(id)).events[0]).toMatchObject({ action: 'reject', comment: '网格二太大' })
    await done(act(id, 'submit'))
    await done(act(id, 'approve', {}, head))
    await refused(act(id, 'schedule', { effectiveOn: '2026-01-01' }), 422, 'unprocessable')
    expect((await done(act(id, 'schedule', { effectiveOn: '2026-12-01' }))).effectiveOn).toBe('2026-12-01')
    await refused(act(id, 'rollback', { comment: '不该能回退' }, head), 409, 'conflict', /已批准/)
    await done(act(id, 'withdraw'))
  })

  it('leaves only drafts to be edited or deleted, and gives a draft to whoever wants to go on', async () => {
    const id = await insertSmallPlan(api.db)
    await done(act(id, 'submit'))
    const { version } = await life(id)
    const edit = (method: string, path: string, body?: unknown) =>
      planner(`/api/grid-plans/${id}${path}`, { method, body, headers: on(version) })
    const solve = { gridCount: 2, weights: [{ key: 'clients', importance: 1 }], tolerance: 0.2, seed: 1 }
    await refused(edit('PATCH', '', { name: '改名' }), 409, 'conflict', /撤回.*复制/)
    await refused(edit('PATCH', '/grids/0', { name: '改名' }), 409, 'conflict')
    await refused(edit('POST', '/solve', solve), 409, 'conflict')
    await refused(edit('DELETE', ''), 409, 'conflict')
    for (const statement of [
      sql`update app.unit set grid_no = 0 where plan_id = ${id}`,
      sql`delete from app.unit_edge where plan_id = ${id}`,
      sql`delete from app.grid_plan where id = ${id}`,
      sql`update app.grid_plan set name = 'x' where id = ${id}`,
    ]) {
      await expect(api.db.asRole('gis_worker', (tx) => tx.execute(statement))).rejects.toMatchObject({
        code: '55000',
      })
    }
    const response = await planner(`/api/grid-plans/${id}/copy`, {
      method: 'POST',
      body: { name: '再改一版' },
    })
    expect(response.status).toBe(201)
    const { planId } = await json<{ planId: number }>(response)
    const [copy, original] = [
      await json<Record<string, unknown>>(planner(`/api/grid-plans/${planId}`)),
      await json<Record<string, unknown>>(planner(`/api/grid-plans/${id}`)),
    ]
    expect(copy).toMatchObject({ name: '再改一版', state: 'draft', version: 1, grids: original.grids })
    await done(act(id, 'withdraw'))
  })
})

describe('one plan after another', () => {
  it('archives the plan it replaces, and gives its place back', async () => {
    await rollBackAll()
    const before = await ownersNow(api.db)
    const first = await effectivePlan()
    const afterFirst = await ownersNow(api.db)
    const second = await insertSmallPlan(api.db, { grids: [1, 1, 0, 0] })
    await done(act(second, 'submit'))
    expect((await life(second)).replaces).toEqual([{ planId: first, name: '小方案' }])
    await done(act(second, 'approve', { effectiveOn: TODAY }, head))
    expect((await life(first)).state).toBe('archived')
    expect(await ownersIn([200, 203])).toEqual([107, 106])
    await done(act(second, 'rollback', { comment: '退回第一版' }, head))
    expect(await ownersNow(api.db)).toEqual(afterFirst)
    expect((await life(first)).state).toBe('effective')
    await done(act(first, 'rollback', { comment: '全部退回' }, head))
    expect(await ownersNow(api.db)).toEqual(before)
  })

  it('changes no past month: figures go to who owned then', async () => {
    await rollBackAll()
    const figures = (month: string, call = head) =>
      json<ManagerFigures>(call(`/api/managers/figures?month=${month}`))
    const october = await figures('2026-10-01')
    expect(october.managers.find(({ managerId }) => managerId === 104)).toMatchObject({
      clients: 8,
      // 10,000 to 60,000 of the six, and 6,000 and 7,000 of the toy bank's.
      loanBalance: '223000.00',
      rank: 1,
    })
    await effectivePlan()
    expect(await figures('2026-10-01')).toEqual(october)
    const now = await figures('2026-11-01')
    expect(now.managers.map(({ managerId, clients }) => [managerId, clients]).sort()).toEqual([
      [104, 3],
      [106, 3],
      [107, 2],
    ])
    expect((await figures('2026-10-01', m104)).managers.map(({ managerId }) => managerId)).toEqual([104])
    await refused(head('/api/managers/figures?month=2026-10-02'), 400, 'bad_request')
    await refused(
      (await callerAs(api, 'auditor'))('/api/managers/figures?month=2026-10-01'),
      403,
      'forbidden',
    )
    await rollBackAll()
  })
})

describe('comparing', () => {
  it('says what the difference of two ownership queries says', async () => {
    await rollBackAll()
    const id = await insertSmallPlan(api.db)
    const table = await json<Comparison>(head(`/api/grid-plans/${id}/compare`))
    const ask = `select w.client_id, w.live_manager_id as live, w.manager_id as planned from app.plan_owners(${id}) w`
    const [live, planned] = [await ownersNow(api.db), await ownersNow(api.db)]
    for (const row of rowsOf<{ client_id: number; planned: number }>(
      await api.db.asOwner((tx) => tx.execute(sql.raw(ask))),
    ))
      planned[row.client_id] = row.planned
    const counted = new Map<string, number>()
    for (const [client, from] of Object.entries(live)) {
      const key = `${from} ${planned[Number(client)]}`
      if (from !== planned[Number(client)]) counted.set(key, (counted.get(key) ?? 0) + 1)
    }
    expect(new Map(table.rows.map((row) => [`${row.from?.id} ${row.to?.id}`, row.clients]))).toEqual(counted)
    expect(table.rows).toEqual([
      {
        from: { id: 104, name: '员工104' },
        to: { id: 106, name: '员工106' },
        clients: 5,
        depositBalance: 4300,
        loanBalance: 93000,
        renewals: 1,
      },
      expect.objectContaining({ to: { id: 107, name: '员工107' }, clients: 2, loanBalance: 70000 }),
    ])
    const shown = await json<Comparison>(planner(`/api/grid-plans/${id}/compare`))
    expect(shown.rows[0]).toMatchObject({ clients: 5, depositBalance: 4300, loanBalance: 93000 })
    expect(shown.rows[1]).toMatchObject({ clients: 2, depositBalance: 2000, loanBalance: 70000 })
    const other = await insertSmallPlan(api.db, { grids: [0, 0, 0, 1] })
    const between = await json<Comparison>(head(`/api/grid-plans/${other}/compare?with=${id}`))
    expect(between.rows.map(({ from, to, clients }) => [from?.id, to?.id, clients])).toEqual([[107, 106, 1]])
    expect((await json<Comparison>(head(`/api/grid-plans/${id}/compare?with=${id}`))).rows).toEqual([])
    await refused(head(`/api/grid-plans/${id}/compare?with=999999`), 404, 'not_found')
    await refused(head(`/api/grid-plans/${id}/compare?with=x`), 400, 'bad_request')
  })

  it('lists the clients by role: a planner no names, a head masked ones', async () => {
    const id = await insertSmallPlan(api.db)
    const path = `/api/grid-plans/${id}/compare/clients?limit=2`
    const forPlanner = await json<{ total: number; clients: { name: string | null }[] }>(planner(path))
    const forHead = await json<{ total: number; clients: { name: string | null }[] }>(head(path))
    expect([forPlanner.total, forHead.total, forHead.clients.length]).toEqual([7, 7, 2])
    expect(forPlanner.clients.map(({ name }) => name)).toEqual([null, null])
    for (const { name } of forHead.clients) expect(name).toMatch(/\*$/)
  })
})

describe('fairness receipts', () => {
  it('are out when the plan is submitted, seen by whom they concern, answered while it can change', async () => {
    await rollBackAll()
    const id = await insertSmallPlan(api.db)
    const own = (call: Caller) => json<{ receipts: Receipt[] }>(call('/api/receipts'))
    expect((await own(m104)).receipts.filter(({ planId }) => planId === id)).toEqual([])
    await done(act(id, 'submit'))
    const [mine] = (await own(m104)).receipts.filter(({ planId }) => planId === id)
    expect(mine).toMatchObject({ managerId: 104, response: null, planState: 'submitted' })
    expect(mine!.figures.clients).toEqual({ before: 8, in: 0, out: 7, after: 1 })
    expect(mine!.figures.loanBalance).toEqual({ before: 223000, in: 0, out: 163000, after: 60000 })
    expect(mine!.figures.renewals).toEqual({ before: 1, in: 0, out: 1, after: 0 })
    expect(mine!.figures.rank).toEqual({ before: 1, after: 3, of: 3 })
    const all = await json<{ receipts: Receipt[] }>(head(`/api/grid-plans/${id}/receipts`))
    expect(all.receipts.map(({ managerId }) => managerId)).toEqual([104, 106, 107])
    const rounded = await json<{ receipts: Receipt[] }>(planner(`/api/grid-plans/${id}/receipts`))
    expect(rounded.receipts[0]!.figures.loanBalance.before).toBe(220000)
    await refused(m104(`/api/grid-plans/${id}/receipts`), 403, 'forbidden')

    const answer = (call: Caller, body: unknown) => call(`/api/receipts/${id}`, { method: 'PUT', body })
    await refused(answer(m104, { response: 'objected' }), 400, 'bad_request', /note/)
    expect(await json<Receipt>(answer(m104, { response: 'objected', note: '到期户太多' }))).toMatchObject({
      response: 'objected',
      note: '到期户太多',
    })
    expect((await json<Receipt>(answer(m106, { response: 'accepted' }))).response).toBe('accepted')
    const after = await json<{ receipts: Receipt[] }>(planner(`/api/grid-plans/${id}/receipts`))
    expect(after.receipts.map(({ response }) => response)).toEqual(['objected', 'accepted', null])
    await refused(answer(await callerAs(api, 'manager'), { response: 'accepted' }), 404, 'not_found')
    await done(act(id, 'approve', { effectiveOn: TODAY }, head))
    await refused(answer(m104, { response: 'accepted' }), 409, 'conflict', /已生效/)
    await rollBackAll()
  })
})

describe('exceptions and claims', () => {
  const except = (id: number, body: unknown, call = head) =>
    call(`/api/clients/${id}/exception`, { method: 'PUT', body })
  const endException = (id: number) => head(`/api/clients/${id}/exception`, { method: 'DELETE' })
  const claim = (id: number, call: Caller) => call(`/api/clients/${id}/claim`, { method: 'POST' })

  it('keep a client where it is while a plan moves the rest', async () => {
    await rollBackAll()
    const named = { managerId: 104, because: '老客户要求', until: '2026-12-31' }
    expect((await except(200, named)).status).toBe(204)
    await refused(except(200, { ...named, until: '2026-01-01' }), 422, 'unprocessable')
    await refused(except(200, { ...named, managerId: 101 }), 422, 'unprocessable', /101/)
    await refused(except(1, named), 404, 'not_found')
    await refused(endException(201), 409, 'conflict')
    const id = await effectivePlan()
    expect(await ownersIn([200, 201])).toEqual([104, 106])
    // When the exception ends, the effective grid decides; rolling the plan back takes that back too.
    expect((await endException(200)).status).toBe(204)
    expect(await ownersIn([200])).toEqual([106])
    await done(act(id, 'rollback', { comment: '恢复' }, head))
    expect(await ownersIn([200, 201])).toEqual([104, 104])
  })

  it('end by the clock', async () => {
    await except(201, { managerId: 107, because: '临时代管', until: '2026-11-25' })
    expect(await ownersIn([201])).toEqual([107])
    const at = (day: string) =>
      new OwnershipClock({ ...api.deps, now: () => new Date(`${day}T02:00:00Z`) }).tick()
    await at('2026-11-25')
    expect(await ownersIn([201])).toEqual([107])
    await at('2026-11-26')
    expect(await ownersIn([201])).toEqual([104])
  })

  it('let exactly one of many managers have a client of the pool, and tell the others who', async () => {
    await api.db.asOwner((tx) => tx.execute(sql`update app.client set manager_id = null where id = 202`))
    const pool = await json<{ clients: { id: number }[] }>(m106('/api/pool'))
    expect(pool.clients.map(({ id }) => id)).toEqual([202])
    const m107 = await callerOf(api, 'toy.manager-107')
    const answers = await Promise.all([m106, m107, m104, m106, m107, m104].map((call) => claim(202, call)))
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409, 409, 409])
    const [owner] = await ownersIn([202])
    const loser = owner === 106 ? m107 : m106
    await refused(claim(202, loser), 409, 'conflict', new RegExp(`员工${owner}.*2026-12-23`))
    await refused(claim(1, m106), 404, 'not_found')
    const winner = { 104: m104, 106: m106, 107: m107 }[owner as 104 | 106 | 107]
    expect((await winner('/api/clients/202/claim', { method: 'DELETE' })).status).toBe(204)
    await refused(winner('/api/clients/202/claim', { method: 'DELETE' }), 404, 'not_found')
    expect(await ownersIn([202])).toEqual([null])
  })
})
