/** Figures of a plan under editing, from its present assignment. */
import { measurePlan } from '#domain/plan-check/measure-plan.ts'
import type { Tx } from '#db/client.ts'
import { WEIGHT_KEYS, type WeightKey } from '../contract.ts'
import { roundedDeviation, totalsFor, weightIndex } from '../plan-view.ts'
import type { GridRow, PlanRow, StoredMetrics } from '../queries.ts'
import type { GridBalance } from './contract.ts'
import { assignmentOf } from './ground-queries.ts'
import type { PlanGrounds } from './plan-grounds.ts'

/** A grid that holds no unit and belongs to nobody is left over from a merge or an undone split: it has no target. */
export function counts(grid: Pick<GridRow, 'units' | 'managerId'>): boolean {
  return grid.units > 0 || grid.managerId !== null
}

/** The stored figures while they are those of the last solve; else measured on the assignment as it is now. */
export async function presentMetrics(
  tx: Tx,
  grounds: PlanGrounds,
  plan: PlanRow,
  grids: readonly GridRow[],
): Promise<StoredMetrics | null> {
  if (grids.length === 0 || (plan.metrics && !plan.metrics.stale)) return plan.metrics
  const ground = await grounds.of(tx, plan.id)
  const keys = plan.weights
  const measured = measurePlan({
    graph: ground.graph,
    areaM2: ground.areaM2,
    weights: keys.map((key) => ground.weights[weightIndex(key)]!),
    assignment: await assignmentOf(tx, plan.id),
    gridNos: grids.filter(counts).map(({ no }) => no),
  })
  const byNumber: StoredMetrics['grids'] = []
  for (const { no } of grids) {
    const grid = measured.grids.get(no)
    byNumber[no] = {
      contiguous: grid?.contiguous ?? true,
      polsbyPopper: grid?.polsbyPopper ?? 0,
      deviation: Object.fromEntries(keys.map((key, j) => [key, grid?.deviation[j] ?? 0])),
    }
  }
  return {
    figures: measured.figures,
    withinTolerance: plan.tolerance !== null && measured.worst <= plan.tolerance,
    importance: plan.metrics?.importance ?? {},
    grids: byNumber,
  }
}

/** Totals and deviations of all grids; `left` is what the units of no grid weigh. */
export function balanceOf(
  grids: readonly GridRow[],
  left: readonly number[],
  seesExactMoney: boolean,
): GridBalance[] {
  const open = grids.filter(counts).length
  const all = WEIGHT_KEYS.map((_, j) => grids.reduce((sum, grid) => sum + grid.totals[j]!, left[j]!))
  return grids.map((grid) => ({
    no: grid.no,
    name: grid.name,
    managerId: grid.managerId,
    managerName: grid.managerName,
    units: grid.units,
    totals: totalsFor(grid.totals, seesExactMoney),
    deviation: counts(grid)
      ? roundedDeviation(
          Object.fromEntries(
            WEIGHT_KEYS.map((key, j): [WeightKey, number] => [
              key,
              all[j]! > 0 ? (grid.totals[j]! * open) / all[j]! - 1 : 0,
            ]),
          ),
          seesExactMoney,
        )
      : {},
  }))
}
