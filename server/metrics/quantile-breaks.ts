/**
 * Purpose: class limits of a choropleth. Inputs: the values shown, any unit. Outputs: the upper ends of all classes but
 * the last, ascending, such that each class holds about as many places as another.
 * Guarantees: strictly ascending and below the largest value, so no class is empty; fewer classes when there are not
 * enough different values. Cost: n log n. Source: quantile classification (nearest rank).
 */
export function quantileBreaks(values: readonly number[], classes = 5): number[] {
  const sorted = [...values].sort((a, b) => a - b)
  const largest = sorted.at(-1)
  const breaks: number[] = []
  for (let k = 1; k < classes && largest !== undefined; k++) {
    const value = sorted[Math.ceil((sorted.length * k) / classes) - 1]
    if (value < largest && (breaks.length === 0 || value > breaks.at(-1)!)) breaks.push(value)
  }
  return breaks
}
