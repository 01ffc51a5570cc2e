/** What a box, a lasso, a pick or a check proposes; nothing of it happens before it is confirmed. */
import { NO_GRID } from '#domain/plan-check/plan-graph.ts'
import type { CheckCase } from '#domain/plan-check/check-plan.ts'
import { t } from '#web/locales/i18n.svelte.ts'
import { notifications } from '#web/state/notifications.svelte.ts'
import type { EditBoard } from './board.ts'
import { gridEditor } from './grid-editor.svelte.ts'

export function proposeCaught(units: number[]): void {
  const { board, current } = gridEditor
  if (!board) return
  if (units.length === 0) return notifications.done(t('edit.nothingCaught'))
  gridEditor.propose({
    kind: 'paint',
    title: t('edit.caught', { n: units.length }),
    units: units.filter((unit) => !isHeld(board, unit)),
    to: current,
    canChoose: true,
    managers: [],
    held: units.filter((unit) => isHeld(board, unit)).length,
  })
}

export function proposeRepair(found: CheckCase): void {
  gridEditor.propose({
    kind: 'repair',
    title: t(`check.${found.kind}`),
    units: found.units,
    to: found.repairTo === NO_GRID ? null : found.repairTo,
    canChoose: false,
    managers: [],
    held: 0,
  })
}

function isHeld(board: EditBoard, unit: number): boolean {
  return board.lockedUnits.has(unit) || board.lockedGrids.has(board.shown[unit])
}

/** A click with a tool that picks: a unit to look at, a grid to split, or two grids to swap or merge. */
export async function pickUnit(unit: number): Promise<void> {
  const { board, tool } = gridEditor
  if (!board) return
  const grid = board.shown[unit]
  if (tool === 'inspect') gridEditor.inspected = unit
  else if (grid === NO_GRID) notifications.done(t('edit.pickGrid'))
  else if (tool === 'split') await proposeSplit(board, grid)
  else pickGrid(grid)
}

/** One of the two grids of a swap or a merge, from the map or from the list. */
export function pickGrid(grid: number): void {
  const { board, tool, firstPick } = gridEditor
  if (!board) return
  if (firstPick === null || firstPick === grid) {
    gridEditor.firstPick = grid
    gridEditor.painter?.preview(board.unitsOf(grid))
  } else if (tool === 'swap') proposeSwap(board, firstPick, grid)
  else proposeMerge(board, firstPick, grid)
}

function proposeSwap(board: EditBoard, a: number, b: number): void {
  const [first, second] = [board.grids[a], board.grids[b]]
  gridEditor.firstPick = null
  gridEditor.propose({
    kind: 'swap',
    title: t('edit.swapTitle', { a: a + 1, b: b + 1 }),
    units: [],
    to: null,
    canChoose: false,
    managers: [
      { no: a, from: first.managerId, to: second.managerId },
      { no: b, from: second.managerId, to: first.managerId },
    ],
    held: 0,
  })
  gridEditor.painter?.preview([...board.unitsOf(a), ...board.unitsOf(b)])
}

function proposeMerge(board: EditBoard, into: number, from: number): void {
  gridEditor.firstPick = null
  if (board.lockedGrids.has(into) || board.lockedGrids.has(from))
    return notifications.done(t('edit.gridLocked'))
  const { managerId } = board.grids[from]
  const units = board.unitsOf(from)
  gridEditor.propose({
    kind: 'merge',
    title: t('edit.mergeTitle', { a: from + 1, b: into + 1 }),
    units: units.filter((unit) => !board.lockedUnits.has(unit)),
    to: into,
    canChoose: false,
    // A grid that nothing is left of has no manager any more: he or she is free for another one.
    managers:
      managerId === null || units.some((unit) => board.lockedUnits.has(unit))
        ? []
        : [{ no: from, from: managerId, to: null }],
    held: units.filter((unit) => board.lockedUnits.has(unit)).length,
  })
}

async function proposeSplit(board: EditBoard, grid: number): Promise<void> {
  if (board.lockedGrids.has(grid)) return notifications.done(t('edit.gridLocked'))
  // The solver is loaded when the first grid is split.
  const { half } = await import('./split.ts')
  const units = half(board, grid)
  if (!units) return notifications.done(t('edit.cannotSplit'))
  gridEditor.propose({
    kind: 'split',
    title: t('edit.splitTitle', { no: grid + 1 }),
    units: units.filter((unit) => !board.lockedUnits.has(unit)),
    to: board.freeNumber,
    canChoose: false,
    managers: [],
    held: units.filter((unit) => board.lockedUnits.has(unit)).length,
  })
}
