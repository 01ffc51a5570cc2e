import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { partition, type PartitionInput, type PartitionResult } from '#domain/partition/partition.ts'
import { createRandom } from '#domain/random.ts'
import { deviations, drawn, everyGridHangsTogether, lattice } from './lattice.ts'

function solved(input: PartitionInput): PartitionResult {
  const result = partition(input)
  if (!result.ok) throw new Error(`refused: ${JSON.stringify(result.reason)}`)
  return result.value
}

function refusal(input: PartitionInput) {
  const result = partition(input)
  return result.ok ? null : result.reason
}

const EIGHT = Array.from({ length: 8 }, () => '11111111')

describe('toy grids worked by hand', () => {
  it('quarters an 8x8 square into four 4x4 squares: 16 edges cut, compactness pi/4', () => {
    const input = drawn(EIGHT, 4)
    const { metrics, withinTolerance, reasons } = solved(input)
    expect(withinTolerance).toBe(true)
    expect(reasons).toEqual([])
    expect(metrics.edgeCut).toBe(16)
    expect(metrics.borderM).toBe(16)
    expect(metrics.grids.map((grid) => grid.units)).toEqual([16, 16, 16, 16])
    expect(metrics.polsbyPopperMean).toBeCloseTo(Math.PI / 4, 10)
    // Four squares of side 4: each area * (4^2 + 4^2) / 12.
    expect(metrics.momentOfInertiaM4).toBeCloseTo(4 * 16 * (32 / 12), 6)
  })

  it('halves two rows of different weight where the sums are equal', () => {
    // 8 columns: six of weight 1, two of weight 3 at the east end: 12 in all, so the cut lies after the sixth.
    const input = drawn(['11111133'], 2)
    const { assignment } = solved(input)
    expect(new Set(assignment.slice(0, 6)).size).toBe(1)
    expect(new Set(assignment.slice(6)).size).toBe(1)
    expect(assignment[0]).not.toBe(assignment[7])
  })

  it('goes round a hole', () => {
    const input = drawn(['111111', '111111', '11..11', '11..11', '111111', '111111'], 4)
    const result = solved(input)
    expect(result.withinTolerance).toBe(true)
    expect(everyGridHangsTogether(input, result.assignment)).toBe(true)
    expect(result.metrics.grids.map((grid) => grid.units)).toEqual([8, 8, 8, 8])
    expect(result.metrics.edgeCut).toBe(8)
  })

  it('gives a part-time manager half a grid', () => {
    const input = drawn(['11111', '11111'], 2, { capacities: [1, 0.25] })
    const result = solved(input)
    expect(result.metrics.grids.map((grid) => grid.units)).toEqual([8, 2])
    expect(result.withinTolerance).toBe(true)
  })

  it('takes one grid, and as many grids as units', () => {
    expect(new Set(solved(drawn(EIGHT, 1)).assignment)).toEqual(new Set([0]))
    expect(new Set(solved(drawn(['1111'], 4)).assignment).size).toBe(4)
  })

  it('works without positions', () => {
    const input = drawn(EIGHT, 4)
    const bare = { ...input, units: input.units.map(({ id, weights }) => ({ id, weights })) }
    const result = solved(bare)
    expect(result.withinTolerance).toBe(true)
    expect(result.metrics.momentOfInertiaM4).toBeNull()
    expect(result.metrics.edgeCut).toBeLessThanOrEqual(20)
  })
})

