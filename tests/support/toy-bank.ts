import { createHash } from 'node:crypto'
import { sql } from 'drizzle-orm'
import type { Database } from '#db/client.ts'
import { arrayLiteral } from '#db/rows.ts'

/**
 * A bank that fits on a page: county branch 10 of 信丰 with the township branches 11 (clients 1-3) and 12 (clients 4-5),
 * county branch 20 of 章贡 (clients 6-7). Manager 101 owns 1 and 2, 102 owns 3, 103 owns 4 and 5, 104 owns 6 and 7.
 */
export const toyAccounts = {
  planner: { staffId: null, branches: [], counties: ['360702000000'] },
  township_head: { staffId: 111, branches: [11], counties: ['360722000000'] },
  branch_head: { staffId: 110, branches: [10, 11, 12], counties: ['360722000000'] },
  manager: { staffId: 101, branches: [11], counties: ['360722000000'] },
  leadership: { staffId: null, branches: [], counties: [] },
  sysadmin: { staffId: null, branches: [], counties: [] },
  secadmin: { staffId: null, branches: [], counties: [] },
  auditor: { staffId: null, branches: [], counties: [] },
} as const
export type ToyRole = keyof typeof toyAccounts

const OWNERS = [101, 101, 102, 103, 103, 104, 104]
const BRANCHES = [11, 11, 11, 12, 12, 20, 20]

export async function insertToyBank(db: Database): Promise<void> {
  await db.asOwner(async (tx) => {
    await tx.execute(sql`insert into geo.dataset (id, title, source, licence, accuracy, source_crs, features)
      values ('toy', 'toy', 'toy', 'none', 'schematic', 'EPSG:4326', 4)`)
    for (const [code, level, name, parent, lng] of [
      ['360700000000', 'prefecture', '赣州市', null, 115],
      ['360702000000', 'county', '章贡区', '360700000000', 114.95],
      ['360722000000', 'county', '信丰县', '360700000000', 114.92],
      ['360702001000', 'township', '解放街道', '360702000000', 114.95],
      ['360722100000', 'township', '嘉定镇', '360722000000', 114.92],
    ] as const) {
      const county = level === 'county' ? code : level === 'township' ? parent : null
      await tx.execute(sql`insert into geo.place (code, level, name, kind, parent_code, county_code, pinyin, initials, seat, seat_accuracy,
          geom, accuracy, source, source_crs, dataset_id)
        values (${code}, ${level}, ${name}, '', ${parent}, ${county}, 'toy', 't', st_setsrid(st_makepoint(${lng}, 25.85), 4326), 'schematic',
          st_multi(st_makeenvelope(${lng - 0.01}, 25.84, ${lng + 0.01}, 25.86, 4326)), 'schematic', 'toy', 'EPSG:4326', 'toy')`)
    }
    for (const [id, name, kind, parent, county] of [
      [1, '总行', 'head', null, null],
      [10, '信丰支行', 'county', 1, '360722000000'],
      [11, '大塘埠支行', 'township', 10, '360722000000'],
      [12, '小江支行', 'township', 10, '360722000000'],
      [20, '章贡支行', 'county', 1, '360702000000'],
    ] as const) {
      await tx.execute(sql`insert into org.branch (id, name, kind, parent_id, county_code, seat, opened_on)
        values (${id}, ${name}, ${kind}, ${parent}, ${county}, st_setsrid(st_makepoint(114.95, 25.85), 4326), '2010-01-01')`)
    }
    for (const [id, branch] of [
      [101, 11],
      [102, 11],
      [103, 12],
      [104, 20],
      [110, 10],
      [111, 11],
    ]) {
      await tx.execute(sql`insert into org.staff (id, staff_no, name, branch_id, duty, joined_on)
        values (${id}, ${`G${id}`}, ${`员工${id}`}, ${branch}, ${id < 110 ? 'manager' : 'head'}, '2015-01-01')`)
    }
    await tx.execute(sql`insert into org.core_enterprise (id, name, industry, county_code, seat)
      values (1, '核心企业', '家具', '360722000000', st_setsrid(st_makepoint(114.92, 25.4), 4326))`)
    for (let id = 1; id <= 7; id++) {
      const inXinfeng = BRANCHES[id - 1] < 20
      await tx.execute(sql`insert into app.client (id, client_no, kind, status, name, name_mask, phone_mask, id_mask, county_code, township_code,
          branch_id, manager_id, geom, location_accuracy, deposit_balance, loan_balance)
        values (${id}, ${`C${id}`}, 'farmer', 'active', ${`张三${id}`}, '张*', '138****0000', '3607**********0000',
          ${inXinfeng ? '360722000000' : '360702000000'}, ${inXinfeng ? '360722100000' : '360702001000'},
          ${BRANCHES[id - 1]}, ${OWNERS[id - 1]}, st_setsrid(st_makepoint(${(inXinfeng ? 114.915 : 114.945) + id / 1000}, 25.85), 4326), 'surveyed', ${id * 100}, ${id * 1000})`)
      await tx.execute(sql`insert into app.client_contact (client_id, phone_enc, id_enc)
        values (${id}, convert_to(${`phone-${id}`}, 'UTF8'), convert_to(${`id-${id}`}, 'UTF8'))`)
      await tx.execute(sql`insert into app.loan (id, client_id, product, principal, balance, annual_rate, started_on, matures_on, risk_class, officer_id)
        values (${id}, ${id}, '赣银惠贷', ${id * 1000}, ${id * 1000}, 0.0435, '2026-01-01', '2027-01-01', 1, ${OWNERS[id - 1]})`)
      await tx.execute(sql`insert into app.loan_class_change values (${id}, '2026-01-01', 1)`)
      await tx.execute(
        sql`insert into app.balance_month values (${id}, '2026-09-01', ${id * 90}, ${id * 900}), (${id}, '2026-10-01', ${id * 100}, ${id * 1000})`,
      )
      await tx.execute(sql`insert into app.visit (id, client_id, manager_id, visited_at, outcome)
        values (gen_random_uuid(), ${id}, ${OWNERS[id - 1]}, '2026-10-10T09:00:00+08:00', 'interested')`)
      await tx.execute(sql`insert into app.chain_link values (1, ${id}, 'upstream')`)
    }
    for (const [role, scope] of Object.entries(toyAccounts)) {
      await tx.execute(sql`insert into auth.account (username, display_name, password_hash, role, staff_id, branch_ids, county_codes)
        values (${`toy.${role}`.replace('_', '-')}, ${role}, 'none', ${role}, ${scope.staffId},
          ${arrayLiteral(scope.branches)}::integer[], ${arrayLiteral(scope.counties)}::text[])`)
    }
  })
}

/** @returns the hash (hex) of a new session's token */
export async function openToySession(
  db: Database,
  role: ToyRole,
  { token = `toy-${role}` } = {},
): Promise<string> {
  const hash = createHash('sha256').update(token).digest('hex')
  await db.asRole('gis_auth', (tx) =>
    tx.execute(sql`insert into auth.session (token_hash, account_id, username, display_name, role, staff_id, branch_ids, county_codes, idle_until, absolute_until)
      select decode(${hash}, 'hex'), id, username, display_name, role, staff_id, branch_ids, county_codes, now() + interval '30 minutes', now() + interval '12 hours'
      from auth.account where role = ${role}`),
  )
  return hash
}
