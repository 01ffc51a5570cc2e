import { sql } from 'drizzle-orm'
import type { MultiPolygon } from 'geojson'
import type { Tx } from '#db/client.ts'
import { arrayLiteral, rowsOf } from '#db/rows.ts'
import type { MultiPolygonCoordinates } from '#domain/geo/shapes.ts'
import type { GridTarget, Manager, PlanGridNow, PlanUnit, Village } from './types.ts'

type UnitText = Omit<PlanUnit, 'shape' | 'at'> & { shape: string; lng: number; lat: number }

/** In the order of idx, which is 0, 1, 2, … `at` lies inside the unit. */
export async function readPlanUnits(tx: Tx, planId: number): Promise<PlanUnit[]> {
  const rows = rowsOf<UnitText>(
    await tx.execute(sql`select u.idx, u.key, u.grid_no as "gridNo", u.township_code as "townshipCode", t.name as "townshipName",
        st_asgeojson(u.geom, 9) as shape, st_x(p.at) as lng, st_y(p.at) as lat
      from app.unit u left join geo.place t on t.code = u.township_code
        cross join lateral (select st_pointonsurface(u.geom) as at) p
      where u.plan_id = ${planId} order by u.idx`),
  )
  return rows.map(({ shape, lng, lat, ...unit }) => ({
    ...unit,
    shape: coordinatesOf(shape),
    at: [lng, lat],
  }))
}

export async function readPlanGrids(tx: Tx, planId: number): Promise<PlanGridNow[]> {
  return rowsOf<PlanGridNow>(
    await tx.execute(sql`select g.no, g.name, g.manager_id as "managerId", m.name as "managerName"
      from app.grid g left join org.staff m on m.id = g.manager_id where g.plan_id = ${planId} order by g.no`),
  )
}

export async function readManagers(tx: Tx, countyCode: string): Promise<Manager[]> {
  return rowsOf<Manager>(
    await tx.execute(sql`select s.id, s.name, s.staff_no as "staffNo" from org.staff s join org.branch b on b.id = s.branch_id
      where b.county_code = ${countyCode} and s.duty = 'manager' and s.left_on is null order by s.id`),
  )
}

export async function readVillages(tx: Tx, countyCode: string): Promise<Village[]> {
  const rows = rowsOf<Omit<Village, 'shape' | 'seat'> & { shape: string | null; lng: number; lat: number }>(
    await tx.execute(sql`select code, name, township_code as "townshipCode", st_x(seat) as lng, st_y(seat) as lat, st_asgeojson(geom, 9) as shape
      from geo.place where level = 'village' and county_code = ${countyCode} order by code`),
  )
  return rows.map(({ shape, lng, lat, ...village }) => ({
    ...village,
    seat: [lng, lat],
    shape: shape === null ? null : coordinatesOf(shape),
  }))
}

/** Outlines a file can be held against: the plan's own and those of all counties. */
export async function readOutlines(tx: Tx, planId: number): Promise<MultiPolygon[]> {
  const rows = rowsOf<{ shape: string }>(
    await tx.execute(sql`select st_asgeojson(area, 9) as shape from app.grid_plan where id = ${planId}
      union all select st_asgeojson(geom, 9) from geo.place where level = 'county' and geom is not null`),
  )
  return rows.map(({ shape }) => JSON.parse(shape) as MultiPolygon)
}

export interface PlanHead {
  name: string
  state: string
  version: number
  countyCode: string
  countyName: string
}

export async function readPlanHead(tx: Tx, planId: number): Promise<PlanHead | null> {
  const [row] = rowsOf<PlanHead>(
    await tx.execute(sql`select p.name, p.state, p.version, p.county_code as "countyCode", c.name as "countyName"
      from app.grid_plan p join geo.place c on c.code = p.county_code where p.id = ${planId}`),
  )
  return row ?? null
}