describe('separate areas', () => {
  const islands = ['11111111.1111', '11111111.1111', '11111111.1111', '11111111.1111']

  it('shares the grids out by weight: 32 and 16 units, three grids: two and one', () => {
    const input = drawn(islands, 3)
    const result = solved(input)
    expect(result.withinTolerance).toBe(true)
    const east = new Set(input.units.flatMap((unit, u) => (unit.x! > 8 ? [result.assignment[u]] : [])))
    expect(east.size).toBe(1)
    expect(everyGridHangsTogether(input, result.assignment)).toBe(true)
  })

  it('names the area that cannot hold whole grids, with the bound: 32 and 16 in two grids is 1/3 off', () => {
    const result = solved(drawn(islands, 2))
    expect(result.withinTolerance).toBe(false)
    const reason = result.reasons.find((r) => r.code === 'component-off-target')
    expect(reason?.smallestTolerance).toBeCloseTo(1 / 3, 10)
    expect(reason?.component.units).toBe(32)
    expect(reason?.component.nearest?.distanceM).toBe(2)
    expect(result.metrics.worst[0]!.up).toBeCloseTo(1 / 3, 10)
  })

  it('refuses more areas than grids, and joins them when asked', () => {
    const reason = refusal(drawn(islands, 1))
    expect(reason?.code).toBe('components-exceed-k')
    const joined = solved(drawn(islands, 2, { joinComponents: 'nearest' }))
    expect(joined.withinTolerance).toBe(true)
    const note = joined.notes.find((n) => n.code === 'components-joined')
    expect(note?.bridges).toHaveLength(1)
    expect(note?.bridges[0]!.distanceM).toBe(2)
  })

  it('treats a wall as the end of the world: no grid passes it', () => {
    const input = drawn(EIGHT, 4)
    const edges = input.edges.map((edge) => {
      const [a, b] = [input.units[edge.a]!.x!, input.units[edge.b]!.x!]
      return Math.min(a, b) === 1 && Math.max(a, b) === 2 ? { ...edge, crossing: Infinity } : edge
    })
    const walled = { ...input, edges }
    const result = solved(walled)
    const sides = result.assignment.map((grid, u) => ({ grid, west: input.units[u]!.x! < 2 }))
    const west = new Set(sides.filter((s) => s.west).map((s) => s.grid))
    for (const { grid, west: isWest } of sides) expect(west.has(grid)).toBe(isWest)
    expect(everyGridHangsTogether(walled, result.assignment)).toBe(true)
    expect(result.withinTolerance).toBe(true)
    expect(refusal({ ...walled, k: 1 })?.code).toBe('components-exceed-k')
  })

  it('puts a border on a river when that costs no balance', () => {
    const input = drawn(['1111111111', '1111111111', '1111111111', '1111111111'], 2, {
      weights: [{ name: 'clients', toleranceUp: 0.25, toleranceDown: 0.25 }],
    })
    const edges = input.edges.map((edge) => {
      const [a, b] = [input.units[edge.a]!.x!, input.units[edge.b]!.x!]
      return Math.min(a, b) === 3 && Math.max(a, b) === 4 ? { ...edge, crossing: 10 } : edge
    })
    const { assignment } = solved({ ...input, edges })
    input.units.forEach((unit, u) => expect(assignment[u] === assignment[0]).toBe(unit.x! <= 3))
  })
})

