import { createHash, randomBytes } from 'node:crypto'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { rowsOf } from '#db/rows.ts'
import { openTestDatabase } from '../support/database.ts'
import type { TestDatabase } from '../support/database.ts'
import { insertToyBank, openToySession, toyAccounts } from '../support/toy-bank.ts'
import type { ToyRole } from '../support/toy-bank.ts'

let test1: TestDatabase
const sessions = {} as Record<ToyRole, string>

beforeAll(async () => {
  test1 = await openTestDatabase()
  await insertToyBank(test1.db)
  for (const role of Object.keys(toyAccounts) as ToyRole[])
    sessions[role] = await openToySession(test1.db, role)
})
afterAll(() => test1?.[Symbol.asyncDispose]())

const idsSeenBy = (role: ToyRole) =>
  test1.db.withUser(sessions[role], async (tx) =>
    rowsOf<{ id: number }>(await tx.execute(sql`select id from app.client order by id`)).map((row) => row.id),
  )
const refusal = (work: Promise<unknown>) =>
  work.then(
    () => 'no refusal',
    (error: { code?: string }) => error.code,
  )

// Toy bank: clients 1-3 belong to branch 11 (manager 101: 1,2; manager 102: 3), 4-5 to branch 12 under the county branch 10
// of 信丰, 6-7 to branch 20 in 章贡.
describe('row-level security: each policy lets its own rows through and no other', () => {
  test.each([
    ['manager', [1, 2]],
    ['township_head', [1, 2, 3]],
    ['branch_head', [1, 2, 3, 4, 5]],
    ['planner', [6, 7]],
  ] as const)('%s sees %j', async (role, expected) => {
    expect(await idsSeenBy(role)).toEqual(expected)
  })

  test.each(['leadership', 'sysadmin', 'secadmin', 'auditor'] as const)(
    '%s may not read client rows at all',
    async (role) => {
      expect(await refusal(idsSeenBy(role))).toBe('42501')
    },
  )

  test('what hangs on a client follows the client', async () => {
    const seen = (role: ToyRole) =>
      test1.db.withUser(sessions[role], async (tx) => {
        const of = async (table: ReturnType<typeof sql>) =>
          rowsOf<{ n: number }>(await tx.execute(sql`select count(*)::int as n from ${table}`))[0].n
        return [
          await of(sql`app.loan`),
          await of(sql`app.loan_class_change`),
          await of(sql`app.balance_month`),
          await of(sql`app.visit`),
          await of(sql`app.chain_link`),
        ]
      })
    expect(await seen('manager')).toEqual([2, 2, 4, 2, 2])
    expect(await seen('branch_head')).toEqual([5, 5, 10, 5, 5])
    expect(await refusal(seen('planner'))).toBe('42501')
  })

  test('a planner reads points but neither names nor balances', async () => {
    const read = (column: ReturnType<typeof sql>) =>
      test1.db.withUser(sessions.planner, (tx) => tx.execute(sql`select ${column} from app.client`))
    await read(sql`id, status, geom`)
    for (const column of [sql`name`, sql`name_mask`, sql`phone_mask`, sql`loan_balance`, sql`address`]) {
      expect(await refusal(read(column))).toBe('42501')
    }
  })

  test('ciphertext of contacts is reached only through reveal, which leaves a trace', async () => {
    const reveal = (role: ToyRole, id: number, field = 'phone') =>
      test1.db.withUser(
        sessions[role],
        async (tx) =>
          rowsOf<{ value: Buffer | null }>(
            await tx.execute(
              sql`select app.reveal_contact(${id}, ${field}, 'visit tomorrow', 'req-1') as value`,
            ),
          )[0].value,
      )
    expect((await reveal('manager', 1))?.toString()).toBe('phone-1')
    expect(await reveal('manager', 3)).toBeNull()
    expect(await refusal(reveal('planner', 6))).toBe('42501')
    expect(
      await refusal(
        test1.db.withUser(sessions.manager, (tx) => tx.execute(sql`select * from app.client_contact`)),
      ),
    ).toBe('42501')
    const trail = await test1.db.withUser(sessions.auditor, async (tx) =>
      rowsOf<{ username: string; object_id: string }>(
        await tx.execute(sql`select username, object_id from audit.event where action = 'client.reveal'`),
      ),
    )
    expect(trail).toEqual([{ username: 'toy.manager', object_id: '1' }])
  })

  test('plans are visible and writable by county, and a plan cannot be moved to a foreign one', async () => {
    const insert = (county: string) =>
      test1.db.withUser(sessions.planner, async (tx, me) =>
        tx.execute(sql`insert into app.grid_plan (name, county_code, area, cell_size_m, created_by)
          values ('p', ${county}, st_multi(st_makeenvelope(114.9, 25.8, 115, 25.9, 4326)), 500, ${me.accountId}) returning id`),
      )
    const [{ id }] = rowsOf<{ id: number }>(await insert('360702000000'))
    expect(await refusal(insert('360722000000'))).toBe('42501')
    const move = test1.db.withUser(sessions.planner, (tx) =>
      tx.execute(sql`update app.grid_plan set county_code = '360722000000' where id = ${id}`),
    )
    expect(await refusal(move)).toBe('42501')
    const seenByForeignHead = await test1.db.withUser(sessions.branch_head, (tx) =>
      tx.execute(sql`select id from app.grid_plan`),
    )
    expect(rowsOf(seenByForeignHead)).toEqual([])
  })
})

