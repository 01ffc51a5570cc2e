import fc from 'fast-check'
import { expect, test } from 'vitest'
import { splitGrids } from '#domain/ownership/split-grids.ts'

const row = (n: number) => Array.from({ length: n - 1 }, (_, i) => ({ a: i, b: i + 1 }))

test('a row of units: grids in one stretch are whole, a stretch on each side of another is split', () => {
  expect(splitGrids([0, 0, 1, 1], row(4))).toEqual([])
  expect(splitGrids([0, 1, 0, 0], row(4))).toEqual([{ gridNo: 0, pieces: 2, unit: 0 }])
  // Of two pieces of one unit each the lower one is named; units without a grid join nothing.
  expect(splitGrids([0, null, 0, 1, null, 1], row(6))).toEqual([
    { gridNo: 0, pieces: 2, unit: 0 },
    { gridNo: 1, pieces: 2, unit: 3 },
  ])
})

test('a wall that is left out of the edges splits', () => {
  expect(splitGrids([2, 2, 2], [{ a: 0, b: 1 }])).toEqual([{ gridNo: 2, pieces: 2, unit: 2 }])
})

test('agrees with a walk over the edges, in any order of them', () => {
  const plans = fc.integer({ min: 1, max: 14 }).chain((n) =>
    fc.record({
      gridOf: fc.array(fc.option(fc.integer({ min: 0, max: 2 })), { minLength: n, maxLength: n }),
      edges: fc.array(fc.record({ a: fc.nat(n - 1), b: fc.nat(n - 1) }), { maxLength: 30 }),
    }),
  )
  fc.assert(
    fc.property(plans, ({ gridOf, edges }) => {
      const pieces = new Map<number, number>()
      const seen = new Set<number>()
      gridOf.forEach((grid, from) => {
        if (grid === null || seen.has(from)) return
        pieces.set(grid, (pieces.get(grid) ?? 0) + 1)
        const queue = [from]
        seen.add(from)
        for (const unit of queue) {
          for (const { a, b } of edges) {
            const other = a === unit ? b : b === unit ? a : -1
            if (other < 0 || seen.has(other) || gridOf[other] !== grid) continue
            seen.add(other)
            queue.push(other)
          }
        }
      })
      const expected = [...pieces]
        .filter(([, count]) => count > 1)
        .sort(([a], [b]) => a - b)
        .map(([gridNo, count]) => [gridNo, count])
      const found = splitGrids(gridOf, edges)
      expect(found.map((split) => [split.gridNo, split.pieces])).toEqual(expected)
      expect(splitGrids(gridOf, [...edges].reverse())).toEqual(found)
      for (const { gridNo, unit } of found) expect(gridOf[unit]).toBe(gridNo)
    }),
  )
})
