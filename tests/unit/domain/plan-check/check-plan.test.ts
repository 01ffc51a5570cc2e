import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkPlan, type CheckCase, type CheckInput } from '#domain/plan-check/check-plan.ts'
import { NO_GRID } from '#domain/plan-check/plan-graph.ts'
import { checked, drawnPlan } from './drawn-plan.ts'

const brief = (cases: readonly CheckCase[]) =>
  cases.map(({ kind, units, grid, repairTo }) => [kind, units, grid, repairTo])
const find = (rows: readonly string[], changes: Partial<CheckInput> = {}) =>
  brief(checkPlan(checked(drawnPlan(rows), changes)))

describe('plans checked by hand', () => {
  it('finds nothing wrong with two whole grids', () => {
    expect(find(['AABB', 'AABB'])).toEqual([])
  })

  it('offers open units to the grid with the longest border, a hole in one grid to that grid', () => {
    expect(find(['AAAB', 'A.AB', 'AAAB'])).toEqual([
      ['unassigned', [5], NO_GRID, 0],
      ['hole', [5], NO_GRID, 0],
    ])
    // Three sides of A, one of B: open, and no hole.
    expect(find(['AAAA', 'AA.B', 'AAAB'])).toEqual([['unassigned', [6], NO_GRID, 0]])
  })

  it('counts no open unit at the rim as a hole', () => {
    expect(find(['A.A', 'AAA'])).toEqual([['unassigned', [1], NO_GRID, 0]])
  })

  it('finds a stray part and gives it to the neighbour around it', () => {
    expect(find(['AABBB', 'AABAB', 'AABBB'])).toEqual([['island', [8], 0, 1]])
  })

  it('keeps the part with more clients as the grid, whatever its size', () => {
    const clients = [1, 1, 1, 0, 9]
    expect(find(['AAABA'], { clients })).toEqual([['island', [0, 1, 2], 0, 1]])
  })

  it('does not count a part as stray that no border connects to the rest of the area', () => {
    expect(find(['AA AA'])).toEqual([])
    expect(find(['AABA A'])).toEqual([['island', [3], 0, 1]])
  })

  it('names a whole grid inside another, and does not dissolve it', () => {
    expect(find(['AAA', 'ABA', 'AAA'])).toEqual([['hole', [4], 1, NO_GRID]])
  })

  it('gives a stray part to a neighbour that hangs together, not to a stray part of another grid', () => {
    // The stray A borders on the stray B with two sides, on C with one.
    const cases = checkPlan(checked(drawnPlan(['AAAAC', 'BBBBC', 'CCCCC', 'CABCC', 'CBBCC', 'CCCCC'])))
    const stray = cases.find(({ kind, grid }) => kind === 'island' && grid === 0)!
    expect(stray.units).toEqual([16])
    expect(stray.repairTo).toBe(2)
  })

  it('offers nothing that a lock forbids', () => {
    const rows = ['AAAB', 'A.AB', 'AAAB']
    expect(find(rows, { isLockedUnit: (unit) => unit === 5 })[0]).toEqual([
      'unassigned',
      [5],
      NO_GRID,
      NO_GRID,
    ])
    expect(find(rows, { isLockedGrid: (grid) => grid === 0 })[0]).toEqual([
      'unassigned',
      [5],
      NO_GRID,
      NO_GRID,
    ])
    const stray = ['AABBB', 'AABAB', 'AABBB']
    expect(find(stray, { isLockedGrid: (grid) => grid === 0 })).toEqual([['island', [8], 0, NO_GRID]])
    // With A locked the next best takes it.
    expect(find(['AAAA', 'AA.B', 'AAAB'], { isLockedGrid: (grid) => grid === 0 })[0]).toEqual([
      'unassigned',
      [6],
      NO_GRID,
      1,
    ])
  })

  it('sends a unit whose clients are another’s to the grid of that manager, where it borders on it', () => {
    const owners = { unit: [1, 2, 3], manager: [8, 8, 8], clients: [5, 4, 3] }
    const cases = checkPlan(checked(drawnPlan(['AABB']), { owners, managerOf: [7, 8] }))
    expect(cases).toEqual([{ kind: 'disagreement', units: [1], grid: 0, clients: 5, repairTo: 1 }])
    const far = checkPlan(
      checked(drawnPlan(['AABB']), { owners: { unit: [0], manager: [8], clients: [2] }, managerOf: [7, 8] }),
    )
    expect(brief(far)).toEqual([['disagreement', [0], 0, NO_GRID]])
  })

  it('offers the manager most of them have, and leaves the others as the rest of the case', () => {
    const mixed = { unit: [1, 1], manager: [8, 9], clients: [5, 2] }
    const state = { owners: mixed, managerOf: [7, 8, 9] }
    const [first] = checkPlan(checked(drawnPlan(['AABBCC']), state))
    expect(first).toMatchObject({ units: [1], clients: 7, repairTo: 1 })
    const [rest] = checkPlan(checked(drawnPlan(['ABBBCC']), state))
    expect(rest).toMatchObject({ units: [1], clients: 2, repairTo: NO_GRID })
  })

  it('leaves clients alone where the grid has no manager yet', () => {
    const owners = { unit: [1], manager: [8], clients: [5] }
    expect(find(['AABB'], { owners, managerOf: [null, 8] })).toEqual([])
  })

  it('puts the heaviest case of a kind first', () => {
    const clients = [1, 2, 1, 1, 9, 1]
    expect(find(['A.AA.A'], { clients }).filter(([kind]) => kind === 'unassigned')).toEqual([
      ['unassigned', [4], NO_GRID, 0],
      ['unassigned', [1], NO_GRID, 0],
    ])
  })
})

