/**
 * Purpose: say precisely what is wrong with an input before anything is computed.
 * Guarantees: an input that passes cannot make the search throw. Cost: O(units + edges).
 */
import type { InvalidDetail, PartitionInput, RefusalReason } from './types.ts'

type Invalid = (
  field: string,
  detail: InvalidDetail,
  where?: { unit?: string; index?: number },
) => RefusalReason

export function checkInput(input: PartitionInput): RefusalReason | null {
  const { units, edges, weights, k } = input
  const n = units.length
  const invalid: Invalid = (field, detail, where = {}) => ({ code: 'invalid-input', field, detail, ...where })

  if (!Number.isInteger(k)) return invalid('k', 'not-an-integer')
  if (k < 1) return invalid('k', 'out-of-range')
  if (n === 0) return invalid('units', 'missing')
  if (k > n) return { code: 'k-exceeds-units', k, units: n }
  if (!Number.isInteger(input.seed)) return invalid('seed', 'not-an-integer')
  if (input.proposals !== undefined && !(input.proposals >= 0)) return invalid('proposals', 'out-of-range')
  if (weights.length === 0) return invalid('weights', 'missing')
  for (let j = 0; j < weights.length; j++) {
    const spec = weights[j]!
    if (!(spec.toleranceUp >= 0)) return invalid('toleranceUp', 'out-of-range', { index: j })
    if (!(spec.toleranceDown >= 0)) return invalid('toleranceDown', 'out-of-range', { index: j })
    if (spec.target !== undefined && !(spec.target > 0 && Number.isFinite(spec.target)))
      return invalid('target', 'out-of-range', { index: j })
    if (!((spec.least ?? 0) >= 0 && (spec.least ?? 0) <= (spec.most ?? Infinity)))
      return invalid('least', 'out-of-range', { index: j })
    if (spec.importance !== undefined && !(spec.importance > 0 && Number.isFinite(spec.importance)))
      return invalid('importance', 'out-of-range', { index: j })
  }
  const ids = new Set<string>()
  const positioned = units[0]!.x !== undefined
  for (let u = 0; u < n; u++) {
    const unit = units[u]!
    const where = { unit: unit.id, index: u }
    if (ids.has(unit.id)) return invalid('id', 'duplicate', where)
    ids.add(unit.id)
    if (unit.weights.length !== weights.length) return invalid('weights', 'wrong-length', where)
    for (const value of unit.weights) {
      if (!Number.isFinite(value)) return invalid('weights', 'not-finite', where)
      if (value < 0) return invalid('weights', 'negative', where)
    }
    if ((unit.x !== undefined) !== positioned || (unit.y !== undefined) !== positioned)
      return invalid('position', 'missing', where)
    if (positioned && !(Number.isFinite(unit.x) && Number.isFinite(unit.y)))
      return invalid('position', 'not-finite', where)
    for (const field of ['areaM2', 'outerBorderM'] as const) {
      const value = unit[field]
      if (value === undefined) continue
      if (!Number.isFinite(value)) return invalid(field, 'not-finite', where)
      if (value < 0) return invalid(field, 'negative', where)
    }
  }
  for (let e = 0; e < edges.length; e++) {
    const edge = edges[e]!
    for (const end of [edge.a, edge.b]) {
      if (!Number.isInteger(end)) return invalid('edges', 'not-an-integer', { index: e })
      if (end < 0 || end >= n) return invalid('edges', 'out-of-range', { index: e })
    }
    if (edge.a === edge.b) return invalid('edges', 'self-edge', { index: e })
    if (!Number.isFinite(edge.lengthM)) return invalid('lengthM', 'not-finite', { index: e })
    if (edge.lengthM < 0) return invalid('lengthM', 'negative', { index: e })
    if (edge.crossing !== undefined && !(edge.crossing > 0))
      return invalid('crossing', 'out-of-range', { index: e })
  }
  if (input.capacities) {
    if (input.capacities.length !== k) return invalid('capacities', 'wrong-length')
    for (let g = 0; g < k; g++)
      if (!(input.capacities[g]! > 0 && Number.isFinite(input.capacities[g])))
        return invalid('capacities', 'out-of-range', { index: g })
  }
  for (const field of ['locked', 'previous'] as const) {
    const list = input[field]
    if (!list) continue
    if (list.length !== n) return invalid(field, 'wrong-length')
    for (let u = 0; u < n; u++) {
      if (!Number.isInteger(list[u]))
        return invalid(field, 'not-an-integer', { unit: units[u]!.id, index: u })
      if (list[u]! < -1 || list[u]! >= k)
        return invalid(field, 'out-of-range', { unit: units[u]!.id, index: u })
    }
  }
  if (input.homes && input.homes.length !== k) return invalid('homes', 'wrong-length')
  if ((input.mode === 'refine' || input.mode === 'repair') && !input.previous)
    return invalid('previous', 'missing')
  if (input.disturbancePrice !== undefined && !(input.disturbancePrice >= 0))
    return invalid('disturbancePrice', 'out-of-range')
  if (input.shapeStrength !== undefined && !(input.shapeStrength >= 0))
    return invalid('shapeStrength', 'out-of-range')
  const lockedGrids = checkLockedGrids(input, invalid)
  if (lockedGrids) return lockedGrids
  for (let j = 0; j < weights.length; j++) {
    if (weights[j]!.target === undefined && !units.some((unit) => unit.weights[j]! > 0))
      return { code: 'zero-weight', weight: weights[j]!.name }
  }
  return null
}

function checkLockedGrids(input: PartitionInput, invalid: Invalid): RefusalReason | null {
  const { lockedGrids, previous, locked, units, k } = input
  if (!lockedGrids || lockedGrids.length === 0) return null
  if (!previous) return invalid('previous', 'missing')
  const filled = new Set(previous)
  for (const [index, grid] of lockedGrids.entries()) {
    if (!Number.isInteger(grid)) return invalid('lockedGrids', 'not-an-integer', { index })
    if (grid < 0 || grid >= k) return invalid('lockedGrids', 'out-of-range', { index })
    if (!filled.has(grid)) return invalid('lockedGrids', 'missing', { index })
  }
  const held = new Set(lockedGrids)
  const torn = locked?.findIndex(
    (grid, u) => grid !== -1 && grid !== previous[u] && (held.has(grid) || held.has(previous[u]!)),
  )
  if (torn === undefined || torn === -1) return null
  return invalid('lockedGrids', 'conflict', { unit: units[torn]!.id, index: torn })
}
