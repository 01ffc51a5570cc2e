/**
 * Purpose: areas that no edge connects: describe them, join them where asked, and share the grids out among them.
 * Guarantees: every component gets at least one grid; grids with locked units stay where those units are; the rest goes where
 * the work is; a present plan's grids stay where they lie (largest remaining need first, bigger capacities first).
 * Cost: O(units log units) with positions for the nearest pairs (sorted sweep), O(k * components) for the sharing.
 */
import { fail, ok, type Result } from '../result.ts'
import type { Components } from './contiguity.ts'
import type { ComponentSummary, Edge, PartitionInput, RefusalReason } from './types.ts'

export interface NearestPair {
  from: number
  to: number
  distanceM: number
}

/** The nearest pair of units with one end in component `c` and the other outside; null without positions. */
export function nearestOutside(input: PartitionInput, component: Components, c: number): NearestPair | null {
  const { units } = input
  if (units[0]!.x === undefined || component.count < 2) return null
  const inside: number[] = []
  const outside: number[] = []
  units.forEach((_, u) => (component.of[u] === c ? inside : outside).push(u))
  outside.sort((p, q) => units[p]!.x! - units[q]!.x! || p - q)
  const xs = outside.map((u) => units[u]!.x!)
  let best: NearestPair | null = null
  let limit = Infinity
  for (const from of inside) {
    const { x, y } = units[from]!
    const middle = lowerBound(xs, x!)
    const consider = (position: number): boolean => {
      const to = outside[position]!
      if (Math.abs(xs[position]! - x!) > limit) return false
      const distance = Math.hypot(xs[position]! - x!, units[to]!.y! - y!)
      if (distance < limit) {
        limit = distance
        best = { from, to, distanceM: distance }
      }
      return true
    }
    for (let p = middle; p < xs.length && consider(p); p++);
    for (let p = middle - 1; p >= 0 && consider(p); p--);
  }
  return best
}

function lowerBound(sorted: number[], value: number): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (sorted[middle]! < value) low = middle + 1
    else high = middle
  }
  return low
}

export function summarize(input: PartitionInput, component: Components): ComponentSummary[] {
  const { units, weights } = input
  const totals = weights.map((_, j) => units.reduce((sum, unit) => sum + unit.weights[j]!, 0))
  const summaries = Array.from({ length: component.count }, (_, c): ComponentSummary => {
    const pair = nearestOutside(input, component, c)
    return {
      unit: units[component.of.indexOf(c)]!.id,
      units: 0,
      shares: weights.map(() => 0),
      nearest: pair && {
        unit: units[pair.to]!.id,
        from: units[pair.from]!.id,
        distanceM: pair.distanceM,
      },
    }
  })
  units.forEach((unit, u) => {
    const summary = summaries[component.of[u]!]!
    summary.units++
    unit.weights.forEach((value, j) => (summary.shares[j]! += value / (totals[j]! || 1)))
  })
  return summaries
}

/** Edges without length that connect each smaller component to its nearest neighbour until all is one piece. */
export function bridgesBetween(
  input: PartitionInput,
  component: Components,
): (Edge & { distanceM: number })[] {
  const bridges: (Edge & { distanceM: number })[] = []
  const current: Components = { count: component.count, of: component.of.slice() }
  const size = new Int32Array(component.count)
  for (const c of current.of) size[c]!++
  const alive = new Set(size.keys())
  while (alive.size > 1) {
    const smallest = [...alive].reduce((p, q) => (size[q]! < size[p]! ? q : p))
    const pair = nearestOutside(input, current, smallest) ?? {
      from: current.of.indexOf(smallest),
      to: current.of.findIndex((c) => c !== smallest),
      distanceM: 0,
    }
    bridges.push({ a: pair.from, b: pair.to, lengthM: 0, distanceM: pair.distanceM })
    const into = current.of[pair.to]!
    for (let u = 0; u < current.of.length; u++) if (current.of[u] === smallest) current.of[u] = into
    size[into]! += size[smallest]!
    alive.delete(smallest)
  }
  return bridges
}

