import { sql } from 'drizzle-orm'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { rowsOf } from '#db/rows.ts'
import { decodeColumns } from '#server/clients/columns-format.ts'
import { callerAs, openTestApi, TOY_IDENTITY, TOY_PHONE, type Caller, type TestApi } from '../support/api.ts'
import { insertMoreClients } from '../support/more-clients.ts'
import type { ToyRole } from '../support/toy-bank.ts'

let api: TestApi
const as = {} as Record<ToyRole, Caller>
const ROLES = ['manager', 'branch_head', 'township_head', 'planner', 'leadership', 'sysadmin'] as const

beforeAll(async () => {
  api = await openTestApi()
  await insertMoreClients(api.db)
  for (const role of ROLES) as[role] = await callerAs(api, role)
})
afterAll(() => api?.[Symbol.asyncDispose]())

const get = async (role: ToyRole, path: string) => (await as[role](path)).json()
const filtered = (filter: unknown) => `filter=${encodeURIComponent(JSON.stringify(filter))}`
const statusAndCode = async (answer: Response) => [answer.status, (await answer.json()).code]

async function auditOf(
  action: string,
): Promise<{ username: string; objectId: string; outcome: string; detail: unknown }[]> {
  return rowsOf(
    await api.db.asOwner((tx) =>
      tx.execute(
        sql`select username, object_id as "objectId", outcome, detail from audit.event where action = ${action} order by id`,
      ),
    ),
  )
}

describe('the list', () => {
  test('own clients only, sorted, paged, with the total', async () => {
    const page = await get('branch_head', '/api/clients?sort=loanBalance&order=desc&limit=2&offset=1')
    expect(page.total).toBe(5)
    expect(page.clients.map((client: { id: number }) => client.id)).toEqual([4, 3])
    expect((await get('manager', '/api/clients?sort=name&order=asc')).clients).toMatchObject([
      {
        id: 1,
        clientNo: 'C1',
        name: '张三1',
        depositBalance: '100.00',
        loanBalance: '1000.00',
        township: '嘉定镇',
        managerName: '员工101',
      },
      { id: 2, name: '张三2' },
    ])
  })

  test('names and amounts by role', async () => {
    expect((await get('township_head', '/api/clients')).clients[0]).toMatchObject({
      id: 3,
      name: '张*',
      loanBalance: '3000.00',
    })
    const [first] = (await get('planner', '/api/clients?order=asc')).clients
    expect(first).toMatchObject({
      id: 6,
      clientNo: null,
      name: null,
      depositBalance: null,
      loanBalance: null,
      size: 1,
      managerName: '员工104',
    })
  })

  test('filters, with the same language as the map', async () => {
    const page = await get(
      'branch_head',
      `/api/clients?${filtered({ op: 'not', of: { field: 'manager', in: [103] } })}`,
    )
    expect(page.clients.map((client: { id: number }) => client.id)).toEqual([3, 2, 1])
  })

  test('refusals', async () => {
    expect(await statusAndCode(await as.leadership('/api/clients'))).toEqual([403, 'forbidden'])
    expect(await statusAndCode(await as.planner('/api/clients?sort=loanBalance'))).toEqual([403, 'forbidden'])
    expect(await statusAndCode(await as.manager('/api/clients?limit=101'))).toEqual([400, 'bad_request'])
    expect(await statusAndCode(await as.manager('/api/clients?sort=phone'))).toEqual([400, 'bad_request'])
    const bad = await as.manager(`/api/clients?${filtered({ field: 'x' })}`)
    expect(await bad.json()).toMatchObject({
      code: 'bad_request',
      errors: [{ path: 'filter', message: '不认识的字段 x' }],
    })
  })
})

