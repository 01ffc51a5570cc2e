/** Accounts for looking at the demo bank as each role. Made in trial mode only; all share one password, of which this folder sees the hash. */
import { sql } from 'drizzle-orm'
import type { Tx } from '../engine.ts'
import { arrayLiteral, rowsOf } from '../rows.ts'
import type { DemoBank } from './bank.ts'
import { DemoRefused } from './refused.ts'
import type { Branch, Staff } from './org.ts'
import { URBAN_COUNTIES } from './places.ts'

export interface DemoAccount {
  username: string
  displayName: string
  role:
    | 'planner'
    | 'township_head'
    | 'branch_head'
    | 'manager'
    | 'leadership'
    | 'sysadmin'
    | 'secadmin'
    | 'auditor'
  staffId: number | null
  branchIds: number[]
  countyCodes: string[]
}

/** The county whose branches the two heads lead; the one whose busiest manager is the demo's, and where a head approves its plans. */
const HEADS_COUNTY = '360722000000'
const MANAGERS_COUNTY = URBAN_COUNTIES[0]!

export function demoAccounts(bank: DemoBank): DemoAccount[] {
  const { branches, staff } = bank.organisation
  const county = branches.find(({ kind, county: { code } }) => kind === 'county' && code === HEADS_COUNTY)
  const township = branches.find(({ kind, county: { code } }) => kind === 'township' && code === HEADS_COUNTY)
  if (!county || !township)
    throw new Error(`the demo bank has no county and township branch in ${HEADS_COUNTY}`)
  const ofCounty = (lead: Branch) =>
    branches.filter((branch) => branch === lead || branch.parentId === lead.id)
  const urban = branches.find(({ kind, county: { code } }) => kind === 'county' && code === MANAGERS_COUNTY)
  if (!urban) throw new Error(`the demo bank has no county branch in ${MANAGERS_COUNTY}`)
  const headOf = (branch: Branch) =>
    staff.find((person) => person.branch === branch && person.duty === 'head')!
  const planner = staff.find(({ duty }) => duty === 'planner')!
  const manager = busiestManager(bank)
  const nowhere = { staffId: null, branchIds: [], countyCodes: [] }
  return [
    {
      username: 'guihua',
      displayName: '演示·城区网格规划',
      role: 'planner',
      staffId: planner.id,
      branchIds: branches
        .filter((b) => b.kind !== 'head' && URBAN_COUNTIES.includes(b.county.code))
        .map(({ id }) => id),
      countyCodes: [...URBAN_COUNTIES],
    },
    {
      username: 'xiangzhen',
      displayName: '演示·乡镇支行行长',
      role: 'township_head',
      staffId: headOf(township).id,
      branchIds: [township.id],
      countyCodes: [HEADS_COUNTY],
    },
    {
      username: 'zhihang',
      displayName: '演示·支行行长',
      role: 'branch_head',
      staffId: headOf(county).id,
      branchIds: ofCounty(county).map(({ id }) => id),
      countyCodes: [HEADS_COUNTY],
    },
    {
      username: 'shenpi',
      displayName: '演示·章贡支行行长',
      role: 'branch_head',
      staffId: headOf(urban).id,
      branchIds: ofCounty(urban).map(({ id }) => id),
      countyCodes: [MANAGERS_COUNTY],
    },
    {
      username: 'jingli',
      displayName: '演示·客户经理',
      role: 'manager',
      staffId: manager.id,
      branchIds: [manager.branch.id],
      countyCodes: [MANAGERS_COUNTY],
    },
    {
      username: 'lingdao',
      displayName: '演示·总行领导',
      role: 'leadership',
      ...nowhere,
      staffId: headOf(branches[0]!).id,
    },
    { username: 'xitong', displayName: '演示·系统管理员', role: 'sysadmin', ...nowhere },
    { username: 'anquan', displayName: '演示·安全管理员', role: 'secadmin', ...nowhere },
    { username: 'shenji', displayName: '演示·审计员', role: 'auditor', ...nowhere },
  ]
}

function busiestManager({ organisation, gazetteer, settlementWeights }: DemoBank): Staff {
  const beats = new Map<Staff, number>()
  for (const settlement of gazetteer.settlements) {
    if (settlement.township.county.code !== MANAGERS_COUNTY) continue
    const manager = organisation.managerOf(settlement)
    beats.set(manager, (beats.get(manager) ?? 0) + settlementWeights[settlement.index]!)
  }
  const [busiest] = [...beats].sort((a, b) => b[1] - a[1] || a[0].id - b[0].id)
  if (!busiest) throw new Error(`nobody manages clients in ${MANAGERS_COUNTY}`)
  return busiest[0]
}

/** Makes the accounts, or points existing demo accounts at the new staff; without a hash only the latter, passwords as they are. */
export async function writeDemoAccounts(
  tx: Tx,
  bank: DemoBank,
  passwordHash: string | undefined,
): Promise<number> {
  let written = 0
  for (const account of demoAccounts(bank)) {
    const branchIds = sql`${arrayLiteral(account.branchIds)}::integer[]`
    const countyCodes = sql`${arrayLiteral(account.countyCodes)}::text[]`
    const found = rowsOf<{ id: number }>(
      passwordHash === undefined
        ? await tx.execute(sql`update auth.account set staff_id = ${account.staffId}, branch_ids = ${branchIds}, county_codes = ${countyCodes}
            where username = ${account.username} and demo returning id`)
        : await tx.execute(sql`insert into auth.account as a
              (username, display_name, password_hash, role, staff_id, branch_ids, county_codes, demo)
            values (${account.username}, ${account.displayName}, ${passwordHash}, ${account.role}, ${account.staffId}, ${branchIds},
              ${countyCodes}, true)
            on conflict (username) do update set password_hash = excluded.password_hash, staff_id = excluded.staff_id,
              branch_ids = excluded.branch_ids, county_codes = excluded.county_codes where a.demo returning id`),
    )
    if (passwordHash !== undefined && found.length === 0) {
      throw new DemoRefused(
        'account-taken',
        `账号 ${account.username} 已被正式用户使用，无法建立同名演示账号。请改名或停用演示账号后重试。`,
      )
    }
    written += found.length
  }
  return written
}
