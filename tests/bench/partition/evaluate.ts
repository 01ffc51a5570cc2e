import type { PartitionInput } from '#domain/partition/partition.ts'

/* Figures of an assignment from its definition; shares no code with the solver. */
export interface Figures {
  /** Worst deviation above and below the mean, per weight. */
  up: number[]
  down: number[]
  /** Border between grids in mean edge lengths; on a lattice the number of edges cut. */
  cut: number
  cutEdges: number
  complete: boolean
  contiguousGrids: number
  meanPp: number
  worstPp: number
}

export function evaluate(input: PartitionInput, assignment: ArrayLike<number>): Figures {
  const { units, edges, weights, k } = input
  const meanLength = edges.reduce((sum, edge) => sum + edge.lengthM, 0) / edges.length
  const perimeter = new Float64Array(k)
  const area = new Float64Array(k)
  const load = weights.map(() => new Float64Array(k))
  const size = new Int32Array(k)
  let complete = true
  const neighbours: number[][] = units.map(() => [])
  units.forEach((unit, u) => {
    const g = assignment[u]!
    if (!(g >= 0 && g < k)) {
      complete = false
      return
    }
    size[g]!++
    area[g]! += unit.areaM2!
    perimeter[g]! += unit.outerBorderM!
    unit.weights.forEach((value, j) => (load[j]![g]! += value))
  })
  let border = 0
  let cutEdges = 0
  for (const { a, b, lengthM } of edges) {
    neighbours[a]!.push(b)
    neighbours[b]!.push(a)
    if (assignment[a] === assignment[b]) continue
    border += lengthM
    cutEdges++
    perimeter[assignment[a]!]! += lengthM
    perimeter[assignment[b]!]! += lengthM
  }
  const parts = new Int32Array(k)
  const seen = new Uint8Array(units.length)
  for (let seed = 0; seed < units.length; seed++) {
    if (seen[seed]) continue
    parts[assignment[seed]!]!++
    const open = [seed]
    seen[seed] = 1
    while (open.length > 0) {
      for (const v of neighbours[open.pop()!]!) {
        if (seen[v] || assignment[v] !== assignment[seed]) continue
        seen[v] = 1
        open.push(v)
      }
    }
  }
  const pp = Array.from(area, (a, g) => (perimeter[g]! > 0 ? (4 * Math.PI * a) / perimeter[g]! ** 2 : 0))
  const deviations = load.map((list) => {
    const mean = list.reduce((sum, value) => sum + value, 0) / k
    return Array.from(list, (value) => value / mean - 1)
  })
  return {
    up: deviations.map((list) => Math.max(...list)),
    down: deviations.map((list) => Math.max(...list.map((value) => -value))),
    cut: border / meanLength,
    cutEdges,
    complete: complete && size.every((count) => count > 0),
    contiguousGrids: parts.reduce((count, n) => count + Number(n === 1), 0),
    meanPp: pp.reduce((sum, value) => sum + value, 0) / k,
    worstPp: Math.min(...pp),
  }
}
