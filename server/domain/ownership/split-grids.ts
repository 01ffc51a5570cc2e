/**
 * Purpose: grids whose units do not hang together.
 * Inputs: grid of each unit (null: none); edges as pairs of unit numbers, walls left out.
 * Outputs: per split grid, in order of number: how many pieces, and the first unit of the piece with the fewest units.
 * Guarantees: independent of the order of edges. Cost: O(units + edges) nearly.
 */
export interface SplitGrid {
  gridNo: number
  pieces: number
  /** A unit of the smallest piece (of several, the one with the lowest unit). */
  unit: number
}

export function splitGrids(
  gridOf: readonly (number | null)[],
  edges: readonly { a: number; b: number }[],
): SplitGrid[] {
  const root = gridOf.map((_, unit) => unit)
  const find = (unit: number): number => {
    while (root[unit] !== unit) unit = root[unit] = root[root[unit]!]!
    return unit
  }
  for (const { a, b } of edges) {
    if (gridOf[a] === null || gridOf[a] !== gridOf[b]) continue
    const [low, high] = [find(a), find(b)].sort((p, q) => p - q) as [number, number]
    root[high] = low
  }
  const sizes = new Map<number, Map<number, number>>()
  gridOf.forEach((gridNo, unit) => {
    if (gridNo === null) return
    const pieces = sizes.get(gridNo) ?? new Map<number, number>()
    sizes.set(gridNo, pieces)
    const piece = find(unit)
    pieces.set(piece, (pieces.get(piece) ?? 0) + 1)
  })
  return [...sizes]
    .filter(([, pieces]) => pieces.size > 1)
    .map(([gridNo, pieces]) => {
      const [[unit]] = [...pieces].sort((p, q) => p[1] - q[1] || p[0] - q[0]) as [[number, number]]
      return { gridNo, pieces: pieces.size, unit }
    })
    .sort((p, q) => p.gridNo - q.gridNo)
}
