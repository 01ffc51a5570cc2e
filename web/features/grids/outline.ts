/**
 * Purpose: the borders between units as features of their own, so that a grid's outline follows a brush without new geometry:
 * which of them are borders of grids is a feature state. And the label points of grids.
 * Inputs: GeoJSON polygons (lng/lat) with their idx; a grid number of each idx, NO_GRID for none.
 * Guarantees: every piece of edge is in exactly one feature: that of the two units on its sides, or of its one unit and nothing.
 * A label lies at the middle of one of the grid's own units.
 * Limits: sides are matched by their exact coordinates (to 1e-7 degrees); where two units meet with different corners,
 * both pieces stay, each with nothing beyond it, and an inner edge is drawn.
 * Cost: linear in corners. Source: own.
 */
import { NO_GRID } from '#domain/plan-check/plan-graph.ts'
import type { UnitCollection } from '#web/api/types.ts'

export const NOTHING = -1

export interface SideProperties {
  a: number
  /** NOTHING at the rim. */
  b: number
}
export type UnitSides = GeoJSON.FeatureCollection<GeoJSON.MultiLineString, SideProperties>

interface Side {
  ends: [GeoJSON.Position, GeoJSON.Position]
  a: number
  b: number
}

const SCALE = 1e7

export function unitSides(units: UnitCollection): UnitSides {
  const sides = new Map<string, Side>()
  for (const { geometry, properties } of units.features) {
    const polygons = geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates
    for (const polygon of polygons) for (const ring of polygon) addSides(sides, ring, properties.idx)
  }
  const pairs = new Map<string, { a: number; b: number; lines: GeoJSON.Position[][] }>()
  for (const { ends, a, b } of sides.values()) {
    const key = `${a},${b}`
    const pair = pairs.get(key)
    if (pair) pair.lines.push(ends)
    else pairs.set(key, { a, b, lines: [ends] })
  }
  return {
    type: 'FeatureCollection',
    features: [...pairs.values()].map(({ a, b, lines }, i) => ({
      type: 'Feature',
      id: i + 1,
      properties: { a, b },
      geometry: { type: 'MultiLineString', coordinates: lines },
    })),
  }
}

/** Whether a piece of border separates two grids, or a grid from what belongs to none. */
export function isGridBorder({ a, b }: SideProperties, gridOf: (idx: number) => number): boolean {
  const own = gridOf(a)
  const other = b === NOTHING ? NO_GRID : gridOf(b)
  return own !== other
}

function addSides(sides: Map<string, Side>, ring: GeoJSON.Position[], idx: number): void {
  for (let i = 1; i < ring.length; i++) {
    const ends: [GeoJSON.Position, GeoJSON.Position] = [ring[i - 1], ring[i]]
    const [from, to] = ends.map(cornerKey)
    if (from === to) continue
    const key = from < to ? `${from}|${to}` : `${to}|${from}`
    const side = sides.get(key)
    if (side && side.a !== idx) side.b = idx
    else if (!side) sides.set(key, { ends, a: idx, b: NOTHING })
  }
}

function cornerKey(position: GeoJSON.Position): string {
  return `${Math.round(position[0] * SCALE)},${Math.round(position[1] * SCALE)}`
}

export type GridLabels = GeoJSON.FeatureCollection<GeoJSON.Point, { gridNo: number }>

/** A middle of each unit, by idx; computed once, used for every label and every lasso. */
export function unitMiddles(units: UnitCollection): GeoJSON.Position[] {
  const middles: GeoJSON.Position[] = []
  for (const { geometry, properties } of units.features) {
    const rings = geometry.type === 'Polygon' ? geometry.coordinates : geometry.coordinates[0]
    middles[properties.idx] = middleOf(rings[0])
  }
  return middles
}

export function gridLabels(
  middles: readonly GeoJSON.Position[],
  gridOf: (idx: number) => number,
): GridLabels {
  const sums = new Map<number, { x: number; y: number; points: GeoJSON.Position[] }>()
  middles.forEach((middle, idx) => {
    const grid = gridOf(idx)
    if (grid === NO_GRID) return
    const sum = sums.get(grid) ?? { x: 0, y: 0, points: [] }
    sum.x += middle[0]
    sum.y += middle[1]
    sum.points.push(middle)
    sums.set(grid, sum)
  })
  return {
    type: 'FeatureCollection',
    features: [...sums].map(([gridNo, { x, y, points }]) => ({
      type: 'Feature',
      properties: { gridNo },
      geometry: { type: 'Point', coordinates: nearest(points, x / points.length, y / points.length) },
    })),
  }
}

function middleOf(ring: GeoJSON.Position[]): GeoJSON.Position {
  const corners = ring.slice(0, -1)
  const x = corners.reduce((sum, corner) => sum + corner[0], 0) / corners.length
  const y = corners.reduce((sum, corner) => sum + corner[1], 0) / corners.length
  return [x, y]
}

function nearest(points: GeoJSON.Position[], x: number, y: number): GeoJSON.Position {
  let best = points[0]
  let bestSquared = Infinity
  for (const point of points) {
    const squared = (point[0] - x) ** 2 + (point[1] - y) ** 2
    if (squared < bestSquared) [best, bestSquared] = [point, squared]
  }
  return best
}
