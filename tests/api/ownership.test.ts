import { sql } from 'drizzle-orm'
import { beforeEach, describe, expect, it } from 'vitest'
import { rowsOf } from '#db/rows.ts'
import { createRandom } from '#domain/random.ts'
import type {
  EdgeCheck,
  LocationDebt,
  ManagerFigures,
  OwnershipPeriod,
  PoolClient,
} from '#server/governance/contract.ts'
import { CLAIM_DAYS, CLAIMS_AT_ONCE } from '#server/governance/contract.ts'
import { OwnershipClock } from '#server/governance/due.ts'
import { callerAs, callerOf, openTestApi, type Caller, type TestApi } from '../support/api.ts'
import {
  CLIENTS,
  insertGovernedBank,
  insertManagedPlan,
  LATTICE,
  MANAGERS,
  ownerOf,
  ownershipFaults,
  ownersNow,
} from '../support/governed-bank.ts'

const DAY_MS = 86_400_000
let start = Date.UTC(2026, 10, 23)
let now = new Date(start)
let api: TestApi
let planner: Caller
let head: Caller
let manager: Record<number, Caller>

const day = (n: number) => new Date(start + n * DAY_MS).toISOString().slice(0, 10)
const at = (n: number) => (now = new Date(start + n * DAY_MS + 2 * 3_600_000))
const clock = () => new OwnershipClock(api.deps).tick()
const owner = (query: ReturnType<typeof sql>) => api.db.asOwner((tx) => tx.execute(query))

// Every test has a bank of its own: ownership is a history, and nothing takes it back.
beforeEach(async () => {
  start = Date.UTC(2026, 10, 23)
  at(0)
  api = await openTestApi({ now: () => now })
  await insertGovernedBank(api.db)
  planner = await callerAs(api, 'planner')
  head = await callerOf(api, 'toy.head-2')
  manager = {
    104: await callerOf(api, 'toy.m104'),
    105: await callerOf(api, 'toy.m105'),
    106: await callerOf(api, 'toy.m106'),
  }
  return async () => {
    try {
      expect(await ownershipFaults(api.db)).toEqual([])
    } finally {
      await api[Symbol.asyncDispose]()
    }
  }
})

async function makeEffective(managers: readonly number[] = MANAGERS): Promise<number> {
  const id = await insertManagedPlan(api.db, managers)
  for (const [call, step, body] of [
    [planner, 'submit', {}],
    [head, 'approve', { effectiveOn: new Date(now.getTime() + 8 * 3_600_000).toISOString().slice(0, 10) }],
  ] as const) {
    const [row] = rowsOf<{ version: number }>(
      await owner(sql`select version from app.grid_plan where id = ${id}`),
    )
    const headers = { 'if-match': `"v${row!.version}"` }
    expect((await call(`/api/grid-plans/${id}/${step}`, { method: 'POST', body, headers })).status).toBe(200)
  }
  return id
}
const rollBack = async (id: number) => {
  const [row] = rowsOf<{ version: number }>(
    await owner(sql`select version from app.grid_plan where id = ${id}`),
  )
  const headers = { 'if-match': `"v${row!.version}"` }
  const answer = await head(`/api/grid-plans/${id}/rollback`, {
    method: 'POST',
    body: { comment: '回退' },
    headers,
  })
  expect(answer.status).toBe(200)
}
const historyOf = async (id: number, call = head) =>
  ((await (await call(`/api/clients/${id}/ownership`)).json()) as { periods: OwnershipPeriod[] }).periods
const ownerNow = async (id: number) => (await ownersNow(api.db))[id] ?? null
const except = (id: number, managerId: number, until: string, call = planner) =>
  call(`/api/clients/${id}/exception`, {
    method: 'POST',
    body: { managerId, because: '老客户，本人要求', until },
  })
const claim = (id: number, call: Caller) => call(`/api/clients/${id}/claim`, { method: 'POST' })

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

