/**
 * Purpose: name why a tolerance is not kept, with the place, the figure and the smallest tolerance that would do.
 * Inputs: the input and (for the last kind) the measured result. Guarantees: bounds named before the search are true bounds:
 * no assignment whatever can do better on that unit, grid or component.
 * Cost: O(units * weights).
 */
import type { Components } from './contiguity.ts'
import { summarize } from './components.ts'
import { capacitiesOf, nearestGrids, targetsOf, totalsOf } from './targets.ts'
import type { PartitionMetrics } from './metrics.ts'
import type { Bound, PartitionInput, ShortfallReason } from './types.ts'

const ROUNDING = 1e-9

/** What can be known without searching. */
export function certainShortfalls(
  input: PartitionInput,
  component: Components,
  componentOfGrid: Int32Array,
): ShortfallReason[] {
  const { units, weights, k } = input
  const reasons: ShortfallReason[] = totalShortfalls(input)
  const capacity = capacitiesOf(input)
  const targets = targetsOf(input)
  const target = (g: number, j: number): number => targets[j]! * capacity[g]!
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
  })
  reasons.push(...tooHeavy(input, input.locked ?? []))
  if (component.count > 1) reasons.push(...componentShortfalls(input, component, componentOfGrid, capacity))
  return reasons
}

/** Grids that nothing may leave or join, where they are outside already. */
export function heldShortfalls(input: PartitionInput, held: readonly number[]): ShortfallReason[] {
  return tooHeavy(
    input,
    input.previous!.map((g) => (held.includes(g) ? g : -1)),
  )
}

/** Grids whose locked units alone are more than they may hold. */
function tooHeavy(input: PartitionInput, locked: readonly number[]): ShortfallReason[] {
  const { units, weights, k } = input
  const capacity = capacitiesOf(input)
  const targets = targetsOf(input)
  const reasons: ShortfallReason[] = []
  weights.forEach((spec, j) => {
    const load = new Float64Array(k)
    const count = new Int32Array(k)
    locked.forEach((g, u) => {
      if (g === -1) return
      load[g]! += units[u]!.weights[j]!
      count[g]!++
    })
    for (let g = 0; g < k; g++) {
      const target = targets[j]! * capacity[g]!
      const over = load[g]! / target - 1
      // One locked unit that is too heavy alone is named as such.
      if (count[g]! < 2 || over <= spec.toleranceUp + ROUNDING) continue
      reasons.push({
        code: 'locked-grid-too-heavy',
        grid: g,
        weight: spec.name,
        value: load[g]!,
        target,
        smallestTolerance: over,
      })
    }
  })
  return reasons
}

/** What all grids together cannot hold. */
function totalShortfalls(input: PartitionInput): ShortfallReason[] {
  const { weights, k } = input
  const reasons: ShortfallReason[] = []
  const totals = totalsOf(input)
  const targets = targetsOf(input)
  const capacity = capacitiesOf(input).reduce((sum, value) => sum + value, 0)
  weights.forEach((spec, j) => {
    const total = totals[j]!
    const wanted = targets[j]! * capacity
    const deviation = total / wanted - 1
    if (deviation > spec.toleranceUp + ROUNDING || -deviation > spec.toleranceDown + ROUNDING)
      reasons.push({
        code: 'target-out-of-reach',
        weight: spec.name,
        total,
        wanted,
        smallestTolerance: Math.abs(deviation),
        nearestGrids: nearestGrids(total, wanted / k),
      })
    const bounds = [
      { bound: 'least' as const, limit: spec.least ?? 0, broken: (spec.least ?? 0) * k > total },
      { bound: 'most' as const, limit: spec.most ?? Infinity, broken: (spec.most ?? Infinity) * k < total },
    ]
    for (const { bound, limit, broken } of bounds)
      if (broken)
        reasons.push({
          code: 'bounds-exceed-total',
          weight: spec.name,
          bound,
          limit,
          total,
          nearestLimit: total / k,
        })
  })
  return reasons
}

function componentShortfalls(
  input: PartitionInput,
  component: Components,
  componentOfGrid: Int32Array,
  capacity: number[],
): ShortfallReason[] {
  const reasons: ShortfallReason[] = []
  const totals = totalsOf(input)
  const targets = targetsOf(input)
  summarize(input, component).forEach((summary, c) => {
    let held = 0
    let grids = 0
    for (let g = 0; g < input.k; g++) {
      if (componentOfGrid[g] !== c) continue
      held += capacity[g]!
      grids++
    }
    input.weights.forEach((spec, j) => {
      const deviation = (summary.shares[j]! * totals[j]!) / (held * targets[j]!) - 1
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
  reasons.sort((p, q) => Math.abs(q.deviation) - Math.abs(p.deviation) || p.grid - q.grid)
  return [...reasons, ...brokenBounds(input, metrics)]
}

function brokenBounds(input: PartitionInput, metrics: PartitionMetrics): ShortfallReason[] {
  const reasons: ShortfallReason[] = []
  input.weights.forEach((spec, j) => {
    const values = metrics.grids.map((grid) => grid.weights[j]!.total)
    values.forEach((value, grid) => {
      const add = (bound: Bound, limit: number, nearestLimit: number) =>
        reasons.push({ code: 'bound-not-kept', grid, weight: spec.name, bound, value, limit, nearestLimit })
      if (spec.least !== undefined && value < spec.least * (1 - ROUNDING))
        add('least', spec.least, Math.min(...values))
      if (spec.most !== undefined && value > spec.most * (1 + ROUNDING))
        add('most', spec.most, Math.max(...values))
    })
  })
  return reasons
}
