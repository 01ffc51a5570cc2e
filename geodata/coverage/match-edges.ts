/**
 * Makes neighbouring polygons share their edges exactly.
 *
 * Inputs: polygons whose common edges agree to about one lattice unit; `fixed` points (corners of the outer area) never move.
 * Guarantees: all coordinates are whole numbers; points closer than 2 units are one point; a point within 1.5 units of an edge
 * becomes a corner of that edge, so no T-junction is left. The result is deterministic.
 * Limits: features narrower than 2 units (0.2 m) collapse; polygons that lose all area are returned empty.
 * Cost: linear in points and (edge, grid cell) pairs.
 * Source: snap rounding, in the simple form that suffices for clean input.
 */
import type { LatticePoint, LatticePolygon, LatticeRing } from './lattice.ts'
import { latticeArea, openRing } from './lattice.ts'

const SAME_POINT = 2
const ON_EDGE = 1.5
const CELL = 4096

export function matchEdges(
  polygons: readonly LatticePolygon[],
  fixed: readonly LatticePoint[],
): LatticePolygon[] {
  const snap = pointUnifier(fixed)
  const rings = polygons.map((polygon) => polygon.map((ring) => openRing(ring.map(snap))))
  const grid = new Map<number, LatticePoint[]>()
  const known = new Set<number>()
  for (const point of rings.flat(2)) {
    const id = point[0] * 8_388_608 + point[1]
    if (known.has(id)) continue
    known.add(id)
    const key = cellKey(Math.floor(point[0] / CELL), Math.floor(point[1] / CELL))
    const here = grid.get(key)
    if (here) here.push(point)
    else grid.set(key, [point])
  }
  return rings.map((polygon) => {
    const noded = polygon
      .map((ring) => dropSpikes(openRing(withEdgePoints(ring, grid))))
      .filter((ring) => ring.length >= 3 && latticeArea(ring) !== 0)
    const shell = noded[0]
    return shell && latticeArea(shell) > 0 ? noded : []
  })
}

function cellKey(cx: number, cy: number): number {
  return cx * 65_536 + cy
}

function pointUnifier(fixed: readonly LatticePoint[]): (point: LatticePoint) => LatticePoint {
  const grid = new Map<number, LatticePoint[]>()
  const key = (x: number, y: number) => Math.floor(x / 4) * 8_388_608 + Math.floor(y / 4)
  const unify = (point: LatticePoint): LatticePoint => {
    const x = Math.round(point[0])
    const y = Math.round(point[1])
    let best: LatticePoint | null = null
    let bestDistance = Infinity
    for (let dx = -4; dx <= 4; dx += 4) {
      for (let dy = -4; dy <= 4; dy += 4) {
        for (const other of grid.get(key(x + dx, y + dy)) ?? []) {
          const distance = (other[0] - x) ** 2 + (other[1] - y) ** 2
          if (distance <= SAME_POINT * SAME_POINT && distance < bestDistance) {
            best = other
            bestDistance = distance
          }
        }
      }
    }
    if (best) return best
    const added: LatticePoint = [x, y]
    const here = grid.get(key(x, y))
    if (here) here.push(added)
    else grid.set(key(x, y), [added])
    return added
  }
  fixed.forEach(unify)
  return unify
}

function withEdgePoints(ring: LatticeRing, grid: Map<number, LatticePoint[]>): LatticeRing {
  const result: LatticeRing = []
  ring.forEach((p, i) => {
    const q = ring[(i + 1) % ring.length]!
    result.push(p)
    const between: { t: number; point: LatticePoint }[] = []
    const [dx, dy] = [q[0] - p[0], q[1] - p[1]]
    const length2 = dx * dx + dy * dy
    const lowX = Math.floor((Math.min(p[0], q[0]) - 2) / CELL)
    const highX = Math.floor((Math.max(p[0], q[0]) + 2) / CELL)
    const lowY = Math.floor((Math.min(p[1], q[1]) - 2) / CELL)
    const highY = Math.floor((Math.max(p[1], q[1]) + 2) / CELL)
    for (let cx = lowX; cx <= highX; cx++) {
      for (let cy = lowY; cy <= highY; cy++) {
        for (const point of grid.get(cellKey(cx, cy)) ?? []) {
          const [ex, ey] = [point[0] - p[0], point[1] - p[1]]
          const t = (ex * dx + ey * dy) / length2
          if (t <= 0 || t >= 1 || point === p || point === q) continue
          const off = ex * dy - ey * dx
          if (off * off <= ON_EDGE * ON_EDGE * length2) between.push({ t, point })
        }
      }
    }
    between.sort((a, b) => a.t - b.t)
    result.push(...between.map(({ point }) => point))
  })
  return result
}

/** Removes corners where the ring runs back along itself (p, q, p). */
function dropSpikes(ring: LatticeRing): LatticeRing {
  let points = ring
  for (;;) {
    const n = points.length
    const at = points.findIndex((_, i) => {
      const before = points[(i + n - 1) % n]!
      const after = points[(i + 1) % n]!
      return n > 2 && before[0] === after[0] && before[1] === after[1]
    })
    if (at < 0) return points
    points = openRing(points.filter((_, i) => i !== at))
  }
}
