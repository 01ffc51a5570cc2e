/**
 * How well the edges of a file lie on the stored outlines.
 *
 * Inputs: reference points along stored outlines and the polygons of a file, both in degrees.
 * Guarantees: for each reference point the nearest edge of the file within 1.5 km, as an offset in metres; a residual shift by
 * trimmed iteration (the 70 % of points that fit best).
 * Limits: points without an edge within reach are reported as null; a file may cover only part of the reference.
 * Cost: linear in edges and points.
 * Source: iterative closest point, translation only.
 */
import type { MultiPolygon, Position } from 'geojson'
import { METRES_PER_DEGREE, polygonsOf } from '../geometry/ring.ts'

const CELL = 0.02
const REACH_M = 1500
const NORTH_M = METRES_PER_DEGREE * 0.9965

export type Offset = [number, number]

type Edge = [number, number, number, number]

export class EdgeIndex {
  private readonly cells = new Map<number, Edge[]>()
  private readonly eastM: number

  constructor(polygons: readonly MultiPolygon[], latitude: number) {
    this.eastM = METRES_PER_DEGREE * Math.cos((latitude * Math.PI) / 180)
    for (const ring of polygons.flatMap(polygonsOf).flat()) {
      for (let i = 1; i < ring.length; i++) this.add(ring[i - 1]!, ring[i]!)
    }
  }

  private add(a: Position, b: Position): void {
    const edge: Edge = [a[0]!, a[1]!, b[0]!, b[1]!]
    if (!edge.every(Number.isFinite)) return
    const [west, east] = [Math.min(edge[0], edge[2]), Math.max(edge[0], edge[2])].map((v) =>
      Math.floor(v / CELL),
    )
    const [south, north] = [Math.min(edge[1], edge[3]), Math.max(edge[1], edge[3])].map((v) =>
      Math.floor(v / CELL),
    )
    // An edge of more than two degrees is no boundary line; indexing it would fill the whole grid.
    if (east! - west! > 100 || north! - south! > 100) return
    for (let x = west!; x <= east!; x++) {
      for (let y = south!; y <= north!; y++) {
        const key = x * 100_000 + y
        const here = this.cells.get(key)
        if (here) here.push(edge)
        else this.cells.set(key, [edge])
      }
    }
  }

  /** From the point to the nearest edge, [east, north] in metres; null when nothing is within reach. */
  nearest([x, y]: readonly [number, number]): Offset | null {
    let best = REACH_M * REACH_M
    let offset: Offset | null = null
    const cx = Math.floor(x / CELL)
    const cy = Math.floor(y / CELL)
    for (let i = cx - 1; i <= cx + 1; i++) {
      for (let j = cy - 1; j <= cy + 1; j++) {
        for (const edge of this.cells.get(i * 100_000 + j) ?? []) {
          const ax = (edge[0] - x) * this.eastM
          const ay = (edge[1] - y) * NORTH_M
          const dx = (edge[2] - x) * this.eastM - ax
          const dy = (edge[3] - y) * NORTH_M - ay
          const length = dx * dx + dy * dy
          const t = length === 0 ? 0 : Math.min(1, Math.max(0, -(ax * dx + ay * dy) / length))
          const px = ax + t * dx
          const py = ay + t * dy
          const d = px * px + py * py
          if (d < best) {
            best = d
            offset = [px, py]
          }
        }
      }
    }
    return offset
  }

  /** The translation [east, north] in metres that carries the points onto the edges. */
  residualShift(points: readonly [number, number][]): Offset {
    let [east, north] = [0, 0]
    for (let round = 0; round < 12; round++) {
      const offsets = points
        .map(([x, y]) => this.nearest([x + east / this.eastM, y + north / NORTH_M]))
        .filter((offset) => offset !== null)
        .sort((a, b) => Math.hypot(...a) - Math.hypot(...b))
      const used = offsets.slice(0, Math.ceil(offsets.length * 0.7))
      if (used.length === 0) break
      east += used.reduce((sum, o) => sum + o[0], 0) / used.length
      north += used.reduce((sum, o) => sum + o[1], 0) / used.length
    }
    return [east, north]
  }
}

/** Points every `stepM` metres along the outlines, at most `limit`, evenly thinned. */
export function pointsAlong(
  outlines: readonly MultiPolygon[],
  stepM: number,
  limit: number,
): [number, number][] {
  const points: [number, number][] = []
  for (const ring of outlines.flatMap(polygonsOf).flat()) {
    let left = 0
    for (let i = 1; i < ring.length; i++) {
      const [x1, y1] = ring[i - 1] as [number, number]
      const [x2, y2] = ring[i] as [number, number]
      const length = Math.hypot((x2 - x1) * 100_000, (y2 - y1) * NORTH_M)
      while (left < length) {
        const t = left / length
        points.push([x1 + t * (x2 - x1), y1 + t * (y2 - y1)])
        left += stepM
      }
      left -= length
    }
  }
  const every = Math.max(1, Math.ceil(points.length / limit))
  return points.filter((_, i) => i % every === 0)
}

export function median(values: readonly number[]): number {
  if (values.length === 0) return NaN
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}
