import fc from 'fast-check'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { rowsOf } from '#db/rows.ts'
import { KINDS, STATUSES } from '#domain/filter/client-columns.ts'
import { fieldsOf, isoOf, type Filter } from '#domain/filter/types.ts'
import { latOf, lngOf } from '#domain/tiles/mercator.ts'
import { createRandom } from '#domain/random.ts'
import { filterSql } from '#server/clients/filter-sql.ts'
import { scopeOf } from '#server/snapshot/scope.ts'
import type { Snapshot } from '#server/snapshot/snapshot.ts'
import { SnapshotStore } from '#server/snapshot/snapshot-store.ts'
import { openTestDatabase, type TestDatabase } from '../support/database.ts'
import { insertToyBank, openToySession, toyAccounts, type ToyRole } from '../support/toy-bank.ts'
import { filters, VALUES } from '../unit/filter/random-filter.ts'

const ROLES = ['manager', 'branch_head', 'township_head', 'planner'] as const
const NOT_FOR_PLANNERS = ['depositBalance', 'loanBalance', 'riskClass'] as const
const MORE_CLIENTS = 160

let opened: TestDatabase
let clock = 0
let store: SnapshotStore
let snapshot: Snapshot

beforeAll(async () => {
  opened = await openTestDatabase()
  await insertToyBank(opened.db)
  await insertVariedClients()
  for (const role of ROLES) await openToySession(opened.db, role)
  store = new SnapshotStore(opened.db, () => clock)
  snapshot = await store.current()
})
afterAll(() => opened?.[Symbol.asyncDispose]())

async function insertVariedClients(): Promise<void> {
  const random = createRandom(11)
  const one = <T>(values: readonly T[]): T => values[random.int(values.length)]
  const maybe = <T>(value: T, share = 0.6): T | null => (random.next() < share ? value : null)
  const day = () => isoOf(VALUES.today - 400 + random.int(800))
  await opened.db.asOwner(async (tx) => {
    for (const [code, level, parent, county, township] of [
      ['360722101000', 'township', '360722000000', '360722000000', null],
      ['360722100201', 'village', '360722100000', '360722000000', '360722100000'],
    ]) {
      await tx.execute(sql`insert into geo.place (code, level, name, kind, parent_code, county_code, township_code, pinyin, initials, seat,
          seat_accuracy, accuracy, source, source_crs, dataset_id)
        values (${code}, ${level}, ${code}, '', ${parent}, ${county}, ${township}, 'p', 'p', st_setsrid(st_makepoint(114.9, 25.4), 4326),
          'schematic', 'schematic', 'toy', 'EPSG:4326', 'toy')`)
    }
    for (let i = 0; i < MORE_CLIENTS; i++) {
      const id = 1001 + i * 3
      const status = one(STATUSES)
      const county = one(['360722000000', '360702000000'])
      const township = county === '360702000000' ? '360702001000' : one(['360722100000', '360722101000'])
      const village = township === '360722100000' ? maybe('360722100201') : null
      const lost = status === 'lost'
      const lng = maybe(114 + random.next() * 2, 0.9)
      await tx.execute(sql`insert into app.client (id, client_no, kind, status, name, name_mask, county_code, township_code, village_code,
          branch_id, manager_id, geom, location_accuracy, deposit_balance, loan_balance, acquiring, payroll, risk_class, industry,
          opened_on, next_due_on, last_visit_on, lost_on, lost_reason)
        values (${id}, ${`V${id}`}, ${one(KINDS)}, ${status}, ${`李四${id}`}, '李*', ${county}, ${township}, ${village},
          ${one([11, 12, 20])}, ${maybe(one([101, 102, 103, 104]), 0.8)}, st_setsrid(st_makepoint(${lng}::float8, ${24.5 + random.next() * 2}::float8), 4326),
          'schematic', ${(random.int(120_000) / 100).toFixed(2)}, ${maybe((random.int(120_000) / 100).toFixed(2)) ?? '0'},
          ${random.next() < 0.3}, ${random.next() < 0.3}, ${maybe(1 + random.int(5))}, ${maybe(one(['脐橙', '家具', 'a"b\\c']))},
          ${maybe(day())}, ${maybe(day())}, ${maybe(day())}, ${lost ? day() : null}, ${lost ? one(['利率高', '搬迁', "it's"]) : null})`)
      await tx.execute(
        sql`insert into app.balance_month values (${id}, '2025-12-01', ${i}, ${i + 0.25}), (${id}, '2026-09-01', ${i}, ${i + 0.5})`,
      )
    }
  })
}

