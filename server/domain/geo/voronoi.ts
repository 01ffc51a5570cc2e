/**
 * Purpose: the lines that are equally far from the nearest points of two groups; the one door to the Delaunay library.
 * Inputs: points x, y, x, y, … in a flat frame; the group of each; how far an endless line is drawn.
 * Outputs: line pieces ax, ay, bx, by, …: the borders between cells of points of different groups.
 * Guarantees: deterministic. Limits: a circle centre further than `reach` from its points is drawn at that distance.
 * Cost: O(n log n). Source: Voronoi diagram as the dual of d3-delaunay's triangulation (exact predicates).
 */
import { Delaunay } from 'd3-delaunay'

export function groupBorders(points: Float64Array, groups: Int32Array, reach: number): number[] {
  if (groups.length < 2) return []
  const { triangles, halfedges } = new Delaunay(points)
  const centres: [number, number][] = []
  for (let t = 0; t < triangles.length; t += 3)
    centres.push(circleCentre(points, triangles[t]!, triangles[t + 1]!, triangles[t + 2]!, reach))
  const pieces: number[] = []
  for (let e = 0; e < triangles.length; e++) {
    const opposite = halfedges[e]!
    if (opposite !== -1 && opposite < e) continue
    const first = Math.floor(e / 3) * 3
    const p = triangles[e]!
    const q = triangles[first + ((e + 1) % 3)]!
    if (groups[p] === groups[q]) continue
    const from = centres[first / 3]!
    if (opposite !== -1) {
      pieces.push(...from, ...centres[Math.floor(opposite / 3)]!)
      continue
    }
    const third = triangles[first + ((e + 2) % 3)]!
    let normalX = points[2 * q + 1]! - points[2 * p + 1]!
    let normalY = points[2 * p]! - points[2 * q]!
    const towardsThird =
      normalX * (points[2 * third]! - points[2 * p]!) +
      normalY * (points[2 * third + 1]! - points[2 * p + 1]!)
    const scale = (towardsThird > 0 ? -reach : reach) / Math.hypot(normalX, normalY)
    normalX *= scale
    normalY *= scale
    pieces.push(...from, from[0] + normalX, from[1] + normalY)
  }
  return pieces
}

function circleCentre(
  points: Float64Array,
  a: number,
  b: number,
  c: number,
  reach: number,
): [number, number] {
  const ax = points[2 * a]!
  const ay = points[2 * a + 1]!
  const bx = points[2 * b]! - ax
  const by = points[2 * b + 1]! - ay
  const cx = points[2 * c]! - ax
  const cy = points[2 * c + 1]! - ay
  const twice = 2 * (bx * cy - by * cx)
  const b2 = bx * bx + by * by
  const c2 = cx * cx + cy * cy
  const x = (cy * b2 - by * c2) / twice
  const y = (bx * c2 - cx * b2) / twice
  const far = Math.hypot(x, y)
  if (far <= reach) return [ax + x, ay + y]
  // Three points in a line have no circle; the middle of the two farthest stands in.
  if (!Number.isFinite(far)) return [ax + (bx + cx) / 3, ay + (by + cy) / 3]
  return [ax + (x * reach) / far, ay + (y * reach) / far]
}
