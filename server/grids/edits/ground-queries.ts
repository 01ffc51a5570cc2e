import { sql } from 'drizzle-orm'
import type { Tx } from '#db/client.ts'
import { rowsOf } from '#db/rows.ts'
import type { MultiPolygonCoordinates } from '#domain/geo/shapes.ts'

/** Changes when units are made or weighed anew; between that a plan's ground stays as it is. */
export async function unitStamp(tx: Tx, planId: number): Promise<string> {
  const [row] = rowsOf<{ stamp: string }>(
    await tx.execute(sql`select count(*) || ':' || coalesce(sum(hashtext(key || weights::text || area_m2)::bigint), 0) as stamp
      from app.unit where plan_id = ${planId}`),
  )
  return row!.stamp
}

/** Grid of each unit by idx, -1 = none. */
export async function assignmentOf(tx: Tx, planId: number): Promise<number[]> {
  const [row] = rowsOf<{ grids: number[] }>(
    await tx.execute(sql`select coalesce(array_agg(coalesce(grid_no, -1) order by idx), '{}') as grids
      from app.unit where plan_id = ${planId}`),
  )
  return row!.grids
}

export interface GroundRow {
  areaM2: number
  weights: number[]
  shape: MultiPolygonCoordinates
}

export async function readShapes(tx: Tx, planId: number): Promise<GroundRow[]> {
  const rows = rowsOf<Omit<GroundRow, 'shape'> & { geometry: string }>(
    await tx.execute(sql`select area_m2 as "areaM2", weights, st_asgeojson(geom, 9) as geometry
      from app.unit where plan_id = ${planId} order by idx`),
  )
  return rows.map(({ geometry, ...row }) => ({
    ...row,
    shape: (JSON.parse(geometry) as { coordinates: MultiPolygonCoordinates }).coordinates,
  }))
}

export async function readEdgeColumns(
  tx: Tx,
  planId: number,
): Promise<{ a: number[]; b: number[]; lengthM: number[] }> {
  const [row] = rowsOf<{ a: number[]; b: number[]; lengthM: number[] }>(
    await tx.execute(sql`select coalesce(array_agg(a order by a, b), '{}') as a, coalesce(array_agg(b order by a, b), '{}') as b,
      coalesce(array_agg(length_m order by a, b), '{}') as "lengthM" from app.unit_edge where plan_id = ${planId}`),
  )
  return row!
}

export interface VillageOfUnit {
  idx: number
  code: string
  name: string
}

export async function villagesOfUnits(tx: Tx, planId: number): Promise<VillageOfUnit[]> {
  return rowsOf<VillageOfUnit>(
    await tx.execute(sql`select distinct on (u.idx) u.idx, v.code, v.name
      from app.unit u join app.grid_plan p on p.id = u.plan_id
      join geo.place v on v.level = 'village' and v.county_code = p.county_code and st_contains(v.geom, st_centroid(u.geom))
      where u.plan_id = ${planId} order by u.idx, v.code`),
  )
}

export async function townshipNames(tx: Tx, planId: number): Promise<{ code: string; name: string }[]> {
  return rowsOf<{ code: string; name: string }>(
    await tx.execute(sql`select t.code, t.name from geo.place t
      where t.code in (select u.township_code from app.unit u where u.plan_id = ${planId})`),
  )
}

export async function countyOfPlan(tx: Tx, planId: number): Promise<string | null> {
  const [row] = rowsOf<{ code: string }>(
    await tx.execute(sql`select county_code as code from app.grid_plan where id = ${planId}`),
  )
  return row?.code ?? null
}