function idsByPredicate(role: ToyRole | 'everyone', filter: Filter | null): number[] {
  const account = role === 'everyone' ? null : toyAccounts[role]
  const scope = account
    ? scopeOf({
        role,
        staffId: account.staffId,
        branchIds: [...account.branches],
        countyCodes: [...account.counties],
      })
    : ({ kind: 'aggregate', role: 'everyone' } as const)
  const { rows, count } = snapshot.scopeRows(scope)
  const mask = snapshot.mask(filter, VALUES.today)
  const found = []
  for (let i = 0; i < count; i++) {
    const row = rows === null ? i : rows[i]
    if (mask === null || mask[row] === 1) found.push(snapshot.columns.id[row])
  }
  return found.sort((a, b) => a - b)
}

const select = (filter: Filter | null) =>
  sql`select c.id from app.client c where ${filterSql(filter, VALUES.today)} order by c.id`

async function idsBySql(role: ToyRole | 'everyone', filter: Filter | null): Promise<number[]> {
  const rows =
    role === 'everyone'
      ? await opened.db.asRole('gis_reader', (tx) => tx.execute(select(filter)))
      : await opened.db.withUser(await tokenOf(role), (tx) => tx.execute(select(filter)))
  return rowsOf<{ id: number }>(rows).map(({ id }) => id)
}

async function tokenOf(role: ToyRole): Promise<string> {
  const { createHash } = await import('node:crypto')
  return createHash('sha256').update(`toy-${role}`).digest('hex')
}

