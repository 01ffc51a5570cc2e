/** Disjoint sets of numbers 0 .. n-1 (union-find). The smallest member stands for a set, so the order of joining does not show. */
export interface Groups {
  find(member: number): number
  join(a: number, b: number): void
}

export function createGroups(count: number): Groups {
  const parent = Int32Array.from({ length: count }, (_, i) => i)
  const find = (member: number): number => {
    let at = member
    while (parent[at] !== at) at = parent[at] = parent[parent[at]!]!
    return at
  }
  return {
    find,
    join(a, b) {
      const p = find(a)
      const q = find(b)
      if (p < q) parent[q] = p
      else parent[p] = q
    },
  }
}
