import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { NO_GRID } from '#domain/plan-check/plan-graph.ts'
import { clashes, mayMove, reverse, type Changes } from '#domain/plan-edit/changes.ts'
import { historyOf, type LoggedEdit } from '#domain/plan-edit/history.ts'

describe('what can be undone and redone', () => {
  const log = (...undoes: (number | null)[]): LoggedEdit[] =>
    undoes.map((of, i) => ({ seq: i + 1, undoes: of }))
  it.each([
    ['nothing yet', log(), [], []],
    ['two edits', log(null, null), [1, 2], []],
    ['the latter taken back', log(null, null, 2), [1], [3]],
    ['both taken back', log(null, null, 2, 1), [], [3, 4]],
    ['the first done again: taking back the taking back', log(null, null, 2, 1, 4), [5], [3]],
    ['both done again', log(null, null, 2, 1, 4, 3), [5, 6], []],
    ['a new edit ends what could be redone', log(null, null, 2, null), [1, 4], []],
    ['what was done again is taken back again', log(null, 1, 2, 3), [], [4]],
  ] as const)('%s', (_, edits, undo, redo) => {
    expect(historyOf(edits)).toEqual({ undo, redo })
  })

  it('after n undos, n redos lead back to as many undoable edits, whatever came before', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('edit', 'undo', 'redo'), { maxLength: 60 }), (acts) => {
        const edits: LoggedEdit[] = []
        const take = (which: 'undo' | 'redo') => {
          const seq = historyOf(edits)[which].at(-1)
          if (seq !== undefined) edits.push({ seq: edits.length + 1, undoes: seq })
          return seq !== undefined
        }
        for (const act of acts) {
          if (act === 'edit') edits.push({ seq: edits.length + 1, undoes: null })
          else take(act)
        }
        const before = historyOf(edits)
        for (let i = 0; i < before.undo.length; i++) expect(take('undo')).toBe(true)
        expect(historyOf(edits).undo).toEqual([])
        for (let i = 0; i < before.undo.length; i++) expect(take('redo')).toBe(true)
        const after = historyOf(edits)
        expect([after.undo.length, after.redo.length]).toEqual([before.undo.length, before.redo.length])
      }),
    )
  })
})

describe('changes', () => {
  const changes = fc.uniqueArray(fc.nat(19), { minLength: 1, maxLength: 12 }).chain((units) =>
    fc.record({
      units: fc.constant(units),
      to: fc.array(fc.integer({ min: NO_GRID, max: 4 }), {
        minLength: units.length,
        maxLength: units.length,
      }),
    }),
  )
  const plans = fc.array(fc.integer({ min: NO_GRID, max: 4 }), { minLength: 20, maxLength: 20 })
  const apply = (plan: number[], { units, to }: Pick<Changes, 'units' | 'to'>) => {
    const after = plan.slice()
    units.forEach((unit, i) => (after[unit] = to[i]!))
    return after
  }

  it('reversed and applied afterwards restore what was there', () => {
    fc.assert(
      fc.property(plans, changes, (plan, { units, to }) => {
        const edit: Changes = {
          units,
          to,
          from: units.map((unit) => plan[unit]!),
          managers: [{ no: 1, from: 7, to: null }],
        }
        expect(apply(apply(plan, edit), reverse(edit))).toEqual(plan)
        expect(reverse(reverse(edit))).toEqual(edit)
      }),
    )
  })

  it('clash exactly where a unit is not where it was seen', () => {
    fc.assert(
      fc.property(plans, plans, changes, (seen, present, { units, to }) => {
        const found = clashes({ units, to, from: units.map((unit) => seen[unit]!) }, (unit) => present[unit]!)
        expect(found).toEqual(
          units
            .filter((unit) => seen[unit] !== present[unit])
            .map((unit) => ({ unit, expected: seen[unit], present: present[unit] })),
        )
      }),
    )
  })
})

describe('locks', () => {
  const locks = { isLockedGrid: (grid: number) => grid === 1, isLockedUnit: (unit: number) => unit === 9 }
  it.each([
    ['out of a locked grid', 3, 1, 0, false],
    ['into a locked grid', 3, 0, 1, false],
    ['out of a locked grid to nobody', 3, 1, NO_GRID, false],
    ['from nobody into a locked grid', 3, NO_GRID, 1, false],
    ['a locked unit', 9, 0, 2, false],
    ['a locked unit of no grid', 9, NO_GRID, 2, false],
    ['between open grids', 3, 0, 2, true],
    ['to nobody', 3, 0, NO_GRID, true],
    ['nowhere, though locked', 9, 1, 1, true],
  ])('a unit %s', (_, unit, from, to, may) => {
    expect(mayMove(locks, unit, from, to)).toBe(may)
  })
})