describe('the snapshot', () => {
  test('holds every client, placed ones first and in Morton order', () => {
    const { columns } = snapshot
    expect(columns.count).toBe(7 + MORE_CLIENTS)
    expect(columns.placed).toBeLessThan(columns.count)
    for (let row = 1; row < columns.placed; row++)
      expect(columns.code[row]).toBeGreaterThanOrEqual(columns.code[row - 1])
    expect(snapshot.months).toEqual({
      all: ['2025-12-01', '2026-09-01', '2026-10-01'],
      latest: '2026-10-01',
      previous: '2026-09-01',
      yearStart: '2025-12-01',
    })
  })

  test('has the same values as the table, column by column', async () => {
    const { columns } = snapshot
    const rows = rowsOf<Record<string, string | number | boolean | null>>(
      await opened.db.asRole('gis_reader', (tx) =>
        tx.execute(sql`select c.id, c.status, c.kind, c.county_code, c.township_code, c.village_code, c.branch_id, c.manager_id,
          c.deposit_balance::text as deposit, c.loan_balance::text as loan, c.acquiring, c.payroll, c.risk_class, c.industry, c.lost_reason,
          c.opened_on::text, c.next_due_on::text, c.last_visit_on::text, c.lost_on::text, st_x(c.geom) as lng, st_y(c.geom) as lat,
          coalesce(p.loan, 0)::text as previous, coalesce(y.loan, 0)::text as year_start
          from app.client c
            left join app.balance_month p on p.client_id = c.id and p.month = '2026-09-01'
            left join app.balance_month y on y.client_id = c.id and y.month = '2025-12-01'`),
      ),
    )
    expect(rows).toHaveLength(columns.count)
    const dateOf = (day: number) => (day === -2147483648 ? null : isoOf(day))
    for (const expected of rows) {
      const row = snapshot.rowOf(expected.id as number)
      const placed = row < columns.placed
      expect({
        id: columns.id[row],
        status: STATUSES[columns.status[row]],
        kind: KINDS[columns.kind[row]],
        county_code: columns.placeCodes[columns.county[row]],
        township_code: columns.placeCodes[columns.township[row]],
        village_code: columns.placeCodes[columns.village[row]] ?? null,
        branch_id: columns.branchIds[columns.branch[row]],
        manager_id: columns.managerIds[columns.manager[row]] ?? null,
        deposit: (columns.depositCents[row] / 100).toFixed(2),
        loan: (columns.loanCents[row] / 100).toFixed(2),
        acquiring: (columns.flags[row] & 1) === 1,
        payroll: (columns.flags[row] & 2) === 2,
        risk_class: columns.riskClass[row] || null,
        industry: columns.industries[columns.industry[row]] ?? null,
        lost_reason: columns.lostReasons[columns.lostReason[row]] ?? null,
        opened_on: dateOf(columns.openedOn[row]),
        next_due_on: dateOf(columns.nextDueOn[row]),
        last_visit_on: dateOf(columns.lastVisitOn[row]),
        lost_on: dateOf(columns.lostOn[row]),
        lng: placed ? expect.closeTo(lngOf(columns.x[row]), 5) : null,
        lat: placed ? expect.closeTo(latOf(columns.y[row]), 5) : null,
        previous: Number((columns.previousLoanCents[row] / 100).toFixed(2)),
        year_start: Number((columns.yearStartLoanCents[row] / 100).toFixed(2)),
      }).toEqual({
        ...expected,
        lng: expected.lng ?? null,
        previous: Number(expected.previous),
        year_start: Number(expected.year_start),
      })
    }
  })

  test('each role’s rows are exactly those of its policy', async () => {
    for (const role of ROLES) {
      const ids = idsByPredicate(role, null)
      expect(ids).toEqual(await idsBySql(role, null))
      expect(ids.length).toBeGreaterThan(1)
      expect(ids.length).toBeLessThan(snapshot.columns.count)
    }
    expect(idsByPredicate('auditor', null)).toEqual([])
    expect(idsByPredicate('sysadmin', null)).toEqual([])
  })

  test('200 random filters: the columns and the database find the same clients, for everyone and for each role', async () => {
    let found = 0
    await fc.assert(
      fc.asyncProperty(filters, fc.constantFrom(...ROLES), async (filter, role) => {
        const everyone = idsByPredicate('everyone', filter)
        expect(everyone).toEqual(await idsBySql('everyone', filter))
        if (everyone.length > 0) found++
        if (role === 'planner' && NOT_FOR_PLANNERS.some((field) => fieldsOf(filter).has(field))) return
        expect(idsByPredicate(role, filter)).toEqual(await idsBySql(role, filter))
      }),
      { numRuns: 200 },
    )
    expect(found).toBeGreaterThan(50)
  })

  test('a planner’s statement that asks for balances is refused by the database itself', async () => {
    await expect(idsBySql('planner', { field: 'loanBalance', gte: 1 })).rejects.toMatchObject({
      code: '42501',
    })
  })

  test('an earlier month’s balances lie in the order of the rows', async () => {
    const september = await store.balancesOf(snapshot, '2026-09-01')
    expect(september.loanCents).toEqual(snapshot.columns.previousLoanCents)
    expect(september.depositCents[snapshot.rowOf(1)]).toBe(9000)
    expect(september.depositCents[snapshot.rowOf(1001 + 3 * 40)]).toBe(4000)
  })
})

describe('keeping up to date', () => {
  test('one load for many callers; the version is asked for again after two seconds, and a change loads anew', async () => {
    expect(new Set(await Promise.all([store.current(), store.current(), store.current()])).size).toBe(1)
    await opened.db.asOwner(async (tx) => {
      await tx.execute(sql`update app.client set status = 'prospect' where id = 1`)
      await tx.execute(sql`select geo.bump_layer('client')`)
    })
    expect(await store.current()).toBe(snapshot)
    clock += 2_001
    const next = await store.current()
    expect(next.version).toBe(snapshot.version + 1)
    expect(STATUSES[next.columns.status[next.rowOf(1)]]).toBe('prospect')
    clock += 2_001
    expect(await store.current()).toBe(next)
  })

  test('a writer in this process can have it looked at at once', async () => {
    const before = await store.current()
    await opened.db.asOwner((tx) => tx.execute(sql`select geo.bump_layer('client')`))
    expect(await store.current()).toBe(before)
    store.recheck()
    expect((await store.current()).version).toBe(before.version + 1)
  })
})
