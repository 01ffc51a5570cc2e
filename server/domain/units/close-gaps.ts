/**
 * Purpose: lines that end just short of another (drawn apart, cut at a tile's edge) are led up to it.
 * Inputs: noded segments in steps; the bits of the lines whose ends count; the reach in steps east-west and north-south.
 * Outputs: short connecting segments of the class of the line that ends; node again with them.
 * Guarantees: only ends of one line in nothing are moved on, each to the nearest place of a line it is not part of.
 * Limits: a gap across which two ends face each other is closed from both sides, by the same connection. Cost: O(n) with a grid.
 */
import { boxOf, createSegmentGrid, type Segment } from '../geo/segment-grid.ts'

export function connectionsOverGaps(
  segments: readonly Segment[],
  flags: number,
  reachX: number,
  reachY: number,
): Segment[] {
  if (segments.length === 0 || reachX < 1) return []
  const box = boxOf(segments)
  const grid = createSegmentGrid(box, segments.length)
  segments.forEach((segment, id) => grid.add(id, segment))
  const height = box.maxY - box.minY + 1
  const placeOf = (x: number, y: number): number => (x - box.minX) * height + (y - box.minY)
  const degree = new Map<number, number>()
  for (const s of segments)
    for (const place of [placeOf(s.ax, s.ay), placeOf(s.bx, s.by)])
      degree.set(place, (degree.get(place) ?? 0) + 1)

  const connections: Segment[] = []
  const lead = (x: number, y: number, kind: number): void => {
    if (degree.get(placeOf(x, y)) !== 1) return
    let nearest: [number, number] | null = null
    let nearestDistance = 1
    grid.near(x, y, reachX, (id) => {
      const s = segments[id]!
      if ((s.ax === x && s.ay === y) || (s.bx === x && s.by === y)) return
      // In units of the reach, so that a metre is a metre in both directions.
      const dx = (s.bx - s.ax) / reachX
      const dy = (s.by - s.ay) / reachY
      const px = (x - s.ax) / reachX
      const py = (y - s.ay) / reachY
      const along = Math.min(1, Math.max(0, (px * dx + py * dy) / (dx * dx + dy * dy)))
      const distance = Math.hypot(px - along * dx, py - along * dy)
      if (distance >= nearestDistance) return
      nearestDistance = distance
      nearest = [Math.round(s.ax + along * (s.bx - s.ax)), Math.round(s.ay + along * (s.by - s.ay))]
    })
    if (nearest) connections.push({ ax: x, ay: y, bx: nearest[0], by: nearest[1], kind })
  }
  for (const { ax, ay, bx, by, kind } of segments) {
    if (!(kind & flags)) continue
    lead(ax, ay, kind)
    lead(bx, by, kind)
  }
  return connections
}
