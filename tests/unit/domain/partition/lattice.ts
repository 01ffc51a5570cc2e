/** Builders of toy inputs, and checks that share no code with the solver. */
import type { Edge, PartitionInput, Unit } from '#domain/partition/partition.ts'

/** Unit squares drawn in text: a digit is the weight, '.' is no unit. Rows from north to south. */
export function drawn(rows: string[], k: number, extra: Partial<PartitionInput> = {}): PartitionInput {
  const index = new Map<string, number>()
  const units: Unit[] = []
  rows.forEach((row, y) =>
    [...row].forEach((mark, x) => {
      if (mark === '.') return
      index.set(`${x},${y}`, units.length)
      units.push({ id: `${x},${y}`, x, y: rows.length - 1 - y, weights: [Number(mark)] })
    }),
  )
  const edges: Edge[] = []
  for (const [key, a] of index) {
    const [x, y] = key.split(',').map(Number) as [number, number]
    for (const near of [`${x + 1},${y}`, `${x},${y + 1}`]) {
      const b = index.get(near)
      if (b !== undefined) edges.push({ a, b, lengthM: 1 })
    }
  }
  return {
    units,
    edges,
    k,
    weights: [{ name: 'clients', toleranceUp: 0.05, toleranceDown: 0.05 }],
    seed: 1,
    proposals: 200_000,
    ...extra,
  }
}

export function lattice(
  width: number,
  height: number,
  weigh: (x: number, y: number) => number[],
): Pick<PartitionInput, 'units' | 'edges'> {
  const units: Unit[] = []
  const edges: Edge[] = []
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const u = units.length
      units.push({ id: `${x},${y}`, x, y, weights: weigh(x, y) })
      if (x + 1 < width) edges.push({ a: u, b: u + 1, lengthM: 1 })
      if (y + 1 < height) edges.push({ a: u, b: u + width, lengthM: 1 })
    }
  }
  return { units, edges }
}

/** Is each grid non-empty and one piece through edges that are no walls? A plain walk over the edge list. */
export function everyGridHangsTogether(input: PartitionInput, assignment: readonly number[]): boolean {
  const neighbours: number[][] = input.units.map(() => [])
  for (const edge of input.edges) {
    if (edge.crossing === Infinity) continue
    neighbours[edge.a]!.push(edge.b)
    neighbours[edge.b]!.push(edge.a)
  }
  for (let g = 0; g < input.k; g++) {
    const members = assignment.flatMap((grid, u) => (grid === g ? [u] : []))
    if (members.length === 0) return false
    const reached = new Set([members[0]!])
    const open = [members[0]!]
    while (open.length > 0) {
      for (const v of neighbours[open.pop()!]!) {
        if (assignment[v] !== g || reached.has(v)) continue
        reached.add(v)
        open.push(v)
      }
    }
    if (reached.size !== members.length) return false
  }
  return true
}

/** Worst deviations from the mean, per weight, from the definition. */
export function deviations(
  input: PartitionInput,
  assignment: readonly number[],
): { up: number; down: number }[] {
  const shares = input.capacities ?? Array.from({ length: input.k }, () => 1)
  const all = shares.reduce((sum, c) => sum + c, 0)
  return input.weights.map((_, j) => {
    const total = input.units.reduce((sum, unit) => sum + unit.weights[j]!, 0)
    let up = 0
    let down = 0
    shares.forEach((share, g) => {
      let own = 0
      assignment.forEach((grid, u) => (own += grid === g ? input.units[u]!.weights[j]! : 0))
      const deviation = own / ((total * share) / all) - 1
      up = Math.max(up, deviation)
      down = Math.max(down, -deviation)
    })
    return { up, down }
  })
}
