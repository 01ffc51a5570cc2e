/** Small maps in metres round a point in Ganzhou, and questions about the units made from them. */
import { METRES_PER_DEGREE } from '#domain/geo/earth.ts'
import { areaM2 } from '#domain/geo/measure.ts'
import { isInside } from '#domain/geo/point-in-polygon.ts'
import type { LineCoordinates, MultiPolygonCoordinates, Position } from '#domain/geo/shapes.ts'
import {
  makeBlocks,
  type BlockLine,
  type BlocksInput,
  type BlockUnit,
  type BlockUnits,
} from '#domain/units/blocks.ts'

const LNG = 114.93
const LAT = 25.85

type Point = readonly [number, number]

/** On whole steps of 1e-7 degrees, so that nothing is lost to rounding. */
export const at = ([x, y]: Point): Position => [
  Math.round((LNG + x / (METRES_PER_DEGREE * Math.cos((LAT * Math.PI) / 180))) * 1e7) / 1e7,
  Math.round((LAT + y / METRES_PER_DEGREE) * 1e7) / 1e7,
]
export const line = (...points: Point[]): LineCoordinates => points.map(at)
export const street = (...points: Point[]): BlockLine => ({ crossing: 'street', line: line(...points) })
export const area = (...points: Point[]): MultiPolygonCoordinates => [[line(...points, points[0]!)]]
export const box = (west: number, south: number, east: number, north: number): MultiPolygonCoordinates =>
  area([west, south], [east, south], [east, north], [west, north])

/** 400 m by 400 m. */
export const SQUARE = box(0, 0, 400, 400)

export function made(input: BlocksInput): BlockUnits {
  const result = makeBlocks(input)
  if (!result.ok) throw new Error(JSON.stringify(result.reason))
  return result.value
}

/** Units of the square between lines. */
export const between = (...lines: BlockLine[]): BlockUnits => made({ district: SQUARE, lines })

export function unitAt({ units }: BlockUnits, x: number, y: number): BlockUnit {
  const found = units.filter(({ shape }) => isInside(...at([x, y]), shape))
  if (found.length !== 1) throw new Error(`${found.length} units at ${x}, ${y}`)
  return found[0]!
}

export const total = ({ units }: BlockUnits): number => units.reduce((sum, unit) => sum + unit.areaM2, 0)
export const coverage = (made: BlockUnits, district: MultiPolygonCoordinates): number =>
  total(made) / areaM2(district)

/** Class → metres between the units at two places; empty where they do not meet. */
export function borderBetween(made: BlockUnits, p: Point, q: Point): Record<string, number> {
  const a = made.units.indexOf(unitAt(made, ...p))
  const b = made.units.indexOf(unitAt(made, ...q))
  const found = made.edges.filter((e) => e.a === Math.min(a, b) && e.b === Math.max(a, b))
  return Object.fromEntries(found.map(({ crosses, lengthM }) => [crosses, Math.round(lengthM)]))
}
