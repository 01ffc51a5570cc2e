import type { PlaceLevel } from '#server/tiles/polygon-store.ts'
import { hiddenGroups } from './suppression.ts'

const LEVELS: PlaceLevel[] = ['county', 'township', 'village']

/**
 * For each level the places whose figures are hidden, from the top down. `counts` says how many clients stand behind the
 * figure of each place, `parentOf` which place contains it.
 */
export function hiddenPlaces(
  counts: Record<PlaceLevel, ReadonlyMap<string, number>>,
  parentOf: (code: string) => string | null,
): Record<PlaceLevel, Set<string>> {
  const hidden = {} as Record<PlaceLevel, Set<string>>
  let above = new Set<string>()
  for (const level of LEVELS) {
    const groups = [...counts[level]].map(([key, count]) => ({ key, parent: parentOf(key), count }))
    above = hiddenGroups(groups, above)
    hidden[level] = above
  }
  return hidden
}

/** Rows of each place by one of the columns' place indexes. */
export function countByPlace(
  placeCodes: readonly string[],
  column: Int32Array,
  mask: Uint8Array | null,
): Map<string, number> {
  const counts = new Float64Array(placeCodes.length)
  for (let row = 0; row < column.length; row++) {
    if (column[row] >= 0 && (mask === null || mask[row] === 1)) counts[column[row]]++
  }
  return new Map(placeCodes.flatMap((code, i) => (counts[i] > 0 ? [[code, counts[i]] as const] : [])))
}
