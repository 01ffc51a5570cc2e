import { sql } from 'drizzle-orm'
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createApp } from '#server/app.ts'
import { envSchema, parseEnv } from '#server/env.ts'
import type { Meta, Ready } from '#server/meta/contract.ts'
import { callerAs, openTestApi, type TestApi } from '../support/api.ts'

let api: TestApi

beforeAll(async () => {
  api = await openTestApi()
})
afterAll(async () => {
  await api?.[Symbol.asyncDispose]()
})

describe('/api/meta', () => {
  it('tells nobody more than the login page needs', async () => {
    const meta = (await (await api.app.request('/api/meta')).json()) as Meta
    expect(Object.keys(meta).sort()).toEqual([
      'demoAccounts',
      'demoPassword',
      'engine',
      'mapNotice',
      'product',
      'trial',
      'trialNote',
    ])
    expect(meta).toMatchObject({
      product: '赣格 GanGrid',
      engine: api.db.engine,
      trial: api.db.engine === 'embedded',
      mapNotice: '内部工作用图 · 不得公开',
    })
  })

  it('offers demo accounts in trial mode only, disabled ones left out', async () => {
    await api.db.asOwner((tx) =>
      tx.execute(sql`insert into auth.account (username, display_name, password_hash, role, demo, disabled_at) values
        ('demo-a', 'a', 'none', 'leadership', true, null), ('demo-b', 'b', 'none', 'auditor', true, now())`),
    )
    const meta = (await (await api.app.request('/api/meta')).json()) as Meta
    const inTrial = api.db.engine === 'embedded'
    expect(meta.demoAccounts).toEqual(inTrial ? [{ username: 'demo-a', roleLabel: '总行领导' }] : null)
    expect(meta.demoPassword).toEqual(inTrial ? 'gangrid-trial' : null)
    expect(meta.trialNote === null).toBe(!inTrial)
    const server = createApp({
      ...api.deps,
      db: Object.create(api.db, { engine: { value: 'server' } }) as typeof api.db,
    })
    expect(await (await server.request('/api/meta')).json()).toMatchObject({
      engine: 'server',
      trial: false,
      trialNote: null,
      demoAccounts: null,
      demoPassword: null,
    })
  })

  it('describes the data to those signed in', async () => {
    await api.db.asOwner((tx) =>
      tx.execute(
        sql`insert into app.setting values ('demo', '{"clients":7,"seed":1,"asOf":"2026-10-01","branches":5}')`,
      ),
    )
    const meta = (await (await (await callerAs(api, 'auditor'))('/api/meta')).json()) as Meta
    expect(meta).toMatchObject({
      demo: { clients: 7, seed: 1, asOf: '2026-10-01' },
      asOf: '2026-10-01',
      months: ['2026-09-01', '2026-10-01'],
      datasets: [{ id: 'toy', accuracy: 'schematic', accuracyLabel: '示意，未经测绘' }],
      layers: { barrier: 1, client: 2, place: 1 },
    })
    expect(meta.bounds![0]).toBeCloseTo(114.91, 6)
    expect(meta.bounds![2]).toBeCloseTo(115.01, 6)
  })
})

