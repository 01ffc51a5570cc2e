import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { adjacencyOf } from '#domain/geo/adjacency.ts'
import { difference, intersection, union } from '#domain/geo/clip.ts'
import { METRES_PER_DEGREE } from '#domain/geo/earth.ts'
import { localProjection } from '#domain/geo/local-projection.ts'
import { areaM2, centroid, distanceM, lengthM, signedRingAreaM2 } from '#domain/geo/measure.ts'
import { isInside } from '#domain/geo/point-in-polygon.ts'
import type { MultiPolygonCoordinates, Position } from '#domain/geo/shapes.ts'

function box(west: number, south: number, east: number, north: number): MultiPolygonCoordinates {
  const ring: Position[] = [
    [west, south],
    [east, south],
    [east, north],
    [west, north],
    [west, south],
  ]
  return [[ring]]
}

describe('measure', () => {
  it('one degree along a meridian, and along the parallel of 60 degrees half of it', () => {
    expect(distanceM([115, 25], [115, 26])).toBeCloseTo(METRES_PER_DEGREE, 6)
    expect(distanceM([10, 60], [10.001, 60]) / (METRES_PER_DEGREE / 1000)).toBeCloseTo(0.5, 6)
    expect(
      lengthM([
        [115, 25],
        [115, 26],
        [115, 25],
      ]),
    ).toBeCloseTo(2 * METRES_PER_DEGREE, 6)
  })

  it('a lng/lat rectangle has the area R^2 dLng (sin north - sin south)', () => {
    const exact = 6371008.8 ** 2 * (Math.PI / 180) * (Math.sin(Math.PI / 6) - Math.sin((29 * Math.PI) / 180))
    expect(areaM2(box(115, 29, 116, 30)) / exact).toBeCloseTo(1, 9)
    expect(signedRingAreaM2(box(115, 29, 116, 30)[0]![0]!)).toBeGreaterThan(0)
  })

  it('holes are taken off, in whichever direction they are drawn', () => {
    const hole = box(0.25, 0.25, 0.75, 0.75)[0]![0]!
    const whole = areaM2(box(0, 0, 1, 1))
    for (const ring of [hole, hole.toReversed()]) {
      const shape: MultiPolygonCoordinates = [[box(0, 0, 1, 1)[0]![0]!, ring]]
      expect(areaM2(shape) / whole).toBeCloseTo(0.75, 4)
      expect(centroid(shape)[0]).toBeCloseTo(0.5, 9)
    }
  })

  it('centroid of an L: two squares and one, by hand (5/6, 5/6)', () => {
    const shape: MultiPolygonCoordinates = [
      [
        [
          [0, 0],
          [2, 0],
          [2, 1],
          [1, 1],
          [1, 2],
          [0, 2],
          [0, 0],
        ],
      ],
    ]
    expect(centroid(shape)[0]).toBeCloseTo(5 / 6, 12)
    expect(centroid(shape)[1]).toBeCloseTo(5 / 6, 12)
  })
})

describe('local projection', () => {
  it('goes there and back, and agrees with distances on the sphere within 0.1 % over 10 km', () => {
    const projection = localProjection([114.93, 25.85])
    fc.assert(
      fc.property(
        fc.double({ min: -0.1, max: 0.1, noNaN: true }),
        fc.double({ min: -0.1, max: 0.1, noNaN: true }),
        (dx, dy) => {
          const position: Position = [114.93 + dx, 25.85 + dy]
          const [x, y] = projection.toMetres(position)
          const back = projection.toLngLat([x, y])
          expect(back[0]).toBeCloseTo(position[0], 10)
          expect(back[1]).toBeCloseTo(position[1], 10)
          const sphere = distanceM([114.93, 25.85], position)
          expect(Math.abs(Math.hypot(x, y) - sphere)).toBeLessThanOrEqual(0.001 * sphere + 1e-6)
        },
      ),
    )
  })
})

describe('point in polygon', () => {
  it('respects holes, and gives a common border to exactly one side', () => {
    const ring: MultiPolygonCoordinates = [[box(0, 0, 4, 4)[0]![0]!, box(1, 1, 3, 3)[0]![0]!]]
    expect(isInside(0.5, 2, ring)).toBe(true)
    expect(isInside(2, 2, ring)).toBe(false)
    const tiles = [box(0, 0, 1, 1), box(1, 0, 2, 1), box(0, 1, 1, 2), box(1, 1, 2, 2)]
    for (const [x, y] of [
      [1, 0.5],
      [0.5, 1],
      [1, 1],
      [1, 1.5],
    ] as const)
      expect(tiles.filter((tile) => isInside(x, y, tile))).toHaveLength(1)
  })
})

