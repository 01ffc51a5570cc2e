import { VectorTile } from '@mapbox/vector-tile'
import { sql } from 'drizzle-orm'
import { PbfReader } from 'pbf'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createRandom, type Random } from '#domain/random.ts'
import { decodeColumns } from '#server/clients/columns-format.ts'
import { declaredRoutes, type DeclaredRoute } from '#server/http/route-access.ts'
import { ROLES, type Role } from '#server/auth/permissions.ts'
import {
  callerAs,
  finishedJob,
  openTestApi,
  TOY_IDENTITY,
  TOY_PHONE,
  type Caller,
  type TestApi,
} from '../support/api.ts'

/*
 * Ten thousand requests that mean no good: every role on every route with ids, codes and filters of its own and of others,
 * and with rubbish. No answer may hold a row of another scope, a raw contact field, or a trace of the program.
 */
const REQUESTS = 10_000
const AT_ONCE = 8
const SEED = 20_261_123

/** Clients of the toy bank each role may see as single clients. */
const OWN_CLIENTS: Record<Role, number[]> = {
  planner: [6, 7],
  township_head: [1, 2, 3],
  branch_head: [1, 2, 3, 4, 5],
  manager: [1, 2],
  leadership: [],
  sysadmin: [],
  secadmin: [],
  auditor: [],
}
const NAMED: Role[] = ['township_head', 'branch_head', 'manager']
const PLANS: Record<string, Role[]> = {
  章贡机密方案: ['planner'],
  信丰机密方案: ['township_head', 'branch_head'],
}

let api: TestApi
let callers: Map<Role, Caller>
let routes: DeclaredRoute[]
let ids: { ownPlan: number; foreignPlan: number; job: string }

beforeAll(async () => {
  api = await openTestApi()
  callers = new Map()
  for (const role of ROLES) callers.set(role, await callerAs(api, role))
  const planner = callers.get('planner')!
  const job = await finishedJob(
    api,
    planner,
    await planner('/api/grid-plans', {
      method: 'POST',
      body: { name: '章贡机密方案', countyCode: '360702000000', cellSizeM: 1_000 },
    }),
  )
  const ownPlan = (job.result as { planId: number }).planId
  const foreignPlan = ownPlan + 1
  await api.db.asOwner(async (tx) => {
    await tx.execute(sql`insert into app.grid_plan (id, name, county_code, area, cell_size_m, created_by)
      select ${foreignPlan}, '信丰机密方案', code, geom, 500, 1 from geo.place where code = '360722000000'`)
    await tx.execute(sql`insert into app.unit (plan_id, idx, key, area_m2, weights, geom)
      select ${foreignPlan}, 0, '机密单元', 1, '{1,2,3,4}', geom from geo.place where code = '360722000000'`)
    await tx.execute(
      sql`insert into app.job (id, kind, state, input, created_by) values ('00000000-0000-4000-8000-000000000077', 'x', 'done', '{"secret":"机密任务"}', 2)`,
    )
  })
  ids = { ownPlan, foreignPlan, job: '00000000-0000-4000-8000-000000000077' }
  // A stream does not end, and a logout would end the caller: both have tests of their own. Logins are slow on purpose.
  routes = declaredRoutes(api.app).filter(
    ({ method, pattern }) => pattern !== '/api/events' && (pattern !== '/api/session' || method === 'GET'),
  )
})
afterAll(async () => {
  await api?.[Symbol.asyncDispose]()
})

const RUBBISH = [
  '',
  '0',
  '-1',
  '1e9',
  '999999',
  '2147483648',
  'NaN',
  'null',
  '%00',
  "' or 1=1 --",
  '../../etc/passwd',
  '<script>',
  '😀',
  'a'.repeat(300),
  '[object Object]',
  '1;drop table app.client',
]
const CODES = [
  '360702000000',
  '360722000000',
  '360700000000',
  '360702001000',
  '360722100000',
  '360702',
  '999999999999',
]

function pick<T>(random: Random, from: readonly T[]): T {
  return from[random.int(from.length)]!
}

function filterText(random: Random): string {
  const conditions: unknown[] = [
    { field: 'status', in: ['active'] },
    { field: 'place', in: [pick(random, CODES)] },
    { field: 'manager', in: [101, 102, 103, 104] },
    { field: 'branch', in: [10, 11, 12, 20] },
    { field: 'loanBalance', gte: 0 },
    { op: 'not', of: { field: 'status', in: ['lost'] } },
    { field: 'manager', isNull: false },
    { field: 'phone', in: ['1'] },
    'x',
  ]
  return JSON.stringify(
    random.int(3) === 0
      ? { op: pick(random, ['and', 'or']), of: [pick(random, conditions), pick(random, conditions)] }
      : pick(random, conditions),
  )
}