describe('health', () => {
  it('is alive without a database, also for somebody with a session', async () => {
    const sessions = { authenticate: () => Promise.reject(new Error('asked the database')) } as never
    const app = createApp({ ...api.deps, db: null as never, sessions })
    const response = await app.request('/livez', { headers: { cookie: `sid=${'a'.repeat(43)}` } })
    expect([response.status, await response.json()]).toEqual([200, { live: true }])
  })

  it('is ready when every check holds', async () => {
    const response = await api.app.request('/readyz')
    expect(await response.json()).toEqual({
      ready: true,
      checks: { database: { ok: true }, schema: { ok: true }, disk: { ok: true }, jobs: { ok: true } },
    })
    expect(response.status).toBe(200)
  })

  const readyWith = async (changes: Partial<typeof api.deps>) => {
    const response = await createApp({ ...api.deps, ...changes }).request('/readyz')
    return { status: response.status, ...((await response.json()) as Ready) }
  }
  const databaseThat = (asRole: () => Promise<unknown>) =>
    Object.assign(Object.create(api.db), { asRole }) as typeof api.db

  it('is not ready when the database is late, fails, or lacks a table', async () => {
    const late = await readyWith({ db: databaseThat(() => new Promise(() => {})) })
    expect(late).toMatchObject({
      status: 503,
      ready: false,
      checks: { database: { ok: false }, schema: { ok: false }, disk: { ok: true } },
    })
    const broken = await readyWith({ db: databaseThat(() => Promise.reject(new Error('secret host'))) })
    expect(broken).toMatchObject({ status: 503, checks: { database: { ok: false } } })
    expect(JSON.stringify(broken)).not.toContain('secret')
    const lacking = await readyWith({ db: databaseThat(() => Promise.resolve(['app.unit'])) })
    expect(lacking).toMatchObject({
      status: 503,
      checks: { database: { ok: true }, schema: { ok: false, detail: '缺少数据表 app.unit' } },
    })
  })

  it('is not ready while it stops', async () => {
    expect(
      await readyWith({ jobs: Object.create(api.deps.jobs, { accepting: { value: false } }) as never }),
    ).toMatchObject({ status: 503, checks: { jobs: { ok: false } } })
  })
})

describe('the environment', () => {
  it('has the defaults that .env.example shows', () => {
    const lines = readFileSync(new URL('../../.env.example', import.meta.url), 'utf8').split('\n')
    const shown = Object.fromEntries(
      lines.filter((line) => /^[A-Z]/.test(line)).map((line) => line.split('=', 2) as [string, string]),
    )
    expect(Object.keys(shown).sort()).toEqual(Object.keys(envSchema.shape).sort())
    const [fromExample, fromNothing] = [parseEnv(shown), parseEnv({})]
    expect(fromExample).toEqual(fromNothing)
    expect(fromNothing).toMatchObject({
      ok: true,
      env: { PORT: 5180, HOST: '127.0.0.1', GANGRID_DATA: '.gangrid', GANGRID_TRUST_PROXY: false },
    })
  })

  it.each([
    [{ PORT: 'http' }, 'PORT'],
    [{ PORT: '65536' }, 'PORT'],
    [{ PORT: '51.5' }, 'PORT'],
    [{ HOST: 'http://x' }, 'HOST'],
    [{ DATABASE_URL: 'mysql://x/y' }, 'DATABASE_URL'],
    [{ DATABASE_URL: 'nonsense' }, 'DATABASE_URL'],
    [{ DATABASE_OWNER_URL: 'postgres://a/b' }, 'DATABASE_OWNER_URL'],
    [{ GANGRID_DEMO: 'huge' }, 'GANGRID_DEMO'],
    [{ GANGRID_LOG: 'loud' }, 'GANGRID_LOG'],
    [{ GANGRID_TRUST_PROXY: 'yes' }, 'GANGRID_TRUST_PROXY'],
  ])('refuses %j and names the variable in Chinese', (variables, name) => {
    const parsed = parseEnv(variables as Record<string, string>)
    expect(parsed.ok).toBe(false)
    if (!parsed.ok) {
      expect(parsed.faults).toHaveLength(1)
      expect(parsed.faults[0]).toMatch(new RegExp(`^环境变量 ${name} 有误：.*[一-鿿]`))
    }
  })

  it('names every wrong variable at once, and takes an empty one as absent', () => {
    const parsed = parseEnv({ PORT: 'x', GANGRID_DEMO: 'y', DATABASE_URL: '' })
    expect(parsed).toMatchObject({
      ok: false,
      faults: [expect.stringContaining('PORT'), expect.stringContaining('GANGRID_DEMO')],
    })
  })

  it('stops the server before it does anything, with exit code 2', () => {
    const root = new URL('../../', import.meta.url)
    const run = spawnSync(process.execPath, ['--import', 'tsx', 'server/main.ts'], {
      cwd: root,
      env: { PATH: process.env.PATH, PORT: 'x', GANGRID_DATA: '/nonexistent/folder' },
      encoding: 'utf8',
    })
    expect(run.status).toBe(2)
    expect(run.stdout).toBe('')
    expect(run.stderr).toMatch(/^环境变量 PORT 有误：.*\n请改正后重新启动/)
    expect(run.stderr).not.toMatch(/\bat /)
  })
})
