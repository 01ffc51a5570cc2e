import { sql } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { rowsOf } from '#db/rows.ts'
import { createApp } from '#server/app.ts'
import type { AppError } from '#server/http/errors.ts'
import { LoginGuard } from '#server/session/login-guard.ts'
import { hashPassword, verifyPassword } from '#server/session/password.ts'
import { newToken, tokenHashOf } from '#server/session/token.ts'
import { SessionService } from '#server/session/service.ts'
import { callerWith, openTestApi, type TestApi } from '../support/api.ts'

const PASSWORD = 'Correct-Horse-9'
let api: TestApi

beforeAll(async () => {
  api = await openTestApi()
  const hash = await hashPassword(PASSWORD)
  await api.db.asOwner((tx) => tx.execute(sql`update auth.account set password_hash = ${hash}`))
})
afterAll(async () => {
  await api?.[Symbol.asyncDispose]()
})

const login = (username: string, password: string, headers: Record<string, string> = {}) =>
  callerWith(api, null)('/api/session', { method: 'POST', body: { username, password }, headers })

const tokenOf = (response: Response) =>
  /(?:^|; |, )(?:__Host-)?sid=([^;]+)/.exec(response.headers.get('set-cookie') ?? '')![1]!

async function newSession(username = 'toy.branch-head'): Promise<string> {
  const response = await login(username, PASSWORD)
  expect(response.status).toBe(200)
  return tokenOf(response)
}

const statusWith = async (token: string) => (await callerWith(api, token)('/api/session')).status

const events = async () =>
  rowsOf<{ action: string; outcome: string; username: string | null; detail: Record<string, string> }>(
    await api.db.asOwner((tx) =>
      tx.execute(sql`select action, outcome, username, detail from audit.event order by id`),
    ),
  )

