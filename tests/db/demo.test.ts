import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { clearDemo } from '#db/demo/clear-demo.ts'
import { loadDemo } from '#db/demo/load-demo.ts'
import type { DemoReport } from '#db/demo/load-demo.ts'
import { loadPlaces } from '#db/load-places.ts'
import { rowsOf } from '#db/rows.ts'
import { run } from '#server/cli/demo.ts'
import { openTestDatabase } from '../support/database.ts'
import type { TestDatabase } from '../support/database.ts'

const CLIENTS = 1_500
const encrypt = (text: string) => Buffer.from(`sealed ${text}`)
const options = { clients: CLIENTS, seed: 1, encrypt }

let database: TestDatabase
let report: DemoReport
let catalogueBefore: unknown
const rows = async <Row>(query: ReturnType<typeof sql>) =>
  rowsOf<Row>(await database.db.asOwner((tx) => tx.execute(query)))
const one = async <Row>(query: ReturnType<typeof sql>) => (await rows<Row>(query))[0]!
const count = async (query: ReturnType<typeof sql>) =>
  (await one<{ n: number }>(sql`select count(*)::integer as n from ${query}`)).n
const change = (query: ReturnType<typeof sql>) => database.db.asOwner((tx) => tx.execute(query))
const version = async () =>
  Number(
    (await one<{ version: number }>(sql`select version from geo.layer_version where layer = 'client'`))
      .version,
  )

/** Indexes, constraints and row-level security as the catalogue tells them. */
const catalogue = () =>
  rows(sql`
    select 'index' as what, indexrelid::regclass::text as name, pg_get_indexdef(indexrelid) as definition from pg_index i
      join pg_class c on c.oid = i.indrelid join pg_namespace n on n.oid = c.relnamespace where n.nspname in ('app', 'org', 'geo', 'auth')
    union all select 'constraint', conrelid::regclass || ' ' || conname, pg_get_constraintdef(k.oid) || ' ' || convalidated from pg_constraint k
      join pg_namespace n on n.oid = k.connamespace where n.nspname in ('app', 'org', 'geo', 'auth')
    union all select 'rls', c.oid::regclass::text, concat(c.relrowsecurity, c.relforcerowsecurity) from pg_class c
      join pg_namespace n on n.oid = c.relnamespace where n.nspname in ('app', 'org', 'geo', 'auth') and c.relkind = 'r'
    order by 1, 2`)

beforeAll(async () => {
  database = await openTestDatabase()
  await loadPlaces(database.db)
  catalogueBefore = await catalogue()
  report = await loadDemo(database.db, { ...options, accounts: { passwordHash: 'hash' } })
})
afterAll(() => database?.[Symbol.asyncDispose]())