describe('any plan', () => {
  const letters = fc.constantFrom('A', 'A', 'B', 'B', 'C', '.', ' ')
  const plans = fc
    .integer({ min: 1, max: 7 })
    .chain((columns) =>
      fc.array(
        fc.array(letters, { minLength: columns, maxLength: columns }).map((row) => row.join('')),
        { minLength: 1, maxLength: 7 },
      ),
    )
    .filter((rows) => rows.some((row) => row.trim() !== ''))

  it('has a unit in at most one case of a kind, and each unit of no grid in exactly one open case', () => {
    fc.assert(
      fc.property(plans, (rows) => {
        const plan = drawnPlan(rows)
        const cases = checkPlan(checked(plan))
        for (const kind of ['unassigned', 'island', 'hole'] as const) {
          const units = cases.filter((found) => found.kind === kind).flatMap((found) => found.units)
          expect(new Set(units).size).toBe(units.length)
        }
        const open = cases.filter(({ kind }) => kind === 'unassigned').flatMap(({ units }) => units)
        expect(open.sort((p, q) => p - q)).toEqual(
          plan.assignment.flatMap((grid, unit) => (grid === NO_GRID ? [unit] : [])),
        )
      }),
      { numRuns: 400 },
    )
  })

  it('is rid of a case of its own parts when the repair is done alone, and no unit becomes stray by it', () => {
    fc.assert(
      fc.property(plans, fc.array(fc.nat(48)), (rows, held) => {
        const plan = drawnPlan(rows)
        const locks = { isLockedUnit: (unit: number) => held.includes(unit) && unit % 3 === 0 }
        const stray = (assignment: number[]) =>
          checkPlan(checked({ ...plan, assignment }, locks)).filter(({ kind }) => kind === 'island')
        for (const found of checkPlan(checked(plan, locks))) {
          if (found.repairTo === NO_GRID) continue
          expect(found.units.some((unit) => locks.isLockedUnit(unit))).toBe(false)
          const repaired = plan.assignment.slice()
          for (const unit of found.units) repaired[unit] = found.repairTo
          const still = checkPlan(checked({ ...plan, assignment: repaired }, locks)).filter(
            ({ kind, units }) => kind === found.kind && units.some((unit) => found.units.includes(unit)),
          )
          expect(still).toEqual([])
          expect(stray(repaired).length).toBeLessThanOrEqual(stray(plan.assignment).length)
        }
      }),
      { numRuns: 400 },
    )
  })
})
