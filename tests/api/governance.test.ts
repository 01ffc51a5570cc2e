import { sql } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { rowsOf } from '#db/rows.ts'
import type { Comparison, Faults, Lifecycle, MovedClients, Receipt } from '#server/governance/contract.ts'
import { OwnershipClock } from '#server/governance/due.ts'
import type { Plan } from '#server/grids/contract.ts'
import { callerAs, callerOf, insertPlanner, openTestApi, type Caller, type TestApi } from '../support/api.ts'
import {
  CLIENTS,
  insertGovernedBank,
  insertManagedPlan,
  MANAGERS,
  ownerOf,
  ownershipFaults,
  ownersNow,
  ownersOn,
} from '../support/governed-bank.ts'

/** Time only moves on, as it does for the record: every test begins the day after the last one ended. */
let start = Date.UTC(2026, 10, 23)
let now = new Date(start + 2 * 3_600_000)
let api: TestApi
let planner: Caller
let foreign: Caller
let head: Caller
let manager: Record<number, Caller>
let plan: number

beforeAll(async () => {
  api = await openTestApi({ now: () => now })
  await insertGovernedBank(api.db)
  await insertPlanner(api.db, 'toy.planner-3', '360722000000')
  planner = await callerAs(api, 'planner')
  foreign = await callerOf(api, 'toy.planner-3')
  head = await callerOf(api, 'toy.head-2')
  manager = {
    104: await callerOf(api, 'toy.m104'),
    105: await callerOf(api, 'toy.m105'),
    106: await callerOf(api, 'toy.m106'),
  }
})
afterAll(async () => {
  await api?.[Symbol.asyncDispose]()
})
/** Every test ends with both records in agreement and leaves the ownership it found. */
afterEach(async () => {
  expect(await ownershipFaults(api.db)).toEqual([])
  const effective = rowsOf<{ id: number }>(
    await owner(
      sql`select id from app.grid_plan where state = 'effective' order by applied_on desc, id desc`,
    ),
  )
  for (const { id } of effective) await act(head, id, 'rollback', { comment: '测试后恢复' })
  expect(await ownersNow(api.db)).toEqual(initial())
  start = Math.floor(now.getTime() / DAY_MS) * DAY_MS + DAY_MS
  at(0)
})

const initial = () =>
  Object.fromEntries(
    [
      [1, 101],
      [2, 101],
      [3, 102],
      [4, 103],
      [5, 103],
      [6, 104],
      [7, 104],
      ...CLIENTS.map((id) => [id, ownerOf(id)] as const),
    ].filter(([, manager]) => manager !== null),
  )
const DAY_MS = 86_400_000
/** The n-th day of the test. */
const day = (n: number) => new Date(start + n * DAY_MS).toISOString().slice(0, 10)
function at(n: number, hourInChina = 10) {
  now = new Date(start + n * DAY_MS + (hourInChina - 8) * 3_600_000)
}
const owner = (query: ReturnType<typeof sql>) => api.db.asOwner((tx) => tx.execute(query))
const get = async <T>(call: Caller, id: number, path: string) =>
  (await (await call(`/api/grid-plans/${id}/${path}`)).json()) as T
const life = (id: number, call = planner) => get<Lifecycle>(call, id, 'lifecycle')
const versionOf = async (id: number) =>
  rowsOf<{ version: number }>(await owner(sql`select version from app.grid_plan where id = ${id}`))[0]!
    .version