describe('the record', () => {
  it('begins with every owner there was, and follows whoever writes the client', async () => {
    expect(
      (await historyOf(200)).map(({ managerId, reason, fromOn, untilOn }) => [
        managerId,
        reason,
        fromOn,
        untilOn,
      ]),
    ).toEqual([[104, 'initial', null, null]])
    expect(await historyOf(203)).toEqual([])
    await owner(sql`update app.client set manager_id = 105 where id in (200, 203)`)
    await owner(sql`update app.client set manager_id = null where id = 201`)
    expect((await historyOf(200)).map(({ managerId, reason }) => [managerId, reason])).toEqual([
      [105, 'transfer'],
      [104, 'initial'],
    ])
    expect((await historyOf(203)).map(({ managerId }) => managerId)).toEqual([105])
    expect((await historyOf(201))[0]).toMatchObject({ managerId: 105, untilOn: expect.any(String) as string })
    // Columns other than the owner leave the record alone.
    await owner(sql`update app.client set last_visit_on = '2026-11-01' where id = 200`)
    expect(await historyOf(200)).toHaveLength(2)
  })

  it('cannot be rewritten or overlap, and a disagreement is found', async () => {
    await owner(sql`update app.client set manager_id = 105 where id = 200`)
    const refused = async (query: ReturnType<typeof sql>) =>
      owner(query).then(
        () => 'no refusal',
        (error: { code?: string }) => error.code,
      )
    expect(await refused(sql`update app.ownership set manager_id = 106 where client_id = 200`)).toBe('42501')
    expect(
      await refused(
        sql`update app.ownership set until_on = '2030-01-01' where client_id = 200 and until_on is not null`,
      ),
    ).toBe('42501')
    expect(
      await refused(
        sql`insert into app.ownership (client_id, manager_id, from_on, until_on, reason) values (200, 106, '2020-01-01', '2020-02-01', 'plan')`,
      ),
    ).toBe('23P01')
    expect(
      await refused(
        sql`insert into app.ownership (client_id, manager_id, from_on, reason) values (201, 106, '2027-01-01', 'plan')`,
      ),
    ).toMatch(/23P01|23505/)
    await owner(sql`alter table app.client disable trigger client_follow_owner`)
    await owner(sql`update app.client set manager_id = 106 where id = 201`)
    expect(await ownershipFaults(api.db)).toEqual([{ client_id: 201, on_client: 106, in_record: 105 }])
    await owner(sql`update app.client set manager_id = 105 where id = 201`)
  })

  it('is read by those who see the client, and by nobody else', async () => {
    expect(await historyOf(200, planner)).toHaveLength(1)
    expect(await historyOf(200, manager[104]!)).toHaveLength(1)
    await expectProblem(manager[105]!('/api/clients/200/ownership'), 404, 'not_found')
    await expectProblem(head('/api/clients/1/ownership'), 404, 'not_found')
    await expectProblem(head('/api/clients/x/ownership'), 400, 'bad_request')
    for (const role of ['leadership', 'auditor'] as const)
      await expectProblem((await callerAs(api, role))('/api/clients/200/ownership'), 403, 'forbidden')
  })
})

describe('named exceptions', () => {
  it('stay with their manager through a plan, then go to the manager of the grid', async () => {
    const answer = await except(200, 106, day(20))
    expect(answer.status).toBe(200)
    expect(((await answer.json()) as { periods: OwnershipPeriod[] }).periods[0]).toMatchObject({
      managerId: 106,
      managerName: '员工106',
      reason: 'exception',
      note: '老客户，本人要求',
      expiresOn: day(20),
    })
    at(2)
    await makeEffective([105, 105, 104].slice(1) as number[])
    expect([await ownerNow(200), await ownerNow(201)]).toEqual([106, 105])
    at(20)
    await clock()
    expect(await ownerNow(200)).toBe(106)
    at(21)
    await clock()
    expect(await ownerNow(200)).toBe(105)
    expect((await historyOf(200)).map(({ managerId, reason }) => [managerId, reason])).toEqual([
      [105, 'return'],
      [106, 'exception'],
      [104, 'initial'],
    ])
  })

  it('go back to whom they came from where no plan is effective, also when ended early', async () => {
    await except(200, 106, day(5))
    await except(200, 105, day(9))
    expect(await ownerNow(200)).toBe(105)
    const ended = await head('/api/clients/200/exception', { method: 'DELETE' })
    expect(ended.status).toBe(200)
    expect(await ownerNow(200)).toBe(104)
    await expectProblem(head('/api/clients/200/exception', { method: 'DELETE' }), 409, 'conflict')
    await except(203, 105, day(3))
    at(4)
    await clock()
    expect(await ownerNow(203)).toBeNull()
  })

  it('made while a plan was effective survive its rollback and end with the owner from before', async () => {
    const plan = await makeEffective([106, 105])
    expect(await ownerNow(200)).toBe(106)
    await except(200, 105, day(6))
    at(1)
    await rollBack(plan)
    expect(await ownerNow(200)).toBe(105)
    expect(await ownerNow(201)).toBe(105)
    at(7)
    await clock()
    expect(await ownerNow(200)).toBe(104)
  })

  it('need a manager of the county, a reason, a day to come, and the right scope', async () => {
    await expectProblem(except(200, 101, day(5)), 422, 'unprocessable', /在岗客户经理/)
    await expectProblem(except(200, 999, day(5)), 422, 'unprocessable')
    await expectProblem(except(200, 105, day(-1)), 422, 'unprocessable', /已过/)
    await expectProblem(except(200, 105, '2026-13-01'), 400, 'bad_request')
    await expectProblem(except(1, 105, day(5)), 404, 'not_found')
    await expectProblem(except(1, 105, day(5), head), 404, 'not_found')
    await expectProblem(except(200, 105, day(5), manager[104]!), 403, 'forbidden')
    const noReason = { managerId: 105, because: '好', until: day(5) }
    await expectProblem(
      planner('/api/clients/200/exception', { method: 'POST', body: noReason }),
      400,
      'bad_request',
    )
    expect(await ownerNow(200)).toBe(104)
  })
})

