/**
 * Purpose: may a unit leave its grid without the grid falling apart? Inputs: live arrays of a search.
 * Method: the unit's neighbours in its own grid must reach each other without it within a bounded walk.
 * Guarantees: "yes" is always right. Limits: "no" may mean "unsure" when the way round is longer than 64 units.
 * Cost: constant in practice; neighbours of neighbours decide nearly always.
 */
import type { Graph } from './graph.ts'

const VISIT_LIMIT = 64

export function createLeaveTest(
  graph: Graph,
  assignment: Int32Array,
  gridSize: Int32Array,
): (unit: number, grid: number) => boolean {
  const { n, start, neighbour } = graph
  const stamp = new Int32Array(n)
  const queue = new Int32Array(VISIT_LIMIT)
  let stampNow = 0
  return (unit, grid) => {
    if (gridSize[grid]! < 2) return false
    const wantedMark = stampNow + 1
    const visitedMark = stampNow + 2
    stampNow = visitedMark
    let wanted = 0
    let first = -1
    for (let e = start[unit]!; e < start[unit + 1]!; e++) {
      const v = neighbour[e]!
      if (assignment[v] !== grid) continue
      if (first === -1) first = v
      stamp[v] = wantedMark
      wanted++
    }
    if (wanted <= 1) return wanted === 1
    stamp[unit] = visitedMark
    stamp[first] = visitedMark
    queue[0] = first
    let tail = 1
    let found = 1
    for (let head = 0; head < tail; head++) {
      const p = queue[head]!
      for (let e = start[p]!; e < start[p + 1]!; e++) {
        const v = neighbour[e]!
        if (stamp[v] === visitedMark || assignment[v] !== grid) continue
        if (stamp[v] === wantedMark && ++found === wanted) return true
        if (tail === VISIT_LIMIT) return false
        stamp[v] = visitedMark
        queue[tail++] = v
      }
    }
    return false
  }
}
