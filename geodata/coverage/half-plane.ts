/**
 * Cuts polygons with one straight line and keeps one side.
 *
 * Inputs: rings of one or several disjoint polygons (outer counterclockwise, holes clockwise, not closed), any planar unit;
 * the line as a*x + b*y = c, the kept side is a*x + b*y < c.
 * Guarantees: works for concave polygons with holes; the result has the same orientation rule and may be several rings. The
 * crossing of an edge with a line is computed from the edge in a fixed direction, so both sides of a cut get equal numbers.
 * Limits: the line must not pass exactly through a vertex; callers shift it by a fraction of a lattice unit to be sure.
 * Cost: n log n for n crossings.
 * Source: Sutherland-Hodgman, extended to concave input by pairing the crossings in their order along the line.
 */
import type { LatticePoint, LatticeRing } from './lattice.ts'

export interface Line {
  a: number
  b: number
  c: number
}

/** Part of a ring on the kept side, from where it enters to where it leaves. */
type Chain = LatticePoint[]

function cut(p: LatticePoint, q: LatticePoint, line: Line): LatticePoint {
  const swap = p[0] > q[0] || (p[0] === q[0] && p[1] > q[1])
  const [from, to] = swap ? [q, p] : [p, q]
  const f = line.a * from[0] + line.b * from[1] - line.c
  const g = line.a * to[0] + line.b * to[1] - line.c
  const t = f / (f - g)
  return [from[0] + t * (to[0] - from[0]), from[1] + t * (to[1] - from[1])]
}

export function keepSide(rings: readonly LatticeRing[], line: Line): LatticeRing[] {
  const kept: LatticeRing[] = []
  const chains: Chain[] = []
  const crossings: { t: number; chain: number; entering: boolean }[] = []
  for (const ring of rings) {
    const inside = ring.map((p) => line.a * p[0] + line.b * p[1] < line.c)
    const start = inside.findIndex((value, i) => value && !inside[(i + ring.length - 1) % ring.length])
    if (start < 0) {
      if (inside[0]) kept.push(ring)
      continue
    }
    let open: LatticePoint[] | null = null
    for (let step = 0; step <= ring.length; step++) {
      const i = (start + step) % ring.length
      const before = (i + ring.length - 1) % ring.length
      if (step > 0 && inside[before] && !inside[i] && open) {
        const point = cut(ring[before]!, ring[i]!, line)
        open.push(point)
        crossings.push({ t: line.a * point[1] - line.b * point[0], chain: chains.length, entering: false })
        chains.push(open)
        open = null
      }
      if (step < ring.length && inside[i]) {
        if (!inside[before]) {
          const point = cut(ring[before]!, ring[i]!, line)
          open = [point]
          crossings.push({ t: line.a * point[1] - line.b * point[0], chain: chains.length, entering: true })
        }
        open?.push(ring[i]!)
      }
    }
  }
  return [...kept, ...linkChains(chains, crossings)]
}

function linkChains(
  chains: Chain[],
  crossings: { t: number; chain: number; entering: boolean }[],
): LatticeRing[] {
  crossings.sort((p, q) => p.t - q.t || p.chain - q.chain)
  const next = chains.map(() => -1)
  for (let i = 0; i + 1 < crossings.length; i += 2) {
    const [p, q] = [crossings[i]!, crossings[i + 1]!]
    if (p.entering === q.entering) {
      throw new Error('half-plane cut: two crossings of one kind in a row; the input polygon crosses itself')
    }
    const [entry, exit] = p.entering ? [p, q] : [q, p]
    next[exit.chain] = entry.chain
  }
  const rings: LatticeRing[] = []
  const used = chains.map(() => false)
  for (let i = 0; i < chains.length; i++) {
    if (used[i]) continue
    const ring: LatticeRing = []
    for (let k = i; !used[k]; k = next[k]!) {
      used[k] = true
      ring.push(...chains[k]!)
    }
    rings.push(ring)
  }
  return rings
}