describe('claims from the pool', () => {
  const pool = async (call: Caller) =>
    ((await (await call('/api/pool')).json()) as { clients: PoolClient[] }).clients.map(({ id }) => id)
  const unowned = CLIENTS.filter((id) => ownerOf(id) === null)

  it('show the branch what nobody has, without names', async () => {
    expect(await pool(manager[104]!)).toEqual(unowned)
    expect(await pool(await callerAs(api, 'manager'))).toEqual([])
    expect(JSON.stringify(await (await manager[104]!('/api/pool')).json())).not.toContain('李')
    await expectProblem(planner('/api/pool'), 403, 'forbidden')
  })

  it('give a client to exactly one of many who ask at once; the others hear who has it', async () => {
    const answers = await Promise.all(
      Array.from({ length: 9 }, (_, i) => claim(203, manager[MANAGERS[i % 3]!]!)),
    )
    const won = answers.filter(({ status }) => status === 200)
    expect(won).toHaveLength(1)
    expect(await won[0]!.json()).toEqual({ clientId: 203, until: day(CLAIM_DAYS) })
    const holder = await ownerNow(203)
    for (const lost of answers.filter(({ status }) => status !== 200)) {
      const problem = (await lost.json()) as { code: string; detail: string }
      expect([lost.status, problem.code]).toEqual([409, 'conflict'])
      expect(problem.detail).toMatch(new RegExp(`员工${holder}认领，到 ${day(CLAIM_DAYS)}|已经是您的`))
    }
    expect(await historyOf(203)).toHaveLength(1)
  })

  it('return to the pool when their time is over or their holder gives them back', async () => {
    expect((await claim(203, manager[104]!)).status).toBe(200)
    expect((await claim(207, manager[104]!)).status).toBe(200)
    expect(await pool(manager[105]!)).not.toContain(203)
    await expectProblem(manager[105]!('/api/clients/203/claim', { method: 'DELETE' }), 404, 'not_found')
    expect((await manager[104]!('/api/clients/203/claim', { method: 'DELETE' })).status).toBe(204)
    expect(await pool(manager[105]!)).toContain(203)
    at(CLAIM_DAYS)
    await clock()
    expect(await ownerNow(207)).toBe(104)
    at(CLAIM_DAYS + 1)
    await clock()
    expect(await ownerNow(207)).toBeNull()
    await expectProblem(manager[104]!('/api/clients/200/claim', { method: 'DELETE' }), 404, 'not_found')
  })

  it('are not moved by a plan while they live', async () => {
    await claim(203, manager[106]!)
    await makeEffective()
    expect(await ownerNow(203)).toBe(106)
    expect(await ownerNow(207)).not.toBeNull()
  })

  it('have limits: of number, of branch, of owned clients', async () => {
    await expectProblem(claim(200, manager[105]!), 409, 'conflict', /已归员工104/)
    await expectProblem(claim(1, manager[104]!), 404, 'not_found')
    await owner(sql`update app.client set manager_id = null where id >= 200`)
    for (let id = 200; id < 200 + CLAIMS_AT_ONCE; id++)
      expect((await claim(id, manager[104]!)).status).toBe(200)
    await expectProblem(claim(250, manager[104]!), 409, 'conflict', /上限/)
    for (const role of ['planner', 'branch_head'] as const)
      await expectProblem(claim(250, await callerAs(api, role)), 403, 'forbidden')
  })
})

