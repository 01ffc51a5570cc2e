/**
 * Purpose: who borders whom in a plan, in typed arrays, for checks and editing tools; shared by server and browser.
 * Inputs: edges as stored (unit positions, metres of common border). Outputs: CSR lists, neighbours ascending, and the graph's parts.
 * Guarantees: deterministic; parallel edges added up. Limits: no edge is a wall here: contiguity means "a common border exists".
 * Cost: O(units + edges log degree).
 */
export const NO_GRID = -1

export interface PlanEdges {
  a: readonly number[]
  b: readonly number[]
  lengthM: readonly number[]
}

export interface PlanGraph {
  n: number
  start: Int32Array
  neighbour: Int32Array
  lengthM: Float64Array
  /** Metres of border that no unit shares: the rim of the plan's area. */
  outerM: Float64Array
  /** Part of the whole graph each unit lies in; areas that no edge connects are different parts. */
  part: Int32Array
}

export function planGraph(n: number, edges: PlanEdges, outerM: ArrayLike<number>): PlanGraph {
  const lists: [number, number][][] = Array.from({ length: n }, () => [])
  edges.a.forEach((a, i) => {
    const b = edges.b[i]!
    if (a === b) return
    lists[a]!.push([b, edges.lengthM[i]!])
    lists[b]!.push([a, edges.lengthM[i]!])
  })
  const start = new Int32Array(n + 1)
  const neighbour: number[] = []
  const lengthM: number[] = []
  lists.forEach((list, u) => {
    list.sort((p, q) => p[0] - q[0])
    let last = -1
    for (const [v, length] of list) {
      if (v === last) lengthM[lengthM.length - 1]! += length
      else {
        neighbour.push(v)
        lengthM.push(length)
        last = v
      }
    }
    start[u + 1] = neighbour.length
  })
  const graph = {
    n,
    start,
    neighbour: Int32Array.from(neighbour),
    lengthM: Float64Array.from(lengthM),
    outerM: Float64Array.from(outerM),
  }
  return { ...graph, part: partsOf(graph, new Int32Array(n)).of }
}

export interface Parts {
  count: number
  of: Int32Array
  /** Units of each part, ascending. */
  members: number[][]
}

/** Connected parts of equally labelled units; every label counts, also NO_GRID. */
export function partsOf(
  graph: Pick<PlanGraph, 'n' | 'start' | 'neighbour'>,
  label: ArrayLike<number>,
): Parts {
  const { n, start, neighbour } = graph
  const of = new Int32Array(n).fill(-1)
  const members: number[][] = []
  for (let seed = 0; seed < n; seed++) {
    if (of[seed] !== -1) continue
    const part = members.length
    const own = [seed]
    of[seed] = part
    for (const u of own) {
      for (let e = start[u]!; e < start[u + 1]!; e++) {
        const v = neighbour[e]!
        if (of[v] !== -1 || label[v] !== label[u]) continue
        of[v] = part
        own.push(v)
      }
    }
    members.push(own.sort((p, q) => p - q))
  }
  return { count: members.length, of, members }
}

/** Units within `rings` steps of `centre`, itself included; `rings` 0 is the unit alone. */
export function unitsAround(graph: PlanGraph, centre: number, rings: number): number[] {
  const reached = new Set([centre])
  let edge = [centre]
  for (let ring = 0; ring < rings; ring++) {
    const next: number[] = []
    for (const u of edge) {
      for (let e = graph.start[u]!; e < graph.start[u + 1]!; e++) {
        const v = graph.neighbour[e]!
        if (reached.has(v)) continue
        reached.add(v)
        next.push(v)
      }
    }
    edge = next
  }
  return [...reached]
}
