import { sql } from 'drizzle-orm'
import type { Tx } from '#db/client.ts'
import { rowsOf } from '#db/rows.ts'

export interface DemoSetting {
  clients: number
  seed: number
  asOf: string
}

export async function demoSetting(tx: Tx): Promise<DemoSetting | null> {
  const [row] = rowsOf<{ value: DemoSetting }>(
    await tx.execute(sql`select value from app.setting where key = 'demo'`),
  )
  return row ? { clients: row.value.clients, seed: row.value.seed, asOf: row.value.asOf } : null
}

export async function demoAccounts(tx: Tx): Promise<{ username: string; role: string }[]> {
  return rowsOf(
    await tx.execute(
      sql`select username, role from auth.account where demo and disabled_at is null order by id`,
    ),
  )
}

export interface DatasetRow {
  id: string
  title: string
  source: string
  licence: string
  accuracy: string
}

export async function listDatasets(tx: Tx): Promise<DatasetRow[]> {
  return rowsOf(
    await tx.execute(sql`select id, title, source, licence, accuracy from geo.dataset order by id`),
  )
}

export async function wholeBounds(tx: Tx): Promise<[number, number, number, number] | null> {
  const [row] = rowsOf<{ w: number | null; s: number; e: number; n: number }>(
    await tx.execute(sql`select st_xmin(box) as w, st_ymin(box) as s, st_xmax(box) as e, st_ymax(box) as n
      from (select st_extent(coalesce(geom, seat)) as box from geo.place where level in ('prefecture', 'county')) extent`),
  )
  return row && row.w !== null ? [row.w, row.s, row.e, row.n] : null
}

const TABLES = [
  'app.client',
  'app.setting',
  'app.grid_plan',
  'app.unit',
  'app.job',
  'geo.place',
  'geo.layer_version',
]

/** Tables of this release that the database lacks. */
export async function missingTables(tx: Tx): Promise<string[]> {
  const rows = rowsOf<{ name: string }>(
    await tx.execute(
      sql`select name from unnest(${`{${TABLES.join(',')}}`}::text[]) name where to_regclass(name) is null`,
    ),
  )
  return rows.map(({ name }) => name)
}
