/**
 * Divides one area among its seats: every point goes to the nearest seat (Voronoi cells clipped to the area).
 *
 * Inputs: the area as lattice polygons; seats as lattice points inside it.
 * Guarantees: the cells cover the area and do not overlap, up to rounding to the lattice, which `matchEdges` repairs. A cell may
 * have several pieces where the area is concave; `settlePieces` decides about pieces cut off from their seat.
 * Limits: distance is planar with one east-west factor for the whole prefecture (error below 1 %); two seats may not coincide.
 * Cost: seats^2 x vertices per area, cut short when the bisector cannot reach the remaining cell.
 * Source: definition of the Voronoi diagram; half-plane intersection.
 */
import { keepSide } from './half-plane.ts'
import type { LatticePoint, LatticePolygon, LatticeRing } from './lattice.ts'
import { EAST_FACTOR, latticeArea } from './lattice.ts'

/** Lattice units; keeps every bisector off the lattice so that no cut passes through a vertex of the area. */
const OFF_LATTICE = 0.0137

export interface CellPiece {
  seat: number
  polygon: LatticePolygon
}

export function nearestSeatCells(
  area: readonly LatticePolygon[],
  seats: readonly LatticePoint[],
): CellPiece[] {
  const pieces: CellPiece[] = []
  const scale = EAST_FACTOR * EAST_FACTOR
  const square = (p: readonly number[], q: readonly number[]) =>
    scale * (p[0]! - q[0]!) ** 2 + (p[1]! - q[1]!) ** 2
  seats.forEach((seat, i) => {
    let rings: LatticeRing[] = area.flat()
    const others = seats
      .map((other, j) => ({ other, j, d: square(seat, other) }))
      .filter(({ j }) => j !== i)
      .sort((p, q) => p.d - q.d || p.j - q.j)
    for (const { other, j, d } of others) {
      if (d === 0) throw new Error(`two seats share the point ${seat.join(', ')}`)
      const reach = Math.max(...rings.flat().map((p) => square(seat, p)))
      if (d > 4 * reach) break
      // The bisector is always taken from the lower to the higher index, so both neighbours cut along the same numbers.
      const [p, q] = i < j ? [seat, other] : [other, seat]
      const a = 2 * scale * (q[0] - p[0])
      const b = 2 * (q[1] - p[1])
      const c = scale * (q[0] ** 2 - p[0] ** 2) + q[1] ** 2 - p[1] ** 2 + OFF_LATTICE * Math.hypot(a, b)
      rings = keepSide(rings, i < j ? { a, b, c } : { a: -a, b: -b, c: -c })
      if (rings.length === 0) break
    }
    for (const polygon of polygonsFromRings(rings)) pieces.push({ seat: i, polygon })
  })
  return pieces
}

/** Groups rings into polygons: a clockwise ring is a hole of the smallest counterclockwise ring around it. */
export function polygonsFromRings(rings: readonly LatticeRing[]): LatticePolygon[] {
  const shells = rings
    .map((ring) => ({ ring, size: latticeArea(ring) }))
    .filter(({ size }) => size > 0)
    .sort((p, q) => p.size - q.size)
  const polygons = new Map(shells.map(({ ring }) => [ring, [ring] as LatticePolygon]))
  for (const ring of rings) {
    if (latticeArea(ring) >= 0) continue
    const home = shells.find(({ ring: shell }) => contains(shell, ring[0]!))
    if (home) polygons.get(home.ring)!.push(ring)
  }
  return shells.map(({ ring }) => polygons.get(ring)!)
}

function contains(ring: LatticeRing, [x, y]: LatticePoint): boolean {
  let inside = false
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const [xi, yi] = ring[i]!
    const [xj, yj] = ring[j]!
    if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) inside = !inside
  }
  return inside
}
