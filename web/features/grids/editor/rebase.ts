/**
 * Purpose: pending edits on top of a newer confirmed plan. Inputs: the queue, the confirmed grid of each unit, the units an editor
 * gives up in the first edit. Outputs: the same edits with the grids they now start from; those that change nothing are gone.
 * Guarantees: applied in order they end where the editor drew, except for the units given up.
 */
import { NO_GRID } from '#domain/plan-check/plan-graph.ts'
import type { QueuedEdit } from './save-queue.svelte.ts'

const number = (grid: number | null): number => grid ?? NO_GRID
const shownGrid = (grid: number): number | null => (grid === NO_GRID ? null : grid)

export function rebase(
  items: readonly QueuedEdit[],
  confirmed: ArrayLike<number>,
  givenUp: ReadonlySet<number>,
): QueuedEdit[] {
  const present = new Map<number, number>()
  return items.flatMap((item, position): QueuedEdit[] => {
    if ('undoes' in item) return [item]
    const units: number[] = []
    const from: (number | null)[] = []
    const to: (number | null)[] = []
    item.units.forEach((unit, i) => {
      const start = present.get(unit) ?? confirmed[unit]
      const end = number(item.to[i])
      if ((position === 0 && givenUp.has(unit)) || start === end) return
      present.set(unit, end)
      units.push(unit)
      from.push(shownGrid(start))
      to.push(item.to[i])
    })
    const isEmpty = units.length === 0 && (item.managers ?? []).length === 0
    return isEmpty ? [] : [{ ...item, units, from, to }]
  })
}

/** Where the pending edits put each unit they touch. */
export function pendingEnds(items: readonly QueuedEdit[]): Map<number, number> {
  const ends = new Map<number, number>()
  for (const item of items) {
    if ('undoes' in item) continue
    item.units.forEach((unit, i) => ends.set(unit, number(item.to[i])))
  }
  return ends
}
