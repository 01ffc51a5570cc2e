import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { NO_GRID } from '#domain/plan-check/plan-graph.ts'
import { pendingEnds, rebase } from '../../../web/features/grids/editor/rebase.ts'
import type { QueuedEdit } from '../../../web/features/grids/editor/save-queue.svelte.ts'

const grid = fc.integer({ min: -1, max: 4 })

describe('pending edits on a newer plan', () => {
  const shown = (no: number) => (no === NO_GRID ? null : no)
  const queue = fc.array(
    fc.record({ units: fc.uniqueArray(fc.integer({ min: 0, max: 9 }), { minLength: 1 }), to: grid }),
    { maxLength: 5 },
  )

  test('end where they were drawn, each from where the one before left the unit', () => {
    fc.assert(
      fc.property(
        fc.array(grid, { minLength: 10, maxLength: 10 }),
        queue,
        fc.uniqueArray(fc.integer({ min: 0, max: 9 })),
        (confirmed, drawn, given) => {
          const items = drawn.map(({ units, to }, i): QueuedEdit => ({
            id: String(i),
            kind: 'paint',
            units,
            from: units.map(() => null),
            to: units.map(() => shown(to)),
            managers: [],
          }))
          const givenUp = new Set(given)
          const rebased = rebase(items, confirmed, givenUp)
          const plan = [...confirmed]
          for (const item of rebased) {
            if ('undoes' in item) continue
            item.units.forEach((unit, i) => {
              expect(shown(plan[unit])).toBe(item.from[i])
              expect(item.from[i]).not.toBe(item.to[i])
              plan[unit] = item.to[i] ?? NO_GRID
            })
          }
          const wanted = [...confirmed]
          drawn.forEach(({ units, to }, i) => {
            for (const unit of units) if (i > 0 || !givenUp.has(unit)) wanted[unit] = to
          })
          expect(plan).toEqual(wanted)
          for (const [unit, end] of pendingEnds(rebased)) expect(wanted[unit]).toBe(end)
        },
      ),
    )
  })

  test('an undo in between is kept as it is', () => {
    expect(rebase([{ id: 'a', undoes: 3 }], [0], new Set())).toEqual([{ id: 'a', undoes: 3 }])
  })
})
