/**
 * Purpose: outlines and label points of grids from the polygons of their units.
 * Inputs: GeoJSON polygons (lng/lat) with a gridNo; units of null belong to no grid.
 * Guarantees: a piece of edge is kept when its two sides are different grids (or one side is nothing); every kept piece
 * appears once. A label lies at the middle of one of the grid's own units.
 * Limits: sides are matched by their exact coordinates (to 1e-7 degrees); where two units meet with different corners,
 * both pieces stay and an inner edge is drawn. Good enough for cells and for coverages with shared corners.
 * Cost: linear in corners. Source: own.
 */
import type { UnitCollection } from '#web/api/types.ts'

export interface GridOutlines {
  lines: GeoJSON.FeatureCollection<GeoJSON.MultiLineString, { gridNo: number }>
  labels: GeoJSON.FeatureCollection<GeoJSON.Point, { gridNo: number }>
}

interface Side {
  a: GeoJSON.Position
  b: GeoJSON.Position
  grids: (number | null)[]
}

const SCALE = 1e7

export function gridOutlines(units: UnitCollection): GridOutlines {
  const sides = new Map<string, Side>()
  const middles = new Map<number, { x: number; y: number; weight: number; points: GeoJSON.Position[] }>()
  for (const { geometry, properties } of units.features) {
    const polygons = geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates
    for (const polygon of polygons) {
      for (const ring of polygon) addSides(sides, ring, properties.gridNo)
    }
    if (properties.gridNo === null || !polygons[0]?.[0]) continue
    const middle = middleOf(polygons[0][0])
    const sum = middles.get(properties.gridNo) ?? { x: 0, y: 0, weight: 0, points: [] }
    sum.x += middle[0]
    sum.y += middle[1]
    sum.weight++
    sum.points.push(middle)
    middles.set(properties.gridNo, sum)
  }
  const byGrid = new Map<number, GeoJSON.Position[][]>()
  for (const { a, b, grids } of sides.values()) {
    if (grids.length > 1 && grids.every((no) => no === grids[0])) continue
    const owner = grids.find((no): no is number => no !== null)
    if (owner === undefined) continue
    const list = byGrid.get(owner)
    if (list) list.push([a, b])
    else byGrid.set(owner, [[a, b]])
  }
  return {
    lines: {
      type: 'FeatureCollection',
      features: [...byGrid].map(([gridNo, coordinates]) => ({
        type: 'Feature',
        properties: { gridNo },
        geometry: { type: 'MultiLineString', coordinates },
      })),
    },
    labels: {
      type: 'FeatureCollection',
      features: [...middles].map(([gridNo, sum]) => ({
        type: 'Feature',
        properties: { gridNo },
        geometry: { type: 'Point', coordinates: nearest(sum.points, sum.x / sum.weight, sum.y / sum.weight) },
      })),
    },
  }
}

function addSides(sides: Map<string, Side>, ring: GeoJSON.Position[], gridNo: number | null): void {
  for (let i = 1; i < ring.length; i++) {
    const [a, b] = [ring[i - 1], ring[i]]
    const [from, to] = [cornerKey(a), cornerKey(b)]
    if (from === to) continue
    const key = from < to ? `${from}|${to}` : `${to}|${from}`
    const side = sides.get(key)
    if (side) side.grids.push(gridNo)
    else sides.set(key, { a, b, grids: [gridNo] })
  }
}

function cornerKey(position: GeoJSON.Position): string {
  return `${Math.round(position[0] * SCALE)},${Math.round(position[1] * SCALE)}`
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