describe('login', () => {
  it('answers who one is and keeps only the hash of the token', async () => {
    const response = await login('  TOY.branch-head ', PASSWORD)
    expect(response.status).toBe(200)
    expect(await response.json()).toMatchObject({
      username: 'toy.branch-head',
      role: 'branch_head',
      roleLabel: '支行行长',
      staffId: 110,
      counties: [{ code: '360722000000', name: '信丰县' }],
      can: expect.arrayContaining(['clients.reveal', 'grids.read']),
      scopeBox: [
        expect.closeTo(114.91, 6),
        expect.closeTo(25.84, 6),
        expect.closeTo(114.93, 6),
        expect.closeTo(25.86, 6),
      ],
    })
    const cookie = response.headers.get('set-cookie')!
    expect(cookie).toMatch(/^sid=[A-Za-z0-9_-]{43}; Max-Age=43200; Path=\/; HttpOnly; SameSite=Lax$/)
    const token = tokenOf(response)
    const stored = rowsOf<{ hash: string }>(
      await api.db.asOwner((tx) =>
        tx.execute(sql`select encode(token_hash, 'hex') as hash from auth.session`),
      ),
    )
    expect(stored.map(({ hash }) => hash)).toContain(tokenHashOf(token))
    expect(JSON.stringify(stored)).not.toContain(token)
    expect(await statusWith(token)).toBe(200)
  })

  it('names no place of work where there is none, but shows the whole prefecture', async () => {
    const response = await login('toy.leadership', PASSWORD)
    expect(await response.json()).toMatchObject({
      branches: [],
      counties: [],
      scopeBox: [expect.any(Number), expect.any(Number), expect.any(Number), expect.any(Number)],
    })
  })

  it('gives a Secure __Host- cookie behind a trusted https proxy and ignores the plain one there', async () => {
    const proxied = { app: createApp({ ...api.deps, trustProxy: true }) }
    const https = { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'gis.bank.example' }
    const response = await callerWith(proxied, null)('/api/session', {
      method: 'POST',
      body: { username: 'toy.manager', password: PASSWORD },
      headers: https,
    })
    expect(response.headers.get('set-cookie')).toMatch(
      /^__Host-sid=[A-Za-z0-9_-]{43}; Max-Age=43200; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
    )
    expect(response.headers.get('strict-transport-security')).toContain('max-age=63072000')
    const token = tokenOf(response)
    const as = (cookie: string) => proxied.app.request('/api/session', { headers: { ...https, cookie } })
    expect((await as(`sid=${token}`)).status).toBe(401)
    expect((await as(`__Host-sid=${token}`)).status).toBe(200)
  })

  it('says the same of a wrong password, an unknown name and a disabled account', async () => {
    await api.db.asOwner((tx) =>
      tx.execute(sql`update auth.account set disabled_at = now() where username = 'toy.secadmin'`),
    )
    const before = (await events()).length
    const answers = []
    for (const [username, password] of [
      ['toy.auditor', 'wrong'],
      ['nobody', PASSWORD],
      ["x' or 1=1 --", PASSWORD],
      ['toy.secadmin', PASSWORD],
    ]) {
      const response = await login(username!, password!)
      const { traceId, ...problem } = (await response.json()) as { traceId: string }
      expect(traceId).toMatch(/^[0-9a-f-]{36}$/)
      expect(response.headers.get('set-cookie')).toBeNull()
      answers.push(problem)
    }
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1)
    expect(answers[0]).toMatchObject({ status: 401, code: 'invalid_credentials' })
    expect(
      (await events())
        .slice(before)
        .map(({ outcome, username, detail }) => [outcome, username, detail.reason]),
    ).toEqual([
      ['refused', 'toy.auditor', 'password'],
      ['refused', null, 'unknown'],
      ['refused', null, 'unknown'],
      ['refused', 'toy.secadmin', 'disabled'],
    ])
  })

  it('refuses demo accounts on the server engine only', async () => {
    await api.db.asOwner((tx) =>
      tx.execute(sql`update auth.account set demo = true where username = 'toy.sysadmin'`),
    )
    const answer = await login('toy.sysadmin', PASSWORD)
    expect(answer.status).toBe(api.db.engine === 'server' ? 401 : 200)
    const asServer = Object.create(api.db, { engine: { value: 'server' } }) as typeof api.db
    const strict = new SessionService(asServer)
    await expect(
      strict.login({ username: 'toy.sysadmin', password: PASSWORD }, { address: 'a', requestId: 'r' }, null),
    ).rejects.toMatchObject({
      problemCode: 'invalid_credentials',
    })
  })

  it.each([
    [{}, 'username'],
    [{ username: 'a' }, 'password'],
    [{ username: 'a', password: '' }, 'password'],
    [{ username: 1, password: 'b' }, 'username'],
    [{ username: 'a', password: 'b', role: 'auditor' }, ''],
    [{ username: 'a', password: 'x'.repeat(201) }, 'password'],
  ])('refuses %j and names the field', async (body, field) => {
    const response = await callerWith(api, null)('/api/session', { method: 'POST', body })
    expect(response.status).toBe(400)
    const problem = (await response.json()) as { code: string; detail: string; errors: { path: string }[] }
    expect(problem.code).toBe('bad_request')
    expect(problem.errors[0]!.path).toBe(field)
    expect(problem.detail).toMatch(/[一-鿿]/)
  })

  it('blocks a name from one source after five failures, even with the right password, and not from another', async () => {
    const guarded = new SessionService(api.db)
    const attempt = (password: string, address: string) =>
      guarded.login({ username: 'toy.planner', password }, { address, requestId: 'r' }, null).then(
        () => 'in',
        (error: AppError) => `${error.problemCode} ${error.options.retryAfterS ?? ''}`.trim(),
      )
    const outcomes = []
    for (let i = 0; i < 5; i++) outcomes.push(await attempt('wrong', '10.0.0.1'))
    expect(outcomes).toEqual([...Array<string>(4).fill('invalid_credentials'), 'rate_limited 600'])
    expect(await attempt(PASSWORD, '10.0.0.1')).toMatch(/^rate_limited (600|599)$/)
    expect(await attempt(PASSWORD, '10.0.0.2')).toBe('in')
    expect((await events()).map(({ detail }) => detail.reason)).toContain('blocked')
  })

  it('lets one address try sixty times a minute, whatever the names', async () => {
    const guard = new LoginGuard()
    for (let i = 0; i < 60; i++) expect(await guard.enter('10.0.0.9')).toBe(0)
    expect(await guard.enter('10.0.0.9')).toBeGreaterThan(0)
    expect(await guard.enter('10.0.0.10')).toBe(0)
  })

  it('writes no password, token or typed name into the log', () => {
    const log = api.logLines.join('')
    expect(log).toContain('"route":"/api/session"')
    for (const secret of [PASSWORD, 'or 1=1', 'nobody', 'toy.']) expect(log).not.toContain(secret)
  })
})

describe('the block after failures', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'] }))
  afterEach(() => void vi.useRealTimers())

  it('doubles from ten minutes to two hours, and a success forgives', async () => {
    const guard = new LoginGuard()
    const blocks = []
    for (let round = 0; round < 6; round++) {
      let blockS = 0
      for (let i = 0; i < 5; i++) blockS = await guard.failed('a', 'x')
      blocks.push(blockS)
      vi.advanceTimersByTime(blockS * 1000 - 1000)
      expect(await guard.blockedFor('a', 'x')).toBe(1)
      vi.advanceTimersByTime(1001)
      expect(await guard.blockedFor('a', 'x')).toBe(0)
    }
    expect(blocks).toEqual([600, 1200, 2400, 4800, 7200, 7200])
    await guard.succeeded('a', 'x')
    for (let i = 0; i < 4; i++) expect(await guard.failed('a', 'x')).toBe(0)
    expect(await guard.failed('a', 'x')).toBe(600)
  })

  it('forgets failures after ten minutes', async () => {
    const guard = new LoginGuard()
    for (let i = 0; i < 4; i++) await guard.failed('b', 'x')
    vi.advanceTimersByTime(600_001)
    expect(await guard.failed('b', 'x')).toBe(0)
  })
})

