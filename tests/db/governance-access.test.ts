import { sql, type SQL } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { rowsOf } from '#db/rows.ts'
import { openTestDatabase, type TestDatabase } from '../support/database.ts'
import { insertGovernedBank, insertManagedPlan } from '../support/governed-bank.ts'
import { insertToyBank, toyAccounts } from '../support/toy-bank.ts'

/*
 * 章贡 has a plan of each state; a planner, two heads (one of 信丰), and managers 101 (信丰) and 104 to 106 look at it. What the
 * roles of 信丰 see is nothing.
 */
let opened: TestDatabase
let plans: Record<'draft' | 'submitted' | 'effective', number>
const sessions = {} as Record<string, string>

beforeAll(async () => {
  opened = await openTestDatabase()
  const { db } = opened
  await insertToyBank(db)
  await insertGovernedBank(db)
  for (const role of Object.keys(toyAccounts))
    sessions[role] = await sessionFor(`toy.${role}`.replace('_', '-'))
  for (const username of ['toy.head-2', 'toy.m104', 'toy.m105'])
    sessions[username] = await sessionFor(username)
  plans = {
    draft: await insertManagedPlan(db),
    submitted: await insertManagedPlan(db),
    effective: await insertManagedPlan(db),
  }
  await db.asOwner(async (tx) => {
    for (const [state, id] of Object.entries(plans)) {
      await tx.execute(
        sql`update app.grid_plan set state = ${state}, submitted_by = (select id from auth.account where username = 'toy.planner') where id = ${id}`,
      )
      await tx.execute(sql`insert into app.receipt (plan_id, manager_id, figures, figures_rounded) values
        (${id}, 104, '{"exact": 104}', '{}'), (${id}, 105, '{"exact": 105}', '{}')`)
      await tx.execute(sql`insert into app.plan_event (plan_id, action) values (${id}, 'submit')`)
      await tx.execute(
        sql`insert into app.plan_permit (plan_id, kind, subject, because) values (${id}, 'splitGrid', 0, '有桥相连')`,
      )
      await tx.execute(
        sql`insert into app.plan_client values (${id}, 200, 'client', 0), (${id}, 1, 'client', 0)`,
      )
      await tx.execute(
        sql`insert into app.referral (client_id, manager_id, role, plan_id, because, created_on) values (200, 105, 'trading', ${id}, '经营地', '2026-11-23')`,
      )
    }
    await tx.execute(
      sql`insert into app.client_place values (200, 'trading', '360702001000', st_setsrid(st_makepoint(114.95, 25.85), 4326), 'surveyed')`,
    )
  })
})
afterAll(() => opened?.[Symbol.asyncDispose]())

async function sessionFor(username: string): Promise<string> {
  const [row] = rowsOf<{ hash: string }>(
    await opened.db.asRole('gis_auth', (tx) =>
      tx.execute(sql`insert into auth.session (token_hash, account_id, username, display_name, role, staff_id, branch_ids, county_codes, idle_until, absolute_until)
        select sha256(convert_to(username, 'UTF8')), id, username, display_name, role, staff_id, branch_ids, county_codes, now() + interval '30 minutes', now() + interval '12 hours'
        from auth.account where username = ${username} returning encode(token_hash, 'hex') as hash`),
    ),
  )
  return row!.hash
}
const run = (who: string, query: SQL) => opened.db.withUser(sessions[who]!, (tx) => tx.execute(query))
const count = async (who: string, from: SQL) =>
  rowsOf<{ n: number }>(await run(who, sql`select count(*)::int as n from ${from}`))[0]!.n
const refusal = (work: Promise<unknown>) =>
  work.then(
    (result) => `${rowsOf(result).length} rows`,
    (error: { code?: string }) => error.code,
  )

