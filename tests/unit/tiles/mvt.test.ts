import { VectorTile } from '@mapbox/vector-tile'
import fc from 'fast-check'
import { PbfReader } from 'pbf'
import { describe, expect, test } from 'vitest'
import { encodeTile, ringArea2 } from '#domain/tiles/mvt-encode.ts'

const read = (bytes: Uint8Array) => new VectorTile(new PbfReader(bytes))

describe('vector tiles', () => {
  test('points come back with ids, positions and properties of every kind', () => {
    const coordinate = fc.integer({ min: -5000, max: 9000 })
    const value = fc.oneof(
      fc.string(),
      fc.boolean(),
      fc.integer({ min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER }),
      fc
        .double({ noNaN: true, noDefaultInfinity: true })
        .map((number) => (Object.is(number, -0) ? 0 : number)),
      fc.constant(undefined),
    )
    const point = fc.record({
      id: fc.maxSafeNat(),
      x: coordinate,
      y: coordinate,
      a: value,
      b: fc.integer({ min: 0, max: 2 }),
    })
    fc.assert(
      fc.property(fc.array(point, { minLength: 1, maxLength: 40 }), (points) => {
        const table = ['一', 'two', 3]
        const bytes = encodeTile([
          {
            type: 'point',
            name: '点',
            count: points.length,
            ids: points.map(({ id }) => id),
            x: points.map(({ x }) => x),
            y: points.map(({ y }) => y),
            properties: [
              { key: 'a', values: points.map(({ a }) => a) },
              { key: 'b', table, indexes: points.map(({ b }) => b) },
            ],
          },
        ])
        const layer = read(bytes).layers['点']
        expect([layer.version, layer.extent, layer.length]).toEqual([2, 4096, points.length])
        points.forEach(({ id, x, y, a, b }, i) => {
          const feature = layer.feature(i)
          expect([feature.id, feature.type]).toEqual([id, 1])
          expect(feature.loadGeometry().map((part) => part.map((at) => [at.x, at.y]))).toEqual([[[x, y]]])
          expect(feature.properties).toEqual(a === undefined ? { b: table[b] } : { a, b: table[b] })
        })
      }),
    )
  })

  test('a value that many features share is stored once', () => {
    const size = (count: number) =>
      encodeTile([
        {
          type: 'point',
          name: 'p',
          count,
          x: new Int32Array(count),
          y: new Int32Array(count),
          properties: [
            { key: 'k', values: Array.from({ length: count }, () => 'a value of thirty characters..') },
          ],
        },
      ]).length
    expect(size(101) - size(100)).toBeLessThan(15)
  })

  test('an outer ring is turned clockwise as drawn, a hole the other way, whichever way they came', () => {
    const square = Int32Array.of(0, 0, 100, 0, 100, 100, 0, 100)
    const hole = Int32Array.of(20, 20, 20, 40, 40, 40, 40, 20)
    const turned = (ring: Int32Array) => Int32Array.from([6, 7, 4, 5, 2, 3, 0, 1].map((i) => ring[i]))
    for (const outer of [square, turned(square)]) {
      for (const inner of [hole, turned(hole)]) {
        const bytes = encodeTile([
          {
            type: 'polygon',
            name: 'a',
            features: [{ parts: [outer, inner], outer: [true, false] }],
            properties: [],
          },
        ])
        const rings = read(bytes).layers.a.feature(0).loadGeometry()
        const areas = rings.map((ring) => ringArea2(ring.slice(0, -1).flatMap(({ x, y }) => [x, y])) / 2)
        expect(areas).toEqual([10_000, -400])
      }
    }
  })

  test('lines keep their direction and parts; empty layers and tiles take no byte', () => {
    const bytes = encodeTile([
      {
        type: 'line',
        name: 'l',
        features: [{ parts: [Int32Array.of(5, 5, 10, 0, -3, 7), Int32Array.of(1, 1, 2, 2)] }],
        properties: [],
      },
      { type: 'line', name: 'empty', features: [], properties: [] },
    ])
    const tile = read(bytes)
    expect(Object.keys(tile.layers)).toEqual(['l'])
    expect(
      tile.layers.l
        .feature(0)
        .loadGeometry()
        .map((part) => part.map(({ x, y }) => [x, y])),
    ).toEqual([
      [
        [5, 5],
        [10, 0],
        [-3, 7],
      ],
      [
        [1, 1],
        [2, 2],
      ],
    ])
    expect(encodeTile([]).length).toBe(0)
  })
})
