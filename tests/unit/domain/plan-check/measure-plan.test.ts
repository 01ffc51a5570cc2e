import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { measurePlan } from '#domain/plan-check/measure-plan.ts'
import { NO_GRID, partsOf, planGraph, unitsAround } from '#domain/plan-check/plan-graph.ts'
import { drawnPlan, type DrawnPlan } from './drawn-plan.ts'

const measure = (plan: DrawnPlan, weights: number[][], gridNos: number[]) =>
  measurePlan({ ...plan, areaM2: plan.assignment.map(() => 1), weights, gridNos })

describe('a plan measured by hand', () => {
  it('two squares of 2 by 2', () => {
    const plan = drawnPlan(['AABB', 'AABB'])
    const { grids, figures, worst } = measure(plan, [[1, 1, 1, 1, 1, 1, 1, 5]], [0, 1])
    // 12 in all, 6 a grid: A has 4, B has 8.
    expect(grids.get(0)).toEqual({
      units: 4,
      contiguous: true,
      polsbyPopper: Math.PI / 4,
      deviation: [4 / 6 - 1],
    })
    expect(grids.get(1)!.deviation[0]).toBeCloseTo(1 / 3, 12)
    expect(worst).toBeCloseTo(1 / 3, 12)
    expect(figures).toMatchObject({ edgeCut: 2, borderLength: 2, contiguousShare: 1 })
  })

  it('a target counts units of no grid too, and a grid that holds nothing', () => {
    const plan = drawnPlan(['AA..'])
    const { grids } = measure(plan, [[1, 1, 1, 1]], [0, 1])
    expect(grids.get(0)!.deviation).toEqual([0])
    expect(grids.get(1)).toEqual({ units: 0, contiguous: true, polsbyPopper: 0, deviation: [-1] })
  })

  it('a grid in two parts is not contiguous, unless nothing connects where they lie', () => {
    expect(measure(drawnPlan(['ABA']), [[1, 1, 1]], [0, 1]).grids.get(0)!.contiguous).toBe(false)
    expect(measure(drawnPlan(['A A']), [[1, 1]], [0]).grids.get(0)!.contiguous).toBe(true)
  })
})

describe('the graph of a plan', () => {
  it('adds up several pieces of border between the same two units', () => {
    const graph = planGraph(2, { a: [0, 1, 0], b: [1, 0, 1], lengthM: [3, 4, 5] }, [0, 0])
    expect([[...graph.start], [...graph.neighbour], [...graph.lengthM]]).toEqual([
      [0, 1, 2],
      [1, 0],
      [12, 12],
    ])
  })

  it('reaches with a brush of size r the units within r - 1 steps', () => {
    const { graph } = drawnPlan(['AAAAA', 'AAAAA', 'AAAAA', 'AAAAA', 'AAAAA'])
    expect(unitsAround(graph, 12, 0)).toEqual([12])
    expect(unitsAround(graph, 12, 1).sort((p, q) => p - q)).toEqual([7, 11, 12, 13, 17])
    expect(unitsAround(graph, 12, 2)).toHaveLength(13)
  })

  it('parts are equally labelled, hang together and cannot be joined', () => {
    const labels = fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 25, maxLength: 25 })
    const { graph } = drawnPlan(Array.from({ length: 5 }, () => 'AAAAA'))
    fc.assert(
      fc.property(labels, (label) => {
        const { of, members } = partsOf(graph, label)
        expect(members.flat().sort((p, q) => p - q)).toEqual([...label.keys()])
        for (let u = 0; u < 25; u++) {
          for (let e = graph.start[u]!; e < graph.start[u + 1]!; e++) {
            const v = graph.neighbour[e]!
            expect(of[u] === of[v]).toBe(label[u] === label[v])
          }
        }
      }),
    )
  })
})

describe('any plan', () => {
  it('has deviations that sum to what is left, and no more weight in the grids than there is', () => {
    const cells = fc.array(fc.integer({ min: -1, max: 3 }), { minLength: 16, maxLength: 16 })
    const weights = fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 16, maxLength: 16 })
    const { graph } = drawnPlan(Array.from({ length: 4 }, () => 'AAAA'))
    fc.assert(
      fc.property(cells, weights, (assignment, weight) => {
        const total = weight.reduce((sum, value) => sum + value, 0)
        fc.pre(total > 0)
        const { grids } = measure({ columns: 4, graph, assignment }, [weight], [0, 1, 2, 3])
        const open = weight.reduce((sum, value, u) => sum + (assignment[u] === NO_GRID ? value : 0), 0)
        const sum = [...grids.values()].reduce((all, { deviation }) => all + deviation[0]! + 1, 0)
        expect(sum).toBeCloseTo((4 * (total - open)) / total, 9)
        for (const { polsbyPopper } of grids.values()) expect(polsbyPopper).toBeLessThanOrEqual(1)
      }),
    )
  })
})
