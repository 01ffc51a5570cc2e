import { createRandom, type Random } from '#domain/random.ts'
import type { Edge, PartitionInput, Unit } from '#domain/partition/partition.ts'

/*
 * Instances built from a seed: a square lattice, and street-like blocks (a warped, jittered net whose blocks are merged at
 * random: 3 to 10 neighbours, sizes from 1 to about 12). Weights are "even" (independent log-normal) or "clustered" (each peaks in
 * another place, with a thin rest everywhere).
 */
export type Ground = 'lattice' | 'street'
export type Spread = 'even' | 'clustered'

export interface InstanceName {
  ground: Ground
  units: number
  weights: number
  spread: Spread
  k: number
}

export function allInstances(): InstanceName[] {
  const list: InstanceName[] = []
  for (const ground of ['lattice', 'street'] as const)
    for (const units of [10_000, 50_000])
      for (const weights of [1, 3])
        for (const spread of ['even', 'clustered'] as const)
          for (const k of [20, 100]) list.push({ ground, units, weights, spread, k })
  return list
}

export function nameOf({ ground, units, weights, spread, k }: InstanceName): string {
  return `${ground} ${units / 1000}k w${weights} ${spread} k${k}`
}

/** 3 %, and 10 % where three weights peak in different places. */
export function toleranceOf({ weights, spread }: InstanceName): number {
  return weights > 1 && spread === 'clustered' ? 0.1 : 0.03
}

export function buildInstance(name: InstanceName, seed = 1): PartitionInput {
  const random = createRandom(seed)
  const { units, edges } = name.ground === 'lattice' ? lattice(name.units) : street(name.units, random)
  weigh(units, name, random)
  const tolerance = toleranceOf(name)
  return {
    units,
    edges,
    k: name.k,
    weights: Array.from({ length: name.weights }, (_, j) => ({
      name: `w${j}`,
      toleranceUp: tolerance,
      toleranceDown: tolerance,
    })),
    seed,
  }
}

const CELL_M = 100

function sides(cells: number): [number, number] {
  let height = Math.floor(Math.sqrt(cells))
  while (cells % height !== 0) height--
  return [cells / height, height]
}

function lattice(count: number) {
  const [width, height] = sides(count)
  const units: Unit[] = []
  const edges: Edge[] = []
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const u = units.length
      const outer = Number(x === 0) + Number(y === 0) + Number(x === width - 1) + Number(y === height - 1)
      units.push({
        id: String(u),
        weights: [],
        x: x * CELL_M,
        y: y * CELL_M,
        areaM2: CELL_M * CELL_M,
        outerBorderM: outer * CELL_M,
      })
      if (x + 1 < width) edges.push({ a: u, b: u + 1, lengthM: CELL_M })
      if (y + 1 < height) edges.push({ a: u, b: u + width, lengthM: CELL_M })
    }
  }
  return { units, edges }
}

