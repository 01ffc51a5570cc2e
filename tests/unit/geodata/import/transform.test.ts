import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { distanceM } from '#geodata/geometry/ring.ts'
import {
  ZONES,
  gaussKrugerForward,
  gaussKrugerInverse,
  polygonToWgs84,
  toWgs84,
} from '#geodata/import/transform.ts'
import { box, multi } from './fixtures.ts'

// Reference values computed with PROJ's transverse Mercator on GRS80 (proj4).
const KNOWN: [keyof typeof ZONES, [number, number], [number, number]][] = [
  ['EPSG:4547', [594_783.4241936076, 2_863_405.1437696633], [114.9457, 25.8757]],
  ['EPSG:4526', [38_661_402.69030095, 2_778_087.676882741], [115.6, 25.1]],
  ['EPSG:4548', [294_084.7120408097, 2_864_675.2347944877], [114.9457, 25.8757]],
  ['EPSG:4527', [39_358_775.41924407, 2_777_863.5362995514], [115.6, 25.1]],
]

describe('projected coordinates', () => {
  it.each(KNOWN)('%s agrees with known values within 1 mm, both ways', (crs, projected, geographic) => {
    const [lng, lat] = toWgs84(projected, crs)
    expect(distanceM([lng, lat], geographic)).toBeLessThan(0.001)
    const [x, y] = gaussKrugerForward(...geographic, ZONES[crs])
    expect(Math.hypot(x - projected[0], y - projected[1])).toBeLessThan(0.001)
  })

  it('inverts itself everywhere in the prefecture', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 113.8, max: 116.8, noNaN: true }),
        fc.double({ min: 24.3, max: 27.3, noNaN: true }),
        (lng, lat) => {
          for (const zone of Object.values(ZONES)) {
            const [x, y] = gaussKrugerForward(lng, lat, zone)
            expect(distanceM(gaussKrugerInverse(x, y, zone), [lng, lat])).toBeLessThan(0.0005)
          }
        },
      ),
    )
  })

  it('reads web mercator', () => {
    const [lng, lat] = toWgs84([12_795_696.792876385, 2_983_693.983320525], 'EPSG:3857')
    expect(distanceM([lng, lat], [114.9457, 25.8757])).toBeLessThan(0.001)
  })
})

describe('shifted systems', () => {
  it('moves GCJ-02 about 480 m west and 345 m north, BD-09 about 1,130 m west and 320 m south', () => {
    const gcj = toWgs84([114.9457, 25.8757], 'GCJ02')
    const east = (a: readonly number[]) => (114.9457 - a[0]!) * 100_160
    const north = (a: readonly number[]) => (25.8757 - a[1]!) * 110_800
    expect(east(gcj)).toBeGreaterThan(460)
    expect(east(gcj)).toBeLessThan(510)
    expect(north(gcj)).toBeLessThan(-310)
    expect(north(gcj)).toBeGreaterThan(-380)
    const bd = toWgs84([114.9457, 25.8757], 'BD09')
    expect(east(bd)).toBeGreaterThan(1_100)
    expect(east(bd)).toBeLessThan(1_160)
    expect(north(bd)).toBeGreaterThan(270)
    expect(north(bd)).toBeLessThan(390)
  })

  it('drops heights, swaps on request and gives the same numbers for the same vertex', () => {
    const ring = box(25, 115, 25.1, 115.1).map((p) => [...p, 99])
    const result = polygonToWgs84(multi(ring), 'GCJ02', true)
    const first = result.coordinates[0]![0]![0]!
    expect(first.length).toBe(2)
    expect(first[0]).toBeGreaterThan(114.9)
    expect(result.coordinates[0]![0]!.at(-1)).toEqual(first)
  })
})