describe('a loaded demo', () => {
  test('has the rows and sums it reports', async () => {
    for (const [table, n] of Object.entries(report.rows)) expect(await count(sql.raw(table)), table).toBe(n)
    expect(report.rows['app.client']).toBe(CLIENTS)
    expect(report.totalRows).toBe(Object.values(report.rows).reduce((a, b) => a + b, 0))
    expect(
      await one(
        sql`select sum(deposit_balance)::text as deposit, sum(loan_balance)::text as loan from app.client`,
      ),
    ).toEqual({
      deposit: report.depositBalance,
      loan: report.loanBalance,
    })
  })

  test('left indexes, constraints and row-level security as they were', async () => {
    expect(await catalogue()).toEqual(catalogueBefore)
  })

  test('places every client inside its village, township and county', async () => {
    expect(
      await rows(sql`select c.id from app.client c join geo.place v on v.code = c.village_code join geo.place t on t.code = c.township_code
        join geo.place y on y.code = c.county_code
        where not (st_covers(v.geom, c.geom) and st_covers(t.geom, c.geom) and st_covers(y.geom, c.geom))
          or v.township_code <> t.code or t.county_code <> y.code`),
    ).toEqual([])
    expect(await count(sql`app.client where geom is null or village_code is null`)).toBe(0)
  })

  test('client balances are the sums of open loans and the last snapshot', async () => {
    expect(
      await rows(sql`select c.id from app.client c
          left join (select client_id, sum(balance) as owed, max(risk_class) as worst from app.loan where closed_on is null group by 1) l
            on l.client_id = c.id
          left join app.balance_month b on b.client_id = c.id and b.month = '2026-10-01'
        where c.loan_balance <> coalesce(l.owed, 0) or c.risk_class is distinct from l.worst
          or (c.status = 'prospect') <> (b.month is null)
          or (b.month is not null and (b.loan <> c.loan_balance or b.deposit <> c.deposit_balance))`),
    ).toEqual([])
  })

  test('has 24 months for each client but prospects', async () => {
    expect(
      await rows(sql`select client_id from app.balance_month group by 1 having count(*) <> 24
      or min(month) <> '2024-11-01' or max(month) <> '2026-10-01'`),
    ).toEqual([])
    expect(report.rows['app.balance_month']).toBe(
      24 * (await count(sql`app.client where status <> 'prospect'`)),
    )
  })

  test('statuses fit the holdings', async () => {
    expect(
      await rows(sql`select id, status from app.client where case status
          when 'active' then deposit_balance = 0 or loan_balance = 0
          when 'depositOnly' then deposit_balance = 0 or loan_balance > 0
          when 'loanOnly' then deposit_balance > 0 or loan_balance = 0 or acquiring or payroll
          else deposit_balance > 0 or loan_balance > 0 or acquiring or payroll end
        or (next_due_on is null) <> (loan_balance = 0)`),
    ).toEqual([])
  })

  test('visits are by the own manager and the last one is on the client', async () => {
    expect(
      await rows(sql`select c.id from app.client c left join
          (select client_id, max((visited_at at time zone 'Asia/Shanghai')::date) as last, min(manager_id) as a, max(manager_id) as b
            from app.visit group by 1) v on v.client_id = c.id
        where c.last_visit_on is distinct from v.last or (v.a is not null and (v.a <> c.manager_id or v.b <> c.manager_id))`),
    ).toEqual([])
  })

  test('staff, chain links and class histories point where they say', async () => {
    expect(
      await rows(
        sql`select c.id from app.client c join org.staff s on s.id = c.manager_id where s.branch_id <> c.branch_id`,
      ),
    ).toEqual([])
    expect(
      await rows(sql`select c.id from app.client c full join app.chain_link k on k.client_id = c.id
        where k.core_enterprise_id is distinct from c.core_enterprise_id`),
    ).toEqual([])
    expect(
      await rows(sql`select l.id from app.loan l where l.risk_class is distinct from
        (select h.risk_class from app.loan_class_change h where h.loan_id = l.id order by h.month desc limit 1)`),
    ).toEqual([])
    expect(
      await one(sql`select count(*) filter (where kind = 'county')::integer as county, count(*) filter (where pilot)::integer as pilots,
        count(*) filter (where kind = 'township')::integer as township,
        (select count(*)::integer from org.staff where duty = 'manager') as managers from org.branch`),
    ).toEqual({
      county: 18,
      pilots: 16,
      township: 39,
      managers: 220,
    })
  })

  test('ownership is on record from the start: one open period for every client with a manager, none for others', async () => {
    expect(await rows(sql`select * from app.ownership_faults()`)).toEqual([])
    expect(await count(sql`app.ownership`)).toBe(await count(sql`app.client where manager_id is not null`))
    expect(
      await rows(sql`select o.id from app.ownership o join app.client c on c.id = o.client_id
        where o.reason <> 'initial' or o.until_on is not null or o.from_on is distinct from c.opened_on`),
    ).toEqual([])
  })

  test('contacts are sealed by the caller and masked on the client', async () => {
    const row = await one<{ phone: string; id: string; phone_mask: string; id_mask: string }>(
      sql`select convert_from(k.phone_enc, 'UTF8') as phone, convert_from(k.id_enc, 'UTF8') as id, c.phone_mask, c.id_mask
        from app.client c join app.client_contact k on k.client_id = c.id where c.id = 5`,
    )
    expect(row.phone).toMatch(/^sealed 100\d{8}$/)
    expect(row.phone_mask).toBe(`100****${row.phone.slice(-4)}`)
    expect(row.id).toMatch(/^sealed .{18}$/)
    expect(row.id_mask).toBe(`${row.id.slice(7, 11)}**********${row.id.slice(-4)}`)
  })

  test('says so in its setting and made an account for each role, and a second head', async () => {
    const { value } = await one<{ value: Record<string, unknown> }>(
      sql`select value from app.setting where key = 'demo'`,
    )
    expect(value).toMatchObject({ clients: CLIENTS, seed: 1, asOf: '2026-11-01', branches: 58 })
    expect(Date.parse(value.loadedAt as string)).not.toBeNaN()
    expect(report.accounts).toBe(9)
    expect(
      await rows(sql`select role from auth.account where demo and password_hash = 'hash' order by 1`),
    ).toHaveLength(9)
    expect(
      await rows(sql`select username from auth.account a where staff_id is not null and not exists
      (select from org.staff s where s.id = a.staff_id)`),
    ).toEqual([])
  })
})

