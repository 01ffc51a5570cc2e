import { expect, test } from 'vitest'
import type { UnitCollection } from '#web/api/types.ts'
import { gridOutlines } from '../../../web/features/grids/outline.ts'

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

const sidesOf = (units: UnitCollection) =>
  Object.fromEntries(
    gridOutlines(units).lines.features.map(({ properties, geometry }) => [
      properties.gridNo,
      geometry.coordinates.length,
    ]),
  )

test('one grid of two squares: six outer sides, the inner one is gone', () => {
  expect(sidesOf(board('00'))).toEqual({ 0: 6 })
})

test('a border between two grids is drawn once', () => {
  // Two squares have 7 different sides; all are borders here.
  const total = Object.values(sidesOf(board('01'))).reduce((sum, n) => sum + n, 0)
  expect(total).toBe(7)
})

test('a hole in a grid is outlined; units of no grid have no outline of their own', () => {
  expect(sidesOf(board('000', '0.0', '000'))).toEqual({ 0: 12 + 4 })
  expect(sidesOf(board('..'))).toEqual({})
})

test('corners that differ by less than a centimetre are the same corner', () => {
  const units = board('00')
  const second = units.features[1].geometry.coordinates[0] as number[][]
  for (const corner of second) corner[0] += 2e-8
  expect(sidesOf(units)).toEqual({ 0: 6 })
})

test('a label lies in a unit of its own grid, also when the middle of the grid does not', () => {
  // Grid 0 is a ring around grid 1: the mean of its units is the middle of the board.
  const { labels } = gridOutlines(board('000', '010', '000'))
  const of = (no: number) =>
    labels.features.find(({ properties }) => properties.gridNo === no)?.geometry.coordinates
  expect(of(1)).toEqual([1.5, 1.5])
  expect(of(0)).not.toEqual([1.5, 1.5])
})
