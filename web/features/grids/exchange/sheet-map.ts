/**
 * Purpose: the drawing of a plan, or of one of its grids with what lies around it, on a rectangle of paper.
 * Inputs: units in degrees, names of townships with their seats; the rectangle in millimetres.
 * Guarantees: everything is drawn at one round scale; only what reaches into the rectangle is given out.
 * Cost: linear in corners, per sheet. Source: own.
 */
import type { PlaceSummary, UnitCollection } from '#web/api/types.ts'
import { NO_GRID } from '#domain/plan-check/plan-graph.ts'
import { gridLabels, isGridBorder, unitMiddles, unitSides, type GridLabels } from '../outline.ts'
import {
  chooseScale,
  groundMetres,
  textWidth,
  toPaper,
  withoutOverlap,
  type Extent,
  type Point,
  type Rect,
} from './page-layout.ts'

type Unit = UnitCollection['features'][number]
type Box = [number, number, number, number]

/** What all sheets of a plan share, worked out once. */
export interface PlanShapes {
  units: { unit: Unit; box: Box; rings: GeoJSON.Position[][] }[]
  gridBorders: GeoJSON.Position[][]
  labels: GridLabels
  townshipBorders: GeoJSON.Position[][]
  townships: PlaceSummary[]
}

export interface SheetMap {
  denominator: number
  fills: { gridNo: number | null; path: string }[]
  unitBorders: string
  townshipBorders: string
  gridBorders: string
  numbers: { gridNo: number; x: number; y: number }[]
  names: { text: string; x: number; y: number }[]
}

export const NAME_SIZE = 2.5
const NUMBER_BOX = 6

export function planShapes(units: UnitCollection, townships: PlaceSummary[]): PlanShapes {
  const sides = unitSides(units)
  const bordersOf = (groupOf: (idx: number) => number) =>
    sides.features
      .filter(({ properties }) => isGridBorder(properties, groupOf))
      .flatMap(({ geometry }) => geometry.coordinates)
  const codes = [...new Set(units.features.map(({ properties }) => properties.townshipCode))]
  const township: number[] = []
  const grid: number[] = []
  for (const { properties } of units.features) {
    township[properties.idx] = codes.indexOf(properties.townshipCode)
    grid[properties.idx] = properties.gridNo ?? NO_GRID
  }
  return {
    units: units.features.map((unit) => {
      const { geometry } = unit
      const rings = geometry.type === 'Polygon' ? geometry.coordinates : geometry.coordinates.flat()
      return { unit, rings, box: boxOf(rings) }
    }),
    gridBorders: bordersOf((idx) => grid[idx]!),
    labels: gridLabels(unitMiddles(units), (idx) => grid[idx]!),
    townshipBorders: bordersOf((idx) => township[idx]!),
    townships,
  }
}

/** `focus` is the grid that fills the sheet; null: the whole plan. */
export function sheetMap(shapes: PlanShapes, focus: number | null, rect: Rect): SheetMap {
  const wanted = shapes.units.filter(({ unit }) => focus === null || unit.properties.gridNo === focus)
  const bounds = wanted.reduce<Box>((all, { box }) => joined(all, box), [180, 90, -180, -90])
  const ground = groundMetres([(bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2])
  const extent = extentOf(
    wanted.flatMap(({ rings }) => rings.flat()),
    ground,
  )
  const denominator = chooseScale(extent, rect)
  const paper = toPaper(extent, rect, denominator)
  const place = (at: GeoJSON.Position) => paper(ground(at as unknown as Point))
  const inside = ([x, y]: Point, border = 0) =>
    x > rect.x + border &&
    x < rect.x + rect.width - border &&
    y > rect.y + border &&
    y < rect.y + rect.height - border
  const reaches = (box: Box) => {
    const [left, bottom] = place([box[0], box[1]])
    const [right, top] = place([box[2], box[3]])
    return right > rect.x && left < rect.x + rect.width && bottom > rect.y && top < rect.y + rect.height
  }

  const paths = new Map<number | null, string[]>()
  for (const { unit, rings, box } of shapes.units) {
    if (!reaches(box)) continue
    const list = paths.get(unit.properties.gridNo) ?? []
    list.push(...rings.map((ring) => `${pathOf(ring.slice(0, -1), place)}Z`))
    paths.set(unit.properties.gridNo, list)
  }
  const borders = (lines: readonly GeoJSON.Position[][]) =>
    lines
      .filter((line) => reaches(boxOf([line])))
      .map((line) => pathOf(line, place))
      .join('')
  const numbers = shapes.labels.features.flatMap(({ geometry, properties }) => {
    const [x, y] = place(geometry.coordinates)
    return inside([x, y], 2) ? [{ gridNo: properties.gridNo, x, y }] : []
  })
  const names = shapes.townships.flatMap(({ name, seat }) => {
    const [x, y] = place(seat)
    const width = textWidth(name, NAME_SIZE)
    const box = { x: x - width / 2, y: y - NAME_SIZE, width, height: NAME_SIZE * 1.4 }
    return inside([x, y], width / 2) ? [{ text: name, x, y, box }] : []
  })
  const taken = numbers.map(({ x, y }) => ({
    x: x - NUMBER_BOX / 2,
    y: y - NUMBER_BOX / 2,
    width: NUMBER_BOX,
    height: NUMBER_BOX,
  }))
  return {
    denominator,
    fills: [...paths].map(([gridNo, list]) => ({ gridNo, path: list.join('') })),
    unitBorders: focus === null ? '' : (paths.get(focus) ?? []).join(''),
    townshipBorders: borders(shapes.townshipBorders),
    gridBorders: borders(shapes.gridBorders),
    numbers,
    names: withoutOverlap(names, taken).map(({ text, x, y }) => ({ text, x, y })),
  }
}

function pathOf(line: readonly GeoJSON.Position[], place: (at: GeoJSON.Position) => Point): string {
  return line
    .map((at, i) => {
      const [x, y] = place(at)
      return `${i === 0 ? 'M' : 'L'}${x.toFixed(2)} ${y.toFixed(2)}`
    })
    .join('')
}

function extentOf(points: readonly GeoJSON.Position[], ground: (at: Point) => Point): Extent {
  const extent = { west: Infinity, south: Infinity, east: -Infinity, north: -Infinity }
  for (const at of points) {
    const [x, y] = ground(at as unknown as Point)
    extent.west = Math.min(extent.west, x)
    extent.east = Math.max(extent.east, x)
    extent.south = Math.min(extent.south, y)
    extent.north = Math.max(extent.north, y)
  }
  return extent
}

function boxOf(rings: readonly GeoJSON.Position[][]): Box {
  const box: Box = [180, 90, -180, -90]
  for (const ring of rings) {
    for (const [lng, lat] of ring) {
      box[0] = Math.min(box[0], lng)
      box[1] = Math.min(box[1], lat)
      box[2] = Math.max(box[2], lng)
      box[3] = Math.max(box[3], lat)
    }
  }
  return box
}

function joined(a: Box, b: Box): Box {
  return [Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.max(a[2], b[2]), Math.max(a[3], b[3])]
}
