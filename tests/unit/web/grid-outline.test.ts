import { expect, test } from 'vitest'
import type { UnitCollection } from '#web/api/types.ts'
import { NO_GRID } from '#domain/plan-check/plan-graph.ts'
import {
  gridLabels,
  isGridBorder,
  NOTHING,
  unitMiddles,
  unitSides,
} from '../../../web/features/grids/outline.ts'

/** Rows of digits: each character is a unit square of that grid, '.' belongs to none. */
function board(...rows: string[]): UnitCollection {
  const features: UnitCollection['features'] = rows.flatMap((row, y) =>
    [...row].map((character, x) => ({
      type: 'Feature',
      geometry: {
        type: 'Polygon',
        coordinates: [
          [
            [x, y],
            [x + 1, y],
            [x + 1, y + 1],
            [x, y + 1],
            [x, y],
          ],
        ],
      },
      properties: {
        idx: y * row.length + x,
        key: `${x},${y}`,
        gridNo: character === '.' ? null : Number(character),
        kind: 'cell',
        townshipCode: null,
        clients: 0,
        loanBalance: 0,
        depositBalance: 0,
        visitHours: 0,
      },
    })),
  )
  return { type: 'FeatureCollection', features }
}

const gridOf = (units: UnitCollection) => (idx: number) => units.features[idx].properties.gridNo ?? NO_GRID

/** How many pieces of edge are drawn as a border of grids. */
const borders = (units: UnitCollection) =>
  unitSides(units)
    .features.filter(({ properties }) => isGridBorder(properties, gridOf(units)))
    .reduce((sum, { geometry }) => sum + geometry.coordinates.length, 0)

test('one grid of two squares: six outer sides, the inner one is no border', () => {
  expect(borders(board('00'))).toBe(6)
})

test('a border between two grids is drawn once', () => {
  // Two squares have 7 different sides; all are borders here.
  expect(borders(board('01'))).toBe(7)
})

test('a hole in a grid is outlined; units of no grid have no outline of their own', () => {
  expect(borders(board('000', '0.0', '000'))).toBe(12 + 4)
  expect(borders(board('..'))).toBe(0)
})

test('every side is in one feature, that of its two units or of its unit and nothing', () => {
  const { features } = unitSides(board('01', '23'))
  expect(features.flatMap(({ geometry }) => geometry.coordinates)).toHaveLength(12)
  const inner = features.filter(({ properties }) => properties.b !== NOTHING)
  expect(inner.map(({ properties: { a, b } }) => [a, b]).sort()).toEqual([
    [0, 1],
    [0, 2],
    [1, 3],
    [2, 3],
  ])
  expect(new Set(features.map(({ id }) => id)).size).toBe(features.length)
})

test('corners that differ by less than a centimetre are the same corner', () => {
  const units = board('00')
  const second = units.features[1].geometry.coordinates[0] as number[][]
  for (const corner of second) corner[0] += 2e-8
  expect(borders(units)).toBe(6)
})

test('a label lies in a unit of its own grid, also when the middle of the grid does not', () => {
  // Grid 0 is a ring around grid 1: the mean of its units is the middle of the board.
  const units = board('000', '010', '000')
  const labels = gridLabels(unitMiddles(units), gridOf(units))
  const of = (no: number) =>
    labels.features.find(({ properties }) => properties.gridNo === no)?.geometry.coordinates
  expect(of(1)).toEqual([1.5, 1.5])
  expect(of(0)).not.toEqual([1.5, 1.5])
})