async function act(call: Caller, id: number, step: string, body: unknown = {}, version?: number) {
  return call(`/api/grid-plans/${id}/${step}`, {
    method: 'POST',
    body,
    headers: { 'if-match': `"v${version ?? (await versionOf(id))}"` },
  })
}
async function done(call: Caller, id: number, step: string, body: unknown = {}): Promise<Lifecycle> {
  const answer = await act(call, id, step, body)
  const result = (await answer.json()) as Lifecycle & { detail?: string }
  expect([answer.status, result.detail]).toEqual([200, undefined])
  expect(answer.headers.get('etag')).toBe(`"v${result.version}"`)
  return result
}
async function expectProblem(
  response: Response | Promise<Response>,
  status: number,
  code: string,
  detail?: RegExp,
) {
  const answer = await response
  const problem = (await answer.json()) as { code: string; detail: string }
  expect([answer.status, problem.code]).toEqual([status, code])
  expect(problem.detail).toMatch(/[一-鿿]{4}/)
  if (detail) expect(problem.detail).toMatch(detail)
}
async function submitted(managers: readonly (number | null)[] = MANAGERS): Promise<number> {
  const id = await insertManagedPlan(api.db, managers)
  await done(planner, id, 'submit')
  return id
}
async function effective(managers: readonly number[] = MANAGERS): Promise<number> {
  const id = await submitted(managers)
  await done(head, id, 'approve', { effectiveOn: today() })
  return id
}
const today = () => new Date(now.getTime() + 8 * 3_600_000).toISOString().slice(0, 10)
const clock = () => new OwnershipClock(api.deps).tick()
/** Whose each lattice client is when strips of columns go to these managers. */
const underPlan = (managers: readonly number[] = MANAGERS) => {
  const owners: Record<string, number> = { ...initial() }
  for (const id of CLIENTS) owners[id] = managers[Math.floor((((id - 200) % 12) * managers.length) / 12)]!
  // 6 and 7 stand at 114.951 and 114.952: columns 6 and 7.
  for (const id of [6, 7]) owners[id] = managers[Math.floor((id * managers.length) / 12)]!
  return owners
}

