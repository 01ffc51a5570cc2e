import { describe, expect, it } from 'vitest'
import { partition, type PartitionInput, type PartitionResult } from '#domain/partition/partition.ts'
import { gridsForSize } from '#domain/partition/targets.ts'
import { createRandom } from '#domain/random.ts'
import { drawn, everyGridHangsTogether, lattice } from './lattice.ts'

function solved(input: PartitionInput): PartitionResult {
  const result = partition(input)
  if (!result.ok) throw new Error(`refused: ${JSON.stringify(result.reason)}`)
  return result.value
}

const EIGHT = Array.from({ length: 8 }, () => '11111111')
const LOOSE = { name: 'clients', toleranceUp: 1, toleranceDown: 1 }

describe('target size and bounds', () => {
  it('the number of grids nearest to a wanted size: 64 clients in grids of 15 make four, of 70 one', () => {
    const input = drawn(EIGHT, 1)
    expect(gridsForSize(input, 0, 15)).toBe(4)
    expect(gridsForSize(input, 0, 70)).toBe(1)
    expect(gridsForSize(input, 0, 0.1)).toBe(64)
  })

  it('a target of 20 for four grids on 64 clients: named, 20 % below, three grids fit best', () => {
    const result = solved(
      drawn(EIGHT, 4, { weights: [{ name: 'clients', toleranceUp: 0.05, toleranceDown: 0.05, target: 20 }] }),
    )
    expect(result.withinTolerance).toBe(false)
    const reason = result.reasons.find((r) => r.code === 'target-out-of-reach')
    expect(reason).toMatchObject({ total: 64, wanted: 80, nearestGrids: 3 })
    expect(reason?.smallestTolerance).toBeCloseTo(0.2, 12)
    expect(result.metrics.grids[0]!.weights[0]!.target).toBe(20)
    const relaxed = solved(
      drawn(EIGHT, 4, { weights: [{ name: 'clients', toleranceUp: 0, toleranceDown: 0.2, target: 20 }] }),
    )
    expect(relaxed.metrics.grids.map((grid) => grid.units)).toEqual([16, 16, 16, 16])
  })

  it('tolerance above and below are different demands: 3 and 2 of five pass 20 % above only with 20 % below', () => {
    const of = (toleranceUp: number, toleranceDown: number) =>
      solved(drawn(['11111'], 2, { weights: [{ name: 'clients', toleranceUp, toleranceDown }] }))
    expect(of(0.2, 0.2).withinTolerance).toBe(true)
    expect(of(0.2, 0.1).reasons[0]).toMatchObject({ code: 'tolerance-not-reached', tolerance: 0.1 })
    expect(of(0.1, 0.2).reasons[0]).toMatchObject({ code: 'tolerance-not-reached', tolerance: 0.1 })
  })

  it('least and most bind where the tolerance would not', () => {
    const free = solved(drawn(['9111111111'], 2, { weights: [LOOSE] }))
    expect(free.withinTolerance).toBe(true)
    const bound = solved(drawn(['9111111111'], 2, { weights: [{ ...LOOSE, least: 9, most: 9 }] }))
    expect(bound.withinTolerance).toBe(true)
    expect(bound.metrics.grids.map((grid) => grid.weights[0]!.total)).toEqual([9, 9])
  })

  it('bounds that the total cannot keep are named with the bound that it can', () => {
    const result = solved(drawn(['1111', '1111'], 2, { weights: [{ ...LOOSE, least: 5 }] }))
    expect(result.reasons).toContainEqual({
      code: 'bounds-exceed-total',
      weight: 'clients',
      bound: 'least',
      limit: 5,
      total: 8,
      nearestLimit: 4,
    })
    expect(result.reasons.some((r) => r.code === 'bound-not-kept' && r.value < 5)).toBe(true)
    const most = solved(drawn(['1111', '1111'], 2, { weights: [{ ...LOOSE, most: 3 }] }))
    expect(most.reasons.find((r) => r.code === 'bounds-exceed-total')).toMatchObject({ nearestLimit: 4 })
  })
})

