import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { hiddenPlaces } from '#server/metrics/hidden-places.ts'
import { moneyView } from '#server/metrics/money-view.ts'
import { quantileBreaks } from '#server/metrics/quantile-breaks.ts'
import { hiddenGroups, SMALLEST_SHOWN } from '#server/metrics/suppression.ts'

const group = (key: string, count: number, parent: string | null = 'p') => ({ key, parent, count })
const hidden = (...groups: { key: string; parent: string | null; count: number }[]) =>
  [...hiddenGroups(groups)].sort()

describe('hiding small groups', () => {
  test('by hand', () => {
    expect(hidden(group('a', 5), group('b', 9))).toEqual([])
    expect(hidden(group('a', 4), group('b', 3), group('c', 9))).toEqual(['a', 'b'])
    expect(hidden(group('a', 4), group('b', 20), group('c', 9))).toEqual(['a', 'c'])
    expect(hidden(group('a', 0), group('b', 9))).toEqual([])
    expect(hidden(group('a', 4), group('b', 0))).toEqual(['a'])
    expect(hidden(group('a', 4, 'p'), group('b', 9, 'q'), group('c', 7, 'p'))).toEqual(['a', 'c'])
  })

  test('under a hidden parent nothing is shown', () => {
    const counts = {
      county: new Map([
        ['A', 4],
        ['B', 30],
        ['C', 40],
      ]),
      township: new Map([
        ['A1', 4],
        ['B1', 20],
        ['B2', 10],
        ['C1', 40],
      ]),
      village: new Map<string, number>(),
    }
    const parentOf = (code: string) => (code.length === 2 ? code[0] : null)
    const result = hiddenPlaces(counts, parentOf)
    expect([...result.county].sort()).toEqual(['A', 'B'])
    expect([...result.township].sort()).toEqual(['A1', 'B1', 'B2'])
  })

  test('no hidden small group can be had by subtracting the shown ones from the sum of its parent', () => {
    const groups = fc
      .array(fc.tuple(fc.constantFrom('p', 'q'), fc.integer({ min: 0, max: 30 })), { maxLength: 12 })
      .map((list) => list.map(([parent, count], i) => group(`${parent}${i}`, count, parent)))
    fc.assert(
      fc.property(groups, (list) => {
        const out = hiddenGroups(list)
        for (const { key, count } of list)
          if (count > 0 && count < SMALLEST_SHOWN) expect(out.has(key)).toBe(true)
        for (const parent of ['p', 'q']) {
          const among = list.filter((item) => item.parent === parent)
          const secret = among.filter(({ key }) => out.has(key))
          const others = among.filter(({ key, count }) => !out.has(key) && count > 0)
          if (secret.length === 1) expect(others).toEqual([])
        }
      }),
    )
  })
})

describe('money by scope', () => {
  test('exact in one’s own orgs, nothing under five for others, two digits for planners', () => {
    const cents = 123_456_789
    expect(moneyView({ kind: 'manager', role: 'manager', staffId: 1 })(cents, 1)).toBe(1_234_568)
    expect(moneyView({ kind: 'aggregate', role: 'leadership' })(cents, 4)).toBeUndefined()
    expect(moneyView({ kind: 'aggregate', role: 'leadership' })(cents, 5)).toBe(1_234_568)
    expect(moneyView({ kind: 'counties', role: 'planner', countyCodes: [] })(cents, 4)).toBeUndefined()
    expect(moneyView({ kind: 'counties', role: 'planner', countyCodes: [] })(cents, 5)).toBe(1_200_000)
  })
})

describe('quantile breaks', () => {
  test('by hand', () => {
    expect(quantileBreaks([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])).toEqual([2, 4, 6, 8])
    expect(quantileBreaks([7, 7, 7])).toEqual([])
    expect(quantileBreaks([0, 0, 0, 0, 0, 0, 0, 5, 9])).toEqual([0, 5])
    expect(quantileBreaks([])).toEqual([])
  })

  test('ascending, and no class is empty', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 1 }), (values) => {
        const breaks = quantileBreaks(values)
        const limits = [-Infinity, ...breaks, Infinity]
        for (let i = 1; i < limits.length; i++) {
          expect(values.some((value) => value > limits[i - 1] && value <= limits[i])).toBe(true)
        }
      }),
    )
  })
})
