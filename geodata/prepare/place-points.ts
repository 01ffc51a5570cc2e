/**
 * Invents points by rule where no coordinate is known. Every such point is flagged `schematic`.
 *
 * Inputs: an area in degrees, points already taken, a seed.
 * Guarantees: the point is inside the area, off its outline, far from the points already taken, rounded to 5 decimals; the same
 * input gives the same point.
 * Limits: these are drawings, not locations: they say in which area something lies and nothing more.
 * Cost: candidates x (points + outline) per call.
 * Source: Mitchell's best-candidate sampling; sunflower spiral (Vogel 1979).
 */
import type { MultiPolygon, Polygon } from 'geojson'
import { boundsOf } from '../geometry/bounds.ts'
import { inside, nearestOnOutline } from '../geometry/point-in-polygon.ts'
import { distanceM, roundPosition } from '../geometry/ring.ts'

export type Point = [number, number]

const GOLDEN_ANGLE = Math.PI * (3 - Math.sqrt(5))
const METRES_NORTH = 110_900

/** Small seeded generator (mulberry32): reproducible on every machine. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

export interface Candidate {
  point: Point
  borderM: number
}

export function candidatesInside(
  area: Polygon | MultiPolygon,
  count: number,
  random: () => number,
): Candidate[] {
  const [west, south, east, north] = boundsOf(area)
  const found: Candidate[] = []
  for (let tries = 0; found.length < count && tries < count * 200; tries++) {
    const point = roundPosition([west + random() * (east - west), south + random() * (north - south)], 5)
    if (!inside(point, area)) continue
    found.push({ point, borderM: nearestOnOutline(point, area).distanceM })
  }
  if (found.length === 0) throw new Error('no point found inside the area')
  return found
}

/** Takes `count` candidates one after the other, each as far as possible from all taken points and from the outline. */
export function spreadPoints(
  candidates: readonly Candidate[],
  taken: readonly Point[],
  count: number,
): Point[] {
  const free = candidates.map(({ point, borderM }) => ({
    point,
    borderM,
    nearestM: taken.reduce((best, other) => Math.min(best, distanceM(point, other)), Infinity),
  }))
  const chosen: Point[] = []
  while (chosen.length < count) {
    let best = free[0]
    let bestScore = -1
    for (const candidate of free) {
      const score = Math.min(candidate.nearestM, 2 * candidate.borderM)
      if (score > bestScore) {
        best = candidate
        bestScore = score
      }
    }
    if (!best || bestScore <= 0) throw new Error(`only ${chosen.length} of ${count} points fit into the area`)
    chosen.push(best.point)
    for (const candidate of free) {
      candidate.nearestM = Math.min(candidate.nearestM, distanceM(candidate.point, best.point))
    }
  }
  return chosen
}

/** Points around a centre in a sunflower spiral, those outside the area or too near to a taken point left out. */
export function spiralPoints(
  centre: Point,
  area: Polygon | MultiPolygon,
  taken: readonly Point[],
  count: number,
  spacingM: number,
): Point[] {
  const eastM = METRES_NORTH * Math.cos((centre[1] * Math.PI) / 180)
  const chosen: Point[] = []
  for (let k = 1; chosen.length < count; k++) {
    if (k > 40 * count + 400)
      return [
        ...chosen,
        ...spiralPoints(centre, area, [...taken, ...chosen], count - chosen.length, spacingM / 2),
      ]
    const radius = spacingM * Math.sqrt(k)
    const angle = k * GOLDEN_ANGLE
    const point = roundPosition(
      [centre[0] + (radius * Math.cos(angle)) / eastM, centre[1] + (radius * Math.sin(angle)) / METRES_NORTH],
      5,
    )
    if (!inside(point, area) || nearestOnOutline(point, area).distanceM < spacingM / 5) continue
    if ([...taken, ...chosen].some((other) => distanceM(point, other) < spacingM * 0.6)) continue
    chosen.push(point)
  }
  return chosen
}

/** The nearest point that lies inside the area and `marginM` away from its outline. */
export function pullInside(point: Point, area: Polygon | MultiPolygon, marginM: number): Point {
  const eastM = METRES_NORTH * Math.cos((point[1] * Math.PI) / 180)
  for (let radius = marginM; radius < 20_000; radius += marginM) {
    for (let k = 0; k < 36; k++) {
      const angle = (k * Math.PI) / 18
      const moved = roundPosition(
        [point[0] + (radius * Math.cos(angle)) / eastM, point[1] + (radius * Math.sin(angle)) / METRES_NORTH],
        5,
      )
      if (inside(moved, area) && nearestOnOutline(moved, area).distanceM >= marginM * 0.8) return moved
    }
  }
  throw new Error(`point ${point.join(', ')} is more than 20 km outside the area`)
}
