/** A grid in two, by the solver itself. */
import { partition } from '#domain/partition/partition.ts'
import type { EditBoard } from './board.ts'

const SPLIT_SEED = 1
const SPLIT_PROPOSALS = 120_000
const SPLIT_TOLERANCE = 0.05

/** The half of a grid that becomes a grid of its own, balanced on clients and hours; null when it cannot be halved. */
export function half(board: EditBoard, grid: number): number[] | null {
  const units = board.unitsOf(grid)
  const place = new Map(units.map((unit, i) => [unit, i]))
  const { graph } = board
  const edges = units.flatMap((unit, a) => {
    const own: { a: number; b: number; lengthM: number }[] = []
    for (let e = graph.start[unit]; e < graph.start[unit + 1]; e++) {
      const b = place.get(graph.neighbour[e])
      if (b !== undefined && b > a) own.push({ a, b, lengthM: graph.lengthM[e] })
    }
    return own
  })
  const weighs = (key: 'clients' | 'visitHours') => units.some((unit) => board.weights[key][unit] > 0)
  const keys = (['clients', 'visitHours'] as const).filter(weighs)
  const solved = partition({
    units: units.map((unit) => ({
      id: String(unit),
      weights: keys.length > 0 ? keys.map((key) => board.weights[key][unit]) : [1],
    })),
    edges,
    weights: (keys.length > 0 ? keys : ['units']).map((name) => ({
      name,
      toleranceUp: SPLIT_TOLERANCE,
      toleranceDown: SPLIT_TOLERANCE,
    })),
    k: 2,
    joinComponents: 'nearest',
    seed: SPLIT_SEED,
    proposals: SPLIT_PROPOSALS,
  })
  if (!solved.ok) return null
  const second = units.filter((_, i) => solved.value.assignment[i] === 1)
  return second.length > 0 && second.length < units.length ? second : null
}