describe('named reasons', () => {
  it('one giant unit: names it and the smallest tolerance', () => {
    // Total 7 + 9 = 16, target 8: the 9 alone is 12.5 % over.
    const result = solved(drawn(['1119', '1111'], 2))
    expect(result.withinTolerance).toBe(false)
    expect(result.reasons[0]).toEqual({
      code: 'unit-heavier-than-target',
      unit: '3,0',
      weight: 'clients',
      value: 9,
      target: 8,
      smallestTolerance: 0.125,
    })
    const relaxed = drawn(['1119', '1111'], 2, {
      weights: [{ name: 'clients', toleranceUp: 0.125, toleranceDown: 0.125 }],
    })
    expect(solved(relaxed).withinTolerance).toBe(true)
  })

  it('a locked grid that is already too heavy', () => {
    const input = drawn(EIGHT, 4)
    const locked = input.units.map((unit) => (unit.y! >= 5 ? 2 : -1))
    const result = solved({ ...input, locked })
    const reason = result.reasons.find((r) => r.code === 'locked-grid-too-heavy')
    expect(reason).toMatchObject({ grid: 2, value: 24, target: 16, smallestTolerance: 0.5 })
    locked.forEach((grid, u) => grid !== -1 && expect(result.assignment[u]).toBe(grid))
    expect(everyGridHangsTogether(input, result.assignment)).toBe(true)
  })

  it('locked corners are connected and kept', () => {
    const input = drawn(EIGHT, 4)
    const locked = input.units.map((unit) => (unit.y === 0 && (unit.x === 0 || unit.x === 7) ? 1 : -1))
    const result = solved({ ...input, locked })
    expect(result.withinTolerance).toBe(true)
    expect(everyGridHangsTogether(input, result.assignment)).toBe(true)
    locked.forEach((grid, u) => grid !== -1 && expect(result.assignment[u]).toBe(grid))
  })

  it('locked units that another lock keeps apart', () => {
    const input = drawn(['11111'], 2, { locked: [0, -1, 1, -1, 0] })
    expect(refusal(input)).toEqual({ code: 'locked-grid-split', grid: 0, unit: '0,0', otherUnit: '4,0' })
  })

  it('locks that leave nothing for a grid', () => {
    expect(refusal(drawn(['111'], 2, { locked: [0, 0, 0] }))).toEqual({
      code: 'locks-leave-no-room',
      k: 2,
      lockedUnits: 3,
    })
  })

  it('more grids than units, zero weight', () => {
    expect(refusal(drawn(['11'], 3))).toEqual({ code: 'k-exceeds-units', k: 3, units: 2 })
    expect(refusal(drawn(['00', '00'], 2))).toEqual({ code: 'zero-weight', weight: 'clients' })
  })

  it('a target nobody can reach: still complete and contiguous, with the nearest tolerance', () => {
    // Five units of 1 in a row for two grids: 3 against 2, never better than 20 %.
    const input = drawn(['11111'], 2)
    const result = solved(input)
    expect(result.withinTolerance).toBe(false)
    expect(everyGridHangsTogether(input, result.assignment)).toBe(true)
    const reason = result.reasons.find((r) => r.code === 'tolerance-not-reached')
    expect(reason?.nearestTolerance).toBeCloseTo(0.2, 10)
  })

  it.each([
    ['k', { k: 0 }, 'out-of-range'],
    ['k', { k: 1.5 }, 'not-an-integer'],
    ['seed', { seed: 0.5 }, 'not-an-integer'],
    ['edges', { edges: [{ a: 0, b: 99, lengthM: 1 }] }, 'out-of-range'],
    ['edges', { edges: [{ a: 1, b: 1, lengthM: 1 }] }, 'self-edge'],
    ['lengthM', { edges: [{ a: 0, b: 1, lengthM: NaN }] }, 'not-finite'],
    ['crossing', { edges: [{ a: 0, b: 1, lengthM: 1, crossing: 0 }] }, 'out-of-range'],
    ['locked', { locked: [0] }, 'wrong-length'],
    ['capacities', { capacities: [1, 0] }, 'out-of-range'],
    ['previous', { mode: 'refine' as const }, 'missing'],
  ])('invalid %s', (field, change, detail) => {
    expect(refusal(drawn(['1111'], 2, change))).toMatchObject({ code: 'invalid-input', field, detail })
  })

  it('invalid weights name the unit', () => {
    const input = drawn(['11'], 1)
    const units = [input.units[0]!, { ...input.units[1]!, weights: [-1] }]
    expect(refusal({ ...input, units })).toMatchObject({ field: 'weights', detail: 'negative', unit: '1,0' })
  })
})

