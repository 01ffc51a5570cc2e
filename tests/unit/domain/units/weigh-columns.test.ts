import { describe, expect, it } from 'vitest'
import { weighColumns } from '#domain/units/weigh-columns.ts'
import { at, box } from './drawing.ts'

const shapes = [box(0, 0, 100, 100), box(100, 0, 200, 100)]
const point = (x: number, y: number, ...weights: number[]) => {
  const [lng, lat] = at([x, y])
  return { lng, lat, weights }
}

describe('named weight columns', () => {
  it('adds up points of several sources by column name', () => {
    const result = weighColumns(shapes, [
      {
        kind: 'points',
        columns: ['clients', 'visitHours'],
        points: [point(50, 50, 1, 4), point(150, 50, 1, 2.5)],
      },
      {
        kind: 'points',
        columns: ['visitHours', 'prospects'],
        points: [point(150, 60, 1.5, 1), point(250, 50, 2, 1)],
      },
    ])
    expect(result).toEqual({
      ok: true,
      value: {
        columns: ['clients', 'visitHours', 'prospects'],
        totals: [
          [1, 4, 0],
          [1, 4, 1],
        ],
        outside: [0, 2, 1],
        pointsOutside: 1,
      },
    })
  })

  it('spreads totals of polygons by area, those that overlap each other too', () => {
    const result = weighColumns(shapes, [
      {
        kind: 'polygons',
        column: 'residents',
        polygons: [
          { shape: box(50, 0, 200, 100), total: 300 },
          { shape: box(150, 0, 250, 100), total: 100 },
          { shape: box(500, 0, 600, 100), total: 7 },
        ],
      },
    ])
    if (!result.ok) throw new Error(result.reason.code)
    const { totals, outside } = result.value
    expect(totals[0]![0]).toBeCloseTo(100, 1)
    expect(totals[1]![0]).toBeCloseTo(250, 1)
    expect(outside[0]).toBeCloseTo(57, 1)
    expect(totals[0]![0]! + totals[1]![0]! + outside[0]!).toBeCloseTo(407, 6)
  })

  it('refuses what is no weight, with its place', () => {
    expect(
      weighColumns(shapes, [
        { kind: 'points', columns: ['clients'], points: [point(1, 1, 1), point(1, 1, -2)] },
      ]),
    ).toEqual({
      ok: false,
      reason: { code: 'not-a-weight', source: 0, index: 1, column: 'clients', value: -2 },
    })
    expect(weighColumns(shapes, [{ kind: 'points', columns: ['a', 'b'], points: [point(1, 1, 1)] }])).toEqual(
      {
        ok: false,
        reason: { code: 'wrong-length', source: 0, index: 0, expected: 2, found: 1 },
      },
    )
    expect(
      weighColumns(shapes, [
        { kind: 'polygons', column: 'r', polygons: [{ shape: shapes[0]!, total: NaN }] },
      ]),
    ).toMatchObject({ reason: { code: 'not-a-weight' } })
  })
})