describe('the life of a plan', () => {
  it('goes from draft to effective on its day, and live ownership is the same until then', async () => {
    plan = await insertManagedPlan(api.db)
    expect(await life(plan)).toMatchObject({
      state: 'draft',
      next: ['submit', 'copy'],
      events: [],
      replaces: [],
    })
    const sent = await done(planner, plan, 'submit', { comment: '请审批' })
    expect(sent).toMatchObject({ state: 'submitted', submittedBy: 'planner', next: ['withdraw', 'copy'] })
    expect((await life(plan, head)).next).toEqual(['approve', 'reject'])
    const approved = await done(head, plan, 'approve', { comment: '同意', effectiveOn: day(8) })
    expect(approved).toMatchObject({ state: 'approved', approvedBy: '章贡行长', effectiveOn: day(8) })

    await clock()
    expect(await ownersNow(api.db)).toEqual(initial())
    at(7, 23.9)
    await clock()
    expect(await ownersNow(api.db)).toEqual(initial())
    at(8, 0.1)
    await clock()
    expect(await ownersNow(api.db)).toEqual(underPlan())
    expect(await ownersOn(api.db, day(8))).toEqual(underPlan())
    expect(await ownersOn(api.db, day(7))).toEqual(initial())
    const lived = await life(plan)
    expect(lived).toMatchObject({ state: 'effective', appliedOn: day(8) })
    expect(lived.events.map(({ action, comment }) => [action, comment])).toEqual([
      ['apply', null],
      ['approve', '同意'],
      ['submit', '请审批'],
    ])
    // A second run finds nothing to do.
    const rows = async () => rowsOf(await owner(sql`select count(*)::int as n from app.ownership`))
    const before = await rows()
    await clock()
    expect([await rows(), await versionOf(plan)]).toEqual([before, lived.version])
  })

  it('takes effect in the same request when the day is today, and the snapshot follows', async () => {
    plan = await submitted()
    const result = await done(head, plan, 'approve', { effectiveOn: today() })
    expect(result).toMatchObject({ state: 'effective', appliedOn: today(), next: ['rollback'] })
    expect(await ownersNow(api.db)).toEqual(underPlan())
    const { columns, rowOf } = await api.deps.snapshots.current()
    for (const id of CLIENTS) expect(columns.managerIds[columns.manager[rowOf(id)]!]).toBe(underPlan()[id])
    const seen = (await (await manager[105]!('/api/clients?limit=100')).json()) as {
      clients: { id: number }[]
    }
    expect(seen.clients.map(({ id }) => id).sort()).toEqual(
      Object.entries(underPlan())
        .filter(([, who]) => who === 105)
        .map(([id]) => Number(id))
        .sort(),
    )
  })

  it('comes back to the draft with the reason, by rejection or by its planner', async () => {
    plan = await submitted()
    await expectProblem(act(head, plan, 'reject', {}), 400, 'bad_request')
    expect(await done(head, plan, 'reject', { comment: '网格 2 太大' })).toMatchObject({ state: 'draft' })
    expect((await life(plan)).events[0]).toMatchObject({
      action: 'reject',
      comment: '网格 2 太大',
      actorName: '章贡行长',
      actorRole: 'branch_head',
    })
    await done(planner, plan, 'submit')
    await done(head, plan, 'approve', { effectiveOn: day(8) })
    expect(await done(planner, plan, 'withdraw')).toMatchObject({ state: 'draft', effectiveOn: null })
    at(9)
    await clock()
    expect(await ownersNow(api.db)).toEqual(initial())
  })

  it('archives the plan it replaces; rolling back restores ownership and the former plan, exactly', async () => {
    const first = await effective()
    const live = await ownersNow(api.db)
    at(12)
    const second = await submitted([106, 104])
    expect((await life(second)).replaces.map(({ planId }) => planId)).toEqual([first])
    await done(head, second, 'approve', { effectiveOn: today() })
    expect(await ownersNow(api.db)).toEqual(underPlan([106, 104]))
    expect((await life(first)).state).toBe('archived')

    at(16)
    await expectProblem(act(head, second, 'rollback', {}), 400, 'bad_request')
    await expectProblem(act(planner, second, 'rollback', { comment: '不行' }), 403, 'forbidden')
    expect(await done(head, second, 'rollback', { comment: '客户投诉' })).toMatchObject({ state: 'archived' })
    expect(await ownersNow(api.db)).toEqual(live)
    expect((await life(first)).state).toBe('effective')
    // What was in between stays on record.
    expect(await ownersOn(api.db, day(15))).toEqual(underPlan([106, 104]))
    expect(await ownersOn(api.db, day(16))).toEqual(live)
    const reasons = rowsOf<{ reason: string }>(
      await owner(
        sql`select distinct reason from app.ownership where client_id = any (array[200, 203]) order by 1`,
      ),
    )
    expect(reasons.map(({ reason }) => reason)).toEqual(expect.arrayContaining(['plan', 'rollback']))
    await done(head, first, 'rollback', { comment: '全部回退' })
    expect(await ownersNow(api.db)).toEqual(initial())
  })

  it('rolls back on the day it took effect and keeps the trace of both', async () => {
    plan = await effective()
    await done(head, plan, 'rollback', { comment: '当日回退' })
    expect(await ownersNow(api.db)).toEqual(initial())
    const [row] = rowsOf<{ periods: number; open: number }>(
      await owner(sql`select count(*)::int as periods, count(*) filter (where until_on is null)::int as open
        from app.ownership where plan_id = ${plan}`),
    )
    expect(row!.periods).toBeGreaterThan(20)
    expect(row!.open).toBe(0)
  })

  it('is not edited once submitted: neither by the API nor by a statement; a copy is', async () => {
    plan = await submitted()
    const version = await versionOf(plan)
    const headers = { 'if-match': `"v${version}"` }
    const path = `/api/grid-plans/${plan}`
    const copyHint = /复制/
    await expectProblem(
      planner(path, { method: 'PATCH', body: { name: 'x' }, headers }),
      409,
      'conflict',
      copyHint,
    )
    await expectProblem(planner(path, { method: 'DELETE', headers }), 409, 'conflict', copyHint)
    await expectProblem(
      planner(`${path}/grids/0`, { method: 'PATCH', body: { managerId: null }, headers }),
      409,
      'conflict',
      copyHint,
    )
    const session = await sessionOf('toy.planner')
    for (const statement of [
      sql`update app.unit set grid_no = 0 where plan_id = ${plan} and idx = 119`,
      sql`update app.grid set manager_id = null where plan_id = ${plan}`,
      sql`update app.grid_plan set name = 'x' where id = ${plan}`,
      sql`delete from app.grid_plan where id = ${plan}`,
    ]) {
      await expect(api.db.withUser(session, (tx) => tx.execute(statement))).rejects.toMatchObject({
        code: '55000',
      })
    }
    for (const statement of [
      sql`update app.grid_plan set state = 'approved' where id = ${plan}`,
      sql`update app.grid_plan set state = 'effective' where id = ${plan}`,
    ]) {
      await expect(api.db.withUser(session, (tx) => tx.execute(statement))).rejects.toMatchObject({
        code: '42501',
      })
    }

    await owner(sql`update app.unit set locked = true where plan_id = ${plan}`)
    const copied = await planner(`${path}/copy`, { method: 'POST', body: {} })
    expect(copied.status).toBe(201)
    const { planId } = (await copied.json()) as { planId: number }
    const [original, copy] = [await planner(path), await planner(`/api/grid-plans/${planId}`)]
    const [a, b] = [(await original.json()) as Plan, (await copy.json()) as Plan]
    expect(b).toMatchObject({ state: 'draft', version: 1, name: '格子方案（副本）', units: 120 })
    expect(b.grids.map(({ managerId, totals, units }) => [managerId, totals, units])).toEqual(
      a.grids.map(({ managerId, totals, units }) => [managerId, totals, units]),
    )
    expect(rowsOf(await owner(sql`select idx from app.unit where plan_id = ${planId} and locked`))).toEqual(
      [],
    )
    await done(planner, planId, 'submit')
  })

  it('checks roles, versions, states and dates', async () => {
    plan = await insertManagedPlan(api.db)
    const path = `/api/grid-plans/${plan}/submit`
    await expectProblem(planner(path, { method: 'POST', body: {} }), 428, 'precondition_required')
    await expectProblem(act(planner, plan, 'submit', {}, 9), 412, 'stale', /第 1 版/)
    await expectProblem(act(planner, plan, 'submit', { who: 1 }), 400, 'bad_request')
    await expectProblem(act(head, plan, 'submit'), 403, 'forbidden')
    await expectProblem(act(foreign, plan, 'submit'), 404, 'not_found')
    await expectProblem(act(head, plan, 'approve'), 409, 'conflict', /草稿/)
    await expectProblem(act(head, plan, 'rollback', { comment: '回退' }), 409, 'conflict')
    await done(planner, plan, 'submit')
    await expectProblem(act(planner, plan, 'submit'), 409, 'conflict', /待审批/)
    await expectProblem(act(planner, plan, 'approve'), 403, 'forbidden')
    await expectProblem(act(head, plan, 'approve', { effectiveOn: day(-1) }), 422, 'unprocessable', /已过/)
    await expectProblem(act(head, plan, 'approve', { effectiveOn: '2026-02-30' }), 400, 'bad_request')
    await expectProblem(act(head, plan, 'schedule', { effectiveOn: day(8) }), 409, 'conflict')
    await expectProblem(act(await callerAs(api, 'branch_head'), plan, 'approve'), 404, 'not_found')
    await done(head, plan, 'approve')
    expect(await done(planner, plan, 'schedule', { effectiveOn: day(31) })).toMatchObject({
      state: 'approved',
      effectiveOn: day(31),
    })
    expect(await done(head, plan, 'schedule', { effectiveOn: today() })).toMatchObject({ state: 'effective' })
  })

  it('is not approved by whoever submitted it, whatever the role says', async () => {
    plan = await submitted()
    await owner(
      sql`update app.grid_plan set submitted_by = (select id from auth.account where username = 'toy.head-2') where id = ${plan}`,
    )
    await expectProblem(act(head, plan, 'approve'), 409, 'conflict', /提交人/)
    const session = await sessionOf('toy.head-2')
    const byStatement = api.db.withUser(session, (tx) =>
      tx.execute(
        sql`update app.grid_plan set state = 'approved', approved_by = app.my_account() where id = ${plan}`,
      ),
    )
    await expect(byStatement).rejects.toMatchObject({ code: '42501' })
  })
})