describe('loading again', () => {
  test('is refused unless told to replace', async () => {
    await expect(loadDemo(database.db, options)).rejects.toMatchObject({
      name: 'DemoRefused',
      reason: 'demo-present',
    })
    expect(await count(sql`app.client`)).toBe(CLIENTS)
  })

  test('a load that fails on the way leaves the old demo and the catalogue untouched', async () => {
    const before = await version()
    let sealed = 0
    const failing = (text: string) => {
      if (++sealed > 400) throw new Error('the key is gone')
      return Buffer.from(text)
    }
    await expect(
      loadDemo(database.db, { ...options, clients: 300, replace: true, encrypt: failing }),
    ).rejects.toThrow('the key is gone')
    expect(await count(sql`app.client`)).toBe(CLIENTS)
    expect(await catalogue()).toEqual(catalogueBefore)
    expect(await version()).toBe(before)
  })

  test('replaced, it is the new one; accounts and their plans stay', async () => {
    const before = await version()
    const planner = await one<{ id: number }>(sql`select id from auth.account where username = 'guihua'`)
    const manager = await one<{ id: number }>(
      sql`select id from org.staff where duty = 'manager' order by id limit 1`,
    )
    await change(sql`insert into app.grid_plan (id, name, county_code, area, cell_size_m, created_by)
      select 900, '方案', code, geom, 500, ${planner.id} from geo.place where code = '360702000000'`)
    await change(
      sql`insert into app.grid (plan_id, no, name, manager_id) values (900, 0, '一号网格', ${manager.id})`,
    )
    const second = await loadDemo(database.db, { ...options, clients: 300, seed: 2, replace: true })
    expect(second.rows['app.client']).toBe(300)
    expect(await count(sql`app.client`)).toBe(300)
    expect(await count(sql`app.grid where plan_id = 900 and manager_id = ${manager.id}`)).toBe(1)
    expect(await count(sql`auth.account where demo and password_hash = 'hash'`)).toBe(9)
    expect(await version()).toBe(before + 1)
    expect(await catalogue()).toEqual(catalogueBefore)
  })
})

describe('gangrid demo', () => {
  async function call(...argv: string[]) {
    const text = { stdout: '', stderr: '' }
    const sink = (name: 'stdout' | 'stderr') => ({ write: (piece: string) => (text[name] += piece) })
    // The command closes what it opened; the database of this file stays open.
    const openDatabase = async () =>
      Object.assign(Object.create(database.db) as typeof database.db, { close: async () => {} })
    const code = await run(argv, {
      stdout: sink('stdout'),
      stderr: sink('stderr'),
      openDatabase,
      openCipher: async () => encrypt,
      demoPasswordHash: async () => 'hash',
    })
    return { code, ...text }
  }

  test('refuses over a demo, then replaces it and prints counts, sums and speed', async () => {
    const refused = await call('--clients', '200')
    expect(refused).toMatchObject({ code: 1, stdout: '' })
    expect(refused.stderr).toContain('--replace')
    const text = await call('--clients', '200', '--seed', '3', '--replace')
    expect(text.code).toBe(0)
    expect(text.stdout).toContain('客户 200 户，种子 3')
    expect(text.stdout).toMatch(/贷款余额合计 \d+\.\d{2} 元/)
    const json = await call('--clients', '300', '--seed', '2', '--replace', '--json')
    expect(json.code).toBe(0)
    expect(JSON.parse(json.stdout)).toMatchObject({ clients: 300, seed: 2, rows: { 'app.client': 300 } })
    expect(await count(sql`app.client`)).toBe(300)
  })

  test.each([
    [['--clients', '0'], '--clients'],
    [['--clients', '5000001'], '--clients'],
    [['--clients', 'large'], '--clients'],
    [['--clients', '1e3'], '--clients'],
    [['--seed', '1.5'], '--seed'],
    [['--clear', '--replace'], '--clear'],
    [['--nonsense'], '没有“--nonsense”这个选项'],
    [['extra'], '多余的参数: extra'],
  ])('%j is wrong usage and changes nothing', async (argv, named) => {
    const before = await version()
    const { code, stdout, stderr } = await call(...argv)
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain(named)
    expect(stderr).toContain('--help')
    expect(await version()).toBe(before)
  })

  test('--help explains, without a database', async () => {
    const { code, stdout } = await call('--help')
    expect(code).toBe(0)
    expect(stdout).toContain('用法: gangrid demo')
  })
})

