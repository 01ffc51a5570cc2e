import { sql } from 'drizzle-orm'
import type { Tx } from '#db/client.ts'
import { arrayLiteral, rowsOf } from '#db/rows.ts'
import type { Area, UnitProperties, UnitSource, WeightKey } from './contract.ts'
import type { StoredMetrics } from './queries.ts'
import type { ReasonMessage } from './reason-messages.ts'

type Coordinates = [number, number][][][]

export interface Ground {
  /** The plan's area as a multipolygon. */
  area: Coordinates
  townships: { id: string; shape: Coordinates }[]
  villages: { id: string; shape: Coordinates }[]
  barriers: {
    kind: string
    level: 'ground' | 'bridge' | 'tunnel'
    absolute: boolean
    line: [number, number][]
  }[]
  water: Coordinates[]
}

/** County outline or the given part of it, its townships and villages, and the lines and water inside. Null when the county has no outline. */
export async function readGround(tx: Tx, countyCode: string, area: Area | null): Promise<Ground | null> {
  const [county] = rowsOf<{ area: string }>(
    await tx.execute(sql`select st_asgeojson(geom, 9) as area from geo.place
      where code = ${countyCode} and level = 'county' and geom is not null`),
  )
  if (!county) return null
  const places = rowsOf<{ id: string; level: string; shape: string }>(
    await tx.execute(sql`select code as id, level, st_asgeojson(geom, 9) as shape from geo.place
      where level in ('township', 'village') and county_code = ${countyCode} and geom is not null order by code`),
  )
  const barriers = rowsOf<Omit<Ground['barriers'][number], 'line'> & { line: string }>(
    await tx.execute(sql`select b.kind, b.level, b.absolute, st_asgeojson(b.geom, 9) as line from geo.barrier b
      join geo.place c on c.code = ${countyCode} and b.geom && c.geom order by b.id`),
  )
  const water = rowsOf<{ shape: string }>(
    await tx.execute(sql`select st_asgeojson(w.geom, 9) as shape from geo.water w
      join geo.place c on c.code = ${countyCode} and w.geom && c.geom order by w.id`),
  )
  const ofLevel = (wanted: string) =>
    places
      .filter(({ level }) => level === wanted)
      .map(({ id, shape }) => ({ id, shape: multi(JSON.parse(shape) as Area) }))
  return {
    area: area ? multi(area) : multi(JSON.parse(county.area) as Area),
    townships: ofLevel('township'),
    villages: ofLevel('village'),
    water: water.map(({ shape }) => multi(JSON.parse(shape) as Area)),
    barriers: barriers.map(({ line, ...rest }) => ({
      ...rest,
      line: (JSON.parse(line) as { coordinates: [number, number][] }).coordinates,
    })),
  }
}

function multi(area: Area): Coordinates {
  return (area.type === 'MultiPolygon' ? area.coordinates : [area.coordinates]) as Coordinates
}

export interface NewPlan {
  name: string
  countyCode: string
  area: Coordinates
  unitSource: UnitSource
  cellSizeM: number
  clientsOutside: number
  createdBy: number
}

export async function insertPlan(tx: Tx, plan: NewPlan): Promise<number> {
  const [row] = rowsOf<{ id: number }>(
    await tx.execute(sql`insert into app.grid_plan (name, county_code, area, unit_source, cell_size_m, clients_outside, created_by)
      values (${plan.name}, ${plan.countyCode}, ${ewktOf(plan.area)}::geometry, ${plan.unitSource}, ${plan.cellSizeM}, ${plan.clientsOutside},
        ${plan.createdBy}) returning id`),
  )
  return row!.id
}

export interface NewUnit {
  key: string
  kind: string
  waterM2: number
  townshipId: string | null
  areaM2: number
  weights: number[]
  shape: Coordinates
}

const ROWS_A_STATEMENT = 1_500

/** Row-level security forbids COPY here, so rows go as JSON, many to a statement. */
export async function insertUnits(tx: Tx, planId: number, units: readonly NewUnit[]): Promise<void> {
  for (let from = 0; from < units.length; from += ROWS_A_STATEMENT) {
    const rows = units.slice(from, from + ROWS_A_STATEMENT).map((unit, i) => ({
      idx: from + i,
      key: unit.key,
      township: unit.townshipId,
      kind: unit.kind,
      area: unit.areaM2,
      water: unit.waterM2,
      weights: arrayLiteral(unit.weights),
      geom: ewktOf(unit.shape),
    }))
    await tx.execute(sql`insert into app.unit (plan_id, idx, key, kind, township_code, area_m2, water_m2, weights, geom)
      select ${planId}, r.idx, r.key, r.kind, r.township, r.area, r.water, r.weights::float8[], r.geom::geometry
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
        as r(idx integer, key text, kind text, township text, area float8, water float8, weights text, geom text)`)
  }
}

