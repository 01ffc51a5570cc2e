/**
 * Purpose: how much of each weight a grid may hold, as the search sees it: a band per grid and weight.
 * Inputs: tolerances above and below, capacities, and optional least and most amounts in graph units (target = capacity).
 * Guarantees: a tightened or widened band never leaves what least and most allow. Cost: O(grids * weights).
 */
export interface Limits {
  k: number
  m: number
  capacity: Float64Array
  /** Per weight. */
  up: Float64Array
  down: Float64Array
  /** Per grid and weight (k * m); 0 and Infinity where nothing was asked. */
  least: Float64Array
  most: Float64Array
}

export interface Band {
  /** Per grid and weight (k * m), in graph units. */
  low: Float64Array
  high: Float64Array
}

/** The band at `tighten` times the tolerance plus `extra` (a share of the target). */
export function bandOf(limits: Limits, tighten: number, extra: number): Band {
  const { k, m, capacity, up, down, least, most } = limits
  const low = new Float64Array(k * m)
  const high = new Float64Array(k * m)
  for (let g = 0; g < k; g++) {
    for (let j = 0; j < m; j++) {
      const i = g * m + j
      const widest = capacity[g]! * (1 + up[j]! * tighten + extra)
      const lowest = capacity[g]! * (1 - down[j]! * tighten - extra)
      high[i] = Math.max(least[i]!, Math.min(widest, most[i]! + extra * capacity[g]!))
      low[i] = Math.min(most[i]!, Math.max(lowest, least[i]! - extra * capacity[g]!))
    }
  }
  return { low, high }
}
