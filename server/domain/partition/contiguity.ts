/**
 * Purpose: components of the graph and of grids; turning any assignment into a complete, contiguous one.
 * Guarantees: after `makeContiguous` every unit has a grid, every grid has a unit and hangs together through non-wall edges,
 * locked units are where they must be; or it says that it could not.
 * Cost: O(units + edges), plus O(units) per empty grid that has to be refilled.
 */
import type { Graph } from './graph.ts'

export interface Components {
  count: number
  of: Int32Array
}

export function componentsOf(graph: Graph): Components {
  return componentsWithin(graph, new Int32Array(graph.n))
}

/** Connected parts of equally labelled units; units labelled -1 belong to none (-1). */
export function componentsWithin(
  graph: Pick<Graph, 'n' | 'start' | 'neighbour'>,
  label: Int32Array,
): Components {
  const { n, start, neighbour } = graph
  const of = new Int32Array(n).fill(-1)
  const queue = new Int32Array(n)
  let count = 0
  for (let seed = 0; seed < n; seed++) {
    if (of[seed] !== -1 || label[seed] === -1) continue
    let tail = 0
    queue[tail++] = seed
    of[seed] = count
    for (let head = 0; head < tail; head++) {
      const u = queue[head]!
      for (let e = start[u]!; e < start[u + 1]!; e++) {
        const v = neighbour[e]!
        if (of[v] === -1 && label[v] === label[u]) {
          of[v] = count
          queue[tail++] = v
        }
      }
    }
    count++
  }
  return { count, of }
}

/**
 * Connects the locked units of each grid by shortest paths through free units and writes the path into `assignment`.
 * Returns the first pair that cannot be connected, or null.
 */
export function connectLocked(
  graph: Graph,
  assignment: Int32Array,
  k: number,
): { grid: number; unit: number; otherUnit: number } | null {
  const { n, start, neighbour, locked } = graph
  const reserved = locked.slice()
  for (let grid = 0; grid < k; grid++) {
    let first = -1
    let wanted = 0
    for (let u = 0; u < n; u++) {
      if (locked[u] !== grid) continue
      if (first === -1) first = u
      wanted++
    }
    if (wanted < 2) continue
    const from = new Int32Array(n).fill(-2)
    const queue = [first]
    from[first] = -1
    let found = 1
    for (let head = 0; head < queue.length && found < wanted; head++) {
      const u = queue[head]!
      for (let e = start[u]!; e < start[u + 1]!; e++) {
        const v = neighbour[e]!
        if (from[v] !== -2 || (reserved[v] !== -1 && reserved[v] !== grid)) continue
        from[v] = u
        queue.push(v)
        if (locked[v] !== grid) continue
        found++
        for (let p = u; p !== -1 && reserved[p] !== grid; p = from[p]!) reserved[p] = grid
      }
    }
    if (found < wanted) {
      const missing = locked.findIndex((g, u) => g === grid && from[u] === -2)
      return { grid, unit: first, otherUnit: missing }
    }
  }
  for (let u = 0; u < n; u++) if (reserved[u] !== -1) assignment[u] = reserved[u]!
  return null
}

/** `componentGrids[g]` is the component in which grid g has to lie. Returns false when some grid cannot get a unit. */
export function makeContiguous(
  graph: Graph,
  assignment: Int32Array,
  k: number,
  component: Components,
  componentOfGrid: Int32Array,
): boolean {
  const { n, m } = graph
  for (let u = 0; u < n; u++) {
    const grid = assignment[u]!
    if (grid !== -1 && componentOfGrid[grid] !== component.of[u]) assignment[u] = -1
  }
  const parts = componentsWithin(graph, assignment)
  const score = new Float64Array(parts.count)
  for (let u = 0; u < n; u++) {
    const part = parts.of[u]!
    if (part === -1) continue
    score[part]! += graph.area[u]! * 1e-6
    for (let j = 0; j < m; j++) score[part]! += graph.weight[u * m + j]!
    if (graph.locked[u] !== -1) score[part]! += 1e9
  }
  const kept = new Int32Array(k).fill(-1)
  for (let u = 0; u < n; u++) {
    const part = parts.of[u]!
    if (part === -1) continue
    const grid = assignment[u]!
    if (kept[grid] === -1 || score[part]! > score[kept[grid]!]!) kept[grid] = part
  }
  for (let u = 0; u < n; u++) {
    if (assignment[u] !== -1 && kept[assignment[u]!] !== parts.of[u]) assignment[u] = -1
  }
  seedMissingComponents(graph, assignment, k, component, componentOfGrid)
  absorb(graph, assignment, k)
  return fillEmptyGrids(graph, assignment, k, component, componentOfGrid)
}

