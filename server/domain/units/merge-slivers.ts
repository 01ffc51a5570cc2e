/**
 * Purpose: parts too small or too narrow to be worth a visit plan join the neighbour with the longest common border, borders that
 * are harder to walk across counting for less.
 * Guarantees: never across a wall, never into another township (a part in a gap between townships may join any).
 * Limits: a small part shut in by walls stays by itself. Cost: O(faces log faces).
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
  /** One for all, or one for each part: what it grew from decides. */
  minAreaM2: number | Float64Array
  /** Classes of border that nothing joins across; default: all but 0. */
  isWall?: (kind: number) => boolean
  /** What a metre of border of a class counts; default 1. */
  pull?: (kind: number) => number
  /** Mean width (2 area / border) below which a part counts as a sliver too. */
  narrow?: { borderM: Float64Array; minWidthM: number }
}

interface CommonBorder {
  lengthM: number
  pull: number
  walled: boolean
}

/** Per face the face that stands for its unit. */
export function mergeSlivers(input: SliverInput): Int32Array {
  const { links, minAreaM2, narrow, isWall = (kind) => kind > 0, pull = () => 1 } = input
  const count = input.areaM2.length
  const parent = Int32Array.from({ length: count }, (_, f) => f)
  const area = input.areaM2.slice()
  const border = narrow?.borderM.slice() ?? new Float64Array(count)
  const place = input.place.slice()
  const members = Array.from({ length: count }, (_, f) => [f])
  const find = (f: number): number => {
    while (parent[f] !== f) f = parent[f] = parent[parent[f]!]!
    return f
  }
  const isSliver = (f: number): boolean =>
    area[f]! < (typeof minAreaM2 === 'number' ? minAreaM2 : minAreaM2[f]!) ||
    (narrow !== undefined && 2 * area[f]! < narrow.minWidthM * border[f]!)
  const commonBorders = (root: number): Map<number, CommonBorder> => {
    const found = new Map<number, CommonBorder>()
    for (const f of members[root]!) {
      for (const { other, lengthM, kind } of links[f]!) {
        const target = find(other)
        if (target === root) continue
        const common = found.get(target) ?? { lengthM: 0, pull: 0, walled: false }
        common.lengthM += lengthM
        common.pull += lengthM * pull(kind)
        common.walled ||= isWall(kind)
        found.set(target, common)
      }
    }
    return found
  }
  const slivers = Array.from({ length: count }, (_, f) => f)
    .filter(isSliver)
    .sort((p, q) => area[p]! - area[q]! || p - q)
  for (const sliver of slivers) {
    for (let root = find(sliver); isSliver(root); root = find(sliver)) {
      let best = -1
      let common: CommonBorder | null = null
      for (const [target, candidate] of commonBorders(root)) {
        if (candidate.walled) continue
        if (place[target] !== place[root] && place[root] !== -1 && place[target] !== -1) continue
        if (!common || candidate.pull > common.pull || (candidate.pull === common.pull && target < best)) {
          best = target
          common = candidate
        }
      }
      if (!common) break
      parent[root] = best
      area[best]! += area[root]!
      border[best]! += border[root]! - 2 * common.lengthM
      if (place[best] === -1) place[best] = place[root]!
      members[best]!.push(...members[root]!)
    }
  }
  return parent.map((_, f) => find(f))
}
