import { sql, type SQL } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { rowsOf } from '#db/rows.ts'
import { openTestDatabase } from '../support/database.ts'
import { insertToyBank } from '../support/toy-bank.ts'

test('no client has two owners at any time, and both records agree whoever writes', async () => {
  await using opened = await openTestDatabase()
  const { db } = opened
  await insertToyBank(db)
  const run = <Row>(statement: SQL) => db.asOwner(async (tx) => rowsOf<Row>(await tx.execute(statement)))
  const faults = sql`select * from app.ownership_faults()`
  const second = run(
    sql`insert into app.ownership (client_id, manager_id, from_on, reason) values (1, 102, '2026-01-01', 'transfer')`,
  )
  await expect(second).rejects.toMatchObject({ code: expect.stringMatching(/^23(505|P01)$/) as string })
  // The toy bank's clients have no opening day: their first owner has had them always.
  const past = run(sql`insert into app.ownership (client_id, manager_id, from_on, until_on, reason)
    values (1, 102, '2024-01-01', '2024-02-01', 'transfer')`)
  await expect(past).rejects.toMatchObject({ code: '23P01' })

  await run(sql`update app.client set manager_id = 102 where id in (1, 2)`)
  await run(sql`update app.client set manager_id = null where id = 3`)
  expect(await run(faults)).toEqual([])
  expect(
    await run(
      sql`select manager_id, until_on is null as open from app.ownership where client_id = 1 order by id`,
    ),
  ).toEqual([
    { manager_id: 101, open: false },
    { manager_id: 102, open: true },
  ])
  // The check can fail: a period ended behind the functions' back is found.
  await run(
    sql`update app.ownership set until_on = app.china_today() where client_id = 2 and until_on is null`,
  )
  expect(await run(faults)).toEqual([{ client_id: 2, on_client: 102, in_record: null }])
})