export interface StoredEdge {
  a: number
  b: number
  lengthM: number
  crosses: string
  absolute?: boolean
  bridges?: number
}

export async function insertEdges(tx: Tx, planId: number, edges: readonly StoredEdge[]): Promise<void> {
  for (let from = 0; from < edges.length; from += 4 * ROWS_A_STATEMENT) {
    const rows = edges.slice(from, from + 4 * ROWS_A_STATEMENT)
    await tx.execute(sql`insert into app.unit_edge (plan_id, a, b, length_m, crosses, absolute, bridges)
      select ${planId}, a, b, l, c, w, n from unnest(${arrayLiteral(rows.map(({ a }) => a))}::integer[],
        ${arrayLiteral(rows.map(({ b }) => b))}::integer[], ${arrayLiteral(rows.map(({ lengthM }) => lengthM))}::float8[],
        ${arrayLiteral(rows.map(({ crosses }) => crosses))}::text[],
        ${arrayLiteral(rows.map(({ absolute }) => (absolute ? 1 : 0)))}::integer[]::boolean[],
        ${arrayLiteral(rows.map(({ bridges }) => bridges ?? 0))}::integer[]) as r(a, b, l, c, w, n)`)
  }
}

function ewktOf(shape: Coordinates): string {
  const polygons = shape.map(
    (polygon) => `(${polygon.map((ring) => `(${ring.map(([x, y]) => `${x} ${y}`).join(',')})`).join(',')})`,
  )
  return `SRID=4326;MULTIPOLYGON(${polygons.join(',')})`
}

export interface SolveUnit {
  key: string
  areaM2: number
  weights: number[]
  shape: Coordinates
}

/** In the order of idx, which is 0, 1, 2, … */
export async function readUnits(tx: Tx, planId: number): Promise<SolveUnit[]> {
  const rows = rowsOf<Omit<SolveUnit, 'shape'> & { shape: string }>(
    await tx.execute(sql`select key, area_m2 as "areaM2", weights, st_asgeojson(geom, 9) as shape
      from app.unit where plan_id = ${planId} order by idx`),
  )
  return rows.map((row) => ({ ...row, shape: multi(JSON.parse(row.shape) as Area) }))
}

export async function readEdges(tx: Tx, planId: number): Promise<StoredEdge[]> {
  return rowsOf<StoredEdge>(
    await tx.execute(
      sql`select a, b, length_m as "lengthM", crosses, absolute, bridges from app.unit_edge
        where plan_id = ${planId} order by a, b, crosses, absolute`,
    ),
  )
}

export interface Solution {
  gridCount: number
  /** Grid of each unit, by idx. */
  assignment: readonly number[]
  weights: readonly WeightKey[]
  tolerance: number
  seed: number
  metrics: StoredMetrics
  reasons: readonly ReasonMessage[]
}

/** Replaces the plan's grids. Names and managers of the former grids go with them: a new split makes new grids. */
export async function storeSolution(tx: Tx, planId: number, solution: Solution): Promise<void> {
  await tx.execute(sql`insert into app.grid (plan_id, no, name)
    select ${planId}, no, '网格 ' || (no + 1) from generate_series(0, ${solution.gridCount - 1}) no
    on conflict (plan_id, no) do update set name = excluded.name, manager_id = null`)
  await tx.execute(sql`update app.unit u set grid_no = r.grid_no
    from unnest(${arrayLiteral(solution.assignment)}::integer[]) with ordinality as r(grid_no, place)
    where u.plan_id = ${planId} and u.idx = r.place - 1`)
  await tx.execute(sql`delete from app.grid where plan_id = ${planId} and no >= ${solution.gridCount}`)
  await tx.execute(sql`update app.grid_plan set grid_count = ${solution.gridCount},
    weights = ${arrayLiteral(solution.weights)}::text[], tolerance = ${solution.tolerance}, seed = ${solution.seed},
    metrics = ${JSON.stringify(solution.metrics)}::jsonb, reasons = ${JSON.stringify(solution.reasons)}::jsonb, solved_at = now()
    where id = ${planId}`)
}

export interface UnitRow extends Pick<UnitProperties, 'idx' | 'key' | 'kind' | 'gridNo' | 'townshipCode'> {
  weights: number[]
  coordinates: Coordinates
}

export async function listUnits(tx: Tx, planId: number): Promise<UnitRow[]> {
  const rows = rowsOf<Omit<UnitRow, 'coordinates'> & { geometry: string }>(
    await tx.execute(sql`select idx, key, kind, grid_no as "gridNo", township_code as "townshipCode", weights, st_asgeojson(geom, 7) as geometry
      from app.unit where plan_id = ${planId} order by idx`),
  )
  return rows.map(({ geometry, ...row }) => ({ ...row, coordinates: multi(JSON.parse(geometry) as Area) }))
}
