/** The points of one scope as typed arrays, and finding the one under a click. */
import { decodeColumns, type ClientPoints } from '#server/clients/columns-format.ts'

export type { ClientPoints }

export function decodePoints(buffer: ArrayBuffer): ClientPoints {
  return decodeColumns(new Uint8Array(buffer))
}

/**
 * The nearest point within `radiusDeg` (degrees of longitude) of a position, or -1. A scan of 60,000 points takes about
 * half a millisecond, much less than a picking pass of the graphics card.
 */
export function nearestPoint(points: ClientPoints, lng: number, lat: number, radiusDeg: number): number {
  const shrink = Math.cos((lat * Math.PI) / 180)
  let best = -1
  let bestSquared = radiusDeg * radiusDeg * shrink * shrink
  for (let i = 0; i < points.count; i++) {
    const dx = (points.lng[i] - lng) * shrink
    const dy = points.lat[i] - lat
    const squared = dx * dx + dy * dy
    if (squared <= bestSquared) {
      best = i
      bestSquared = squared
    }
  }
  return best
}
