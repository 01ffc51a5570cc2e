import { sql } from 'drizzle-orm'
import type { Tx } from '#db/client.ts'
import { rowsOf } from '#db/rows.ts'

export async function duePlans(tx: Tx, today: string): Promise<number[]> {
  const rows = rowsOf<{ id: number }>(
    await tx.execute(sql`select id from app.grid_plan where state = 'approved' and effective_on <= ${today}::date
      order by effective_on, id`),
  )
  return rows.map(({ id }) => id)
}

/** @returns how many clients changed hands; null when there was nothing to do */
export async function applyPlan(tx: Tx, id: number, today: string): Promise<number | null> {
  const [row] = rowsOf<{ moved: number | null }>(
    await tx.execute(sql`select app.apply_plan(${id}::integer, ${today}::date) as moved`),
  )
  return row!.moved
}

export async function holdPlan(tx: Tx, id: number, why: string): Promise<void> {
  await tx.execute(sql`select app.hold_plan(${id}::integer, ${why})`)
}

/** @returns how many exceptions and claims ended */
export async function expireOwnership(tx: Tx, today: string): Promise<number> {
  const [row] = rowsOf<{ ended: number }>(
    await tx.execute(sql`select app.expire_ownership(${today}::date) as ended`),
  )
  return row!.ended
}
