import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createRandom } from '#domain/random.ts'
import { loadClients } from '#server/snapshot/load-snapshot.ts'
import type { Snapshot } from '#server/snapshot/snapshot.ts'
import { SnapshotStore } from '#server/snapshot/snapshot-store.ts'
import { openTestDatabase, type TestDatabase } from '../support/database.ts'
import { CLIENTS, insertGovernedBank, MANAGERS } from '../support/governed-bank.ts'
import { insertToyBank } from '../support/toy-bank.ts'

let opened: TestDatabase
let store: SnapshotStore
const owner = (query: ReturnType<typeof sql>) => opened.db.asOwner((tx) => tx.execute(query))

beforeAll(async () => {
  opened = await openTestDatabase()
  await insertToyBank(opened.db)
  await insertGovernedBank(opened.db)
  store = new SnapshotStore(opened.db)
})
afterAll(() => opened?.[Symbol.asyncDispose]())

async function fresh(): Promise<Snapshot> {
  store.recheck()
  return store.current()
}
const owners = ({ columns }: Pick<Snapshot, 'columns'>) =>
  Object.fromEntries(
    Array.from(columns.id, (id, row) => [id, columns.managerIds[columns.manager[row]!] ?? null]),
  )

test('follows owners without reading the clients again, and knows what a full load knows', async () => {
  const random = createRandom(3)
  let before = await fresh()
  const rows = before.columns.id
  for (let round = 0; round < 12; round++) {
    const ids = CLIENTS.filter(() => random.next() < 0.1)
    // 103 is of another county and has no client here at first.
    const to = [...MANAGERS, null, 103][random.int(5)]!
    const changes = 1 + random.int(3)
    for (let i = 0; i < changes; i++)
      await owner(
        sql`update app.client set manager_id = ${to}::integer where id = any (${`{${ids.join(',')}}`}::integer[]) and id % ${changes}::integer = ${i}`,
      )
    const now = await fresh()
    const full = await loadClients(opened.db)
    expect(now.version).toBe(full.version)
    expect(owners(now)).toEqual(owners(full))
    expect(now.columns.id).toBe(rows)
    // What somebody still holds stays as it was.
    if (now.version !== before.version) expect(now).not.toBe(before)
    before = now
  }
})

test('reads everything again when anything else has changed as well', async () => {
  const before = await fresh()
  await owner(sql`update app.client set manager_id = 105 where id = 200`)
  await owner(sql`update app.client set deposit_balance = 7 where id = 201`)
  await owner(sql`select geo.bump_layer('client')`)
  const now = await fresh()
  expect(now.columns.id).not.toBe(before.columns.id)
  expect(now.columns.depositCents[now.rowOf(201)]).toBe(700)
  expect(owners(now)).toEqual(owners(await loadClients(opened.db)))
})

test('keeps the balances it has read, whoever owns the clients since', async () => {
  const before = await fresh()
  const balances = await store.balancesOf(before, '2026-09-01')
  await owner(sql`update app.client set manager_id = 106 where id = 200`)
  const now = await fresh()
  expect(now.version).toBeGreaterThan(before.version)
  expect(await store.balancesOf(now, '2026-09-01')).toBe(balances)
})
