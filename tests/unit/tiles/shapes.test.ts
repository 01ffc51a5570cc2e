import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { clipLine, clipRing } from '#domain/tiles/clip-polygon.ts'
import { EXTENT, ringArea2 } from '#domain/tiles/mvt-encode.ts'
import { linesOfTile, polygonsOfTile } from '#domain/tiles/shape-tile.ts'
import { buildPyramid, FULL_DETAIL_ZOOM } from '#domain/tiles/simplify-pyramid.ts'
import type { Position } from '#domain/geo/shapes.ts'

const area = (ring: ArrayLike<number>) => Math.abs(ringArea2(ring)) / 2

describe('clipping', () => {
  test('by hand: a square pushed half out of the frame, a triangle through a corner, one outside', () => {
    const frame = { minX: 0, minY: 0, maxX: 10, maxY: 10 }
    expect([...(clipRing([-5, 2, 5, 2, 5, 8, -5, 8], frame) as number[])]).toEqual([0, 2, 5, 2, 5, 8, 0, 8])
    expect(area(clipRing([8, 5, 14, 5, 8, 20], frame))).toBeCloseTo(10)
    expect(clipRing([20, 20, 30, 20, 30, 30], frame).length).toBe(0)
  })

  test('four quarters of a frame hold together the area that the whole frame holds', () => {
    const coordinate = fc.integer({ min: -20, max: 30 })
    const triangle = fc.array(coordinate, { minLength: 6, maxLength: 6 })
    fc.assert(
      fc.property(triangle, (ring) => {
        const whole = area(clipRing(ring, { minX: 0, minY: 0, maxX: 10, maxY: 10 }))
        let quarters = 0
        for (const minX of [0, 5])
          for (const minY of [0, 5])
            quarters += area(clipRing(ring, { minX, minY, maxX: minX + 5, maxY: minY + 5 }))
        expect(quarters).toBeCloseTo(whole, 6)
      }),
    )
  })

  test('a line that leaves and comes back becomes two pieces', () => {
    const frame = { minX: 0, minY: 0, maxX: 10, maxY: 10 }
    expect(clipLine([-5, 5, 5, 5, 5, 15, 7, 15, 7, 5], frame)).toEqual([
      [0, 5, 5, 5, 5, 10],
      [7, 10, 7, 5],
    ])
    expect(clipLine([-5, 20, 20, 20], frame)).toEqual([])
  })
})

describe('the pyramid', () => {
  // A wavy border between two halves of a box 2^20 units wide, about 40 km.
  const side = 2 ** 20
  const origin = 2 ** 29
  const border: Position[] = Array.from({ length: 401 }, (_, i) => [
    origin + side / 2 + Math.round(3000 * Math.sin(i / 5) + 400 * Math.sin(i * 1.7)),
    origin + Math.round((side * i) / 400),
  ])
  const left: Position[] = [[origin, origin], ...border, [origin, origin + side], [origin, origin]]
  const right: Position[] = [
    [origin + side, origin],
    [origin + side, origin + side],
    ...[...border].reverse(),
    [origin + side, origin],
  ]
  const pyramid = buildPyramid([[[left]], [[right]]])

  test('fewer points at lower zooms, every point at full detail', () => {
    const points = (zoom: number) =>
      pyramid.shapesAt(zoom).reduce((sum, shape) => sum + shape.rings[0].length / 2, 0)
    expect(points(FULL_DETAIL_ZOOM)).toBe(left.length + right.length - 2)
    expect(points(16)).toBe(points(FULL_DETAIL_ZOOM))
    expect(points(6)).toBeLessThan(points(10) / 2)
    expect(points(10)).toBeLessThan(points(FULL_DETAIL_ZOOM))
  })

  test('neighbours keep one border: their areas sum to the box at every zoom', () => {
    for (let zoom = 0; zoom <= FULL_DETAIL_ZOOM; zoom++) {
      const shapes = pyramid.shapesAt(zoom)
      const sum = shapes.reduce((all, shape) => all + area(shape.rings[0].map((value) => value - origin)), 0)
      if (zoom >= 4) expect(sum).toBe(side * side)
      const borders = shapes.map(({ rings }) => {
        const inner = new Set<string>()
        for (let i = 0; i < rings[0].length; i += 2) {
          const x = rings[0][i]
          if (x > origin && x < origin + side) inner.add(`${x} ${rings[0][i + 1]}`)
        }
        return [...inner].sort()
      })
      expect(borders[0]).toEqual(borders[1])
    }
  })

  test('inside a tile the two still fill it, without gap or overlap', () => {
    // Zoom 12 tiles are 2^18 units wide; this one lies on the border.
    const tile = { z: 12, x: (origin + side / 2 - 2 ** 17) >> 18, y: (origin + 2 ** 19) >> 18 }
    const shapes = polygonsOfTile(pyramid.shapesAt(12), tile)
    expect(shapes.map(({ index }) => index)).toEqual([0, 1])
    const frame = { minX: 0, minY: 0, maxX: EXTENT, maxY: EXTENT }
    const inside = shapes.reduce((sum, { parts }) => sum + area(clipRing(parts[0], frame)), 0)
    expect(inside).toBeCloseTo(EXTENT * EXTENT, 0)
  })

  test('a hole stays behind its outer ring and a speck vanishes', () => {
    const ring = (x: number, y: number, size: number): Position[] => [
      [x, y],
      [x + size, y],
      [x + size, y + size],
      [x, y + size],
      [x, y],
    ]
    const holed = buildPyramid([
      [[ring(origin, origin, side), ring(origin + side / 4, origin + side / 4, side / 2)]],
      [[ring(origin, origin - 200, 8)]],
    ])
    const tile = { z: 8, x: origin >> 22, y: origin >> 22 }
    const shapes = polygonsOfTile(holed.shapesAt(8), tile)
    expect(shapes.map(({ index, outer }) => [index, outer])).toEqual([[0, [true, false]]])
    expect(area(shapes[0].parts[0]) - area(shapes[0].parts[1])).toBe((1024 * 1024 * 3) / 4)
  })
})

test('lines of a tile are cut and thinned, and both ends of an uncut line stay', () => {
  const origin = 2 ** 29
  const line = Float64Array.from(
    Array.from({ length: 1001 }, (_, i) => [origin + i * 10, origin + i * 10]).flat(),
  )
  const bounds = { minX: origin, minY: origin, maxX: origin + 10_000, maxY: origin + 10_000 }
  const [shape] = linesOfTile([{ index: 4, line, bounds }], { z: 10, x: origin >> 20, y: origin >> 20 })
  expect(shape.index).toBe(4)
  expect(shape.parts[0].length / 2).toBeLessThan(15)
  expect([...shape.parts[0].slice(0, 2), ...shape.parts[0].slice(-2)]).toEqual([0, 0, 39, 39])
})
