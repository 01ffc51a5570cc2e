import { sql } from 'drizzle-orm'
import type { Database } from '../client.ts'
import type { Tx } from '../engine.ts'
import { DatabaseError } from '../errors.ts'
import { rowsOf } from '../rows.ts'
import { inBulkMode } from './bulk-mode.ts'
import { VILLAGE_INDUSTRY_SOURCE } from './industries.ts'
import { STAFF_NO_PREFIX } from './org.ts'
import { DemoRefused } from './refused.ts'
import { CLIENT_NO_PREFIX } from './tables.ts'

export const SETTING = 'demo'
/** Serializes loading and clearing. */
export const DEMO_LOCK = 7_360_702

const CLIENT_TABLES = [
  'app.client',
  'app.client_contact',
  'app.loan',
  'app.loan_class_change',
  'app.balance_month',
  'app.visit',
  'app.chain_link',
  'app.ownership',
  'app.client_place',
  'app.plan_client',
  'app.referral',
] as const
export const DEMO_TABLES = [
  'org.branch',
  'org.staff',
  'org.core_enterprise',
  'org.village_industry',
  ...CLIENT_TABLES,
] as const

/** What app.setting keeps of the demo that is loaded. */
export interface DemoSetting {
  clients: number
  seed: number
  asOf: string
  loadedAt: string
  /** Ids 1 to this number are the demo's. */
  branches: number
  coreEnterprises: number
}

export interface DemoState {
  setting: DemoSetting | null
  demoClients: number
  realClients: number
  /** Branches, staff, core enterprises or village industries that the demo did not make. */
  realOrganisation: boolean
}

const demoClient = sql.raw(`client_no like '${CLIENT_NO_PREFIX}%'`)
const demoStaff = sql.raw(`staff_no like '${STAFF_NO_PREFIX}%'`)

/** Whether the demo is loaded, and what else is there. */
export async function demoState(tx: Tx): Promise<DemoState> {
  const [stored] = rowsOf<{ value: DemoSetting }>(
    await tx.execute(sql`select value from app.setting where key = ${SETTING}`),
  )
  const setting = stored?.value ?? null
  const [counts] = rowsOf<Omit<DemoState, 'setting'>>(
    await tx.execute(sql`select c.demo as "demoClients", c.real as "realClients",
        exists (select from org.branch where id > ${setting?.branches ?? 0})
          or exists (select from org.staff where not ${demoStaff})
          or exists (select from org.core_enterprise where id > ${setting?.coreEnterprises ?? 0})
          or exists (select from org.village_industry where source <> ${VILLAGE_INDUSTRY_SOURCE}) as "realOrganisation"
      from (select count(*) filter (where ${demoClient})::integer as demo, count(*) filter (where not ${demoClient})::integer as real
        from app.client) c`),
  )
  return { setting, ...counts! }
}

export interface Cleared {
  clients: number
  plans: number
  accounts: number
}

/**
 * Removes the demo bank and nothing else: clients, organisation, accounts and what those accounts made (plans, jobs, sessions).
 * @throws DemoRefused when no demo is loaded, or when real data still points at the demo's branches or staff
 */
export async function clearDemo(db: Database): Promise<Cleared> {
  try {
    return await db.asOwner(async (tx) => {
      await tx.execute(sql`select pg_advisory_xact_lock(${DEMO_LOCK})`)
      const state = await demoState(tx)
      if (!state.setting) throw new DemoRefused('no-demo', '库中没有演示数据，无需清除。')
      const plans = rowsOf(
        await tx.execute(
          sql`delete from app.grid_plan where created_by in (select id from auth.account where demo) returning id`,
        ),
      ).length
      await tx.execute(
        sql`update app.grid set manager_id = null where manager_id in (select id from org.staff where ${demoStaff})`,
      )
      await tx.execute(sql`delete from app.job where created_by in (select id from auth.account where demo)`)
      await tx.execute(
        sql`delete from auth.session where account_id in (select id from auth.account where demo)`,
      )
      const accounts = rowsOf(await tx.execute(sql`delete from auth.account where demo returning id`)).length
      await inBulkMode(tx, DEMO_TABLES, () => removeDemoRows(tx, state))
      await tx.execute(sql`delete from app.setting where key = ${SETTING}`)
      await tx.execute(sql`select geo.bump_layer('client')`)
      return { clients: state.demoClients, plans, accounts }
    })
  } catch (error) {
    if (error instanceof DatabaseError && error.code === '23503') {
      throw new DemoRefused(
        'still-used',
        `仍有正式数据引用演示机构、员工或客户（${error.table ?? '未知表'}），未清除任何内容。请先把这些数据改到正式机构名下。`,
      )
    }
    throw error
  }
}

/** Only in bulk mode: foreign keys are checked when it ends. */
export async function removeDemoRows(tx: Tx, { setting, realClients }: DemoState): Promise<void> {
  if (realClients === 0) {
    await tx.execute(sql.raw(`truncate ${CLIENT_TABLES.join(', ')}`))
  } else {
    const ids = sql`(select id from app.client where ${demoClient})`
    await tx.execute(
      sql`delete from app.loan_class_change where loan_id in (select id from app.loan where client_id in ${ids})`,
    )
    for (const table of CLIENT_TABLES) {
      if (table === 'app.client' || table === 'app.loan_class_change') continue
      await tx.execute(sql`delete from ${sql.raw(table)} where client_id in ${ids}`)
    }
    await tx.execute(sql`delete from app.client where ${demoClient}`)
  }
  await tx.execute(sql`delete from org.village_industry where source = ${VILLAGE_INDUSTRY_SOURCE}`)
  await tx.execute(sql`delete from org.core_enterprise where id <= ${setting?.coreEnterprises ?? 0}`)
  await tx.execute(sql`delete from org.staff where ${demoStaff}`)
  await tx.execute(sql`delete from org.branch where id <= ${setting?.branches ?? 0}`)
}
