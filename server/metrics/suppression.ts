/**
 * Purpose: which groups are too small to be shown to someone who may see sums but no single client.
 * Inputs: for each group how many clients stand behind its figure, and the group above it whose sum is shown as well.
 * Guarantees: a group of 1 to 4 is hidden; where that would leave exactly one hidden group beside shown ones, the next
 * smallest non-empty one is hidden too, so that it cannot be had by subtraction; nothing under a hidden parent is shown.
 * Limits: does not guard against subtracting the answers to two different filters. Cost: n log n. Source: own; the rule
 * of primary and complementary suppression in statistical disclosure control.
 */
export const SMALLEST_SHOWN = 5

export interface Group {
  key: string
  parent: string | null
  count: number
}

/** Keys to hide. `hiddenParents` are the keys hidden one level up. */
export function hiddenGroups(
  groups: readonly Group[],
  hiddenParents: ReadonlySet<string> = new Set(),
): Set<string> {
  const hidden = new Set<string>()
  const siblings = new Map<string | null, Group[]>()
  for (const group of groups) {
    if (tooSmall(group.count) || (group.parent !== null && hiddenParents.has(group.parent)))
      hidden.add(group.key)
    const among = siblings.get(group.parent)
    if (among) among.push(group)
    else siblings.set(group.parent, [group])
  }
  for (const among of siblings.values()) {
    const left = among.filter((group) => hidden.has(group.key))
    if (left.length !== 1 || left[0].count === 0) continue
    const next = among
      .filter((group) => !hidden.has(group.key) && group.count > 0)
      .sort((a, b) => a.count - b.count || (a.key < b.key ? -1 : 1))[0]
    if (next) hidden.add(next.key)
  }
  return hidden
}

export function tooSmall(count: number): boolean {
  return count > 0 && count < SMALLEST_SHOWN
}
