import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { distanceM } from '#domain/geo/measure.ts'
import { edgeCases, type Suspicion } from '#domain/ownership/edge-cases.ts'
import { toWgs84 } from '#geodata/import/transform.ts'

/** Two grids with their border on the meridian 115, and none east of 115.02. */
const gridAt = (lng: number) => (lng < 115 ? 0 : lng < 115.02 ? 1 : null)
const east: Suspicion<'east'> = { system: 'east', truePosition: (lng, lat) => [lng + 0.005, lat] }
const west: Suspicion<'west'> = { system: 'west', truePosition: (lng, lat) => [lng - 0.005, lat] }

describe('clients whose grid hangs on the coordinate system', () => {
  test('are those nearer to a border than the shift, on the side it leads across', () => {
    const points = [114.99, 114.9951, 115.004, 115.0151, 115.02].map((lng, id) => ({ id, lng, lat: 25.8 }))
    expect(edgeCases(points, gridAt, [east, west])).toEqual([
      {
        id: 1,
        grid: 0,
        elsewhere: [{ system: 'east', grid: 1, distanceM: expect.closeTo(500.6, 0) as number }],
      },
      {
        id: 2,
        grid: 1,
        elsewhere: [{ system: 'west', grid: 0, distanceM: expect.closeTo(500.6, 0) as number }],
      },
      {
        id: 3,
        grid: 1,
        elsewhere: [{ system: 'east', grid: null, distanceM: expect.closeTo(500.6, 0) as number }],
      },
      {
        id: 4,
        grid: null,
        elsewhere: [{ system: 'west', grid: 1, distanceM: expect.closeTo(500.6, 0) as number }],
      },
    ])
  })

  test('are all that were wrongly converted and have changed their grid', () => {
    const systems = ['GCJ02', 'BD09'] as const
    const suspicions = systems.map((system) => ({
      system,
      truePosition: (lng: number, lat: number) => toWgs84([lng, lat], system),
    }))
    fc.assert(
      fc.property(
        fc.double({ min: 114.97, max: 115.04, noNaN: true }),
        fc.double({ min: 25.6, max: 26, noNaN: true }),
        (lng, lat) => {
          const [found] = edgeCases([{ id: 9, lng, lat }], gridAt, suspicions)
          for (const { system, truePosition } of suspicions) {
            const [trueLng, trueLat] = truePosition(lng, lat)
            const told = found?.elsewhere.find((case_) => case_.system === system)
            expect(told !== undefined).toBe(gridAt(trueLng) !== gridAt(lng))
            if (told) expect(told.distanceM).toBeCloseTo(distanceM([lng, lat], [trueLng, trueLat]), 6)
          }
        },
      ),
    )
  })

  test('are none without a suspicion or without points', () => {
    expect(edgeCases([{ id: 1, lng: 115, lat: 25.8 }], gridAt, [])).toEqual([])
    expect(edgeCases([], gridAt, [east])).toEqual([])
  })
})
