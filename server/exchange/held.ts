import { mayMove } from '#domain/plan-edit/changes.ts'
import { NO_GRID } from '#domain/plan-check/plan-graph.ts'
import type { PlanState } from './types.ts'

/** The one place that decides which units an import must leave where they are: locks hold against every tool alike. */
export function isHeld({ lockedGrids, lockedUnits, units }: PlanState, unit: number, to: number): boolean {
  const locks = {
    isLockedGrid: (grid: number) => lockedGrids.has(grid),
    isLockedUnit: (idx: number) => lockedUnits.has(idx),
  }
  return !mayMove(locks, unit, units[unit]!.gridNo ?? NO_GRID, to)
}