describe('what hangs on a plan', () => {
  test.each(['plan_event', 'plan_permit', 'referral'])(
    '%s is read by the planner and the heads of the county',
    async (table) => {
      const from = sql.raw(`app.${table}`)
      expect([await count('planner', from), await count('toy.head-2', from)]).toEqual([3, 3])
      expect([await count('branch_head', from), await count('township_head', from)]).toEqual([0, 0])
      if (table !== 'referral') expect(await refusal(count('toy.m104', from) as never)).toBe('42501')
      expect(await refusal(count('leadership', from) as never)).toBe('42501')
    },
  )

  test('the place of a client in a plan needs both to be visible', async () => {
    expect([
      await count('planner', sql`app.plan_client`),
      await count('toy.head-2', sql`app.plan_client`),
    ]).toEqual([3, 3])
    expect(await count('branch_head', sql`app.plan_client`)).toBe(0)
    expect(await refusal(count('toy.m104', sql`app.plan_client`) as never)).toBe('42501')
  })

  test('a permit is written by the planner in the own name', async () => {
    const permit = (who: string, account: SQL) =>
      refusal(
        run(
          who,
          sql`insert into app.plan_permit (plan_id, kind, subject, because, account_id)
          values (${plans.draft}, 'splitGrid', 1, '有桥相连', ${account}) returning kind`,
        ),
      )
    expect(await permit('planner', sql`1 + app.my_account()`)).toBe('42501')
    expect(await permit('toy.head-2', sql`app.my_account()`)).toBe('42501')
    expect(await permit('planner', sql`app.my_account()`)).toBe('1 rows')
  })
})

describe('receipts', () => {
  test('are read by heads and, without exact figures, by planners; by a manager the own one once the plan is out', async () => {
    expect([await count('planner', sql`app.receipt`), await count('toy.head-2', sql`app.receipt`)]).toEqual([
      6, 6,
    ])
    expect(await count('branch_head', sql`app.receipt`)).toBe(0)
    expect(await refusal(run('planner', sql`select figures from app.receipt`))).toBe('42501')
    expect(
      rowsOf(await run('toy.m104', sql`select manager_id, plan_id from app.receipt order by plan_id`)),
    ).toEqual([plans.submitted, plans.effective].map((plan_id) => ({ manager_id: 104, plan_id })))
    expect(await count('manager', sql`app.receipt`)).toBe(0)
    expect(await refusal(count('auditor', sql`app.receipt`) as never)).toBe('42501')
  })

  test('bring the plan they speak of with them: its name and state, no more', async () => {
    expect(rowsOf(await run('toy.m104', sql`select id from app.grid_plan order by id`))).toEqual(
      [plans.submitted, plans.effective].map((id) => ({ id })),
    )
    expect(await refusal(run('toy.m104', sql`select area from app.grid_plan`))).toBe('42501')
    expect(rowsOf(await run('manager', sql`select id from app.grid_plan`))).toEqual([])
  })

  test('are answered by their manager, while the plan is open, and only answered', async () => {
    const answer = (who: string, plan: number) =>
      refusal(
        run(
          who,
          sql`update app.receipt set response = 'accepted', responded_at = now() where plan_id = ${plan} returning manager_id`,
        ),
      )
    expect(await answer('toy.m104', plans.submitted)).toBe('1 rows')
    expect(await answer('toy.m104', plans.effective)).toBe('0 rows')
    expect(await answer('toy.m104', plans.draft)).toBe('0 rows')
    expect(await answer('manager', plans.submitted)).toBe('0 rows')
    expect(await answer('planner', plans.submitted)).toBe('42501')
    expect(await answer('toy.head-2', plans.submitted)).toBe('42501')
    expect(await refusal(run('toy.m104', sql`update app.receipt set figures = '{}'`))).toBe('42501')
    expect(
      rowsOf(await run('toy.head-2', sql`select manager_id from app.receipt where response = 'accepted'`)),
    ).toEqual([{ manager_id: 104 }])
  })

  test('credits are read by the manager who gets them', async () => {
    expect([await count('toy.m105', sql`app.referral`), await count('toy.m104', sql`app.referral`)]).toEqual([
      3, 0,
    ])
  })
})

