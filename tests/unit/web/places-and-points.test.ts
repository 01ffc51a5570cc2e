import { describe, expect, test } from 'vitest'
import { EARTH_RADIUS_M } from '#domain/geo/earth.ts'
import { encodeColumns } from '#server/clients/columns-format.ts'
import { worldX, worldY } from '#domain/tiles/mercator.ts'
import { metresPerPixel, scaleBar } from '#web/map/scale.ts'
import { decodePoints, nearestPoint } from '#web/overlays/clients/points.ts'
import { classOf, digitsFor, rangesOf, rangeText } from '#web/overlays/places/classes.ts'
import { levelOfCode } from '#web/overlays/places/style.ts'

describe('classes of a choropleth', () => {
  const breaks = [10, 20, 30, 40]

  test('a break is the upper end of its class, it belongs to the lower one', () => {
    expect([-5, 10, 10.01, 40, 41].map((value) => classOf(value, breaks))).toEqual([0, 0, 1, 3, 4])
  })

  test('ranges say what the classes hold', () => {
    expect(rangesOf(breaks, [1, 500]).map((range) => rangeText(range, 0))).toEqual([
      '≤ 10',
      '10 – 20',
      '20 – 30',
      '30 – 40',
      '> 40',
    ])
    expect(rangesOf([], []).map((range) => rangeText(range, 0))).toEqual([])
    expect(rangesOf([], [832]).map((range) => rangeText(range, 0))).toEqual(['832'])
    expect(rangesOf([], [10, 12]).map((range) => rangeText(range, 0))).toEqual(['10 – 12'])
  })

  test('as many decimals as keep the breaks apart', () => {
    expect(digitsFor([10, 20, 30, 40])).toBe(0)
    expect(digitsFor([0.11, 0.12, 0.13, 0.14])).toBe(2)
    expect(digitsFor([])).toBe(0)
  })
})

test('the level of a place follows from its code', () => {
  expect(['360700000000', '360722000000', '360722101000', '360722101201', '360722'].map(levelOfCode)).toEqual(
    ['prefecture', 'county', 'township', 'village', 'county'],
  )
})

describe('client points', () => {
  const at: [number, number][] = [
    [114.93, 25.85],
    [114.9301, 25.85],
    [115.2, 25.3],
  ]
  const bytes = encodeColumns({
    x: Uint32Array.from(at, ([lng]) => worldX(lng)),
    y: Uint32Array.from(at, ([, lat]) => worldY(lat)),
    id: Uint32Array.from([7, 8, 4_000_000_000]),
    status: Uint8Array.from([0, 3, 4]),
    kind: Uint8Array.from([0, 1, 2]),
    size: Uint8Array.from([1, 5, 7]),
    unplaced: 2,
  })
  const points = decodePoints(bytes.slice().buffer)

  test('come back with their ids, classes and places', () => {
    expect([...points.id]).toEqual([7, 8, 4_000_000_000])
    expect([...points.status]).toEqual([0, 3, 4])
    expect(points.lng[2]).toBeCloseTo(115.2, 6)
    expect(points.lat[2]).toBeCloseTo(25.3, 6)
  })

  test('a click takes the nearest within reach, or none', () => {
    expect(nearestPoint(points, 114.93002, 25.85, 0.001)).toBe(0)
    expect(nearestPoint(points, 114.93008, 25.85, 0.001)).toBe(1)
    expect(nearestPoint(points, 114.94, 25.85, 0.001)).toBe(-1)
  })
})

describe('scale bar', () => {
  test('at the equator, zoom 0 shows the world in 512 px', () => {
    // MapLibre's world is 512 px wide at zoom 0; its radius is that of web mercator, 0.1 % larger than the mean one.
    expect(metresPerPixel(0, 0) / ((2 * Math.PI * EARTH_RADIUS_M) / 512)).toBeCloseTo(1, 2)
  })

  test('is a round distance that fits', () => {
    for (let zoom = 5; zoom < 19; zoom += 0.37) {
      const { metres, px } = scaleBar(25.8, zoom, 110)
      expect(px).toBeLessThanOrEqual(110)
      expect(px).toBeGreaterThan(110 / 2.6)
      expect(['1', '2', '5']).toContain(String(metres / 10 ** Math.floor(Math.log10(metres))))
    }
  })
})
