import { sql } from 'drizzle-orm'
import type { Tx } from '#db/client.ts'
import { rowsOf } from '#db/rows.ts'
import type { Area, PlanSummary, StaffMember, WeightKey } from './contract.ts'
import type { ReasonMessage } from './reason-messages.ts'

const PLAN_LOCK_CLASS = 7_360_701
const isoTime = (column: string) =>
  sql.raw(`to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`)

/** What a solve leaves in grid_plan.metrics. */
export interface StoredMetrics {
  figures: Record<string, number | null>
  withinTolerance: boolean
  importance: Partial<Record<WeightKey, number>>
  /** By grid number. */
  grids: { contiguous: boolean; polsbyPopper: number; deviation: Partial<Record<WeightKey, number>> }[]
  /** True once the plan was edited after the solve: to be measured again. */
  stale?: true
}

export interface PlanRow extends PlanSummary {
  bounds: [number, number, number, number]
  weights: WeightKey[]
  tolerance: number | null
  seed: number
  metrics: StoredMetrics | null
  reasons: ReasonMessage[]
  clientsOutside: number
}

const summaryColumns = sql`p.id, p.name, p.county_code as "countyCode", c.name as "countyName", p.unit_source as "unitSource", p.cell_size_m as "cellSizeM", p.state,
  p.grid_count as "gridCount", (select count(*)::int from app.unit u where u.plan_id = p.id) as units,
  ${isoTime('p.solved_at')} as "solvedAt", p.version, ${isoTime('p.updated_at')} as "updatedAt"`

export async function listPlans(tx: Tx): Promise<PlanSummary[]> {
  return rowsOf<PlanSummary>(
    await tx.execute(sql`select ${summaryColumns} from app.grid_plan p join geo.place c on c.code = p.county_code
      order by p.updated_at desc, p.id desc limit 500`),
  )
}

export async function findPlan(tx: Tx, id: number): Promise<PlanRow | null> {
  const [row] = rowsOf<PlanRow & { w: number; s: number; e: number; n: number }>(
    await tx.execute(sql`select ${summaryColumns}, p.weights, p.tolerance, p.seed, p.metrics, p.reasons,
      p.clients_outside as "clientsOutside", st_xmin(p.area) as w, st_ymin(p.area) as s, st_xmax(p.area) as e, st_ymax(p.area) as n
      from app.grid_plan p join geo.place c on c.code = p.county_code where p.id = ${id}`),
  )
  if (!row) return null
  const { w, s, e, n, ...plan } = row
  return { ...plan, bounds: [w, s, e, n] }
}

export async function planVersion(tx: Tx, id: number): Promise<number | null> {
  const [row] = rowsOf<{ version: number }>(
    await tx.execute(sql`select version from app.grid_plan where id = ${id}`),
  )
  return row?.version ?? null
}

