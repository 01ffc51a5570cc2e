import { sql } from 'drizzle-orm'
import type { Database } from '#db/client.ts'
import { rowsOf } from '#db/rows.ts'

const PLAN_COUNTY = '360702000000'

/**
 * A plan of 章贡 with four units in a row from west to east, each 0.005 degrees wide, and two grids. Clients 200 to 203 of manager 104
 * lie in units 0 to 3; 204 lies on the border of units 1 and 2, 205 outside. 106 and 107 are managers there, 120 heads the branch.
 */
export async function insertPlanBank(db: Database): Promise<void> {
  await db.asOwner(async (tx) => {
    for (const [id, duty] of [
      [106, 'manager'],
      [107, 'manager'],
      [120, 'head'],
    ] as const) {
      await tx.execute(sql`insert into org.staff (id, staff_no, name, branch_id, duty, joined_on)
        values (${id}, ${`G${id}`}, ${`员工${id}`}, 20, ${duty}, '2015-01-01')`)
    }
    for (const [username, role, staff] of [
      ['toy.head-2', 'branch_head', 120],
      ['toy.manager-104', 'manager', 104],
      ['toy.manager-106', 'manager', 106],
      ['toy.manager-107', 'manager', 107],
    ] as const) {
      await tx.execute(sql`insert into auth.account (username, display_name, password_hash, role, staff_id, branch_ids, county_codes)
        values (${username}, ${username}, 'none', ${role}, ${staff}, '{20}', array[${PLAN_COUNTY}])`)
    }
    await tx.execute(sql`
      insert into app.client (id, client_no, kind, status, name, name_mask, county_code, township_code, branch_id, manager_id, geom,
        location_accuracy, deposit_balance, loan_balance, opened_on, next_due_on)
      select id, 'C' || id, 'farmer', 'active', '李四' || id, '李*', ${PLAN_COUNTY}, '360702001000', 20, 104,
        st_setsrid(st_makepoint(case id when 204 then 114.95 when 205 then 115.5 else 114.9425 + 0.005 * (id - 200) end, 25.845), 4326),
        'surveyed', 1000, 10000 * (id - 199), '2020-01-01', case when id = 200 then date '2026-12-01' end
      from generate_series(200, 205) id`)
    await tx.execute(sql`insert into app.balance_month
      select id, month::date, 1000, 10000 * (id - 199) from generate_series(200, 205) id,
        unnest(array['2026-09-01', '2026-10-01']) month`)
    await tx.execute(sql`select geo.bump_layer('client')`)
  })
}

/** @param grids grid of each of the four units @param managers manager of each grid */
export async function insertSmallPlan(
  db: Database,
  {
    grids = [0, 0, 1, 1] as (number | null)[],
    managers = [106, 107] as (number | null)[],
    name = '小方案',
  } = {},
): Promise<number> {
  return db.asOwner(async (tx) => {
    const [row] = rowsOf<{ id: number }>(
      await tx.execute(sql`insert into app.grid_plan (name, county_code, area, cell_size_m, grid_count, solved_at, created_by)
        select ${name}, ${PLAN_COUNTY}, st_multi(st_makeenvelope(114.94, 25.84, 114.96, 25.86, 4326)), 500, ${managers.length}, now(), id
        from auth.account where username = 'toy.planner' returning id`),
    )
    const { id } = row!
    for (const [no, manager] of managers.entries())
      await tx.execute(sql`insert into app.grid values (${id}, ${no}, ${`网格 ${no + 1}`}, ${manager})`)
    for (const [idx, grid] of grids.entries()) {
      const west = 114.94 + 0.005 * idx
      await tx.execute(sql`insert into app.unit (plan_id, idx, key, township_code, grid_no, area_m2, weights, geom)
        values (${id}, ${idx}, ${`u${idx}`}, '360702001000', ${grid}, 1000, '{1,1,1,1}',
          st_multi(st_makeenvelope(${west}, 25.84, ${west + 0.005}, 25.86, 4326)))`)
      if (idx > 0)
        await tx.execute(
          sql`insert into app.unit_edge (plan_id, a, b, length_m, crosses) values (${id}, ${idx - 1}, ${idx}, 100, 'none')`,
        )
    }
    return id
  })
}