describe('what stands against a plan', () => {
  const faults = (id: number) => get<Faults>(planner, id, 'faults')
  const kinds = async (id: number) =>
    (await faults(id)).faults.map(({ kind, subject, count }) => [kind, subject, count])

  it('is nothing when every client has a grid and every grid its manager', async () => {
    plan = await insertManagedPlan(api.db)
    expect(await faults(plan)).toEqual({ blocking: 0, total: 0, faults: [] })
  })

  it('names each seeded case and blocks submission, approval and the day itself', async () => {
    plan = await insertManagedPlan(api.db, [104, null, 106])
    // Unit 0 holds client 200, unit 118 none; unit 11 of the eastern grid is handed to the western one, apart from it.
    await owner(sql`update app.unit set grid_no = null where plan_id = ${plan} and idx in (0, 118)`)
    await owner(sql`update app.unit set grid_no = 0 where plan_id = ${plan} and idx = 11`)
    await owner(sql`update org.staff set left_on = '2026-11-01' where id = 106`)
    expect(await kinds(plan)).toEqual([
      ['unassignedClients', 0, 1],
      ['splitGrid', 0, 2],
      ['gridWithoutManager', 1, null],
      ['managerLeft', 2, null],
    ])
    const [unit, split] = (await faults(plan)).faults
    expect(unit!.position![0]).toBeCloseTo(114.94175, 6)
    // The fly-to of a split grid is its smaller piece.
    expect(split!.position![0]).toBeCloseTo(114.941 + 11.5 * 0.0015, 6)
    await expectProblem(act(planner, plan, 'submit'), 422, 'unprocessable', /4 处问题/)
    await owner(sql`update org.staff set left_on = null where id = 106`)
    expect((await life(plan)).state).toBe('draft')
  })

  it('lets what may be permitted pass with a written reason, and nothing else', async () => {
    plan = await insertManagedPlan(api.db)
    await owner(sql`update app.unit set grid_no = 0 where plan_id = ${plan} and idx = 11`)
    const permit = (body: unknown) => act(planner, plan, 'permits', body)
    const reason = { kind: 'splitGrid', subject: 0, because: '两块之间有跨江大桥' }
    await expectProblem(permit({ ...reason, because: '行' }), 400, 'bad_request')
    await expectProblem(permit({ ...reason, kind: 'gridWithoutManager' }), 400, 'bad_request')
    await expectProblem(permit({ ...reason, subject: 2 }), 404, 'not_found')
    await expectProblem(act(planner, plan, 'submit'), 422, 'unprocessable')
    const answer = await permit(reason)
    expect(answer.status).toBe(200)
    expect(await answer.json()).toMatchObject({
      blocking: 0,
      total: 1,
      faults: [{ kind: 'splitGrid', permit: { because: reason.because, by: 'planner' } }],
    })
    await expectProblem(permit(reason), 409, 'conflict')
    expect(await done(planner, plan, 'submit')).toMatchObject({ state: 'submitted' })
    await expectProblem(permit(reason), 409, 'conflict')
  })

  it('includes a manager who has a grid in another plan that stays effective', async () => {
    const other = await insertManagedPlan(api.db)
    await owner(sql`update app.grid_plan set state = 'effective', applied_on = ${today()}, county_code = '360722000000',
      area = st_multi(st_makeenvelope(114.91, 25.84, 114.92, 25.85, 4326)) where id = ${other}`)
    plan = await insertManagedPlan(api.db)
    expect(await kinds(plan)).toEqual(MANAGERS.map((id) => ['managerInTwoPlans', id, null]))
    await owner(sql`update app.grid_plan set state = 'archived' where id = ${other}`)
    expect(await kinds(plan)).toEqual([])
  })

  it('holds a plan on its day when somebody left in between, says so once, and lets it pass when mended', async () => {
    plan = await submitted()
    await done(head, plan, 'approve', { effectiveOn: day(8) })
    await owner(sql`update org.staff set left_on = '2026-11-25' where id = 105`)
    at(8)
    await clock()
    await clock()
    expect(await life(plan)).toMatchObject({ state: 'approved' })
    expect((await life(plan)).events.filter(({ action }) => action === 'hold')).toHaveLength(1)
    expect(await ownersNow(api.db)).toEqual(initial())
    await owner(sql`update org.staff set left_on = null where id = 105`)
    await clock()
    expect(await life(plan)).toMatchObject({ state: 'effective' })
  })
})