/** Held to the end of the transaction: writers of one plan come one after the other. */
export async function lockPlan(tx: Tx, id: number): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(${PLAN_LOCK_CLASS}, ${id})`)
}

export async function bumpPlan(tx: Tx, id: number): Promise<void> {
  await tx.execute(sql`update app.grid_plan set version = version + 1, updated_at = now() where id = ${id}`)
}

export async function renamePlan(tx: Tx, id: number, name: string): Promise<void> {
  await tx.execute(sql`update app.grid_plan set name = ${name} where id = ${id}`)
}

export async function deletePlan(tx: Tx, id: number): Promise<void> {
  await tx.execute(sql`delete from app.grid_plan where id = ${id}`)
}

export interface GridRow {
  no: number
  name: string
  managerId: number | null
  managerName: string | null
  locked: boolean
  units: number
  areaM2: number
  totals: number[]
}

export async function listGrids(tx: Tx, planId: number): Promise<GridRow[]> {
  return rowsOf<GridRow>(
    await tx.execute(sql`
      with sums as (
        select grid_no, count(*)::int as units, sum(area_m2) as area_m2,
          array[sum(weights[1]), sum(weights[2]), sum(weights[3]), sum(weights[4])] as totals
        from app.unit where plan_id = ${planId} and grid_no is not null group by grid_no
      )
      select g.no, g.name, g.manager_id as "managerId", m.name as "managerName", g.locked, coalesce(s.units, 0) as units,
        coalesce(s.area_m2, 0) as "areaM2", coalesce(s.totals, '{0,0,0,0}') as totals
      from app.grid g left join sums s on s.grid_no = g.no left join org.staff m on m.id = g.manager_id
      where g.plan_id = ${planId} order by g.no`),
  )
}

/** Number of units without a grid, and what they weigh, in the order of WEIGHT_KEYS. */
export async function unassignedTotals(tx: Tx, planId: number): Promise<{ units: number; totals: number[] }> {
  const [row] = rowsOf<{ units: number; totals: number[] }>(
    await tx.execute(sql`select count(*)::int as units, array[coalesce(sum(weights[1]), 0), coalesce(sum(weights[2]), 0),
      coalesce(sum(weights[3]), 0), coalesce(sum(weights[4]), 0)] as totals
      from app.unit where plan_id = ${planId} and grid_no is null`),
  )
  return row!
}

export async function countUnassigned(tx: Tx, planId: number): Promise<number> {
  const [row] = rowsOf<{ count: number }>(
    await tx.execute(
      sql`select count(*)::int as count from app.unit where plan_id = ${planId} and grid_no is null`,
    ),
  )
  return row!.count
}

/** @returns false when the plan has no grid of this number */
export async function changeGrid(
  tx: Tx,
  planId: number,
  no: number,
  change: { name?: string; managerId?: number | null },
): Promise<boolean> {
  const rows = rowsOf(
    await tx.execute(sql`update app.grid set name = coalesce(${change.name ?? null}, name),
      manager_id = case when ${change.managerId !== undefined} then ${change.managerId ?? null}::integer else manager_id end
      where plan_id = ${planId} and no = ${no} returning no`),
  )
  return rows.length > 0
}

export interface Candidate {
  name: string
  countyCode: string | null
  isManager: boolean
  left: boolean
}

export async function findCandidate(tx: Tx, staffId: number): Promise<Candidate | null> {
  const [row] = rowsOf<Candidate>(
    await tx.execute(sql`select s.name, b.county_code as "countyCode", s.duty = 'manager' as "isManager", s.left_on is not null as left
      from org.staff s join org.branch b on b.id = s.branch_id where s.id = ${staffId}`),
  )
  return row ?? null
}

/** The grid of the plan that already has this manager. */
export async function gridOfManager(
  tx: Tx,
  planId: number,
  staffId: number,
): Promise<{ no: number; name: string } | null> {
  const [row] = rowsOf<{ no: number; name: string }>(
    await tx.execute(
      sql`select no, name from app.grid where plan_id = ${planId} and manager_id = ${staffId}`,
    ),
  )
  return row ?? null
}

export async function listManagers(tx: Tx, countyCode: string): Promise<StaffMember[]> {
  return rowsOf<StaffMember>(
    await tx.execute(sql`select s.id, s.name, s.staff_no as "staffNo", b.id as "branchId", b.name as "branchName",
        s.capacity::float8 as capacity
      from org.staff s join org.branch b on b.id = s.branch_id
      where b.county_code = ${countyCode} and s.duty = 'manager' and s.left_on is null order by b.id, s.id`),
  )
}

export async function findCounty(
  tx: Tx,
  code: string,
): Promise<{ name: string; areaKm2: number | null; hasOutline: boolean } | null> {
  const [row] = rowsOf<{ name: string; areaKm2: number | null; hasOutline: boolean }>(
    await tx.execute(sql`select name, area_km2 as "areaKm2", geom is not null as "hasOutline"
      from geo.place where code = ${code} and level = 'county'`),
  )
  return row ?? null
}

/** Why the drawn area is not a valid polygon, in PostGIS's words; null when it is. */
export async function areaFault(tx: Tx, area: Area): Promise<string | null> {
  const [row] = rowsOf<{ valid: boolean; reason: string }>(
    await tx.execute(sql`select st_isvalid(g) as valid, st_isvalidreason(g) as reason
      from (select st_setsrid(st_geomfromgeojson(${JSON.stringify(area)}), 4326) as g) given`),
  )
  return row!.valid ? null : row!.reason
}

/** The part of a valid area that lies in the county; null when there is none. */
export async function areaInCounty(tx: Tx, area: Area, countyCode: string): Promise<Area | null> {
  const [row] = rowsOf<{ area: string | null }>(
    await tx.execute(sql`
      with part as (
        select st_multi(st_collectionextract(
          st_intersection(st_setsrid(st_geomfromgeojson(${JSON.stringify(area)}), 4326), c.geom), 3)) as g
        from geo.place c where c.code = ${countyCode} and c.level = 'county'
      )
      select case when st_isempty(g) then null else st_asgeojson(g, 9) end as area from part`),
  )
  return row?.area ? (JSON.parse(row.area) as Area) : null
}

export async function recordAct(
  tx: Tx,
  act: { action: string; objectId: string; detail: Record<string, unknown>; requestId: string },
): Promise<void> {
  await tx.execute(
    sql`select audit.record(${act.action}, 'gridPlan', ${act.objectId}, 'ok', ${JSON.stringify(act.detail)}::jsonb, ${act.requestId})`,
  )
}
