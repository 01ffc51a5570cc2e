/**
 * Purpose: the weights of units from any number of sources: points with values (clients: count, balances, visit hours, points of
 * whatever kind) and polygons with a total each (an imported column: residents, households), which are spread by area.
 * Inputs: lng/lat; unit shapes that do not overlap. Outputs: a value per unit and column, in the order of the sources' columns.
 * Guarantees: per column, units plus outside equal the sources' total; a column may come from several sources, which add up.
 * Limits: a polygon's total is taken to be spread evenly over it. Cost: O(points), near O(vertices) for polygons.
 */
import { overlapsOf } from '../geo/overlap.ts'
import type { MultiPolygonCoordinates } from '../geo/shapes.ts'
import { fail, ok, type Result } from '../result.ts'
import { weighUnits, type WeightedPoint } from './weigh.ts'

export type WeightSource =
  | { kind: 'points'; columns: readonly string[]; points: readonly WeightedPoint[] }
  | {
      kind: 'polygons'
      column: string
      polygons: readonly { shape: MultiPolygonCoordinates; total: number }[]
    }

export interface WeighedColumns {
  columns: string[]
  /** Per unit, per column. */
  totals: number[][]
  /** Per column, what lies in no unit. */
  outside: number[]
  /** Points that lie in no unit, all sources together. */
  pointsOutside: number
}

export type WeighReason =
  | { code: 'not-a-weight'; source: number; index: number; column: string; value: number }
  | { code: 'wrong-length'; source: number; index: number; expected: number; found: number }

export function weighColumns(
  shapes: readonly MultiPolygonCoordinates[],
  sources: readonly WeightSource[],
): Result<WeighedColumns, WeighReason> {
  const fault = faultIn(sources)
  if (fault) return fail(fault)
  const columns = [...new Set(sources.flatMap((source) => columnsOf(source)))]
  const none = (): number[] => columns.map(() => 0)
  const totals = shapes.map(none)
  const outside = none()
  let pointsOutside = 0
  for (const source of sources) {
    const at = columnsOf(source).map((column) => columns.indexOf(column))
    if (source.kind === 'points') {
      const weighed = weighUnits(shapes, source.points, at.length)
      at.forEach((column, j) => {
        weighed.totals.forEach((values, unit) => (totals[unit]![column]! += values[j]!))
        outside[column]! += weighed.outside.totals[j]!
      })
      pointsOutside += weighed.outside.points
    } else {
      const left = spread(shapes, source.polygons, (unit, value) => (totals[unit]![at[0]!]! += value))
      outside[at[0]!]! += left
    }
  }
  return ok({ columns, totals, outside, pointsOutside })
}

function columnsOf(source: WeightSource): readonly string[] {
  return source.kind === 'points' ? source.columns : [source.column]
}

function faultIn(sources: readonly WeightSource[]): WeighReason | null {
  for (const [s, source] of sources.entries()) {
    const columns = columnsOf(source)
    const rows =
      source.kind === 'points'
        ? source.points.map(({ weights }) => weights)
        : source.polygons.map(({ total }) => [total])
    for (const [index, row] of rows.entries()) {
      if (row.length !== columns.length)
        return { code: 'wrong-length', source: s, index, expected: columns.length, found: row.length }
      const wrong = row.findIndex((value) => !(value >= 0 && Number.isFinite(value)))
      if (wrong !== -1)
        return { code: 'not-a-weight', source: s, index, column: columns[wrong]!, value: row[wrong]! }
    }
  }
  return null
}

/** Adds each polygon's total to the units by area; answers what falls outside all units. */
function spread(
  shapes: readonly MultiPolygonCoordinates[],
  polygons: readonly { shape: MultiPolygonCoordinates; total: number }[],
  add: (unit: number, value: number) => void,
): number {
  const { overlaps, areaOfB } = overlapsOf(
    shapes,
    polygons.map(({ shape }) => shape),
  )
  const left = polygons.map(({ total }) => total)
  for (const { a, b, areaM2 } of overlaps) {
    const value = (polygons[b]!.total * areaM2) / areaOfB[b]!
    add(a, value)
    left[b]! -= value
  }
  // What remains of a polygon wholly inside units is rounding.
  return left.reduce((sum, value, b) => sum + (value > 1e-9 * polygons[b]!.total ? value : 0), 0)
}