function pathValue(random: Random, name: string, pattern: string): string {
  if (random.int(10) === 0) return pick(random, RUBBISH) || '-'
  if (name === 'id' && pattern.startsWith('/api/jobs')) return ids.job
  if (name === 'id' && pattern.startsWith('/api/grid-plans'))
    return String(pick(random, [ids.ownPlan, ids.foreignPlan]))
  if (name === 'id') return String(1 + random.int(8))
  if (name === 'no') return String(random.int(3))
  if (name === 'code') return pick(random, CODES)
  if (name === 'layer') return pick(random, ['county', 'township', 'village', 'barrier', 'client'])
  return '0'
}

const QUERY: Record<string, (random: Random) => string> = {
  filter: filterText,
  q: (random) => pick(random, ['张', '张三1', '张三7', 'C1', 'C7', '信丰', 'zg', '1']),
  level: (random) => pick(random, ['county', 'township', 'village', 'prefecture']),
  parent: (random) => pick(random, CODES),
  countyCode: (random) => pick(random, CODES),
  metric: (random) =>
    pick(random, ['clients', 'loanBalance', 'depositBalance', 'visitHours', 'lost', 'growthLoan']),
  month: (random) => pick(random, ['2026-10-01', '2026-09-01', '2030-01-01', '2026-10-02']),
  sort: (random) => pick(random, ['loanBalance', 'name', 'lastVisit', 'phone_enc', 'depositBalance']),
  order: (random) => pick(random, ['asc', 'desc', 'asc;']),
  limit: (random) => pick(random, ['1', '100', '101', '1e9']),
  offset: (random) => pick(random, ['0', '1', '5', '-1']),
  box: (random) => pick(random, ['114,25,116,27', '114.9,25.8,115,25.9', '116,27,114,25', '0,0,0']),
}

/** A tile over the toy bank, so that points can come back. */
function tileAddress(random: Random): [string, string, string] {
  const z = pick(random, [0, 8, 10, 12, 14, 16])
  const x = Math.floor(((114.93 + random.next() * 0.03 + 180) / 360) * 2 ** z)
  const lat = (25.85 * Math.PI) / 180
  const y = Math.floor(((1 - Math.asinh(Math.tan(lat)) / Math.PI) / 2) * 2 ** z)
  return [String(z), String(x), `${y}.mvt`]
}

function addressOf(random: Random, route: DeclaredRoute): string {
  const [z, x, y] = tileAddress(random)
  const path = route.pattern.replaceAll(/:(\w+)/g, (_, name: string) => {
    const value = { z, x, y }[name] ?? pathValue(random, name, route.pattern)
    return encodeURIComponent(value)
  })
  const query = new URLSearchParams()
  const wanted =
    route.pattern.startsWith('/tiles') || route.pattern.includes('/columns') ? ['filter'] : Object.keys(QUERY)
  for (const name of wanted)
    if (random.int(4) === 0 || (name === 'metric' && random.int(2) === 0))
      query.set(name, random.int(12) === 0 ? pick(random, RUBBISH) : QUERY[name]!(random))
  if (route.pattern.endsWith('/search') && !query.has('q')) query.set('q', QUERY.q!(random))
  if (route.pattern.endsWith('/staff')) query.set('countyCode', pick(random, CODES))
  if (route.pattern.endsWith('/metrics/places')) {
    query.set('metric', QUERY.metric!(random))
    query.set('level', QUERY.level!(random))
  }
  return `${path}?${query}`
}

function bodyOf(random: Random, { pattern }: DeclaredRoute): unknown {
  const bodies: unknown[] = [{}, [], null, { owner_id: 1, version: 99 }, { id: 1, $ne: null }]
  if (pattern.endsWith('/reveal'))
    bodies.push(
      ...Array<unknown>(20).fill({ field: pick(random, ['phone', 'id']), reason: '电话回访核实' }),
      { field: 'name', reason: 'x' },
    )
  if (pattern.endsWith('/solve'))
    bodies.push(
      ...Array<unknown>(5).fill({
        gridCount: 300,
        weights: [{ key: 'clients', importance: 1 }],
        tolerance: 0.1,
        seed: 1,
      }),
    )
  if (pattern.includes('/grids/')) bodies.push({ managerId: pick(random, [101, 104, 9]) }, { name: '改名' })
  if (pattern === '/api/grid-plans') bodies.push({ name: 'x', countyCode: '360722000000', cellSizeM: 500 })
  if (pattern.endsWith('/grid-plans/:id')) bodies.push({ name: '章贡机密方案' })
  return pick(random, bodies)
}

interface Sent {
  role: Role
  route: DeclaredRoute
  address: string
  body: unknown
  response: Response
  bytes: Buffer
}