/** A component none of whose units is assigned gives its first free unit to one of its grids, so that absorbing can begin. */
function seedMissingComponents(
  graph: Graph,
  assignment: Int32Array,
  k: number,
  component: Components,
  componentOfGrid: Int32Array,
): void {
  const touched = new Uint8Array(component.count)
  for (let u = 0; u < graph.n; u++) if (assignment[u] !== -1) touched[component.of[u]!] = 1
  for (let grid = 0; grid < k; grid++) {
    const c = componentOfGrid[grid]!
    if (touched[c]) continue
    touched[c] = 1
    assignment[component.of.indexOf(c)] = grid
  }
}

/** Grows the grids over the unassigned units, layer by layer, towards the longest common border. */
function absorb(graph: Graph, assignment: Int32Array, k: number): void {
  const { n, start, neighbour, border } = graph
  const queued = new Uint8Array(n)
  const pull = new Float64Array(k)
  let layer: number[] = []
  const queueNeighbours = (u: number, into: number[]): void => {
    for (let e = start[u]!; e < start[u + 1]!; e++) {
      const v = neighbour[e]!
      if (assignment[v] === -1 && !queued[v]) {
        queued[v] = 1
        into.push(v)
      }
    }
  }
  for (let u = 0; u < n; u++) if (assignment[u] !== -1) queueNeighbours(u, layer)
  while (layer.length > 0) {
    const next: number[] = []
    for (const u of layer) {
      let best = -1
      for (let e = start[u]!; e < start[u + 1]!; e++) {
        const grid = assignment[neighbour[e]!]!
        if (grid === -1) continue
        pull[grid]! += border[e]! + 1e-9
        if (best === -1 || pull[grid]! > pull[best]!) best = grid
      }
      for (let e = start[u]!; e < start[u + 1]!; e++) {
        const grid = assignment[neighbour[e]!]!
        if (grid !== -1) pull[grid] = 0
      }
      assignment[u] = best
      queueNeighbours(u, next)
    }
    layer = next
  }
}

function fillEmptyGrids(
  graph: Graph,
  assignment: Int32Array,
  k: number,
  component: Components,
  componentOfGrid: Int32Array,
): boolean {
  const { n, m } = graph
  for (let empty = 0; empty < k; empty++) {
    if (assignment.includes(empty)) continue
    const size = new Int32Array(k)
    const load = new Float64Array(k)
    for (let u = 0; u < n; u++) {
      const grid = assignment[u]!
      size[grid]!++
      load[grid]! += 1e-6 * graph.area[u]!
      for (let j = 0; j < m; j++) load[grid]! += graph.weight[u * m + j]!
    }
    const donors = Array.from({ length: k }, (_, g) => g)
      .filter((g) => size[g]! > 1 && componentOfGrid[g] === componentOfGrid[empty])
      .sort((p, q) => load[q]! - load[p]! || p - q)
    let filled = false
    for (const donor of donors) {
      const unit = removableUnit(graph, assignment, donor)
      if (unit === -1) continue
      assignment[unit] = empty
      filled = component.of[unit] === componentOfGrid[empty]
      break
    }
    if (!filled) return false
  }
  return true
}

/** A free unit that the grid can lose without falling apart: the last one a breadth-first walk reaches never cuts. */
function removableUnit(graph: Graph, assignment: Int32Array, grid: number): number {
  const { n, start, neighbour, locked } = graph
  const root = (() => {
    const lockedUnit = locked.findIndex((g, u) => g !== -1 && assignment[u] === grid)
    return lockedUnit !== -1 ? lockedUnit : assignment.indexOf(grid)
  })()
  const seen = new Uint8Array(n)
  const queue = [root]
  const childCount = new Int32Array(n)
  seen[root] = 1
  for (let head = 0; head < queue.length; head++) {
    const u = queue[head]!
    for (let e = start[u]!; e < start[u + 1]!; e++) {
      const v = neighbour[e]!
      if (seen[v] || assignment[v] !== grid) continue
      seen[v] = 1
      childCount[u]!++
      queue.push(v)
    }
  }
  for (let i = queue.length - 1; i > 0; i--) {
    const u = queue[i]!
    if (locked[u] === -1 && childCount[u] === 0) return u
  }
  return -1
}