describe('figures by who owned then', () => {
  const figures = async (month: string, call = head) =>
    (await (await call(`/api/managers/figures?month=${month}`)).json()) as ManagerFigures

  it('of past months are the same after ten re-grids, whoever asks', async () => {
    const leadership = await callerAs(api, 'leadership')
    const ask = async () =>
      JSON.stringify(
        await Promise.all(
          [head, planner, leadership, manager[105]!].flatMap((call) => [
            figures('2026-09-01', call),
            figures('2026-10-01', call),
          ]),
        ),
      )
    const before = await ask()
    expect((await figures('2026-10-01')).managers.map(({ clients }) => clients)).toEqual([15, 15, 17])
    const turns = [MANAGERS, [106, 104, 105], [105, 106]]
    for (let i = 0; i < 10; i++) {
      at(2 * i)
      await makeEffective(turns[i % 3])
    }
    expect(await ask()).toBe(before)
    // The month in which they happened counts by its last day.
    await owner(
      sql`insert into app.balance_month select client_id, '2026-12-01', deposit, loan from app.balance_month where month = '2026-10-01'`,
    )
    const now = await ownersNow(api.db)
    const december = await figures('2026-12-01')
    for (const { managerId, clients } of december.managers)
      expect(clients).toBe(Object.values(now).filter((owner) => owner === managerId).length)
  })

  it('add up the balances of the month end and rank by loans within the county', async () => {
    const { managers } = await figures('2026-10-01')
    const loan = (who: number) =>
      CLIENTS.filter((id) => ownerOf(id) === who).reduce((sum, id) => sum + id * 1000, 0) +
      (who === 104 ? 13_000 : 0)
    const expected = [...MANAGERS].sort((a, b) => loan(b) - loan(a))
    expect(
      managers.map(({ managerId, rank, of, loanBalance }) => [managerId, rank, of, Number(loanBalance)]),
    ).toEqual(expected.map((id, i) => [id, i + 1, 3, loan(id)]))
    expect((await figures('2026-10-01', manager[105]!)).managers.map(({ managerId }) => managerId)).toEqual([
      105,
    ])
    const seen = (await figures('2026-10-01', planner)).managers
    expect(seen.map(({ loanBalance }) => Number(loanBalance))).toEqual(
      expected.map((id) => Number(loan(id).toPrecision(2))),
    )
    await expectProblem(head('/api/managers/figures?month=2026-10-05'), 400, 'bad_request')
    await expectProblem(head('/api/managers/figures'), 400, 'bad_request')
    await expectProblem(
      (await callerAs(api, 'auditor'))('/api/managers/figures?month=2026-10-01'),
      403,
      'forbidden',
    )
  })
})

describe('second places', () => {
  it('credit the manager in whose grid they lie, and only when that is not the owner', async () => {
    const place = (client: number, role: string, column: number) =>
      owner(sql`insert into app.client_place values (${client}, ${role}, '360702001000',
        st_setsrid(st_makepoint(${LATTICE.west + (column + 0.5) * LATTICE.side}::float8, 25.8415), 4326), 'surveyed')`)
    await place(200, 'registered', 11)
    await place(201, 'registered', 1)
    await place(202, 'trading', 5)
    await owner(sql`select geo.bump_layer('client')`)
    const plan = await makeEffective()
    const credits = async () =>
      rowsOf(
        await owner(
          sql`select client_id, manager_id, role, because from app.referral where plan_id = ${plan} order by 1`,
        ),
      )
    expect(await credits()).toEqual([
      { client_id: 200, manager_id: 106, role: 'registered', because: '登记地在此网格' },
      { client_id: 202, manager_id: 105, role: 'trading', because: '经营地在此网格' },
    ])
    const { receipts } = (await (await head(`/api/grid-plans/${plan}/receipts`)).json()) as {
      receipts: { managerId: number; figures: { referrals: number } }[]
    }
    expect(receipts.map(({ managerId, figures }) => [managerId, figures.referrals])).toEqual([
      [104, 0],
      [105, 1],
      [106, 1],
    ])
    expect(await ownerNow(200)).toBe(104)
    await rollBack(plan)
    expect(await credits()).toEqual([])
  })
})

