import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { latOf, lngOf, WORLD, worldX, worldY } from '#domain/tiles/mercator.ts'
import { lowerBound, mortonCode, sortedByCode, tileCodes } from '#domain/tiles/morton.ts'

const unit = fc.integer({ min: 0, max: WORLD - 1 })

describe('mercator', () => {
  test('known points: the middle of the world, its corners, and the tile of 赣州 at zoom 8', () => {
    expect([worldX(0), worldY(0)]).toEqual([WORLD / 2, WORLD / 2])
    expect([worldX(-180), worldY(85.06)]).toEqual([0, 0])
    expect([worldX(180), worldY(-85.06)]).toEqual([WORLD - 1, WORLD - 1])
    expect([worldX(114.93), worldY(25.85)].map((value) => Math.floor(value / 2 ** 22))).toEqual([209, 108])
  })

  test('there and back is within 4 cm', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -179, max: 179, noNaN: true }),
        fc.double({ min: -80, max: 80, noNaN: true }),
        (lng, lat) => {
          expect(Math.abs(lngOf(worldX(lng)) - lng)).toBeLessThan(4e-7)
          expect(Math.abs(latOf(worldY(lat)) - lat)).toBeLessThan(4e-7)
        },
      ),
    )
  })
})

describe('morton codes', () => {
  test('by hand: x in the even bits, y in the odd ones', () => {
    const step = WORLD / 4
    const order = [
      [0, 0],
      [1, 0],
      [0, 1],
      [1, 1],
      [2, 0],
    ].map(([x, y]) => mortonCode(x * step, y * step) / 4 ** 24)
    expect(order).toEqual([0, 1, 2, 3, 4])
    expect(mortonCode(WORLD - 1, WORLD - 1)).toBe(2 ** 52 - 1)
  })

  test('a point is in the code range of exactly the tile that its position names, at every zoom', () => {
    fc.assert(
      fc.property(unit, unit, fc.integer({ min: 0, max: 16 }), (x, y, z) => {
        const size = 2 ** (30 - z)
        const [tx, ty] = [Math.floor(x / size), Math.floor(y / size)]
        const code = mortonCode(x, y)
        for (const [dx, dy] of [
          [0, 0],
          [1, 0],
          [0, 1],
          [-1, 0],
          [0, -1],
        ]) {
          const [nx, ny] = [tx + dx, ty + dy]
          if (nx < 0 || ny < 0 || nx >= 2 ** z || ny >= 2 ** z) continue
          const { from, to } = tileCodes(z, nx, ny)
          expect(code >= from && code < to).toBe(dx === 0 && dy === 0)
        }
      }),
      { numRuns: 300 },
    )
  })

  test('sorting agrees with a plain sort, keeps equal codes in order and puts the mark past every tile last', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            fc.integer({ min: 0, max: 5 }),
            fc.integer({ min: 0, max: 2 ** 52 - 1 }),
            fc.constant(2 ** 52),
          ),
        ),
        (values) => {
          const order = sortedByCode(Float64Array.from(values))
          const expected = values
            .map((value, i) => ({ value, i }))
            .sort((a, b) => a.value - b.value || a.i - b.i)
          expect([...order]).toEqual(expected.map(({ i }) => i))
        },
      ),
    )
  })

  test('lower bound, over all rows and over a list of rows', () => {
    const codes = Float64Array.of(1, 3, 3, 7)
    expect([0, 1, 2, 3, 4, 8].map((code) => lowerBound(codes, null, 4, code))).toEqual([0, 0, 1, 1, 3, 4])
    expect([0, 3, 4, 8].map((code) => lowerBound(codes, Uint32Array.of(0, 2, 3), 3, code))).toEqual([
      0, 1, 2, 3,
    ])
  })
})
