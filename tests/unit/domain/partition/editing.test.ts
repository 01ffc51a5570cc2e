import { describe, expect, it } from 'vitest'
import { alternatives } from '#domain/partition/alternatives.ts'
import { explain } from '#domain/partition/explain.ts'
import { partition, type PartitionInput } from '#domain/partition/partition.ts'
import { repairLocal } from '#domain/partition/repair-local.ts'
import { createRandom } from '#domain/random.ts'
import { drawn, everyGridHangsTogether, lattice } from './lattice.ts'

function value<T>(result: { ok: true; value: T } | { ok: false; reason: unknown }): T {
  if (!result.ok) throw new Error(`refused: ${JSON.stringify(result.reason)}`)
  return result.value
}

const EIGHT = Array.from({ length: 8 }, () => '11111111')

describe('repairLocal', () => {
  const random = createRandom(9)
  const town: PartitionInput = {
    ...lattice(60, 50, () => [1 + random.int(9), random.int(5)]),
    k: 40,
    weights: [
      { name: 'clients', toleranceUp: 0.1, toleranceDown: 0.1 },
      { name: 'hours', toleranceUp: 0.15, toleranceDown: 0.15 },
    ],
    seed: 1,
  }
  const plan = value(partition({ ...town, proposals: 2_000_000 })).assignment

  it('random strokes: the stroke stays, far grids stay, the rest hangs together and is no worse', () => {
    let tried = 0
    for (let stroke = 0; stroke < 12; stroke++) {
      const at = random.int(town.units.length)
      const edge = town.edges.find(({ a, b }) => a >= at && plan[a] !== plan[b])
      if (!edge) continue
      // A stroke along the border: up to six units beside each other, all from one grid.
      const [into, from] = [plan[edge.a]!, plan[edge.b]!]
      const dirty = town.edges
        .filter(({ a, b }) => plan[a] === into && plan[b] === from)
        .map(({ b }) => b)
        .slice(0, 6)
      const edited = plan.slice()
      for (const u of dirty) edited[u] = into
      if (!everyGridHangsTogether(town, edited)) continue
      tried++
      const result = value(repairLocal(town, { assignment: edited, dirty }))
      for (const u of dirty) expect(result.assignment[u]).toBe(into)
      edited.forEach((grid, u) => {
        if (!result.openGrids.includes(grid)) expect(result.assignment[u]).toBe(grid)
        else expect(result.openGrids).toContain(result.assignment[u])
      })
      expect(everyGridHangsTogether(town, result.assignment)).toBe(true)
      expect(result.withinTolerance).toBe(true)
      const moved = result.assignment.filter((grid, u) => grid !== edited[u]).length
      expect(moved).toBeLessThan(300)
    }
    expect(tried).toBeGreaterThan(5)
  })

  it('leaves a good plan alone', () => {
    const input = drawn(EIGHT, 4, { proposals: 20_000 })
    const quarters = input.units.map((unit) => (unit.x! < 4 ? 0 : 1) + (unit.y! < 4 ? 0 : 2))
    expect(value(repairLocal(input, { assignment: quarters, dirty: [0] })).assignment).toEqual(quarters)
  })

  it('gives erased units a grid, and an emptied grid a unit', () => {
    const input = drawn(['1111', '1111'], 2)
    const erased = input.units.map((unit) => (unit.x! < 2 ? 0 : -1))
    const result = value(repairLocal(input, { assignment: erased, dirty: [] }))
    expect(result.metrics.grids.map((grid) => grid.units)).toEqual([4, 4])
    expect(result.withinTolerance).toBe(true)
  })

  it('with no hop a row of grids stays but for the two that met', () => {
    const input = drawn(['11111111', '11111111'], 4)
    const pairs = input.units.map((unit) => Math.floor(unit.x! / 2))
    const dirty = [input.units.findIndex((unit) => unit.x === 2 && unit.y === 0)]
    const edited = pairs.slice()
    edited[dirty[0]!] = 0
    const result = value(repairLocal(input, { assignment: edited, dirty, hops: 0 }))
    expect(result.openGrids).toEqual([0, 1])
    expect(result.assignment[dirty[0]!]).toBe(0)
    pairs.forEach((grid, u) => grid > 1 && expect(result.assignment[u]).toBe(grid))
  })

  it('a locked unit painted by mistake goes back', () => {
    const input = drawn(['1111'], 2)
    const locked = [-1, 0, -1, -1]
    const result = value(repairLocal({ ...input, locked }, { assignment: [0, 1, 1, 1], dirty: [1] }))
    expect(result.assignment).toEqual([0, 0, 1, 1])
  })

  it('refuses edits that name no unit', () => {
    const input = drawn(['1111'], 2)
    const result = repairLocal(input, { assignment: [0, 0, 1, 1], dirty: [4] })
    expect(!result.ok && result.reason).toMatchObject({ code: 'invalid-input', field: 'dirty' })
  })
})