function street(count: number, random: Random) {
  const side = Math.ceil(Math.sqrt(count * 1.4))
  const cells = side * side
  const corner = (side + 1) * (side + 1)
  const px = new Float64Array(corner)
  const py = new Float64Array(corner)
  // Blocks in the middle are about a third as wide as those at the rim.
  const warp = (t: number) => t + 0.11 * Math.sin(2 * Math.PI * t)
  for (let r = 0; r <= side; r++) {
    for (let c = 0; c <= side; c++) {
      const inside = (at: number) => (at > 0 && at < side ? 0.5 * (random.next() - 0.5) : 0)
      px[r * (side + 1) + c] = side * CELL_M * warp((c + inside(c)) / side)
      py[r * (side + 1) + c] = side * CELL_M * warp((r + inside(r)) / side)
    }
  }
  const owner = mergeCells(side, cells - count, random)
  const index = new Int32Array(cells).fill(-1)
  const units: Unit[] = []
  const sumX: number[] = []
  const sumY: number[] = []
  for (let cell = 0; cell < cells; cell++) {
    const root = owner[cell]!
    if (index[root] === -1) {
      index[root] = units.length
      units.push({ id: String(units.length), weights: [], areaM2: 0, outerBorderM: 0 })
      sumX.push(0)
      sumY.push(0)
    }
    const u = index[root]!
    const first = Math.floor(cell / side) * (side + 1) + (cell % side)
    const ring = [first, first + 1, first + side + 2, first + side + 1]
    let twice = 0
    ring.forEach((p, i) => {
      const q = ring[(i + 1) % 4]!
      twice += px[p]! * py[q]! - px[q]! * py[p]!
    })
    const area = twice / 2
    units[u]!.areaM2! += area
    sumX[u]! += (area * ring.reduce((sum, p) => sum + px[p]!, 0)) / 4
    sumY[u]! += (area * ring.reduce((sum, p) => sum + py[p]!, 0)) / 4
  }
  units.forEach((unit, u) => {
    unit.x = sumX[u]! / unit.areaM2!
    unit.y = sumY[u]! / unit.areaM2!
  })
  const lengths = new Map<number, number>()
  const side2 = (a: number, b: number | null, p: number, q: number) => {
    const length = Math.hypot(px[p]! - px[q]!, py[p]! - py[q]!)
    const u = index[owner[a]!]!
    if (b === null) units[u]!.outerBorderM! += length
    else {
      const v = index[owner[b]!]!
      if (u === v) return
      const key = Math.min(u, v) * count + Math.max(u, v)
      lengths.set(key, (lengths.get(key) ?? 0) + length)
    }
  }
  for (let r = 0; r < side; r++) {
    for (let c = 0; c < side; c++) {
      const cell = r * side + c
      const first = r * (side + 1) + c
      side2(cell, c + 1 < side ? cell + 1 : null, first + 1, first + side + 2)
      side2(cell, r + 1 < side ? cell + side : null, first + side + 1, first + side + 2)
      if (c === 0) side2(cell, null, first, first + side + 1)
      if (r === 0) side2(cell, null, first, first + 1)
    }
  }
  const edges = [...lengths].map(([key, lengthM]): Edge => ({
    a: Math.floor(key / count),
    b: key % count,
    lengthM,
  }))
  return { units, edges }
}

/** Joins neighbouring cells until `joins` fewer are left; at most three in one. Returns a representative cell of each. */
function mergeCells(side: number, joins: number, random: Random): Int32Array {
  const owner = Int32Array.from({ length: side * side }, (_, cell) => cell)
  const size = new Int32Array(side * side).fill(1)
  const find = (cell: number): number => {
    while (owner[cell] !== cell) cell = owner[cell]!
    return cell
  }
  while (joins > 0) {
    const cell = random.int(side * side)
    const east = random.next() < 0.5
    if (east ? cell % side === side - 1 : cell >= side * (side - 1)) continue
    const a = find(cell)
    const b = find(east ? cell + 1 : cell + side)
    if (a === b || size[a]! + size[b]! > 3) continue
    owner[b] = a
    size[a]! += size[b]!
    joins--
  }
  return owner.map((_, cell) => find(cell))
}

function weigh(units: Unit[], { weights, spread }: InstanceName, random: Random): void {
  const maxX = Math.max(...units.map((unit) => unit.x!))
  const maxY = Math.max(...units.map((unit) => unit.y!))
  // With three peaks a thin rest leaves no plan at all that shares out every one of them.
  const rest = weights > 1 ? 3 : 0.15
  const normal = () => Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next())
  for (const unit of units) {
    unit.weights = Array.from({ length: weights }, (_, j) => {
      const noise = Math.exp(0.6 * normal())
      if (spread === 'even') return noise
      const turn = (2 * Math.PI * j) / 3 + 0.4
      const dx = unit.x! / maxX - 0.5 - 0.22 * Math.cos(turn)
      const dy = unit.y! / maxY - 0.5 - 0.22 * Math.sin(turn)
      return noise * (rest + 4 * Math.exp(-(dx * dx + dy * dy) / (2 * 0.2 * 0.2)))
    })
  }
}