/** Everything that is wrong with an answer, in words. */
function faultsOf({ role, route, bytes, response, address }: Sent): string[] {
  const faults: string[] = []
  const text = bytes.toString('utf8')
  const own = OWN_CLIENTS[role]
  const { status } = response
  const access = route.access!
  if (status >= 500) faults.push(`status ${status}`)
  if (access !== 'public' && !access.includes(role) && status !== 403)
    faults.push(`role not declared, status ${status}`)
  if (status === 401) faults.push('the session was not accepted')
  if (status >= 400 && !response.headers.get('content-type')?.startsWith('application/problem+json'))
    faults.push('an error that is no problem JSON')
  if (/node_modules|\.ts:\d|\bat \w+ \(|\bselect .+ from\b|app\.sid|token_hash|password_hash/i.test(text))
    faults.push('a trace of the program')
  for (let id = 1; id <= 7; id++) {
    const mayReveal =
      route.pattern.endsWith('/reveal') &&
      status === 200 &&
      own.includes(id) &&
      address.startsWith(`/api/clients/${id}/`)
    if (!mayReveal && (text.includes(TOY_PHONE(id)) || text.includes(TOY_IDENTITY(id))))
      faults.push(`raw contact of client ${id}`)
    const mayName = own.includes(id) && NAMED.includes(role)
    if (!mayName && new RegExp(`张三${id}(?!\\d)|"C${id}"`).test(text) && status < 400)
      faults.push(`name or number of client ${id}`)
  }
  if (!NAMED.includes(role) && /\d{3}\*{4}\d{4}/.test(text)) faults.push('a masked phone')
  for (const [name, readers] of Object.entries(PLANS))
    if (!readers.includes(role) && text.includes(name)) faults.push(`plan ${name}`)
  if (role === 'planner' && text.includes('机密单元')) faults.push('a unit of another plan')
  if (text.includes('机密任务')) faults.push('the input of a job')
  if (status === 200)
    for (const id of clientIdsIn(route, bytes, response)) if (!own.includes(id)) faults.push(`client ${id}`)
  return faults
}

/** Ids of single clients in a good answer, in whatever form it has. */
function clientIdsIn({ pattern }: DeclaredRoute, bytes: Buffer, response: Response): number[] {
  if (pattern.startsWith('/tiles')) {
    const plain = response.headers.get('content-encoding') === 'gzip' ? gunzipSync(bytes) : bytes
    const layer = new VectorTile(new PbfReader(plain)).layers.client
    return layer ? Array.from({ length: layer.length }, (_, i) => layer.feature(i).id!) : []
  }
  if (pattern.endsWith('/columns')) return [...decodeColumns(bytes).id]
  if (!pattern.startsWith('/api/clients')) return []
  const body = JSON.parse(bytes.toString('utf8')) as { id?: number; clients?: { id: number }[] }
  return [...(body.clients ?? []).map(({ id }) => id), ...(body.id === undefined ? [] : [body.id])]
}

describe('random requests', () => {
  it(
    `get no foreign row, no raw contact, no fault of the program (${REQUESTS} requests)`,
    { timeout: 600_000 },
    async () => {
      const random = createRandom(SEED)
      const wrong = new Map<string, string>()
      const answered = new Map<string, number>()
      const seenClients = new Map<Role, Set<number>>()
      let revealed = 0
      const one = async (): Promise<void> => {
        const role = pick(random, ROLES)
        const route = pick(random, routes)
        const address = addressOf(random, route)
        const hasBody = route.method === 'POST' || route.method === 'PATCH'
        const body = hasBody ? bodyOf(random, route) : undefined
        const version = pick(random, ['"v0"', '"v2"', '"v999"', '*', 'x'])
        const headers: Record<string, string> =
          random.int(5) > 0 && route.method !== 'GET' ? { 'if-match': version } : {}
        const response = await callers.get(role)!(address, { method: route.method, body, headers })
        const bytes = Buffer.from(await response.arrayBuffer())
        const sent = { role, route, address, body, response, bytes }
        for (const fault of faultsOf(sent))
          wrong.set(
            `${role} ${route.method} ${route.pattern}: ${fault}`,
            `${address} ${JSON.stringify(body)}`,
          )
        const key = `${route.method} ${route.pattern}`
        if (response.status < 300) {
          answered.set(key, (answered.get(key) ?? 0) + 1)
          if (route.pattern.endsWith('/reveal')) revealed++
          const known = seenClients.get(role) ?? new Set()
          for (const id of clientIdsIn(route, bytes, response)) known.add(id)
          seenClients.set(role, known)
        }
      }
      for (let done = 0; done < REQUESTS; done += AT_ONCE)
        await Promise.all(Array.from({ length: AT_ONCE }, one))

      expect(Object.fromEntries(wrong)).toEqual({})
      // The test would see a leak: every role that may see clients did see all of its own.
      for (const role of ROLES)
        expect([role, [...(seenClients.get(role) ?? [])].sort()]).toEqual([role, OWN_CLIENTS[role]])
      expect(revealed).toBeGreaterThan(5)
      const reads = routes
        .filter(({ method }) => method === 'GET')
        .map(({ method, pattern }) => `${method} ${pattern}`)
      expect(reads.filter((key) => !answered.has(key) && !key.includes('/jobs/'))).toEqual([])
      const log = api.logLines.join('')
      expect(log).not.toMatch(/张三|机密|1390797|36072219800101|permission_denied/)
    },
  )
})