describe('the log of edits', () => {
  const write = (county: string, account: number | null) =>
    test1.db.withUser(sessions.planner, async (tx, me) =>
      tx.execute(sql`insert into app.plan_edit (plan_id, seq, edit_id, account_id, author, kind, units, from_grids, to_grids, version)
        select p.id, 1 + (select count(*)::int from app.plan_edit e where e.plan_id = p.id), gen_random_uuid(), ${account ?? me.accountId},
          'x', 'paint', '{0}', '{-1}', '{0}', 2 from (select ${county === '360702000000' ? plans.own : plans.foreign}::integer as id) p`),
    )
  let plans: { own: number; foreign: number }
  beforeAll(async () => {
    const insert = async (county: string) =>
      rowsOf<{ id: number }>(
        await test1.db.asOwner((tx) =>
          tx.execute(sql`insert into app.grid_plan (name, county_code, area, cell_size_m, created_by)
            values ('p', ${county}, st_multi(st_makeenvelope(114.9, 25.8, 115, 25.9, 4326)), 500, 1) returning id`),
        ),
      )[0]!.id
    plans = { own: await insert('360702000000'), foreign: await insert('360722000000') }
  })

  test('takes an edit of a plan of the own county in the own name, and no other', async () => {
    await write('360702000000', null)
    expect(await refusal(write('360722000000', null))).toBe('42501')
    expect(await refusal(write('360702000000', 999))).toBe('42501')
  })

  test('is read with the plan, and changed by nobody', async () => {
    const count = (role: ToyRole) =>
      test1.db.withUser(
        sessions[role],
        async (tx) => rowsOf(await tx.execute(sql`select seq from app.plan_edit`)).length,
      )
    expect([await count('planner'), await count('branch_head')]).toEqual([1, 0])
    expect(await refusal(count('manager'))).toBe('42501')
    for (const statement of [sql`update app.plan_edit set author = 'y'`, sql`delete from app.plan_edit`])
      expect(await refusal(test1.db.withUser(sessions.planner, (tx) => tx.execute(statement)))).toBe('42501')
  })
})

