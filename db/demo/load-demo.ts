import { sql } from 'drizzle-orm'
import type { MultiPolygon } from 'geojson'
import type { Database } from '../client.ts'
import { copyInto } from '../copy.ts'
import type { Tx } from '../engine.ts'
import { rowsOf } from '../rows.ts'
import { writeDemoAccounts } from './accounts.ts'
import type { DemoBank } from './bank.ts'
import { createDemoBank } from './bank.ts'
import { inBulkMode } from './bulk-mode.ts'
import type { DemoState } from './clear-demo.ts'
import { DEMO_LOCK, DEMO_TABLES, SETTING, demoState, removeDemoRows } from './clear-demo.ts'
import type { DemoPlace } from './places.ts'
import { DemoRefused } from './refused.ts'
import type { DemoTable, Encrypt } from './tables.ts'
import { clientTables, organisationTables } from './tables.ts'

export interface LoadDemoOptions {
  clients: number
  seed: number
  /** First day of a month, ISO. */
  asOf?: string
  /** Seals phone and identity numbers. */
  encrypt: Encrypt
  /** Put the new demo in the place of the one that is loaded. */
  replace?: boolean
  /** Also make the demo accounts, with this password hash (trial mode only). */
  accounts?: { passwordHash: string }
  onProgress?: (progress: { table: string; rows: number; step: number; steps: number }) => void
}

export interface DemoReport {
  clients: number
  seed: number
  asOf: string
  /** Rows written, by table. */
  rows: Record<string, number>
  totalRows: number
  /** Yuan, as decimal texts. */
  depositBalance: string
  loanBalance: string
  accounts: number
}

const INDEX_MEMORY = '256MB'

/**
 * Loads the demo bank in one transaction: all of it or nothing. Needs the places (loadPlaces) and readers kept out while it runs.
 * Accounts and plans stay when a demo is replaced: ids of branches and staff are the same in every demo over the same places.
 * @throws DemoRefused, RangeError for a size, seed or date out of range
 */
export async function loadDemo(db: Database, options: LoadDemoOptions): Promise<DemoReport> {
  return db.asOwner(async (tx) => {
    await tx.execute(sql`select pg_advisory_xact_lock(${DEMO_LOCK})`)
    if (db.engine === 'server')
      await tx.execute(sql`select set_config('maintenance_work_mem', ${INDEX_MEMORY}, true)`)
    const state = await demoState(tx)
    refuseIfOccupied(state, options.replace ?? false)
    const bank = createDemoBank(await placesOf(tx), options)
    const rows: Record<string, number> = {}
    await inBulkMode(tx, DEMO_TABLES, async () => {
      if (state.setting) await removeDemoRows(tx, state)
      const tables = [...organisationTables(bank), ...clientTables(bank, options.encrypt)]
      for (const [i, table] of tables.entries()) {
        rows[table.table] = await copyTable(tx, table, (count) =>
          options.onProgress?.({ table: table.table, rows: count, step: i + 1, steps: tables.length }),
        )
      }
    })
    const accounts = await writeDemoAccounts(tx, bank, options.accounts?.passwordHash)
    await writeSetting(tx, bank)
    await tx.execute(sql`select geo.bump_layer('client')`)
    await tx.execute(sql.raw(`analyze ${DEMO_TABLES.join(', ')}`))
    const [sums] = rowsOf<{ deposit: string; loan: string }>(
      await tx.execute(
        sql`select sum(deposit_balance)::text as deposit, sum(loan_balance)::text as loan from app.client`,
      ),
    )
    return {
      clients: bank.clients,
      seed: bank.seed,
      asOf: bank.asOf,
      rows,
      totalRows: Object.values(rows).reduce((sum, count) => sum + count, 0),
      depositBalance: sums!.deposit,
      loanBalance: sums!.loan,
      accounts,
    }
  })
}

function refuseIfOccupied(
  { setting, demoClients, realClients, realOrganisation }: DemoState,
  replace: boolean,
): void {
  if (realClients > 0) {
    throw new DemoRefused(
      'real-data',
      `库中有 ${realClients} 户非演示客户，演示数据不会载入，也不会覆盖正式数据。请另用一个数据目录或数据库查看演示。`,
    )
  }
  if (realOrganisation) {
    throw new DemoRefused(
      'real-data',
      '库中已有正式的机构、员工或产业数据，演示数据不会载入。请另用一个数据目录或数据库查看演示。',
    )
  }
  if (setting && !replace) {
    throw new DemoRefused(
      'demo-present',
      `库中已有演示数据（${demoClients} 户）。要换成新的演示数据，请加 --replace。`,
    )
  }
}

async function placesOf(tx: Tx): Promise<DemoPlace[]> {
  interface Row extends Omit<DemoPlace, 'seat' | 'geometry'> {
    lng: number
    lat: number
    geometry: string | null
  }
  const rows = rowsOf<Row>(
    await tx.execute(sql`select code, level, name, kind, county_code as "countyCode", township_code as "townshipCode", statistical,
        st_x(seat) as lng, st_y(seat) as lat, st_asgeojson(geom) as geometry, population, industries
      from geo.place order by code`),
  )
  if (rows.length === 0)
    throw new DemoRefused('no-places', '库中没有行政区划，无法安放演示客户。请先载入随软件提供的区划数据。')
  return rows.map(({ lng, lat, geometry, ...row }) => ({
    ...row,
    seat: [lng, lat],
    geometry: geometry === null ? null : (JSON.parse(geometry) as MultiPolygon),
  }))
}

async function copyTable(
  tx: Tx,
  { table, columns, pieces }: DemoTable,
  onRows: (count: number) => void,
): Promise<number> {
  let count = 0
  await copyInto(
    tx,
    `${table} (${columns})`,
    (function* () {
      for (const { text, rows } of pieces()) {
        count += rows
        onRows(count)
        yield text
      }
    })(),
  )
  return count
}

async function writeSetting(tx: Tx, { clients, seed, asOf, organisation, chains }: DemoBank): Promise<void> {
  const known = {
    clients,
    seed,
    asOf,
    branches: organisation.branches.length,
    coreEnterprises: chains.enterprises.length,
  }
  await tx.execute(sql`insert into app.setting (key, value)
    values (${SETTING}, ${JSON.stringify(known)}::jsonb || jsonb_build_object('loadedAt', now()))
    on conflict (key) do update set value = excluded.value`)
}
