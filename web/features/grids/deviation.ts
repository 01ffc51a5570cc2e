import type { Plan, PlanGrid, WeightKey } from '#web/api/types.ts'

/** The server gives deviations for the balanced weights; the others follow from the totals by the same formula. */
export function deviationOf(plan: Plan, grid: PlanGrid, key: WeightKey): number | null {
  const mean = plan.grids.reduce((sum, { totals }) => sum + totals[key], 0) / Math.max(1, plan.grids.length)
  return grid.deviation[key] ?? (mean > 0 ? grid.totals[key] / mean - 1 : null)
}
