/**
 * Purpose: parts too small to be worth a visit plan join the neighbour with the longest common border.
 * Guarantees: never across a barrier, never into another township (a part in a gap between townships may join any).
 * Limits: a small part shut in by barriers stays by itself. Cost: O(faces log faces).
 */
export interface FaceLink {
  other: number
  lengthM: number
  kind: number
}

export interface SliverInput {
  areaM2: Float64Array
  /** Township index, or -1 in a gap. */
  place: Int32Array
  links: FaceLink[][]
  minAreaM2: number
}

/** Per face the face that stands for its unit. */
export function mergeSlivers(input: SliverInput): Int32Array {
  const { links, minAreaM2 } = input
  const count = input.areaM2.length
  const parent = Int32Array.from({ length: count }, (_, f) => f)
  const area = input.areaM2.slice()
  const place = input.place.slice()
  const members = Array.from({ length: count }, (_, f) => [f])
  const find = (f: number): number => {
    while (parent[f] !== f) f = parent[f] = parent[parent[f]!]!
    return f
  }
  const small = Array.from({ length: count }, (_, f) => f)
    .filter((f) => area[f]! < minAreaM2)
    .sort((p, q) => area[p]! - area[q]! || p - q)
  for (const sliver of small) {
    for (let root = find(sliver); area[root]! < minAreaM2; root = find(sliver)) {
      const border = new Map<number, number>()
      const barred = new Set<number>()
      for (const f of members[root]!) {
        for (const { other, lengthM, kind } of links[f]!) {
          const target = find(other)
          if (target === root) continue
          if (kind > 0) barred.add(target)
          border.set(target, (border.get(target) ?? 0) + lengthM)
        }
      }
      let best = -1
      for (const [target, lengthM] of border) {
        if (barred.has(target)) continue
        if (place[target] !== place[root] && place[root] !== -1 && place[target] !== -1) continue
        if (best === -1 || lengthM > border.get(best)! || (lengthM === border.get(best)! && target < best))
          best = target
      }
      if (best === -1) break
      parent[root] = best
      area[best]! += area[root]!
      if (place[best] === -1) place[best] = place[root]!
      members[best]!.push(...members[root]!)
    }
  }
  return parent.map((_, f) => find(f))
}