describe('a session', () => {
  it('ends at logout, on the next request', async () => {
    const token = await newSession()
    const bystander = await newSession()
    const response = await callerWith(api, token)('/api/session', { method: 'DELETE' })
    expect(response.status).toBe(204)
    expect(response.headers.get('set-cookie')).toMatch(/^sid=; Max-Age=0;/)
    expect(await statusWith(token)).toBe(401)
    expect(await statusWith(bystander)).toBe(200)
    expect((await events()).at(-1)).toMatchObject({
      action: 'session.logout',
      outcome: 'ok',
      username: 'toy.branch-head',
    })
  })

  it('is replaced, not kept, by a login with its cookie', async () => {
    const first = await newSession()
    const second = await callerWith(api, first)('/api/session', {
      method: 'POST',
      body: { username: 'toy.manager', password: PASSWORD },
    })
    expect(second.status).toBe(200)
    expect(tokenOf(second)).not.toBe(first)
    expect(await statusWith(first)).toBe(401)
  })

  it.each([
    ['idle too long', sql`update auth.session set idle_until = now() - interval '1 second'`],
    ['older than twelve hours', sql`update auth.session set absolute_until = now() - interval '1 second'`],
    ['revoked', sql`update auth.session set revoked_at = now()`],
    [
      'of a disabled account',
      sql`update auth.account set disabled_at = now() where username = 'toy.auditor'`,
    ],
    [
      'of an account with another role since',
      sql`update auth.account set role = 'secadmin' where username = 'toy.auditor'`,
    ],
    [
      'of an account with another scope since',
      sql`update auth.account set county_codes = '{360702000000}' where username = 'toy.auditor'`,
    ],
  ])('that is %s is refused', async (_, change) => {
    const token = await newSession('toy.auditor')
    expect(await statusWith(token)).toBe(200)
    await api.db.asOwner((tx) => tx.execute(change))
    const response = await callerWith(api, token)('/api/session')
    expect(response.status).toBe(401)
    expect(await response.json()).toMatchObject({ code: 'unauthenticated' })
    await api.db.asOwner((tx) =>
      tx.execute(
        sql`update auth.account set disabled_at = null, role = 'auditor', county_codes = '{}' where username = 'toy.auditor'`,
      ),
    )
    // It does not come back to life with the account.
    expect(await statusWith(token)).toBe(401)
  })

  it('is prolonged by use, at most once a minute and never beyond twelve hours', async () => {
    const token = await newSession()
    const hash = tokenHashOf(token)
    const idleUntil = async () => {
      const [row] = rowsOf<{ left: number; seen: number }>(
        await api.db.asOwner((tx) =>
          tx.execute(sql`select extract(epoch from idle_until - now())::float8 as left, extract(epoch from now() - last_seen)::float8 as seen
            from auth.session where token_hash = decode(${hash}, 'hex')`),
        ),
      )
      return row!
    }
    const age = (seconds: number) =>
      api.db.asOwner((tx) =>
        tx.execute(sql`update auth.session set last_seen = now() - make_interval(secs => ${seconds}), idle_until = now() + interval '100 seconds'
          where token_hash = decode(${hash}, 'hex')`),
      )
    await age(30)
    await statusWith(token)
    expect((await idleUntil()).left).toBeLessThan(101)
    await age(61)
    await statusWith(token)
    const touched = await idleUntil()
    expect(touched.left).toBeGreaterThan(1_750)
    expect(touched.seen).toBeLessThan(30)
    await age(61)
    await api.db.asOwner((tx) =>
      tx.execute(
        sql`update auth.session set absolute_until = now() + interval '5 minutes' where token_hash = decode(${hash}, 'hex')`,
      ),
    )
    await statusWith(token)
    expect((await idleUntil()).left).toBeLessThan(301)
  })

  it.each(['', 'x', 'a'.repeat(43), newToken(), `${'a'.repeat(42)};`, '../../etc', 'x'.repeat(5_000)])(
    'is not begun by the made-up token %#',
    async (token) => {
      expect(await statusWith(token)).toBe(401)
    },
  )
})

describe('passwords', () => {
  it('are argon2id at the floor of its cost, and checked', async () => {
    const stored = await hashPassword('pass')
    expect(stored).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
    expect(await verifyPassword(stored, 'pass')).toBe(true)
    expect(await verifyPassword(stored, 'Pass')).toBe(false)
    expect(await verifyPassword(null, 'pass')).toBe(false)
  })

  it('cost an unknown user a whole hash', async () => {
    const stored = await hashPassword('pass')
    await verifyPassword(null, 'warm up')
    const time = async (against: string | null) => {
      const times = []
      for (let i = 0; i < 5; i++) {
        const from = performance.now()
        await verifyPassword(against, 'wrong')
        times.push(performance.now() - from)
      }
      return Math.min(...times)
    }
    expect(await time(null)).toBeGreaterThan((await time(stored)) / 3)
  })
})