describe('comparing', () => {
  const pairs = (rows: Comparison['rows']) =>
    Object.fromEntries(rows.map(({ from, to, clients }) => [`${from?.id ?? '-'}>${to?.id ?? '-'}`, clients]))
  const differences = (a: Record<string, number>, b: Record<string, number>) => {
    const found: Record<string, number> = {}
    for (const id of new Set([...Object.keys(a), ...Object.keys(b)])) {
      if (a[id] === b[id]) continue
      const key = `${a[id] ?? '-'}>${b[id] ?? '-'}`
      found[key] = (found[key] ?? 0) + 1
    }
    return found
  }

  it('with live ownership equals the difference of the two ownership queries, before and after', async () => {
    plan = await submitted()
    const before = await ownersNow(api.db)
    const table = await get<Comparison>(head, plan, 'compare?with=live')
    const moved = await get<MovedClients>(head, plan, 'compare/clients?limit=200')
    await done(head, plan, 'approve', { effectiveOn: today() })
    const after = await ownersNow(api.db)
    const expected = differences(before, after)
    expect(pairs(table.rows)).toEqual(expected)
    expect(table.clients).toBe(Object.values(expected).reduce((a, b) => a + b, 0))
    expect(moved.clients.map(({ id }) => id).sort((a, b) => a - b)).toEqual(
      [...new Set([...Object.keys(before), ...Object.keys(after)])]
        .filter((id) => before[id] !== after[id])
        .map(Number)
        .sort((a, b) => a - b),
    )
    expect(await ownersOn(api.db, today())).toEqual(after)
    expect(await ownersOn(api.db, day(-1))).toEqual(before)
    expect(await get<Comparison>(head, plan, 'compare')).toMatchObject({ clients: 0, rows: [] })
  })

  it('two plans equals the difference of what each would make', async () => {
    const [a, b] = [await insertManagedPlan(api.db), await insertManagedPlan(api.db, [106, 104])]
    const { rows } = await get<Comparison>(planner, a, `compare?with=${b}`)
    expect(pairs(rows)).toEqual(differences(underPlan([106, 104]), underPlan()))
  })

  it('gives exact sums to heads and two digits to planners, names to neither', async () => {
    plan = await insertManagedPlan(api.db)
    await owner(sql`update app.client set next_due_on = ${day(30)}::date where id between 200 and 209`)
    const [exact, rounded] = [
      await get<Comparison>(head, plan, 'compare'),
      await get<Comparison>(planner, plan, 'compare'),
    ]
    const loans = (from: number | null, to: number) =>
      Object.keys({ ...initial(), ...underPlan() })
        .map(Number)
        .filter((id) => (initial()[id] ?? null) === from && underPlan()[id] === to && from !== to)
        .reduce((sum, id) => sum + id * 1000, 0)
    expect(exact.rows.length).toBeGreaterThan(5)
    for (const [i, row] of exact.rows.entries()) {
      expect(row.loanBalance).toBe(loans(row.from?.id ?? null, row.to!.id))
      const digits = row.clients < 5 ? 1 : 2
      expect(rounded.rows[i]!.loanBalance).toBe(Number(row.loanBalance.toPrecision(digits)))
    }
    expect(exact.rows.reduce((sum, { renewals }) => sum + renewals, 0)).toBe(
      CLIENTS.filter((id) => id < 210 && ownerOf(id) !== underPlan()[id]).length,
    )
    const list = await get<MovedClients>(planner, plan, 'compare/clients')
    expect(list.clients[0]).toMatchObject({ name: null })
    expect((await get<MovedClients>(head, plan, 'compare/clients')).clients[0]!.name).toBe('李*')
  })

  it('refuses strange partners', async () => {
    plan = await insertManagedPlan(api.db)
    await expectProblem(planner(`/api/grid-plans/${plan}/compare?with=x`), 400, 'bad_request')
    await expectProblem(planner(`/api/grid-plans/${plan}/compare?with=999999`), 404, 'not_found')
    await expectProblem(foreign(`/api/grid-plans/${plan}/compare`), 404, 'not_found')
  })
})

