/**
 * Purpose: why is this unit in this grid? What every neighbouring grid would cost instead, by term, and what stands in the way.
 * Inputs: the problem, a complete assignment, a unit. Outputs: metres of border that weigh as much (crossings included), beside
 * staying; positive = dearer. Guarantees: the energy of the search, with the tolerance as asked and no pressure. Pure.
 * Limits: one move at a time; a swap or a chain can still pay. Cost: O(units + edges).
 */
import { fail, ok, type Result } from '../result.ts'
import { checkInput } from './check-input.ts'
import { componentsWithin } from './contiguity.ts'
import { assumedArea } from './graph.ts'
import { bandOf } from './limits.ts'
import { lambdaFor } from './scale.ts'
import { createState } from './search-state.ts'
import { prepareGraph, searchLimits, searchTargets } from './search-setup.ts'
import type { PartitionInput, RefusalReason } from './types.ts'

export type Obstacle = 'unit-locked' | 'grid-locked' | 'would-split' | 'last-unit'

export interface GridCost {
  grid: number
  /** Why the unit may not go there; null when it may. */
  obstacle: Obstacle | null
  border: number
  shape: number
  /** Per weight of the input, same order. */
  balance: number[]
  disturbance: number
  total: number
}

export interface Explanation {
  unit: string
  grid: number
  /** Neighbouring grids, cheapest first. */
  others: GridCost[]
}

/** The price of imbalance in the polish, so that the table agrees with what the search prefers. */
const BALANCE = 2

export function explain(
  input: PartitionInput,
  assignment: readonly number[],
  unit: number,
): Result<Explanation, RefusalReason> {
  const problem = checkInput(input)
  if (problem) return fail(problem)
  if (!Number.isInteger(unit) || unit < 0 || unit >= input.units.length)
    return fail({ code: 'invalid-input', field: 'unit', detail: 'out-of-range' })
  if (assignment.length !== input.units.length)
    return fail({ code: 'invalid-input', field: 'assignment', detail: 'wrong-length' })
  const strange = assignment.findIndex((g) => !Number.isInteger(g) || g < 0 || g >= input.k)
  if (strange !== -1)
    return fail({ code: 'invalid-input', field: 'assignment', detail: 'out-of-range', index: strange })

  const graph = prepareGraph(input, [])
  const { start, neighbour, border, m, previous, disturbance } = graph
  const state = createState(graph, searchTargets(input, graph))
  const band = bandOf(searchLimits(input), 1, 0)
  state.reset(Int32Array.from(assignment))
  state.setBand(band)
  const metres = Math.sqrt(assumedArea(input.edges))
  const lambda = lambdaFor(graph, input.k, BALANCE)
  const from = assignment[unit]!
  const shared = new Map<number, number>()
  for (let e = start[unit]!; e < start[unit + 1]!; e++) {
    const grid = assignment[neighbour[e]!]!
    shared.set(grid, (shared.get(grid) ?? 0) + border[e]!)
  }
  const held = new Set(input.lockedGrids)
  const leaving = obstacleToLeave()
  const others = [...shared.keys()]
    .filter((grid) => grid !== from)
    .map((grid): GridCost => {
      const cut = (shared.get(from) ?? 0) - shared.get(grid)!
      const shape = state.shapeChange(unit, from, grid)
      const balance = Array.from({ length: m }, (_, j) => lambda * imbalanceChange(grid, j))
      const home = previous[unit]!
      const price = disturbance[unit]! * (Number(home === from) - Number(home === grid))
      const total = balance.reduce((sum, value) => sum + value, cut + shape + price)
      return {
        grid,
        obstacle: leaving ?? (held.has(grid) ? 'grid-locked' : null),
        border: cut * metres,
        shape: shape * metres,
        balance: balance.map((value) => value * metres),
        disturbance: price * metres,
        total: total * metres,
      }
    })
  others.sort((p, q) => p.total - q.total || p.grid - q.grid)
  return ok({ unit: input.units[unit]!.id, grid: from, others })

  function obstacleToLeave(): Obstacle | null {
    if ((input.locked?.[unit] ?? -1) !== -1) return 'unit-locked'
    if (held.has(from)) return 'grid-locked'
    if (state.size[from]! < 2) return 'last-unit'
    const parts = (without: boolean): number => {
      const label = Int32Array.from(assignment, (g, u) => (g === from && !(without && u === unit) ? 0 : -1))
      return componentsWithin(graph, label).count
    }
    return parts(true) > parts(false) ? 'would-split' : null
  }

  function imbalanceChange(to: number, j: number): number {
    const weight = graph.weight[unit * m + j]!
    return (
      state.imbalanceAt(from, j, -weight) -
      state.imbalanceAt(from, j, 0) +
      state.imbalanceAt(to, j, weight) -
      state.imbalanceAt(to, j, 0)
    )
  }
}