describe('alternatives', () => {
  it('three plans that differ; merits follow from the figures', () => {
    const random = createRandom(2)
    const input: PartitionInput = {
      ...lattice(30, 30, () => [1 + random.int(20)]),
      k: 7,
      weights: [{ name: 'clients', toleranceUp: 0.1, toleranceDown: 0.1 }],
      seed: 4,
      proposals: 400_000,
    }
    const plans = value(alternatives(input))
    expect(plans.map((plan) => plan.leaning)).toEqual(['even', 'short-borders', 'round'])
    for (const { result, differsBy } of plans) {
      expect(everyGridHangsTogether(input, result.assignment)).toBe(true)
      expect(result.withinTolerance).toBe(true)
      expect(differsBy).toBeGreaterThanOrEqual(0.05)
    }
    const borders = plans.map((plan) => plan.result.metrics.borderM)
    plans.forEach((plan, i) =>
      expect(plan.bestAt.includes('borders')).toBe(
        borders[i] === Math.min(...borders) && borders[i]! < Math.max(...borders),
      ),
    )
    expect(plans.flatMap((plan) => plan.bestAt)).toEqual(
      expect.arrayContaining(['balance', 'borders', 'compactness']),
    )
    expect(value(alternatives(input))).toEqual(plans)
  })

  it('with a present plan one stays near it', () => {
    const input = drawn(EIGHT, 4)
    const quarters = input.units.map((unit) => (unit.x! < 4 ? 0 : 1) + (unit.y! < 4 ? 0 : 2))
    const plans = value(alternatives({ ...input, previous: quarters }))
    const familiar = plans.find((plan) => plan.leaning === 'familiar')
    if (familiar) expect(familiar.result.metrics.movedShare).toBe(0)
    else expect(plans[0]!.differsBy).toBeGreaterThanOrEqual(0.05)
  })

  it('offers one plan where there is only one', () => {
    expect(value(alternatives(drawn(['11'], 2)))).toHaveLength(1)
  })
})

describe('explain', () => {
  const halves = (input: PartitionInput) => input.units.map((unit) => (unit.x! < 2 ? 0 : 1))

  it('the border term by hand: a unit of a 4x3 strip that crosses adds two borders and saves one', () => {
    const input = drawn(['1111', '1111', '1111'], 2)
    const unit = input.units.findIndex(({ x, y }) => x === 1 && y === 1)
    const explained = value(explain(input, halves(input), unit))
    expect(explained).toMatchObject({ unit: '1,1', grid: 0 })
    expect(explained.others).toHaveLength(1)
    const [other] = explained.others
    // Inside grid 0 it has three neighbours, in grid 1 one.
    expect(other).toMatchObject({ grid: 1, obstacle: null, border: 2, disturbance: 0 })
    expect(other!.balance[0]).toBeGreaterThan(0)
    expect(other!.shape).toBeGreaterThan(0)
    const sum = other!.border + other!.shape + other!.disturbance + other!.balance[0]!
    expect(other!.total).toBeCloseTo(sum, 12)
  })

  it('a river makes the crossing cheap, a price on change makes leaving dear', () => {
    const input = drawn(['1111', '1111', '1111'], 2)
    const unit = input.units.findIndex(({ x, y }) => x === 1 && y === 1)
    const edges = input.edges.map((edge) =>
      edge.a === unit || edge.b === unit ? { ...edge, crossing: 4 } : edge,
    )
    const plain = value(explain({ ...input, edges }, halves(input), unit)).others[0]!
    expect(plain.border).toBeCloseTo(0.5, 12)
    const previous = halves(input)
    const priced = value(explain({ ...input, previous, disturbancePrice: 1 }, previous, unit)).others[0]!
    expect(priced.disturbance).toBeGreaterThan(0)
  })

  it('names what stands in the way', () => {
    const row = drawn(['11111'], 3)
    const plan = [0, 1, 1, 1, 2]
    const obstacle = (input: PartitionInput, unit: number, at = plan) =>
      value(explain(input, at, unit)).others.map((other) => other.obstacle)
    expect(obstacle(row, 0)).toEqual(['last-unit'])
    expect(obstacle(row, 1)).toEqual([null])
    expect(obstacle({ ...row, locked: [-1, 1, -1, -1, -1] }, 1)).toEqual(['unit-locked'])
    expect(obstacle({ ...row, previous: plan, lockedGrids: [0] }, 1)).toEqual(['grid-locked'])
    const cross = drawn(['.1.', '111', '.1.'], 2)
    const middle = cross.units.findIndex(({ x, y }) => x === 1 && y === 1)
    const at = cross.units.map(({ y }) => (y === 0 ? 1 : 0))
    expect(obstacle(cross, middle, at)).toEqual(['would-split'])
    expect(value(explain(row, plan, 2)).others).toEqual([])
  })
})