describe('fairness receipts', () => {
  it('sum up to the published change, and are seen by those concerned only', async () => {
    plan = await submitted()
    const { receipts } = await get<{ receipts: Receipt[] }>(head, plan, 'receipts')
    expect(receipts.map(({ managerId }) => managerId)).toEqual([104, 105, 106])
    const table = await get<Comparison>(head, plan, 'compare')
    for (const { managerId, figures } of receipts) {
      const side = (part: 'from' | 'to') => table.rows.filter((row) => row[part]?.id === managerId)
      const sum = (
        rows: Comparison['rows'],
        key: 'clients' | 'loanBalance' | 'depositBalance' | 'renewals',
      ) => rows.reduce((total, row) => total + row[key], 0)
      for (const key of ['clients', 'loanBalance', 'depositBalance', 'renewals'] as const) {
        expect(figures[key].in).toBe(sum(side('to'), key))
        expect(figures[key].out).toBe(sum(side('from'), key))
        expect(figures[key].after).toBe(figures[key].before + figures[key].in - figures[key].out)
      }
    }
    // 104 made the bad loan; it stays 104's though its client is 106's.
    expect(receipts.map(({ figures }) => figures.npl)).toEqual([
      { loans: 1, balance: 40000 },
      { loans: 0, balance: 0 },
      { loans: 0, balance: 0 },
    ])
    const byLoan = [...receipts].sort((a, b) => b.figures.loanBalance.after - a.figures.loanBalance.after)
    expect(byLoan.map(({ figures }) => figures.rank.after)).toEqual([1, 2, 3])

    const rounded = (await get<{ receipts: Receipt[] }>(planner, plan, 'receipts')).receipts
    expect(rounded[0]!.figures.loanBalance.after).toBe(
      Number(receipts[0]!.figures.loanBalance.after.toPrecision(2)),
    )
    const own = (await (await manager[105]!('/api/receipts')).json()) as { receipts: Receipt[] }
    expect(own.receipts.filter(({ planId }) => planId === plan)).toEqual([receipts[1]])
    await expectProblem(planner('/api/receipts'), 403, 'forbidden')
    await expectProblem(manager[105]!(`/api/grid-plans/${plan}/receipts`), 403, 'forbidden')
    await expectProblem(foreign(`/api/grid-plans/${plan}/receipts`), 404, 'not_found')
    // The planner's role cannot read the exact figures at all.
    const session = await sessionOf('toy.planner')
    const exact = api.db.withUser(session, (tx) => tx.execute(sql`select figures from app.receipt`))
    await expect(exact).rejects.toMatchObject({ code: '42501' })
  })

  it('are answered by their manager while the plan is open', async () => {
    plan = await insertManagedPlan(api.db)
    const answer = (who: number, body: unknown) =>
      manager[who]!(`/api/receipts/${plan}/response`, { method: 'POST', body })
    await expectProblem(answer(105, { response: 'accepted' }), 404, 'not_found')
    await done(planner, plan, 'submit')
    await expectProblem(answer(105, { response: 'objected' }), 400, 'bad_request', /理由/)
    await expectProblem(answer(105, { response: 'maybe' }), 400, 'bad_request')
    expect((await answer(104, { response: 'accepted' })).status).toBe(200)
    const objected = await answer(105, { response: 'objected', note: '走访路程太远' })
    expect(await objected.json()).toMatchObject({
      managerId: 105,
      response: 'objected',
      note: '走访路程太远',
    })
    const { receipts } = await get<{ receipts: Receipt[] }>(head, plan, 'receipts')
    expect(receipts.map(({ response, note }) => [response, note])).toEqual([
      ['accepted', null],
      ['objected', '走访路程太远'],
      [null, null],
    ])
    await done(head, plan, 'approve', { effectiveOn: today() })
    await expectProblem(answer(106, { response: 'accepted' }), 409, 'conflict', /已生效/)
  })
})

async function sessionOf(username: string): Promise<string> {
  const rows = rowsOf<{ hash: string }>(
    await owner(
      sql`select encode(token_hash, 'hex') as hash from auth.session where username = ${username} limit 1`,
    ),
  )
  return rows[0]!.hash
}
