/**
 * Purpose: the figures of a finished assignment, computed from the input alone (nothing from the search's running sums).
 * Inputs: metres, square metres, weights as given. Outputs: per grid and overall; `metrics/registry.ts` names and explains them.
 * Guarantees: contiguity by a full walk. Polsby-Popper uses shared borders plus each unit's outer border; `assumed` says which
 * of areas and outer borders were not given (then a unit counts as a square, see types.ts).
 * Cost: O(units + edges).
 */
import { componentsWithin } from './contiguity.ts'
import { assumedArea, hasPositions, isWall, toCsr } from './graph.ts'
import { targetsOf } from './targets.ts'
import type { Edge, PartitionInput } from './types.ts'

export interface GridWeightMetrics {
  total: number
  /** Capacity share of the overall total. */
  target: number
  /** total / target - 1; positive is above. */
  deviation: number
}

export interface GridMetrics {
  units: number
  areaM2: number
  perimeterM: number
  contiguous: boolean
  polsbyPopper: number
  /** Sum of area times squared distance to the grid's centre, m4; null without positions. */
  momentOfInertiaM4: number | null
  weights: GridWeightMetrics[]
}

export interface PartitionMetrics {
  grids: GridMetrics[]
  /** Per weight: the largest deviation above and below (both zero or more). */
  worst: { weight: string; up: number; down: number }[]
  /** Connections between two grids, and the metres of border between grids. Walls are not connections. */
  edgeCut: number
  borderM: number
  contiguousShare: number
  polsbyPopperMean: number
  polsbyPopperWorst: number
  momentOfInertiaM4: number | null
  /** Share of units that left the grid they had in `previous`; null without one. */
  movedShare: number | null
  assumed: ('area' | 'outerBorder')[]
}

/** Border of a unit that no edge accounts for, when it was not given: that of a square of its area. */
function outerBorders(input: PartitionInput, area: Float64Array): Float64Array {
  const shared = new Float64Array(input.units.length)
  for (const edge of input.edges) {
    shared[edge.a]! += edge.lengthM
    shared[edge.b]! += edge.lengthM
  }
  return Float64Array.from(
    input.units,
    (unit, u) => unit.outerBorderM ?? Math.max(0, 4 * Math.sqrt(area[u]!) - shared[u]!),
  )
}

export function measurePartition(
  input: PartitionInput,
  bridges: readonly Edge[],
  assignment: Int32Array,
): PartitionMetrics {
  const { units, edges, weights, k } = input
  const defaultArea = assumedArea(edges)
  const area = Float64Array.from(units, (unit) => unit.areaM2 ?? defaultArea)
  const outer = outerBorders(input, area)
  const capacity = Float64Array.from({ length: k }, (_, g) => input.capacities?.[g] ?? 1)
  const targets = targetsOf(input)
  const positioned = hasPositions(input)

  const perimeter = new Float64Array(k)
  const gridArea = new Float64Array(k)
  const count = new Int32Array(k)
  const sumX = new Float64Array(k)
  const sumY = new Float64Array(k)
  const load = new Float64Array(k * weights.length)
  units.forEach((unit, u) => {
    const g = assignment[u]!
    perimeter[g]! += outer[u]!
    gridArea[g]! += area[u]!
    count[g]!++
    unit.weights.forEach((value, j) => (load[g * weights.length + j]! += value))
    if (!positioned) return
    sumX[g]! += area[u]! * unit.x!
    sumY[g]! += area[u]! * unit.y!
  })
  let borderM = 0
  const cutPairs = new Set<number>()
  for (const edge of edges) {
    const from = assignment[edge.a]!
    const to = assignment[edge.b]!
    if (from === to) continue
    perimeter[from]! += edge.lengthM
    perimeter[to]! += edge.lengthM
    borderM += edge.lengthM
    if (!isWall(edge)) cutPairs.add(Math.min(edge.a, edge.b) * units.length + Math.max(edge.a, edge.b))
  }
  const moment = new Float64Array(k)
  if (positioned) {
    units.forEach((unit, u) => {
      const g = assignment[u]!
      const dx = unit.x! - sumX[g]! / (gridArea[g]! || 1)
      const dy = unit.y! - sumY[g]! / (gridArea[g]! || 1)
      moment[g]! += area[u]! * (dx * dx + dy * dy) + (area[u]! * area[u]!) / 6
    })
  }

  const links = [...edges, ...bridges].filter((edge) => !isWall(edge))
  const csr = toCsr(
    units.length,
    links.map(({ a, b }) => ({ a, b, border: 0 })),
  )
  const parts = componentsWithin({ n: units.length, ...csr }, assignment)
  const partCount = new Int32Array(k)
  const seen = new Uint8Array(parts.count)
  units.forEach((_, u) => {
    const part = parts.of[u]!
    if (seen[part]) return
    seen[part] = 1
    partCount[assignment[u]!]!++
  })

  const grids = Array.from({ length: k }, (_, g): GridMetrics => {
    const p = perimeter[g]!
    return {
      units: count[g]!,
      areaM2: gridArea[g]!,
      perimeterM: p,
      contiguous: partCount[g] === 1,
      polsbyPopper: p > 0 ? (4 * Math.PI * gridArea[g]!) / (p * p) : 0,
      momentOfInertiaM4: positioned ? moment[g]! : null,
      weights: weights.map((_, j) => {
        const target = targets[j]! * capacity[g]!
        const total = load[g * weights.length + j]!
        return { total, target, deviation: target > 0 ? total / target - 1 : 0 }
      }),
    }
  })
  const worst = weights.map((spec, j) => ({
    weight: spec.name,
    up: Math.max(0, ...grids.map((grid) => grid.weights[j]!.deviation)),
    down: Math.max(0, ...grids.map((grid) => -grid.weights[j]!.deviation)),
  }))
  const compactness = grids.map((grid) => grid.polsbyPopper)
  const known = input.previous?.map((g, u) => ({ g, u })).filter(({ g }) => g !== -1)
  return {
    grids,
    worst,
    edgeCut: cutPairs.size,
    borderM,
    contiguousShare: grids.filter((grid) => grid.contiguous).length / k,
    polsbyPopperMean: compactness.reduce((sum, value) => sum + value, 0) / k,
    polsbyPopperWorst: Math.min(...compactness),
    momentOfInertiaM4: positioned ? moment.reduce((sum, value) => sum + value, 0) : null,
    movedShare: known?.length ? known.filter(({ g, u }) => assignment[u] !== g).length / known.length : null,
    assumed: [
      ...(units.some((unit) => unit.areaM2 === undefined) ? (['area'] as const) : []),
      ...(units.some((unit) => unit.outerBorderM === undefined) ? (['outerBorder'] as const) : []),
    ],
  }
}
