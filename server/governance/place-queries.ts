/** Which client, and which of its second places, lies in which unit of a plan. */
import { sql } from 'drizzle-orm'
import type { Tx } from '#db/client.ts'
import { arrayLiteral, rowsOf } from '#db/rows.ts'
import type { MultiPolygonCoordinates } from '#domain/geo/shapes.ts'

export interface PlanGround {
  countyCode: string
  /** What the stored places were computed for. */
  placedFor: string | null
  /** What they would be computed for now: the clients' version and the units. */
  stamp: string
}

export async function planGround(tx: Tx, id: number): Promise<PlanGround | null> {
  const [row] = rowsOf<PlanGround>(
    await tx.execute(sql`select p.county_code as "countyCode", p.placed_for as "placedFor",
        (select v.version from geo.layer_version v where v.layer = 'client') || ' ' ||
          coalesce((select md5(string_agg(u.key || ' ' || u.area_m2, ',' order by u.idx)) from app.unit u where u.plan_id = p.id), '') as stamp
      from app.grid_plan p where p.id = ${id}`),
  )
  return row ?? null
}

export interface Spot {
  id: number
  spot: 'client' | 'registered' | 'trading'
  lng: number
  lat: number
}

/** Clients of the county with a position, and second places of any client in the county. */
export async function spotsOf(tx: Tx, countyCode: string): Promise<Spot[]> {
  return rowsOf<Spot>(
    await tx.execute(sql`select id, 'client' as spot, st_x(geom) as lng, st_y(geom) as lat from app.client
        where county_code = ${countyCode} and geom is not null
      union all select p.client_id, p.role, st_x(p.geom), st_y(p.geom) from app.client_place p
        join app.client c on c.id = p.client_id and c.county_code = ${countyCode}`),
  )
}

export async function unitShapes(tx: Tx, id: number): Promise<MultiPolygonCoordinates[]> {
  const rows = rowsOf<{ shape: string }>(
    await tx.execute(
      sql`select st_asgeojson(geom, 9) as shape from app.unit where plan_id = ${id} order by idx`,
    ),
  )
  return rows.map(({ shape }) => (JSON.parse(shape) as { coordinates: MultiPolygonCoordinates }).coordinates)
}

const ROWS_A_STATEMENT = 20_000

export async function storePlaces(
  tx: Tx,
  id: number,
  stamp: string,
  found: readonly { id: number; spot: string; unit: number }[],
): Promise<void> {
  await tx.execute(sql`delete from app.plan_client where plan_id = ${id}`)
  for (let from = 0; from < found.length; from += ROWS_A_STATEMENT) {
    const rows = found.slice(from, from + ROWS_A_STATEMENT)
    await tx.execute(sql`insert into app.plan_client (plan_id, client_id, spot, unit_idx)
      select ${id}, r.client, r.spot, r.unit from unnest(${arrayLiteral(rows.map((row) => row.id))}::integer[],
        ${arrayLiteral(rows.map(({ spot }) => spot))}::text[],
        ${arrayLiteral(rows.map(({ unit }) => unit))}::integer[]) as r(client, spot, unit)`)
  }
  await tx.execute(sql`update app.grid_plan set placed_for = ${stamp} where id = ${id}`)
}
