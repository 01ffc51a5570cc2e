import { sql } from 'drizzle-orm'
import type { Database } from '#db/client.ts'
import { rowsOf } from '#db/rows.ts'
import { insertLatticePlan } from './lattice-plan.ts'

/*
 * Beside the toy bank: 章贡 with managers 104, 105 and 106 of branch 20 and their accounts toy.m104, toy.m105, toy.m106; a branch
 * head toy.head-2; clients 200 to 259 in the middle of the 12 by 5 south-western units of a lattice plan, 200 + 12 * row + column.
 * Owners by id: 104, 105, 106, nobody, 104, 105, … Each holds 100 * id of deposits and 1,000 * id of loan, the same in each of two
 * months.
 */
export const COUNTY = '360702000000'
export const LATTICE = {
  countyCode: COUNTY,
  columns: 12,
  rows: 10,
  grids: 3,
  west: 114.941,
  south: 25.841,
  side: 0.0015,
}
export const MANAGERS = [104, 105, 106] as const
export const CLIENTS = Array.from({ length: 60 }, (_, i) => 200 + i)
/** In the north-eastern corner, where the lattice has no client of its own. */
export const TOY_CLIENTS = [6, 7]

export const ownerOf = (id: number): number | null => [104, 105, 106, null][(id - 200) % 4]!

export async function insertGovernedBank(db: Database): Promise<void> {
  await db.asOwner(async (tx) => {
    for (const id of [105, 106]) {
      await tx.execute(sql`insert into org.staff (id, staff_no, name, branch_id, duty, joined_on)
        values (${id}, ${`G${id}`}, ${`员工${id}`}, 20, 'manager', '2015-01-01')`)
    }
    for (const id of MANAGERS) {
      await tx.execute(sql`insert into auth.account (username, display_name, password_hash, role, staff_id, branch_ids, county_codes)
        values (${`toy.m${id}`}, ${`员工${id}`}, 'none', 'manager', ${id}, '{20}', array[${COUNTY}])`)
    }
    await tx.execute(sql`insert into auth.account (username, display_name, password_hash, role, staff_id, branch_ids, county_codes)
      values ('toy.head-2', '章贡行长', 'none', 'branch_head', null, '{20}', array[${COUNTY}])`)
    for (const id of CLIENTS) {
      const [column, row] = [(id - 200) % 12, Math.floor((id - 200) / 12)]
      await tx.execute(sql`insert into app.client (id, client_no, kind, status, name, name_mask, county_code, township_code, branch_id, manager_id,
          geom, location_accuracy, deposit_balance, loan_balance, risk_class)
        values (${id}, ${`C${id}`}, 'farmer', 'active', ${`李四${id}`}, '李*', ${COUNTY}, '360702001000', 20, ${ownerOf(id)},
          st_setsrid(st_makepoint(${LATTICE.west + (column + 0.5) * LATTICE.side}::float8, ${LATTICE.south + (row + 0.5) * LATTICE.side}::float8), 4326),
          ${id % 2 === 0 ? 'surveyed' : 'schematic'}, ${id * 100}, ${id * 1000}, 1)`)
      await tx.execute(sql`insert into app.balance_month values (${id}, '2026-09-01', ${id * 100}, ${id * 1000}),
        (${id}, '2026-10-01', ${id * 100}, ${id * 1000})`)
    }
    // A bad loan that 104 made and whose client belongs to 106 now.
    await tx.execute(sql`insert into app.loan (id, client_id, product, principal, balance, annual_rate, started_on, matures_on, risk_class, officer_id)
      values (900, 202, '赣银惠贷', 50000, 40000, 0.0435, '2025-01-01', '2027-01-01', 4, 104)`)
    await tx.execute(sql`select geo.bump_layer('client')`)
  })
}

/** A lattice plan whose grids, west to east, go to these managers. */
export async function insertManagedPlan(
  db: Database,
  managers: readonly (number | null)[] = MANAGERS,
): Promise<number> {
  const id = await insertLatticePlan(db, { ...LATTICE, grids: managers.length })
  await db.asOwner(async (tx) => {
    for (const [no, manager] of managers.entries())
      await tx.execute(sql`update app.grid set manager_id = ${manager} where plan_id = ${id} and no = ${no}`)
  })
  return id
}

/** Owner of every client that has one, by the record on a day. */
export async function ownersOn(db: Database, day: string): Promise<Record<string, number>> {
  const rows = rowsOf<{ client: number; manager: number }>(
    await db.asOwner((tx) =>
      tx.execute(sql`select client_id as client, manager_id as manager from app.ownership
        where period @> ${day}::date order by client_id`),
    ),
  )
  return Object.fromEntries(rows.map(({ client, manager }) => [client, manager]))
}

/** Owner of every client that has one, as policies and the map see it now. */
export async function ownersNow(db: Database): Promise<Record<string, number>> {
  const rows = rowsOf<{ client: number; manager: number }>(
    await db.asOwner((tx) =>
      tx.execute(
        sql`select id as client, manager_id as manager from app.client where manager_id is not null order by id`,
      ),
    ),
  )
  return Object.fromEntries(rows.map(({ client, manager }) => [client, manager]))
}

export async function ownershipFaults(db: Database): Promise<unknown[]> {
  return rowsOf(await db.asRole('gis_worker', (tx) => tx.execute(sql`select * from app.ownership_faults()`)))
}
