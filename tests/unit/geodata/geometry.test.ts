import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findCrossings } from '#geodata/geometry/crossings.ts'
import { inside, nearestOnOutline } from '#geodata/geometry/point-in-polygon.ts'
import { areaKm2, distanceM, ringAreaKm2 } from '#geodata/geometry/ring.ts'

describe('areas and distances', () => {
  it('gives the ellipsoidal area of a degree square', () => {
    // One degree by one degree from the equator: 12,308.778 km2 on WGS-84 (any geodesic area calculator).
    expect(
      ringAreaKm2([
        [0, 0],
        [1, 0],
        [1, 1],
        [0, 1],
      ]),
    ).toBeCloseTo(12_308.78, 0)
  })

  it('is negative for clockwise rings and subtracts holes', () => {
    expect(
      ringAreaKm2([
        [0, 0],
        [0, 1],
        [1, 1],
        [1, 0],
      ]),
    ).toBeLessThan(0)
    const shell = [
      [115, 25],
      [115.2, 25],
      [115.2, 25.2],
      [115, 25.2],
      [115, 25],
    ]
    const hole = [
      [115.1, 25.1],
      [115.1, 25.15],
      [115.15, 25.15],
      [115.1, 25.1],
    ]
    const whole = areaKm2({ type: 'Polygon', coordinates: [shell] })
    expect(areaKm2({ type: 'Polygon', coordinates: [shell, hole] })).toBeCloseTo(whole + ringAreaKm2(hole), 6)
  })

  it('measures a minute of latitude at 26 N as 1,846.6 m within 0.1 %', () => {
    expect(distanceM([115, 26], [115, 26 + 1 / 60])).toBeGreaterThan(1845)
    expect(distanceM([115, 26], [115, 26 + 1 / 60])).toBeLessThan(1850)
  })
})

describe('point in polygon', () => {
  const ring = {
    type: 'Polygon' as const,
    coordinates: [
      [
        [0, 0],
        [4, 0],
        [4, 4],
        [0, 4],
        [0, 0],
      ],
      [
        [1, 1],
        [1, 3],
        [3, 3],
        [3, 1],
        [1, 1],
      ],
    ],
  }
  it('respects holes', () => {
    expect(inside([0.5, 0.5], ring)).toBe(true)
    expect(inside([2, 2], ring)).toBe(false)
    expect(inside([5, 2], ring)).toBe(false)
  })
  it('finds the nearest edge, also of a hole', () => {
    expect(nearestOnOutline([2.9, 2], ring).at[0]).toBeCloseTo(3, 9)
  })
})

describe('crossings', () => {
  const segment = (ax: number, ay: number, bx: number, by: number) => ({ ax, ay, bx, by, owner: 0 })
  it('finds a crossing and its place', () => {
    const [hit] = findCrossings([segment(0, 0, 2, 2), segment(0, 2, 2, 0)], 1)
    expect(hit!.at).toEqual([1, 1])
  })
  it('ignores shared ends and finds overlaps along a line', () => {
    expect(findCrossings([segment(0, 0, 1, 1), segment(1, 1, 2, 0)], 1)).toEqual([])
    expect(findCrossings([segment(0, 0, 2, 0), segment(1, 0, 3, 0)], 1).length).toBe(1)
  })
  it('agrees with the pairwise test, whatever the grid', () => {
    const coordinate = fc.integer({ min: 0, max: 30 })
    const arbitrary = fc.array(fc.tuple(coordinate, coordinate, coordinate, coordinate), { maxLength: 14 })
    fc.assert(
      fc.property(arbitrary, fc.integer({ min: 1, max: 40 }), (rows, cell) => {
        const segments = rows.map(([ax, ay, bx, by]) => segment(ax, ay, bx, by))
        expect(findCrossings(segments, cell).length).toBe(findCrossings(segments, 1000).length)
      }),
    )
  })
})