describe('firm ground', () => {
  it('lists the clients whose grid a coordinate mix-up would change, with both grids and the distance', async () => {
    const plan = await insertManagedPlan(api.db)
    const check = (await (await head(`/api/grid-plans/${plan}/edge-check?limit=200`)).json()) as EdgeCheck
    // The lattice is 1.8 km wide, BD-09 is off by 1.1 km: every client would be elsewhere.
    expect([check.checked, check.total]).toEqual([62, 62])
    const [first] = check.clients
    expect(first).toMatchObject({ id: 6, name: '张*', accuracy: 'surveyed' })
    for (const { elsewhere, grid } of check.clients) {
      for (const { system, grid: other, distanceM } of elsewhere) {
        expect(other?.no).not.toBe(grid?.no)
        expect(distanceM).toBeGreaterThan(system === 'GCJ02' ? 500 : 1_000)
        expect(distanceM).toBeLessThan(system === 'GCJ02' ? 700 : 1_300)
      }
    }
    const page = (await (
      await planner(`/api/grid-plans/${plan}/edge-check?limit=2&offset=1`)
    ).json()) as EdgeCheck
    expect(page.clients.map(({ id, name }) => [id, name])).toEqual([
      [7, null],
      [200, null],
    ])
    await expectProblem(manager[104]!(`/api/grid-plans/${plan}/edge-check`), 403, 'forbidden')
  })

  it('counts positions by how well they are known, per grid and township', async () => {
    const plan = await insertManagedPlan(api.db)
    await owner(sql`update app.client set geom = null where id = 200`)
    const debt = (await (await head(`/api/grid-plans/${plan}/location-debt`)).json()) as LocationDebt
    expect(debt.townships).toEqual([
      {
        key: '360702001000',
        name: '解放街道',
        clients: 62,
        byAccuracy: { none: 1, schematic: 30, surveyed: 31 },
      },
    ])
    expect(debt.grids.map(({ name, clients }) => [name, clients])).toEqual([
      ['网格 1', 19],
      ['网格 2', 22],
      ['网格 3', 20],
    ])
  })
})

describe('eight sessions at once', () => {
  it('never give a client two owners or none it should have, and tell every loser', async () => {
    const random = createRandom(7)
    const plan = await insertManagedPlan(api.db)
    const steps = Array.from({ length: 320 }, () => ({
      what: random.int(6),
      id: 200 + random.int(20),
      who: random.int(8),
    }))
    const statuses: number[] = []
    const run = async (lane: number) => {
      for (const { what, id, who } of steps.filter((_, i) => i % 8 === lane)) {
        const m = manager[MANAGERS[who % 3]!]!
        const answer = await (what < 3
          ? claim(id, m)
          : what === 3
            ? m(`/api/clients/${id}/claim`, { method: 'DELETE' })
            : what === 4
              ? except(id, MANAGERS[who % 3]!, day(9), who % 2 === 0 ? planner : head)
              : head(`/api/clients/${id}/exception`, { method: 'DELETE' }))
        statuses.push(answer.status)
        if (answer.status >= 400) {
          const problem = (await answer.json()) as { code: string; detail: string }
          expect(['conflict', 'not_found']).toContain(problem.code)
          expect(problem.detail).toMatch(/[一-鿿]{4}/)
        }
      }
    }
    const rounds = async () => {
      for (const [call, step, body] of [
        [planner, 'submit', {}],
        [head, 'approve', { effectiveOn: day(0) }],
        [head, 'rollback', { comment: '回退' }],
      ] as const) {
        const [row] = rowsOf<{ version: number }>(
          await owner(sql`select version from app.grid_plan where id = ${plan}`),
        )
        const headers = { 'if-match': `"v${row!.version}"` }
        statuses.push(
          (await call(`/api/grid-plans/${plan}/${step}`, { method: 'POST', body, headers })).status,
        )
      }
    }
    await Promise.all([...Array.from({ length: 8 }, (_, lane) => run(lane)), rounds()])
    expect(statuses).toHaveLength(323)
    expect(statuses.filter((status) => status >= 500)).toEqual([])
    expect(statuses.filter((status) => status === 409).length).toBeGreaterThan(10)
    expect(statuses.filter((status) => status === 200).length).toBeGreaterThan(10)
    const twice = rowsOf(
      await owner(sql`select client_id from app.ownership where until_on is null group by 1 having count(*) > 1
        union all select a.client_id from app.ownership a join app.ownership b on a.client_id = b.client_id and a.id < b.id and a.period && b.period`),
    )
    expect(twice).toEqual([])
  })
})
