import { describe, expect, test } from 'vitest'
import { intersection } from '#domain/geo/clip.ts'
import type { MultiPolygonCoordinates, Position } from '#domain/geo/shapes.ts'
import { createRandom, type Random } from '#domain/random.ts'
import { coverageOf } from '#domain/units/majority.ts'

const box = (west: number, south: number, east: number, north: number): MultiPolygonCoordinates => [
  [
    [
      [west, south],
      [east, south],
      [east, north],
      [west, north],
      [west, south],
    ],
  ],
]
const withHole = (outer: MultiPolygonCoordinates, hole: MultiPolygonCoordinates): MultiPolygonCoordinates => [
  [outer[0]![0]!, hole[0]![0]!],
]
const UNIT = box(0, 0, 10, 10)
const cover = (...shapes: [number, MultiPolygonCoordinates][]) =>
  coverageOf(
    [UNIT],
    shapes.map(([group, shape]) => ({ group, shape })),
  )[0]!

function expectShares(found: ReturnType<typeof cover>, shares: [number, number][]) {
  expect(found.shares.map(({ group }) => group)).toEqual(shares.map(([group]) => group))
  found.shares.forEach(({ share }, i) => expect(share).toBeCloseTo(shares[i]![1], 9))
}

describe('shares of a unit worked out by hand', () => {
  test('60 to 40, the polygons meeting on a line inside the unit and reaching beyond it', () => {
    const found = cover([0, box(-5, -5, 4, 15)], [1, box(4, -5, 15, 15)])
    expectShares(found, [
      [1, 0.6],
      [0, 0.4],
    ])
    expect(found.covered).toBeCloseTo(1, 9)
    expect(found.overlapped).toBeCloseTo(0, 9)
  })

  test('a tie', () => {
    expectShares(cover([3, box(0, 0, 5, 10)], [1, box(5, 0, 10, 10)]), [
      [1, 0.5],
      [3, 0.5],
    ])
  })

  test('the unit itself, border on border', () => {
    const found = cover([7, UNIT])
    expectShares(found, [[7, 1]])
    expect(found.covered).toBeCloseTo(1, 9)
  })

  test('a polygon that only touches along a side, and one at a corner', () => {
    const found = cover([0, box(10, 0, 20, 10)], [1, box(-5, -5, 0, 0)])
    expect(found).toEqual({ shares: [], covered: 0, overlapped: 0 })
  })

  test('wholly inside a much larger polygon, with no edge near', () => {
    expect(cover([2, box(-100, -100, 100, 100)])).toEqual({
      shares: [{ group: 2, share: 1 }],
      covered: 1,
      overlapped: 0,
    })
  })

  test('in the hole of a polygon', () => {
    expect(cover([0, withHole(box(-100, -100, 100, 100), box(-50, -50, 50, 50))]).shares).toEqual([])
  })

  test('a hole that takes a quarter out of it, filled by another grid', () => {
    const hole = box(0, 0, 5, 5)
    expectShares(cover([0, withHole(box(-100, -100, 100, 100), hole)], [1, hole]), [
      [0, 0.75],
      [1, 0.25],
    ])
  })

  test('two polygons that overlap: both count, the overlap is told', () => {
    const found = cover([0, box(-1, -1, 7, 11)], [1, box(2, -1, 11, 11)])
    expectShares(found, [
      [1, 0.8],
      [0, 0.7],
    ])
    expect(found.covered).toBeCloseTo(1, 9)
    expect(found.overlapped).toBeCloseTo(0.5, 9)
  })

  test('two polygons of one grid that overlap count once and are no overlap', () => {
    const found = cover([0, box(0, 0, 6, 10)], [0, box(4, 0, 8, 10)])
    expectShares(found, [[0, 0.8]])
    expect(found.overlapped).toBeCloseTo(0, 9)
  })

  test('a slanting border: the triangle below the diagonal is half', () => {
    const triangle: MultiPolygonCoordinates = [
      [
        [
          [-1, -1],
          [11, -1],
          [11, 11],
          [-1, -1],
        ],
      ],
    ]
    expectShares(cover([0, triangle]), [[0, 0.5]])
  })

  test('a unit with a hole: the polygon in the hole has nothing of it', () => {
    const unit = withHole(box(0, 0, 10, 10), box(2, 2, 8, 8))
    const [found] = coverageOf([unit], [{ group: 0, shape: box(2, 2, 8, 8) }])
    expect(found!.shares).toEqual([])
    const [half] = coverageOf([unit], [{ group: 0, shape: box(0, 0, 5, 10) }])
    expect(half!.shares[0]!.share).toBeCloseTo(0.5, 9)
  })

  test('a polygon whose western side runs in and out of the box of the unit', () => {
    // An arm enters from the west between heights 2 and 4, another between 6 and 8; 20 + 20 of 100, reaching x = 10.
    const comb: MultiPolygonCoordinates = [
      [
        [
          [-10, 0],
          [-5, 0],
          [-5, 2],
          [10, 2],
          [10, 4],
          [-5, 4],
          [-5, 6],
          [10, 6],
          [10, 8],
          [-5, 8],
          [-5, 10],
          [-10, 10],
          [-10, 0],
        ],
      ],
    ]
    expectShares(cover([0, comb]), [[0, 0.4]])
  })
})

