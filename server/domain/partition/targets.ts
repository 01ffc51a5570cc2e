/**
 * Purpose: what a grid of capacity 1 should hold of each weight, and how many grids a wanted size makes.
 * Inputs: weights as given. Guarantees: never zero, so that it may divide. Cost: O(units * weights).
 */
import type { PartitionInput } from './types.ts'

export function totalsOf({ units, weights }: Pick<PartitionInput, 'units' | 'weights'>): number[] {
  return weights.map((_, j) => units.reduce((sum, unit) => sum + unit.weights[j]!, 0))
}

export function capacitiesOf({ k, capacities }: Pick<PartitionInput, 'k' | 'capacities'>): number[] {
  return Array.from({ length: k }, (_, g) => capacities?.[g] ?? 1)
}

export function targetsOf(input: PartitionInput): number[] {
  const capacity = capacitiesOf(input).reduce((sum, value) => sum + value, 0)
  return totalsOf(input).map((total, j) => input.weights[j]!.target ?? (total / capacity || 1))
}

/** The number of equal grids nearest to `size` of one weight each; at least one, at most one a unit. */
export function gridsForSize({ units }: Pick<PartitionInput, 'units'>, weight: number, size: number): number {
  const total = units.reduce((sum, unit) => sum + unit.weights[weight]!, 0)
  return Math.max(1, Math.min(units.length, nearestGrids(total, size)))
}

/** Of the two whole numbers around total / size the one whose share lies nearer to the size, as a ratio. */
export function nearestGrids(total: number, size: number): number {
  const few = Math.max(1, Math.floor(total / size))
  const deviation = (grids: number): number => Math.abs(total / grids / size - 1)
  return deviation(few + 1) < deviation(few) ? few + 1 : few
}
