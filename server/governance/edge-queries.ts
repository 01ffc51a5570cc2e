import { sql } from 'drizzle-orm'
import type { Tx } from '#db/client.ts'
import { arrayLiteral, rowsOf } from '#db/rows.ts'

export interface PlacedClient {
  id: number
  lng: number
  lat: number
}

/** Clients of a county with a position, as far as the session may see them. */
export async function placedClients(tx: Tx, countyCode: string): Promise<PlacedClient[]> {
  return rowsOf<PlacedClient>(
    await tx.execute(sql`select id, st_x(geom) as lng, st_y(geom) as lat from app.client
      where county_code = ${countyCode} and geom is not null order by id`),
  )
}

/** Grid of each unit, in the order of idx. */
export async function gridOfUnits(tx: Tx, planId: number): Promise<(number | null)[]> {
  const rows = rowsOf<{ gridNo: number | null }>(
    await tx.execute(sql`select grid_no as "gridNo" from app.unit where plan_id = ${planId} order by idx`),
  )
  return rows.map(({ gridNo }) => gridNo)
}

export async function gridNames(tx: Tx, planId: number): Promise<Map<number, string>> {
  const rows = rowsOf<{ no: number; name: string }>(
    await tx.execute(sql`select no, name from app.grid where plan_id = ${planId}`),
  )
  return new Map(rows.map(({ no, name }) => [no, name]))
}

export interface ClientWords {
  id: number
  name: string | null
  kind: string
  status: string
  accuracy: string
  township: string
}

export async function wordsOfClients(tx: Tx, ids: readonly number[], named: boolean): Promise<ClientWords[]> {
  return rowsOf<ClientWords>(
    await tx.execute(sql`select c.id, ${named ? sql`c.name_mask` : sql`null::text`} as name, c.kind, c.status,
        c.location_accuracy as accuracy, t.name as township
      from app.client c join geo.place t on t.code = c.township_code where c.id = any (${arrayLiteral(ids)}::integer[])`),
  )
}

export interface DebtRow {
  key: string
  name: string
  accuracy: string
  clients: number
}

/** Clients of the plan's county by how well their position is known; 'none' is no position at all. */
export async function debtByTownship(tx: Tx, countyCode: string): Promise<DebtRow[]> {
  return rowsOf<DebtRow>(
    await tx.execute(sql`select t.code as key, t.name, case when c.geom is null then 'none' else c.location_accuracy end as accuracy,
        count(*)::int as clients
      from app.client c join geo.place t on t.code = c.township_code where c.county_code = ${countyCode}
      group by 1, 2, 3 order by 1, 3`),
  )
}

export async function debtByGrid(tx: Tx, planId: number): Promise<DebtRow[]> {
  return rowsOf<DebtRow>(
    await tx.execute(sql`select g.no::text as key, g.name, c.location_accuracy as accuracy, count(*)::int as clients
      from app.plan_client pc join app.client c on c.id = pc.client_id
      join app.unit u on u.plan_id = pc.plan_id and u.idx = pc.unit_idx
      join app.grid g on g.plan_id = u.plan_id and g.no = u.grid_no
      where pc.plan_id = ${planId} and pc.spot = 'client' group by g.no, g.name, 3 order by g.no, 3`),
  )
}