/** A star around a middle: simple by construction, with any corners. */
function star(random: Random, x: number, y: number, reach: number): MultiPolygonCoordinates {
  const corners = 5 + random.int(12)
  const ring = Array.from({ length: corners }, (_, i): Position => {
    const angle = (2 * Math.PI * i) / corners
    const far = reach * (0.3 + 0.7 * random.next())
    return [x + far * Math.cos(angle), y + far * Math.sin(angle)]
  })
  return [[[...ring, ring[0]!]]]
}

function planarArea(shape: MultiPolygonCoordinates): number {
  return shape.reduce((sum, polygon) => {
    const rings = polygon.map((ring) => {
      let twice = 0
      for (let i = 1; i < ring.length; i++)
        twice += ring[i - 1]![0] * ring[i]![1] - ring[i]![0] * ring[i - 1]![1]
      return Math.abs(twice / 2)
    })
    return sum + rings[0]! - rings.slice(1).reduce((holes, hole) => holes + hole, 0)
  }, 0)
}

describe('shares of random shapes', () => {
  test('are those of the clipping library', () => {
    const random = createRandom(20_261_124)
    let compared = 0
    for (let round = 0; round < 150; round++) {
      const unit = star(random, 0, 0, 1)
      const shape = star(random, random.next() * 2 - 1, random.next() * 2 - 1, 0.3 + random.next() * 2)
      const common = intersection(unit, shape)
      if (!common.ok) throw new Error(common.reason.detail)
      const expected = planarArea(common.value) / planarArea(unit)
      const [found] = coverageOf([unit], [{ group: 0, shape }])
      expect(found!.shares[0]?.share ?? 0).toBeCloseTo(expected, 6)
      if (expected > 0.01 && expected < 0.99) compared++
    }
    expect(compared).toBeGreaterThan(50)
  })

  test('of polygons that tile the plane add up to one, for every unit', () => {
    const random = createRandom(7)
    const shapes = Array.from({ length: 36 }, (_, i) => {
      const [x, y] = [i % 6, Math.floor(i / 6)]
      return { group: i, shape: box(x - 3, y - 3, x - 2, y - 2) }
    })
    const units = Array.from({ length: 60 }, () =>
      star(random, random.next() * 2 - 1, random.next() * 2 - 1, 1.5),
    )
    for (const { shares, covered, overlapped } of coverageOf(units, shapes)) {
      expect(shares.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 9)
      expect(covered).toBeCloseTo(1, 9)
      expect(overlapped).toBeCloseTo(0, 9)
    }
  })
})
