/**
 * The one place that decides which units an import must leave alone.
 */
import { sql } from 'drizzle-orm'
import type { Tx } from '#db/client.ts'
import { rowsOf } from '#db/rows.ts'

/** Indexes of units that lie in a locked grid; none as long as grids know no locks. */
export async function lockedUnits(tx: Tx, planId: number): Promise<Set<number>> {
  const rows = rowsOf<{ idx: number }>(
    await tx.execute(sql`select u.idx from app.unit u join app.grid g on g.plan_id = u.plan_id and g.no = u.grid_no
      where u.plan_id = ${planId} and coalesce((to_jsonb(g) ->> 'locked')::boolean, false)`),
  )
  return new Set(rows.map(({ idx }) => idx))
}