describe('one client', () => {
  test('a manager sees the name, masked numbers, loans and visits; looking leaves a trace', async () => {
    const answer = await as.manager('/api/clients/1')
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect(await answer.json()).toMatchObject({
      id: 1,
      name: '张三1',
      phoneMask: '138****0000',
      place: {
        county: { code: '360722000000', name: '信丰县' },
        township: { code: '360722100000', name: '嘉定镇' },
        village: null,
      },
      branch: { id: 11, name: '大塘埠支行' },
      manager: { id: 101, name: '员工101' },
      loanBalance: '1000.00',
      riskClass: null,
      position: [expect.closeTo(114.916, 9), 25.85],
      loans: [
        {
          product: '赣银惠贷',
          principal: '1000.00',
          balance: '1000.00',
          annualRate: '0.0435',
          maturesOn: '2027-01-01',
          riskClass: 1,
        },
      ],
      visits: [
        { visitedAt: '2026-10-10T01:00:00Z', outcome: 'interested', managerName: '员工101', note: null },
      ],
    })
    expect((await auditOf('client.view')).at(-1)).toMatchObject({
      username: 'toy.manager',
      objectId: '1',
      outcome: 'ok',
    })
  })

  test('a head sees the masked name, a planner neither name nor amount nor what hangs on the client', async () => {
    expect(await get('branch_head', '/api/clients/1')).toMatchObject({ name: '张*', loanBalance: '1000.00' })
    expect(await get('planner', '/api/clients/6')).toMatchObject({
      name: null,
      clientNo: null,
      phoneMask: null,
      idMask: null,
      address: null,
      depositBalance: null,
      loanBalance: null,
      size: 1,
      riskClass: null,
      loans: [],
      visits: [],
      position: [expect.closeTo(114.951, 9), 25.85],
    })
  })

  test('another’s client is not found, and the attempt is on record', async () => {
    expect(await statusAndCode(await as.manager('/api/clients/3'))).toEqual([404, 'not_found'])
    expect((await auditOf('client.view')).at(-1)).toMatchObject({
      username: 'toy.manager',
      objectId: '3',
      outcome: 'refused',
    })
    expect(await statusAndCode(await as.manager('/api/clients/999'))).toEqual([404, 'not_found'])
    expect(await statusAndCode(await as.manager('/api/clients/abc'))).toEqual([400, 'bad_request'])
    expect(await statusAndCode(await as.leadership('/api/clients/1'))).toEqual([403, 'forbidden'])
  })

  test('balances by month', async () => {
    expect(await get('manager', '/api/clients/2/balances')).toEqual({
      months: [
        { month: '2026-09-01', deposit: '180.00', loan: '1800.00' },
        { month: '2026-10-01', deposit: '200.00', loan: '2000.00' },
      ],
    })
    expect(await statusAndCode(await as.manager('/api/clients/4/balances'))).toEqual([404, 'not_found'])
    expect(await statusAndCode(await as.planner('/api/clients/6/balances'))).toEqual([403, 'forbidden'])
  })
})

describe('revealing a number', () => {
  const reveal = (role: ToyRole, id: number, body: unknown) =>
    as[role](`/api/clients/${id}/reveal`, { method: 'POST', body })

  test('with a reason, decrypted, on record with field and reason but without the number', async () => {
    const answer = await reveal('manager', 1, { field: 'phone', reason: '预约走访' })
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect(await answer.json()).toEqual({ value: TOY_PHONE(1), expiresInS: 60 })
    expect(await (await reveal('branch_head', 4, { field: 'id', reason: '核对证件' })).json()).toMatchObject({
      value: TOY_IDENTITY(4),
    })
    const events = await auditOf('client.reveal')
    expect(events.map(({ objectId, outcome, detail }) => [objectId, outcome, detail])).toEqual([
      ['1', 'ok', { field: 'phone', reason: '预约走访' }],
      ['4', 'ok', { field: 'id', reason: '核对证件' }],
    ])
    expect(JSON.stringify(events)).not.toContain(TOY_PHONE(1))
  })

  test('refused without a reason, for another’s client (on record) and for roles without the right', async () => {
    expect(await statusAndCode(await reveal('manager', 1, { field: 'phone', reason: ' ' }))).toEqual([
      400,
      'bad_request',
    ])
    expect(await statusAndCode(await reveal('manager', 1, { field: 'name', reason: '预约走访' }))).toEqual([
      400,
      'bad_request',
    ])
    expect(await statusAndCode(await reveal('manager', 3, { field: 'phone', reason: '预约走访' }))).toEqual([
      404,
      'not_found',
    ])
    expect((await auditOf('client.reveal')).at(-1)).toMatchObject({ objectId: '3', outcome: 'refused' })
    expect(await statusAndCode(await reveal('planner', 6, { field: 'phone', reason: '预约走访' }))).toEqual([
      403,
      'forbidden',
    ])
  })
})