describe('the context of a statement cannot be forged', () => {
  test('a guessed, expired or revoked session is no session', async () => {
    const use = (hash: string) => test1.db.withUser(hash, async () => 1)
    await expect(use(randomBytes(32).toString('hex'))).rejects.toThrow('no valid session')
    const hash = createHash('sha256').update('short').digest('hex')
    await openToySession(test1.db, 'manager', { token: 'short' })
    expect(await use(hash)).toBe(1)
    await test1.db.asRole('gis_auth', (tx) =>
      tx.execute(
        sql`update auth.session set idle_until = now() - interval '1 second' where token_hash = decode(${hash}, 'hex')`,
      ),
    )
    await expect(use(hash)).rejects.toThrow('no valid session')
  })

  test('settings and a switched role inside a session show nothing more', async () => {
    const rows = await test1.db.withUser(sessions.manager, async (tx) => {
      await tx.execute(sql`select set_config('app.sid', ${randomBytes(32).toString('hex')}, true)`)
      return rowsOf(await tx.execute(sql`select id from app.client`))
    })
    expect(rows).toEqual([])
  })

  test('nothing of one transaction is left for the next', async () => {
    await test1.db.withUser(sessions.manager, (tx) => tx.execute(sql`select 1`))
    const bare = test1.db.asRole('gis_auth', (tx) => tx.execute(sql`select id from app.client`))
    expect(await refusal(bare)).toBe('42501')
  })

  test('600 concurrent requests of all roles: each sees its own rows only', async () => {
    const expected: Partial<Record<ToyRole, number>> = {
      manager: 2,
      township_head: 3,
      branch_head: 5,
      planner: 2,
    }
    const roles = Object.keys(expected) as ToyRole[]
    let wrong = 0
    for (let batch = 0; batch < 24; batch++) {
      await Promise.all(
        Array.from({ length: 25 }, async (_, i) => {
          const role = roles[i % roles.length]
          if ((await idsSeenBy(role)).length !== expected[role]) wrong++
        }),
      )
    }
    expect(wrong).toBe(0)
  })
})

test('the audit trail refuses change, even by the owner', async () => {
  await test1.db.asRole('gis_auth', (tx) =>
    tx.execute(sql`insert into audit.event (action, outcome) values ('x', 'ok')`),
  )
  expect(await refusal(test1.db.asOwner((tx) => tx.execute(sql`update audit.event set action = 'y'`)))).toBe(
    '42501',
  )
  expect(await refusal(test1.db.asOwner((tx) => tx.execute(sql`delete from audit.event`)))).toBe('42501')
})

// Those of plans' lives, receipts and ownership: governance-access.test.ts.
test('every policy of a business role has a case above or beside', async () => {
  const policies = await test1.db.asOwner(async (tx) =>
    rowsOf<{ what: string }>(
      await tx.execute(sql`select schemaname || '.' || tablename || ' ' || policyname as what from pg_policies
        where policyname <> 'owner_all' and not roles && array['gis_auth', 'gis_worker']::name[] order by 1`),
    ).map((row) => row.what),
  )
  expect(policies).toEqual([
    'app.balance_month with_client',
    'app.chain_link with_client',
    'app.client branch_head_read',
    'app.client manager_read',
    'app.client planner_read',
    'app.client township_head_read',
    'app.client_place with_client',
    'app.grid with_plan',
    'app.grid with_plan_read',
    'app.grid_plan head_decide',
    'app.grid_plan head_read',
    'app.grid_plan manager_read',
    'app.grid_plan planner_all',
    'app.job own_jobs',
    'app.loan with_client',
    'app.loan_class_change with_loan',
    'app.ownership with_client',
    'app.plan_client with_plan_and_client',
    'app.plan_edit with_plan_read',
    'app.plan_edit with_plan_write',
    'app.plan_event with_plan_read',
    'app.plan_permit planner_permits',
    'app.plan_permit with_plan_read',
    'app.receipt own_answer',
    'app.receipt own_receipt',
    'app.receipt with_plan_read',
    'app.referral own_referrals',
    'app.referral with_plan_read',
    'app.unit with_plan',
    'app.unit with_plan_read',
    'app.unit_edge with_plan',
    'app.unit_edge with_plan_read',
    'app.visit with_client',
    'audit.event auditor_read',
    'auth.account sysadmin_insert',
    'auth.account sysadmin_read',
    'auth.account sysadmin_update',
  ])
})