describe('locked grids', () => {
  const columns = (input: PartitionInput) =>
    input.units.map((unit) => (unit.x! < 5 ? 0 : unit.y! < 4 ? 1 : 2))

  it('nothing leaves, nothing joins; the rest is shared out and the heavy one named', () => {
    // Grid 0 holds 40 of 64 where 64/3 is due: 87.5 % over.
    const input = drawn(EIGHT, 3)
    const previous = columns(input)
    const result = solved({ ...input, previous, lockedGrids: [0] })
    previous.forEach((grid, u) => expect(result.assignment[u] === 0).toBe(grid === 0))
    expect(result.metrics.grids.map((grid) => grid.units)).toEqual([40, 12, 12])
    const reason = result.reasons.find((r) => r.code === 'locked-grid-too-heavy')
    expect(reason).toMatchObject({ grid: 0, value: 40 })
    expect(reason?.smallestTolerance).toBeCloseTo(0.875, 12)
    expect(everyGridHangsTogether(input, result.assignment)).toBe(true)
  })

  it('answers on the way are whole and keep the locked grid too', () => {
    const input = drawn(EIGHT, 3)
    const previous = columns(input)
    let seen = 0
    partition(
      { ...input, previous, lockedGrids: [2] },
      {
        onAnswer: ({ assignment }) => {
          seen++
          previous.forEach((grid, u) => expect(assignment[u] === 2).toBe(grid === 2))
          expect(everyGridHangsTogether(input, [...assignment])).toBe(true)
        },
      },
    )
    expect(seen).toBeGreaterThan(0)
  })

  it('a locked grid across the middle leaves two areas, which one grid cannot serve', () => {
    const input = drawn(['111', '111', '111'], 2)
    const previous = input.units.map((unit) => (unit.y === 1 ? 0 : 1))
    const result = partition({ ...input, previous, lockedGrids: [0] })
    expect(!result.ok && result.reason).toMatchObject({ code: 'components-exceed-k', k: 1 })
  })

  it.each([
    ['previous', { lockedGrids: [0] }, 'missing'],
    ['lockedGrids', { lockedGrids: [2], previous: [0, 0, 1] }, 'out-of-range'],
    ['lockedGrids', { lockedGrids: [1], previous: [0, 0, -1] }, 'missing'],
    ['lockedGrids', { lockedGrids: [1], previous: [0, 0, 1], locked: [1, -1, -1] }, 'conflict'],
  ])('invalid %s', (field, change, detail) => {
    const result = partition(drawn(['111'], 2, change))
    expect(!result.ok && result.reason).toMatchObject({ code: 'invalid-input', field, detail })
  })
})

describe('minimal change', () => {
  it('after 5 % of clients move, a price keeps over 90 % of the others with their manager within tolerance', () => {
    const random = createRandom(5)
    const side = 40
    const base: PartitionInput = {
      ...lattice(side, side, () => [random.int(8)]),
      k: 12,
      weights: [{ name: 'clients', toleranceUp: 0.05, toleranceDown: 0.05 }],
      seed: 1,
      proposals: 1_000_000,
    }
    const before = solved(base)
    expect(before.withinTolerance).toBe(true)
    const clients = base.units.map((unit) => unit.weights[0]!)
    const stayed = clients.slice()
    const after = clients.slice()
    const total = clients.reduce((sum, value) => sum + value, 0)
    // A new estate in one corner draws them.
    for (let left = Math.round(total / 20); left > 0;) {
      const from = random.int(side * side)
      if (stayed[from] === 0) continue
      stayed[from]!--
      after[from]!--
      after[random.int(6) * side + random.int(6)]!++
      left--
    }
    const moved: PartitionInput = {
      ...base,
      units: base.units.map((unit, u) => ({ ...unit, weights: [after[u]!] })),
      previous: before.assignment,
    }
    const kept = (result: PartitionResult) =>
      stayed.reduce((sum, value, u) => sum + (result.assignment[u] === before.assignment[u] ? value : 0), 0) /
      stayed.reduce((sum, value) => sum + value, 0)
    const asWas = solved({ ...moved, mode: 'repair', proposals: 0 })
    expect(asWas.withinTolerance).toBe(false)
    const priced = solved({ ...moved, mode: 'refine', disturbancePrice: 3 })
    const free = solved({ ...moved, mode: 'refine', disturbancePrice: 0 })
    expect(priced.withinTolerance).toBe(true)
    expect(kept(priced)).toBeGreaterThanOrEqual(0.9)
    expect(free.withinTolerance).toBe(true)
    expect(kept(free)).toBeLessThan(kept(priced))
  })
})