describe('finding a client', () => {
  test('a manager by part of the name or number; a head only by the whole name', async () => {
    expect((await get('manager', '/api/clients/search?q=三')).clients).toMatchObject([
      { id: 1, name: '张三1', township: '嘉定镇', position: [expect.closeTo(114.916, 9), 25.85] },
      { id: 2 },
    ])
    expect(
      (await get('manager', '/api/clients/search?q=C2')).clients.map((client: { id: number }) => client.id),
    ).toEqual([2])
    expect((await get('branch_head', '/api/clients/search?q=张')).clients).toEqual([])
    expect(
      (await get('branch_head', `/api/clients/search?q=${encodeURIComponent('张三4')}`)).clients,
    ).toMatchObject([{ id: 4, name: '张*' }])
    expect((await get('manager', '/api/clients/search?q=%25')).clients).toEqual([])
    expect(await statusAndCode(await as.manager('/api/clients/search?q='))).toEqual([400, 'bad_request'])
    expect(await statusAndCode(await as.planner('/api/clients/search?q=张'))).toEqual([403, 'forbidden'])
  })
})

describe('columns', () => {
  test('the clients of the scope, filtered, gzipped, with a tag', async () => {
    const answer = await as.branch_head('/api/clients/columns', { headers: { 'accept-encoding': 'gzip' } })
    expect(answer.headers.get('content-type')).toBe('application/octet-stream')
    const points = decodeColumns(gunzipSync(new Uint8Array(await answer.arrayBuffer())))
    expect([...points.id].sort()).toEqual([1, 2, 3, 4, 5])
    expect(points.lng[[...points.id].indexOf(1)]).toBeCloseTo(114.916, 6)
    const again = await as.branch_head('/api/clients/columns', {
      headers: { 'accept-encoding': 'gzip', 'if-none-match': answer.headers.get('etag')! },
    })
    expect(again.status).toBe(304)
    const some = await as.manager(`/api/clients/columns?${filtered({ field: 'loanBalance', gte: 1500 })}`)
    expect([...decodeColumns(new Uint8Array(await some.arrayBuffer())).id]).toEqual([2])
    expect(await statusAndCode(await as.leadership('/api/clients/columns'))).toEqual([403, 'forbidden'])
  })
})

describe('the legend', () => {
  test('counts and exact sums in one’s own scope, also inside a box', async () => {
    const legend = await get('branch_head', '/api/clients/legend')
    expect(legend.total).toEqual({ count: 5, deposit: 1500, loan: 15_000 })
    expect(
      legend.byStatus.map((entry: { status: string; count: number }) => [entry.status, entry.count]),
    ).toEqual([
      ['active', 5],
      ['depositOnly', 0],
      ['loanOnly', 0],
      ['lost', 0],
      ['prospect', 0],
    ])
    expect(
      (await get('branch_head', '/api/clients/legend?box=114.9165,25.8,114.9185,25.9')).total.count,
    ).toBe(2)
    expect(await statusAndCode(await as.branch_head('/api/clients/legend?box=1,2,3'))).toEqual([
      400,
      'bad_request',
    ])
    expect(await statusAndCode(await as.branch_head('/api/clients/legend?box=2,2,1,3'))).toEqual([
      400,
      'bad_request',
    ])
    expect(await statusAndCode(await as.sysadmin('/api/clients/legend'))).toEqual([403, 'forbidden'])
  })

  test('leadership: nothing under five, by status or in all; a box means whole townships', async () => {
    const all = await get('leadership', '/api/clients/legend')
    expect(all.total).toEqual({ count: 15, deposit: 2800, loan: 108_000 })
    const few = await get(
      'leadership',
      `/api/clients/legend?${filtered({ field: 'loanBalance', lte: 2000 })}`,
    )
    expect(few.total).toEqual({ count: null, deposit: null, loan: null, hidden: true })
    const mixed = await get(
      'leadership',
      `/api/clients/legend?${filtered({
        op: 'or',
        of: [
          { field: 'status', in: ['loanOnly'] },
          { field: 'loanBalance', lte: 2000 },
        ],
      })}`,
    )
    expect(mixed.total.count).toBe(10)
    expect(
      mixed.byStatus
        .filter((entry: { hidden?: boolean }) => entry.hidden)
        .map((entry: { status: string }) => entry.status),
    ).toEqual(['active', 'loanOnly'])
    const around = await get('leadership', '/api/clients/legend?box=114.7,25.6,114.8,25.7')
    expect(around.total.count).toBe(8)
    const halfOfThem = await get('leadership', '/api/clients/legend?box=114.7,25.65,114.7426,25.7')
    expect(halfOfThem.total.count).toBe(0)
  })

  test('a planner gets no sum of two clients', async () => {
    expect((await get('planner', '/api/clients/legend')).total).toEqual({
      count: 2,
      deposit: null,
      loan: null,
    })
  })
})