describe('clip', () => {
  it('areas of union, intersection and difference add up', () => {
    const a = box(0, 0, 2, 2)
    const b = box(1, 1, 3, 3)
    const size = (result: ReturnType<typeof union>): number => {
      if (!result.ok) throw new Error(result.reason.detail)
      return areaM2(result.value)
    }
    expect(size(intersection(a, b)) / areaM2(box(1, 1, 2, 2))).toBeCloseTo(1, 9)
    expect(size(difference(a, b)) + size(intersection(a, b))).toBeCloseTo(areaM2(a), 0)
    expect(size(union(a, b)) + size(intersection(a, b))).toBeCloseTo(areaM2(a) + areaM2(b), 0)
  })
})

describe('adjacency', () => {
  const km = 1000 / METRES_PER_DEGREE

  it('finds a fully shared edge with its length; corners do not count', () => {
    const { edges, outerBorderM } = adjacencyOf([
      box(0, 0, km, km),
      box(km, 0, 2 * km, km),
      box(km, km, 2 * km, 2 * km),
    ])
    expect(edges.map(({ a, b }) => [a, b])).toEqual([
      [0, 1],
      [1, 2],
    ])
    expect(edges[0]!.lengthM).toBeCloseTo(1000, 1)
    expect(outerBorderM[0]).toBeCloseTo(3000, 0)
    expect(outerBorderM[1]).toBeCloseTo(2000, 0)
  })

  it('T-junction: a long edge against two short ones, no vertex in the middle of the long one', () => {
    const { edges } = adjacencyOf([
      box(0, 0, km, 2 * km),
      box(km, 0, 2 * km, 0.7 * km),
      box(km, 0.7 * km, 2 * km, 2 * km),
    ])
    expect(edges.map(({ a, b, lengthM: m }) => [a, b, Math.round(m)])).toEqual([
      [0, 1, 700],
      [0, 2, 1300],
      [1, 2, 1000],
    ])
  })

  it('edges that overlap only in part, and on a slope where vertices round off the line', () => {
    const { edges } = adjacencyOf([box(0, 0, km, km), box(km, 0.4 * km, 2 * km, 1.4 * km)])
    expect(edges).toHaveLength(1)
    expect(edges[0]!.lengthM).toBeCloseTo(600, 0)
    // A line from (0, 0) to (1, 1/3): the shared stretch runs from 10 % to 65 % of it.
    const at = (t: number): Position => [114.9 + t * km, 25.8 + (t * km) / 3]
    const below: MultiPolygonCoordinates = [[[at(0), [114.9 + km, 25.8], at(1), at(0)]]]
    const above: MultiPolygonCoordinates = [[[at(0.1), at(0.65), [114.9 + 0.2 * km, 25.8 + km], at(0.1)]]]
    const slope = adjacencyOf([below, above])
    expect(slope.edges).toHaveLength(1)
    expect(slope.edges[0]!.lengthM).toBeCloseTo(distanceM(at(0.1), at(0.65)), 1)
  })

  it('a polygon in the hole of another is its neighbour all round', () => {
    const hole = box(km, km, 2 * km, 2 * km)[0]![0]!
    const outer: MultiPolygonCoordinates = [[box(0, 0, 3 * km, 3 * km)[0]![0]!, hole.toReversed()]]
    const { edges, outerBorderM } = adjacencyOf([outer, [[hole]]])
    expect(edges[0]!.lengthM).toBeCloseTo(4000, 0)
    expect(outerBorderM[1]).toBe(0)
  })

  it('a lattice of n x n squares has 2 n (n - 1) edges, whatever the order of the polygons', () => {
    const n = 12
    const tiles = Array.from({ length: n * n }, (_, i) => {
      const [x, y] = [(i % n) * km, Math.floor(i / n) * km]
      return box(114 + x, 25 + y, 114 + x + km, 25 + y + km)
    })
    expect(adjacencyOf(tiles).edges).toHaveLength(2 * n * (n - 1))
    expect(adjacencyOf(tiles.toReversed()).edges).toHaveLength(2 * n * (n - 1))
  })

  it('a gap of a metre is no border', () => {
    const gap = 1 / METRES_PER_DEGREE
    const pair = [box(0, 0, km, km), box(km + gap, 0, 2 * km, km)]
    expect(adjacencyOf(pair).edges).toHaveLength(0)
    expect(adjacencyOf([]).edges).toEqual([])
  })
})
