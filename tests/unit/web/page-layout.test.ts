import { describe, expect, test } from 'vitest'
import {
  chooseScale,
  frameOf,
  groundMetres,
  linesOf,
  rowsOn,
  scaleBar,
  shortened,
  tablesOn,
  textWidth,
  toPaper,
  withoutOverlap,
} from '../../../web/features/grids/exchange/page-layout.ts'
import { sheetsOf } from '../../../web/features/grids/exchange/sheets.ts'
import { planShapes, sheetMap } from '../../../web/features/grids/exchange/sheet-map.ts'
import type { PlanGrid, UnitCollection } from '../../../web/api/types.ts'

describe('ground in metres', () => {
  // Lengths of a degree on WGS84, from the tables of geodesy.
  test.each([
    [0, 110_574, 111_320],
    [30, 110_852, 96_486],
    [45, 111_132, 78_847],
    [60, 111_412, 55_800],
  ])('a degree at latitude %i', (lat, north, east) => {
    const ground = groundMetres([115, lat])
    expect(ground([115, lat + 0.01])[1] * 100).toBeCloseTo(north, -1)
    expect(ground([115.01, lat])[0] * 100).toBeCloseTo(east, -1)
    expect(ground([115, lat])).toEqual([0, 0])
    expect(ground([114.99, lat - 0.01]).every((metres) => metres < 0)).toBe(true)
  })

  test('a parallel far from the middle keeps its own length', () => {
    expect(groundMetres([0, 30])([1, 45])[0]).toBeCloseTo(78_847, -1)
  })
})

describe('scale', () => {
  const square = (metres: number) => ({ west: 0, south: 0, east: metres, north: metres })
  test.each([
    // 100 mm less 6 mm on each side is 88 mm; 880 m on 88 mm is exactly 1:10,000.
    [880, 10_000],
    [881, 15_000],
    [2_200, 25_000],
    [17_600, 200_000],
    [57_000, 800_000],
    [1, 1_000],
  ])('%i m on 100 mm are 1:%i', (metres, denominator) => {
    expect(chooseScale(square(metres), { width: 100, height: 100 })).toBe(denominator)
  })

  test('the narrower side decides', () => {
    const wide = { west: 0, south: 0, east: 880, north: 100 }
    expect(chooseScale(wide, { width: 100, height: 500 })).toBe(10_000)
    expect(chooseScale(wide, { width: 500, height: 100 })).toBe(2_000)
  })

  test.each([
    // 45 mm at 1:50,000 are 2,250 m: the bar shows 2 km in 40 mm.
    [50_000, 2_000, 40],
    [25_000, 1_000, 40],
    [15_000, 500, 500 / 15],
    [200_000, 5_000, 25],
    [10_000, 200, 20],
  ])('the bar of 1:%i shows %i m', (denominator, metres, mm) => {
    const bar = scaleBar(denominator, 45)
    expect(bar.metres).toBe(metres)
    expect(bar.mm).toBeCloseTo(mm, 9)
  })

  test('paper: the middle in the middle, north up', () => {
    const place = toPaper({ west: -500, south: -300, east: 1_500, north: 700 }, frameOf('A4').map, 20_000)
    // The map of an A4 sheet: 161 by 164 mm from (10, 26), so its middle is (90.5, 108).
    expect(place([500, 200])).toEqual([90.5, 108])
    expect(place([1_500, 700])).toEqual([140.5, 83])
  })
})

describe('sheets', () => {
  test('A4 and A3 lie on their sides and leave ten millimetres', () => {
    expect(frameOf('A4')).toMatchObject({
      page: { width: 297, height: 210 },
      map: { x: 10, y: 26, width: 161, height: 164 },
      side: { x: 175, y: 26, width: 112, height: 164 },
    })
    expect(frameOf('A3').side).toMatchObject({ x: 298, width: 112, height: 251 })
    // (164 - 36) / 4.6 and (251 - 36) / 4.6; two tables of 112 and a gap of 4 on 277, three on 400.
    expect([rowsOn(164), rowsOn(251), tablesOn(277), tablesOn(400)]).toEqual([27, 46, 2, 3])
  })

  const grids = (n: number) => Array.from({ length: n }, (_, no) => ({ no }) as PlanGrid)
  test.each([
    [12, true, ['overview 12', ...Array.from({ length: 12 }, (_, i) => `grid ${i}`)]],
    [27, false, ['overview 27']],
    [28, false, ['overview 27', 'table 1']],
    [100, false, ['overview 27', 'table 27+27', 'table 19']],
  ])('%i grids', (n, eachGrid, expected) => {
    const words = sheetsOf(grids(n), 'A4', eachGrid).map((sheet) => {
      if (sheet.kind === 'grid') return `grid ${sheet.grid.no}`
      if (sheet.kind === 'overview') return `overview ${sheet.grids.length}`
      return `table ${sheet.tables.map((table) => table.length).join('+')}`
    })
    expect(words).toEqual(expected)
  })
})

