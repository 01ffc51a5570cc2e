import { sql } from 'drizzle-orm'
import type { Database } from '#db/client.ts'
import { rowsOf } from '#db/rows.ts'
import { distanceM } from '#domain/geo/measure.ts'

export interface LatticePlan {
  countyCode: string
  columns: number
  rows: number
  grids: number
  /** South-west corner and side of a cell in degrees. */
  west: number
  south: number
  side: number
}

/**
 * A draft plan of square units in rows from the south-west, cut into vertical strips of equal width, one per grid. Unit idx is
 * row * columns + column and weighs {1 + idx % 7, 1000 * idx, 2000 * idx, 0.5 * idx}.
 */
export async function insertLatticePlan(db: Database, plan: LatticePlan): Promise<number> {
  const { columns, rows, grids, west, south, side } = plan
  const n = columns * rows
  const [tall, wide] = [
    distanceM([west, south], [west, south + side]),
    distanceM([west, south], [west + side, south]),
  ]
  return db.asOwner(async (tx) => {
    const [row] = rowsOf<{ id: number }>(
      await tx.execute(sql`insert into app.grid_plan (name, county_code, area, cell_size_m, created_by, grid_count, weights, tolerance)
        values ('格子方案', ${plan.countyCode}, st_multi(st_makeenvelope(${west}, ${south}, ${west + columns * side}, ${south + rows * side}, 4326)),
          500, (select min(id) from auth.account), ${grids}, '{clients,visitHours}', 0.1) returning id`),
    )
    const id = row!.id
    await tx.execute(sql`insert into app.grid (plan_id, no, name)
      select ${id}::integer, no, '网格 ' || (no + 1) from generate_series(0, ${grids - 1}) no`)
    await tx.execute(sql`insert into app.unit (plan_id, idx, key, township_code, grid_no, area_m2, weights, geom)
      select ${id}::integer, i, 'u' || i, (select min(code) from geo.place where level = 'township' and county_code = ${plan.countyCode}),
        ((i % ${columns}::integer) * ${grids}::integer) / ${columns}::integer, ${tall * wide}::float8, array[1 + i % 7, 1000.0 * i, 2000.0 * i, 0.5 * i],
        st_multi(st_makeenvelope(${west}::float8 + (i % ${columns}::integer) * ${side}::float8, ${south}::float8 + (i / ${columns}::integer) * ${side}::float8,
          ${west}::float8 + (i % ${columns}::integer + 1) * ${side}::float8, ${south}::float8 + (i / ${columns}::integer + 1) * ${side}::float8, 4326))
      from generate_series(0, ${n - 1}) i`)
    await tx.execute(sql`insert into app.unit_edge (plan_id, a, b, length_m, crosses)
      select ${id}::integer, i, i + 1, ${tall}::float8, 'none' from generate_series(0, ${n - 1}) i where i % ${columns}::integer < ${columns - 1}::integer
      union all select ${id}::integer, i, i + ${columns}::integer, ${wide}::float8, 'none' from generate_series(0, ${n - 1}) i where i + ${columns}::integer < ${n}::integer`)
    return id
  })
}