describe('an existing plan', () => {
  it('refine keeps a good plan as it is and mends a bad one with few moves', () => {
    const input = drawn(EIGHT, 4, { mode: 'refine', disturbancePrice: 2 })
    const quarters = input.units.map((unit) => (unit.x! < 4 ? 0 : 1) + (unit.y! < 4 ? 0 : 2))
    expect(solved({ ...input, previous: quarters }).assignment).toEqual(quarters)
    const shifted = input.units.map((unit) => (unit.x! < 5 ? 0 : 1) + (unit.y! < 4 ? 0 : 2))
    const mended = solved({ ...input, previous: shifted })
    expect(mended.withinTolerance).toBe(true)
    expect(mended.metrics.movedShare!).toBeLessThanOrEqual(12 / 64)
  })

  it('a price on change keeps more units in place than no price', () => {
    const input = drawn(EIGHT, 4)
    const columns = input.units.map((unit) => Math.floor(unit.x! / 2))
    const free = solved({ ...input, previous: columns })
    const priced = solved({ ...input, previous: columns, disturbancePrice: 5 })
    expect(priced.metrics.movedShare!).toBe(0)
    expect(free.metrics.movedShare!).toBeGreaterThan(0.3)
  })
})

describe('the run', () => {
  it('same input and seed, same bytes; the clock does not matter', () => {
    const random = createRandom(3)
    const input: PartitionInput = {
      ...lattice(20, 20, () => [1 + random.int(9), random.int(5)]),
      k: 6,
      weights: [
        { name: 'a', toleranceUp: 0.1, toleranceDown: 0.1 },
        { name: 'b', toleranceUp: 0.1, toleranceDown: 0.1 },
      ],
      seed: 42,
      proposals: 300_000,
      maxMs: 1e9,
    }
    let tick = 0
    const first = JSON.stringify(partition(input, { now: () => (tick += 7) }))
    expect(JSON.stringify(partition(input))).toBe(first)
    expect(JSON.stringify(partition({ ...input, seed: 43 }))).not.toBe(first)
  })

  it('reports progress, stops when asked and says so', () => {
    const seen: number[] = []
    const result = partition(drawn(EIGHT, 4, { proposals: 2_000_000 }), {
      onProgress: ({ done, total }) => {
        expect(total).toBe(2_000_000)
        seen.push(done)
      },
      shouldStop: () => seen.length > 5,
    })
    if (!result.ok) throw new Error('refused')
    expect(seen).toEqual([...seen].sort((p, q) => p - q))
    expect(result.value.notes[0]).toMatchObject({ code: 'stopped-early', cause: 'asked' })
    expect(everyGridHangsTogether(drawn(EIGHT, 4), result.value.assignment)).toBe(true)
    expect(result.value.run.proposals).toBeLessThan(2_000_000)
  })

  it('the safety limit of the clock is admitted', () => {
    let tick = 0
    const result = partition(drawn(EIGHT, 4, { proposals: 2_000_000, maxMs: 3 }), { now: () => tick++ })
    expect(result.ok && result.value.notes[0]).toMatchObject({ code: 'stopped-early', cause: 'time-limit' })
  })
})

describe('larger cases', () => {
  it('60x60, work clustered in one corner, twelve grids within 5 %', () => {
    const random = createRandom(7)
    const input: PartitionInput = {
      ...lattice(60, 60, (x, y) => [
        1 + 30 * Math.exp(-((x - 15) ** 2 + (y - 20) ** 2) / 120) * random.next(),
      ]),
      k: 12,
      weights: [{ name: 'clients', toleranceUp: 0.05, toleranceDown: 0.05 }],
      seed: 1,
      proposals: 1_500_000,
    }
    const result = solved(input)
    const [worst] = deviations(input, result.assignment)
    expect(worst!.up).toBeLessThanOrEqual(0.05)
    expect(worst!.down).toBeLessThanOrEqual(0.05)
    expect(everyGridHangsTogether(input, result.assignment)).toBe(true)
    expect(result.metrics.polsbyPopperMean).toBeGreaterThan(0.5)
  })

  it('most units without any client, all work in two towns', () => {
    const random = createRandom(11)
    const near = (x: number, y: number, cx: number, cy: number) =>
      Math.exp(-((x - cx) ** 2 + (y - cy) ** 2) / 40)
    const input: PartitionInput = {
      ...lattice(60, 60, (x, y) => {
        const density = 0.01 + 0.8 * near(x, y, 20, 25) + 0.6 * near(x, y, 45, 40)
        return [random.next() < density ? 1 + random.int(6) : 0]
      }),
      k: 8,
      weights: [{ name: 'clients', toleranceUp: 0.05, toleranceDown: 0.05 }],
      seed: 1,
      proposals: 1_500_000,
    }
    expect(input.units.filter((unit) => unit.weights[0] === 0).length).toBeGreaterThan(3000)
    const result = solved(input)
    expect(result.withinTolerance).toBe(true)
    expect(everyGridHangsTogether(input, result.assignment)).toBe(true)
  })
})