describe('texts', () => {
  test('Chinese letters are full, others a little over half', () => {
    expect(textWidth('章贡区', 3)).toBe(9)
    expect(textWidth('A4', 5)).toBeCloseTo(5.6, 9)
  })
  test('shortened to fit, and broken into lines', () => {
    expect(shortened('网格一', 3, 9)).toBe('网格一')
    expect(shortened('网格一号甲', 3, 9)).toBe('网格…')
    expect(linesOf('一二三四五', 2, 4)).toEqual(['一二', '三四', '五'])
    expect(linesOf('', 2, 4)).toEqual([])
  })
  test('the more important of two that touch stays', () => {
    const at = (x: number) => ({ x, y: 0, width: 10, height: 4 })
    const kept = withoutOverlap([{ box: at(0) }, { box: at(5) }, { box: at(10) }, { box: at(31) }], [at(35)])
    expect(kept.map(({ box }) => box.x)).toEqual([0, 10])
  })
})

describe('the drawing of a plan', () => {
  /** A row of cells of 0.01 degrees at latitude 30, the first `left` of which are grid 0, the others grid 1. */
  const cells = (count: number, left: number): UnitCollection => ({
    type: 'FeatureCollection',
    features: Array.from({ length: count }, (_, i) => {
      const [w, e] = [Math.round((114 + i * 0.01) * 1e7) / 1e7, Math.round((114.01 + i * 0.01) * 1e7) / 1e7]
      return {
        type: 'Feature',
        geometry: {
          type: 'MultiPolygon',
          coordinates: [
            [
              [
                [w, 30],
                [e, 30],
                [e, 30.01],
                [w, 30.01],
                [w, 30],
              ],
            ],
          ],
        },
        properties: {
          idx: i,
          key: `c${i}`,
          kind: 'cell',
          gridNo: i < left ? 0 : 1,
          townshipCode: '360702001000',
          clients: 1,
          loanBalance: 0,
          depositBalance: 0,
          visitHours: 1,
        },
      }
    }),
  })
  const corners = (path: string) =>
    [...path.matchAll(/[ML](-?[\d.]+) (-?[\d.]+)/g)].map(([, x, y]) => [Number(x), Number(y)])

  test('lengths on paper are ground lengths at the scale told', () => {
    const rect = frameOf('A4').map
    const map = sheetMap(planShapes(cells(10, 4), []), null, rect)
    // 0.1 degrees at latitude 30 are 9,648.6 m on 149 mm: 1:64,756, so 1:80,000.
    expect(map.denominator).toBe(80_000)
    const xs = map.fills.flatMap(({ path }) => corners(path)).map(([x]) => x)
    expect(Math.max(...xs) - Math.min(...xs)).toBeCloseTo(9_648.6 / 80, 1)
    const ys = map.fills.flatMap(({ path }) => corners(path)).map(([, y]) => y)
    expect(Math.max(...ys) - Math.min(...ys)).toBeCloseTo(1_108.5 / 80, 1)
    expect(map.numbers.map(({ gridNo }) => gridNo)).toEqual([0, 1])
    expect(map.unitBorders).toBe('')
  })

  test('a sheet of one grid is drawn larger and leaves out what lies far away', () => {
    const rect = frameOf('A4').map
    const map = sheetMap(planShapes(cells(60, 2), []), 0, rect)
    // 0.02 degrees are 1,929.7 m on 149 mm: 1:12,951, so 1:15,000; 161 mm show 2,415 m: two and a half cells.
    expect(map.denominator).toBe(15_000)
    const cellsDrawn = map.fills.map(({ gridNo, path }) => [gridNo, path.split('Z').length - 1])
    expect(cellsDrawn).toEqual([
      [0, 2],
      [1, 1],
    ])
    expect(corners(map.unitBorders)).toHaveLength(8)
  })
})