/** Per grid of the present plan the component with most of its units, fullest first. */
function presentPlaces(input: PartitionInput, component: Components): { grid: number; c: number }[] {
  const count = new Int32Array(input.k * component.count)
  input.previous?.forEach((grid, u) => {
    if (grid !== -1) count[grid * component.count + component.of[u]!]!++
  })
  const places: { grid: number; c: number; units: number }[] = []
  for (let grid = 0; grid < input.k; grid++) {
    const own = count.subarray(grid * component.count, (grid + 1) * component.count)
    const units = Math.max(...own)
    if (units > 0) places.push({ grid, c: own.indexOf(units), units })
  }
  return places.sort((p, q) => q.units - p.units || p.grid - q.grid)
}

export function allocateGrids(
  input: PartitionInput,
  component: Components,
): Result<Int32Array, RefusalReason> {
  const { k, units } = input
  const summaries = () => summarize(input, component)
  if (component.count > k) return fail({ code: 'components-exceed-k', k, components: summaries() })
  const capacity = Array.from({ length: k }, (_, g) => input.capacities?.[g] ?? 1)
  const totalCapacity = capacity.reduce((sum, c) => sum + c, 0)
  const importance = input.weights.map((spec) => spec.importance ?? 1)
  const totalImportance = importance.reduce((sum, value) => sum + value, 0)
  const size = new Int32Array(component.count)
  for (const c of component.of) size[c]!++
  const need = new Float64Array(component.count)
  const totals = input.weights.map((_, j) => units.reduce((sum, unit) => sum + unit.weights[j]!, 0))
  units.forEach((unit, u) => {
    unit.weights.forEach((value, j) => {
      need[component.of[u]!]! +=
        ((value / (totals[j]! || 1)) * importance[j]! * totalCapacity) / totalImportance
    })
  })
  const componentOfGrid = new Int32Array(k).fill(-1)
  const grids = new Int32Array(component.count)
  const place = (grid: number, c: number): void => {
    componentOfGrid[grid] = c
    grids[c]!++
    need[c]! -= capacity[grid]!
  }
  const lockedUnit = new Int32Array(k).fill(-1)
  for (let u = 0; u < units.length; u++) {
    const grid = input.locked?.[u] ?? -1
    if (grid === -1) continue
    if (lockedUnit[grid] === -1) {
      lockedUnit[grid] = u
      place(grid, component.of[u]!)
    } else if (componentOfGrid[grid] !== component.of[u]) {
      return fail({
        code: 'locked-grid-split',
        grid,
        unit: units[lockedUnit[grid]!]!.id,
        otherUnit: units[u]!.id,
      })
    }
  }
  const empty = () => [...grids.keys()].filter((c) => grids[c] === 0).length
  if (input.mode !== undefined && input.mode !== 'fresh') {
    let open = componentOfGrid.reduce((count, c) => count + Number(c === -1), 0)
    for (const { grid, c } of presentPlaces(input, component)) {
      if (componentOfGrid[grid] !== -1 || (grids[c]! > 0 && empty() >= open)) continue
      place(grid, c)
      open--
    }
  }
  const free = capacity.map((_, g) => g).filter((g) => componentOfGrid[g] === -1)
  if (empty() > free.length) return fail({ code: 'components-exceed-k', k, components: summaries() })
  free.sort((p, q) => capacity[q]! - capacity[p]! || p - q)
  free.forEach((grid, position) => {
    const mustServe = empty() === free.length - position
    let best = -1
    for (let c = 0; c < component.count; c++) {
      if (grids[c]! >= size[c]! || (mustServe && grids[c]! > 0)) continue
      if (best === -1 || need[c]! > need[best]!) best = c
    }
    place(grid, best)
  })
  return ok(componentOfGrid)
}