describe('ownership and places follow the client', () => {
  test.each([
    ['planner', 47, 1],
    ['toy.head-2', 47, 1],
    ['toy.m104', 17, 1],
    ['toy.m105', 15, 0],
    ['branch_head', 5, 0],
    ['manager', 2, 0],
  ])('%s sees %i periods and %i places', async (who, periods, places) => {
    expect([await count(who, sql`app.ownership`), await count(who, sql`app.client_place`)]).toEqual([
      periods,
      places,
    ])
  })

  test('and are written by nobody but the functions that check the session', async () => {
    for (const who of ['planner', 'toy.head-2', 'toy.m104']) {
      expect(
        await refusal(
          run(who, sql`insert into app.ownership (client_id, manager_id, reason) values (203, 104, 'claim')`),
        ),
      ).toBe('42501')
      expect(await refusal(run(who, sql`update app.ownership set until_on = current_date`))).toBe('42501')
      expect(await refusal(run(who, sql`delete from app.ownership`))).toBe('42501')
      expect(await refusal(run(who, sql`update app.client set manager_id = 104`))).toBe('42501')
      for (const call of [
        sql`app.apply_plan(${plans.submitted}, current_date)`,
        sql`app.expire_ownership(current_date)`,
        sql`app.hold_plan(${plans.submitted}, 'x')`,
        sql`app.npl_by_officer('360702000000')`,
        sql`app.ownership_faults()`,
      ])
        expect(await refusal(run(who, sql`select ${call}`))).toBe('42501')
    }
    expect(
      await refusal(run('planner', sql`select app.claim_client(203, current_date, current_date, 9)`)),
    ).toBe('42501')
    expect(
      await refusal(
        run('toy.m104', sql`select app.except_client(200, 105, '因为所以', current_date, current_date)`),
      ),
    ).toBe('42501')
    expect(
      await refusal(run('planner', sql`select app.rollback_plan(${plans.effective}, current_date, 'x')`)),
    ).toBe('42501')
    expect(await refusal(run('leadership', sql`select app.pool(5)`))).toBe('42501')
  })
})

describe('the steps of a plan', () => {
  const step = (who: string, plan: number, change: SQL) =>
    refusal(run(who, sql`update app.grid_plan set ${change} where id = ${plan} returning id`))

  test('are those of the role, in the own county', async () => {
    expect(
      await step('branch_head', plans.submitted, sql`state = 'approved', approved_by = app.my_account()`),
    ).toBe('0 rows')
    expect(await step('township_head', plans.submitted, sql`state = 'approved'`)).toBe('42501')
    expect(await step('planner', plans.submitted, sql`state = 'approved'`)).toBe('42501')
    expect(await step('planner', plans.draft, sql`state = 'effective'`)).toBe('42501')
    expect(
      await step('planner', plans.draft, sql`state = 'submitted', submitted_by = 1 + app.my_account()`),
    ).toBe('42501')
    expect(
      await step('toy.head-2', plans.draft, sql`state = 'approved', approved_by = app.my_account()`),
    ).toBe('42501')
    expect(await step('toy.head-2', plans.submitted, sql`state = 'effective'`)).toBe('42501')
    expect(await step('toy.head-2', plans.effective, sql`state = 'archived'`)).toBe('42501')
    expect(await step('toy.head-2', plans.submitted, sql`name = 'x'`)).toBe('42501')
    expect(
      await step('toy.head-2', plans.submitted, sql`state = 'approved', approved_by = app.my_account()`),
    ).toBe('1 rows')
    expect(await step('planner', plans.submitted, sql`state = 'draft'`)).toBe('1 rows')
  })

  test('leave events in the own name only, of plans of the own county', async () => {
    const record = (who: string) =>
      refusal(run(who, sql`select app.record_plan_event(${plans.draft}, 'submit', 'x', '{}')`))
    expect(await record('planner')).toBe('1 rows')
    expect(await record('branch_head')).toBe('42501')
    expect(await record('toy.m104')).toBe('42501')
    expect(
      rowsOf(await run('planner', sql`select actor_role from app.plan_event where comment = 'x'`)),
    ).toEqual([{ actor_role: 'planner' }])
  })
})