export async function insertTargets(tx: Tx, planId: number, targets: readonly GridTarget[]): Promise<void> {
  await tx.execute(sql`insert into app.grid (plan_id, no, name)
    select ${planId}, no, name from unnest(${arrayLiteral(targets.map(({ no }) => no))}::integer[],
      ${arrayLiteral(targets.map(({ name }) => name))}::text[]) as r(no, name)`)
}

/** What is known of where the ground under the plan comes from. */
export async function readOrigins(tx: Tx, planId: number): Promise<{ accuracy: string; source: string }[]> {
  return rowsOf<{ accuracy: string; source: string }>(
    await tx.execute(sql`select distinct t.accuracy, t.source from app.grid_plan p
      join geo.place t on t.code = p.county_code or (t.level = 'township' and t.county_code = p.county_code)
      where p.id = ${planId} order by 1, 2`),
  )
}

export interface GridShape extends PlanGridNow {
  staffNo: string | null
  units: number
  areaM2: number
  totals: number[]
}

export async function readGridTotals(tx: Tx, planId: number): Promise<GridShape[]> {
  return rowsOf<GridShape>(
    await tx.execute(sql`
      with sums as (
        select grid_no, count(*)::int as units, sum(area_m2) as area_m2,
          array[sum(weights[1]), sum(weights[2]), sum(weights[3]), sum(weights[4])] as totals
        from app.unit where plan_id = ${planId} and grid_no is not null group by grid_no
      )
      select g.no, g.name, g.manager_id as "managerId", m.name as "managerName", m.staff_no as "staffNo", coalesce(s.units, 0) as units,
        coalesce(s.area_m2, 0) as "areaM2", coalesce(s.totals, '{0,0,0,0}') as totals
      from app.grid g left join sums s on s.grid_no = g.no left join org.staff m on m.id = g.manager_id
      where g.plan_id = ${planId} order by g.no`),
  )
}

export interface UnitDetail extends PlanUnit {
  areaM2: number
  weights: number[]
}

export async function readUnitDetails(tx: Tx, planId: number): Promise<UnitDetail[]> {
  const units = await readPlanUnits(tx, planId)
  const details = rowsOf<{ areaM2: number; weights: number[] }>(
    await tx.execute(
      sql`select area_m2 as "areaM2", weights from app.unit where plan_id = ${planId} order by idx`,
    ),
  )
  return units.map((unit, i) => ({ ...unit, ...details[i]! }))
}

export interface WalkClient {
  id: number
  /** These three are null for a role that sees no names. */
  clientNo: string | null
  nameMask: string | null
  address: string | null
  kind: string
  status: string
  township: string
  village: string | null
  lastVisitOn: string | null
  nextDueOn: string | null
}

/** Row-level security decides which of them there are. Never a phone number, and of the name its mask; `named`: at all. */
export async function readWalkClients(tx: Tx, ids: readonly number[], named: boolean): Promise<WalkClient[]> {
  const names = named
    ? sql`c.client_no as "clientNo", c.name_mask as "nameMask", c.address`
    : sql`null::text as "clientNo", null::text as "nameMask", null::text as address`
  return rowsOf<WalkClient>(
    await tx.execute(sql`select c.id, ${names}, c.kind, c.status, t.name as township, v.name as village,
        c.last_visit_on::text as "lastVisitOn", c.next_due_on::text as "nextDueOn"
      from app.client c join geo.place t on t.code = c.township_code left join geo.place v on v.code = c.village_code
      where c.id = any (${arrayLiteral(ids)}::integer[])
      order by c.township_code, c.village_code nulls last, ${named ? sql`c.address nulls last,` : sql``} c.id`),
  )
}

export function coordinatesOf(geojson: string): MultiPolygonCoordinates {
  const shape = JSON.parse(geojson) as { type: string; coordinates: unknown }
  return (shape.type === 'Polygon' ? [shape.coordinates] : shape.coordinates) as MultiPolygonCoordinates
}
