import fc from 'fast-check'
import { expect, test } from 'vitest'
import { measurePartition } from '#domain/partition/metrics.ts'
import { measurePlan } from '#domain/plan-check/measure-plan.ts'
import { drawnPlan } from './drawn-plan.ts'

const plans = fc
  .record({ width: fc.integer({ min: 2, max: 8 }), height: fc.integer({ min: 2, max: 8 }) })
  .chain(({ width, height }) =>
    fc
      .array(fc.constantFrom('A', 'B', 'C'), { minLength: width * height, maxLength: width * height })
      .map((flat) =>
        Array.from({ length: height }, (_, y) => flat.slice(y * width, (y + 1) * width).join('')),
      ),
  )

test('a complete plan has the figures that the solver’s own measure gives', () => {
  fc.assert(
    fc.property(
      plans,
      fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 64, maxLength: 64 }),
      (rows, weights) => {
        const { graph, assignment } = drawnPlan(rows)
        const k = 3
        fc.pre(new Set(assignment).size === k)
        const own = assignment.map((_, u) => weights[u])
        const edges = assignment.flatMap((_, a) =>
          [...graph.neighbour.slice(graph.start[a], graph.start[a + 1])]
            .filter((b) => b > a)
            .map((b) => ({ a, b, lengthM: 1 })),
        )
        const theirs = measurePartition(
          {
            units: own.map((weight, u) => ({
              id: String(u),
              weights: [weight],
              areaM2: 1,
              outerBorderM: graph.outerM[u],
            })),
            edges,
            weights: [{ name: 'clients', toleranceUp: 1, toleranceDown: 1 }],
            k,
            seed: 1,
          },
          [],
          Int32Array.from(assignment),
        )
        const ours = measurePlan({
          graph,
          areaM2: own.map(() => 1),
          weights: [own],
          assignment,
          gridNos: [0, 1, 2],
        })
        for (const [no, grid] of ours.grids) {
          expect(grid.contiguous).toBe(theirs.grids[no].contiguous)
          expect(grid.polsbyPopper).toBeCloseTo(theirs.grids[no].polsbyPopper, 12)
          expect(grid.deviation[0]).toBeCloseTo(theirs.grids[no].weights[0].deviation, 12)
        }
        expect(ours.figures.edgeCut).toBe(theirs.edgeCut)
        expect(ours.figures.borderLength).toBeCloseTo(theirs.borderM, 9)
        expect(ours.figures.contiguousShare).toBeCloseTo(theirs.contiguousShare, 12)
        expect(ours.figures.polsbyPopperMean).toBeCloseTo(theirs.polsbyPopperMean, 12)
      },
    ),
  )
})