describe('real data', () => {
  test('is neither overwritten by a demo nor cleared with it', async () => {
    const branch = 5
    await change(sql`insert into app.client (id, client_no, kind, status, name, name_mask, county_code, township_code, branch_id, location_accuracy)
      select 9000001, '36070001', 'farmer', 'prospect', '张三', '张*', county_code, code, ${branch}, 'surveyed' from geo.place
      where level = 'township' and not statistical order by code limit 1`)
    await expect(loadDemo(database.db, { ...options, replace: true })).rejects.toMatchObject({
      reason: 'real-data',
    })
    await expect(clearDemo(database.db)).rejects.toMatchObject({ name: 'DemoRefused', reason: 'still-used' })
    expect(await count(sql`app.client`)).toBe(301)
    await change(sql`insert into org.branch (id, name, kind, seat, opened_on)
      select 5000, '正式支行', 'county', seat, '2020-01-01' from org.branch where id = ${branch}`)
    await change(sql`update app.client set branch_id = 5000 where id = 9000001`)
    expect(await clearDemo(database.db)).toEqual({ clients: 300, plans: 1, accounts: 9 })
    expect(await rows(sql`select client_no from app.client`)).toEqual([{ client_no: '36070001' }])
    expect(await rows(sql`select name from org.branch`)).toEqual([{ name: '正式支行' }])
    expect(await count(sql`org.staff`)).toBe(0)
    expect(await count(sql`org.village_industry`)).toBe(0)
    expect(await count(sql`app.balance_month`)).toBe(0)
    expect(await count(sql`app.setting where key = 'demo'`)).toBe(0)
    expect(await catalogue()).toEqual(catalogueBefore)
  })

  test('a branch alone is enough to refuse a demo', async () => {
    await change(sql`delete from app.client`)
    await expect(loadDemo(database.db, options)).rejects.toMatchObject({ reason: 'real-data' })
    await change(sql`delete from org.branch`)
  })

  test('a real account with the name of a demo account stops the load', async () => {
    await change(
      sql`insert into auth.account (username, display_name, password_hash, role) values ('guihua', '真人', 'own', 'planner')`,
    )
    await expect(
      loadDemo(database.db, { ...options, clients: 50, accounts: { passwordHash: 'hash' } }),
    ).rejects.toMatchObject({
      reason: 'account-taken',
    })
    expect(await rows(sql`select password_hash from auth.account where username = 'guihua'`)).toEqual([
      { password_hash: 'own' },
    ])
    expect(await count(sql`app.client`)).toBe(0)
    await change(sql`delete from auth.account where username = 'guihua'`)
  })

  test('clearing where nothing is loaded is refused', async () => {
    await expect(clearDemo(database.db)).rejects.toMatchObject({ reason: 'no-demo' })
  })

  test('without places there is nowhere to put clients', async () => {
    await change(sql`truncate geo.place cascade`)
    await expect(loadDemo(database.db, options)).rejects.toMatchObject({ reason: 'no-places' })
  })
})
