/**
 * Purpose: an edit of a plan as data, and what it may not do. Inputs: parallel lists of units, the grid each was seen in and the
 * grid it goes to (NO_GRID = none). Guarantees: pure; `reverse` of an edit applied after it restores what was there.
 */
import { NO_GRID } from '../plan-check/plan-graph.ts'

export const EDIT_KINDS = [
  'paint',
  'erase',
  'swap',
  'merge',
  'split',
  'fill',
  'repair',
  'solve',
  'import',
] as const
export type EditKind = (typeof EDIT_KINDS)[number]

export interface UnitChanges {
  units: readonly number[]
  from: readonly number[]
  to: readonly number[]
}

/** A grid whose manager changes; null is nobody. */
export interface ManagerChange {
  no: number
  from: number | null
  to: number | null
}

export interface Changes extends UnitChanges {
  managers: readonly ManagerChange[]
}

export function reverse({ units, from, to, managers }: Changes): Changes {
  return {
    units,
    from: to,
    to: from,
    managers: managers.map(({ no, from: before, to: after }) => ({ no, from: after, to: before })),
  }
}

export interface Clash {
  unit: number
  /** The grid the editor saw. */
  expected: number
  /** The grid it is in now. */
  present: number
}

/** Units that are no longer where the editor saw them. */
export function clashes(changes: UnitChanges, present: (unit: number) => number): Clash[] {
  return changes.units.flatMap((unit, i) =>
    present(unit) === changes.from[i] ? [] : [{ unit, expected: changes.from[i]!, present: present(unit) }],
  )
}

export interface Locks {
  isLockedGrid: (grid: number) => boolean
  isLockedUnit: (unit: number) => boolean
}

/**
 * A locked grid neither loses nor gains units (it is finished: a neighbour must not grow it either), and a locked unit stays
 * where it is, with or without a grid.
 */
export function mayMove(
  { isLockedGrid, isLockedUnit }: Locks,
  unit: number,
  from: number,
  to: number,
): boolean {
  return (
    from === to ||
    (!isLockedUnit(unit) &&
      (from === NO_GRID || !isLockedGrid(from)) &&
      (to === NO_GRID || !isLockedGrid(to)))
  )
}