describe('properties', () => {
  it('complete, contiguous, deviations as measured independently, reasons exactly when outside', () => {
    const cases = fc.record({
      width: fc.integer({ min: 2, max: 9 }),
      height: fc.integer({ min: 1, max: 9 }),
      k: fc.integer({ min: 1, max: 6 }),
      seed: fc.integer({ min: 0, max: 1_000_000 }),
      holes: fc.double({ min: 0, max: 0.3, noNaN: true }),
      walls: fc.double({ min: 0, max: 0.2, noNaN: true }),
      tolerance: fc.constantFrom(0.02, 0.1, 0.5),
      weightCount: fc.integer({ min: 1, max: 3 }),
      locks: fc.boolean(),
    })
    let solvedCases = 0
    fc.assert(
      fc.property(cases, ({ width, height, k, seed, holes, walls, tolerance, weightCount, locks }) => {
        const random = createRandom(seed)
        const full = lattice(width, height, () => Array.from({ length: weightCount }, () => random.int(10)))
        const kept = full.units.map(() => random.next() >= holes)
        const newIndex = new Map<number, number>()
        const units = full.units.filter((_, u) => kept[u] && newIndex.set(u, newIndex.size))
        const edges = full.edges
          .filter(({ a, b }) => kept[a] && kept[b])
          .map(({ a, b, lengthM }) => ({
            a: newIndex.get(a)!,
            b: newIndex.get(b)!,
            lengthM,
            crossing: random.next() < walls ? Infinity : 1 + random.int(3),
          }))
        const input: PartitionInput = {
          units,
          edges,
          k,
          weights: Array.from({ length: weightCount }, (_, j) => ({
            name: `w${j}`,
            toleranceUp: tolerance,
            toleranceDown: tolerance,
          })),
          locked: locks ? units.map(() => (random.next() < 0.1 ? random.int(k) : -1)) : undefined,
          seed,
          proposals: 20_000,
        }
        const result = partition(input)
        if (!result.ok) {
          if (units.length > 0) expect(result.reason.code).not.toBe('invalid-input')
          return
        }
        solvedCases++
        const { assignment, metrics, withinTolerance, reasons } = result.value
        expect(assignment).toHaveLength(units.length)
        for (const grid of assignment) expect(Number.isInteger(grid) && grid >= 0 && grid < k).toBe(true)
        expect(everyGridHangsTogether(input, assignment)).toBe(true)
        input.locked?.forEach((grid, u) => grid !== -1 && expect(assignment[u]).toBe(grid))
        const worst = deviations(input, assignment)
        worst.forEach(({ up, down }, j) => {
          expect(metrics.worst[j]!.up).toBeCloseTo(up, 9)
          expect(metrics.worst[j]!.down).toBeCloseTo(down, 9)
        })
        const inside = worst.every(({ up, down }) => up <= tolerance + 1e-9 && down <= tolerance + 1e-9)
        expect(withinTolerance).toBe(inside)
        expect(reasons.length === 0).toBe(inside)
        for (const reason of reasons) {
          if (reason.code === 'unit-heavier-than-target' || reason.code === 'component-off-target') {
            const j = input.weights.findIndex((spec) => spec.name === reason.weight)
            expect(Math.max(worst[j]!.up, worst[j]!.down)).toBeGreaterThanOrEqual(
              reason.smallestTolerance - 1e-9,
            )
          }
        }
      }),
      { numRuns: 150, seed: 20261124 },
    )
    expect(solvedCases).toBeGreaterThan(60)
  })
})
