/**
 * Purpose: name why a tolerance is not kept, with the place, the figure and the smallest tolerance that would do.
 * Inputs: the input and (for the last kind) the measured result. Guarantees: bounds named before the search are true bounds:
 * no assignment whatever can do better on that unit, grid or component.
 * Cost: O(units * weights).
 */
import type { Components } from './contiguity.ts'
import { summarize } from './components.ts'
import type { PartitionMetrics } from './metrics.ts'
import type { PartitionInput, ShortfallReason } from './types.ts'

const ROUNDING = 1e-9

function targetsOf(input: PartitionInput) {
  const capacity = Array.from({ length: input.k }, (_, g) => input.capacities?.[g] ?? 1)
  const totalCapacity = capacity.reduce((sum, c) => sum + c, 0)
  const totals = input.weights.map((_, j) => input.units.reduce((sum, unit) => sum + unit.weights[j]!, 0))
  return { capacity, target: (g: number, j: number) => (totals[j]! * capacity[g]!) / totalCapacity }
}

/** What can be known without searching. */
export function certainShortfalls(
  input: PartitionInput,
  component: Components,
  componentOfGrid: Int32Array,
): ShortfallReason[] {
  const { units, weights, k } = input
  const reasons: ShortfallReason[] = []
  const { capacity, target } = targetsOf(input)
  const roomiest = (c: number): number => {
    let best = -1
    for (let g = 0; g < k; g++)
      if (componentOfGrid[g] === c && (best === -1 || capacity[g]! > capacity[best]!)) best = g
    return best
  }
  weights.forEach((spec, j) => {
    for (let u = 0; u < units.length; u++) {
      const unit = units[u]!
      const lock = input.locked?.[u] ?? -1
      const limit = target(lock !== -1 ? lock : roomiest(component.of[u]!), j)
      const over = unit.weights[j]! / limit - 1
      if (over <= spec.toleranceUp + ROUNDING) continue
      reasons.push({
        code: 'unit-heavier-than-target',
        unit: unit.id,
        weight: spec.name,
        value: unit.weights[j]!,
        target: limit,
        smallestTolerance: over,
      })
    }
    const lockedLoad = new Float64Array(k)
    const lockedUnits = new Int32Array(k)
    input.locked?.forEach((g, u) => {
      if (g === -1) return
      lockedLoad[g]! += units[u]!.weights[j]!
      lockedUnits[g]!++
    })
    for (let g = 0; g < k; g++) {
      const over = lockedLoad[g]! / target(g, j) - 1
      // One locked unit that is too heavy alone is already named above.
      if (lockedUnits[g]! < 2 || over <= spec.toleranceUp + ROUNDING) continue
      reasons.push({
        code: 'locked-grid-too-heavy',
        grid: g,
        weight: spec.name,
        value: lockedLoad[g]!,
        target: target(g, j),
        smallestTolerance: over,
      })
    }
  })
  if (component.count > 1) reasons.push(...componentShortfalls(input, component, componentOfGrid, capacity))
  return reasons
}

function componentShortfalls(
  input: PartitionInput,
  component: Components,
  componentOfGrid: Int32Array,
  capacity: number[],
): ShortfallReason[] {
  const totalCapacity = capacity.reduce((sum, c) => sum + c, 0)
  const reasons: ShortfallReason[] = []
  summarize(input, component).forEach((summary, c) => {
    let share = 0
    let grids = 0
    for (let g = 0; g < input.k; g++) {
      if (componentOfGrid[g] !== c) continue
      share += capacity[g]! / totalCapacity
      grids++
    }
    input.weights.forEach((spec, j) => {
      const deviation = summary.shares[j]! / share - 1
      if (deviation <= spec.toleranceUp + ROUNDING && -deviation <= spec.toleranceDown + ROUNDING) return
      reasons.push({
        code: 'component-off-target',
        component: summary,
        grids,
        weight: spec.name,
        smallestTolerance: Math.abs(deviation),
      })
    })
  })
  return reasons
}

/** The grids that ended outside, worst first. */
export function reachedShortfalls(input: PartitionInput, metrics: PartitionMetrics): ShortfallReason[] {
  const reasons: Extract<ShortfallReason, { code: 'tolerance-not-reached' }>[] = []
  metrics.grids.forEach((grid, g) => {
    grid.weights.forEach(({ deviation }, j) => {
      const spec = input.weights[j]!
      const tolerance = deviation > 0 ? spec.toleranceUp : spec.toleranceDown
      if (Math.abs(deviation) <= tolerance + ROUNDING) return
      const worst = metrics.worst[j]!
      reasons.push({
        code: 'tolerance-not-reached',
        grid: g,
        weight: spec.name,
        deviation,
        tolerance,
        nearestTolerance: Math.max(worst.up, worst.down),
      })
    })
  })
  return reasons.sort((p, q) => Math.abs(q.deviation) - Math.abs(p.deviation) || p.grid - q.grid)
}
