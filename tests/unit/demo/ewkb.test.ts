import { expect, test } from 'vitest'
import { multiPolygonHex, pointHex } from '#db/ewkb.ts'

test('POINT(1 2) in EPSG:4326, byte by byte', () => {
  expect(pointHex([1, 2])).toBe('01' + '01000020' + 'e6100000' + '000000000000f03f' + '0000000000000040')
})

test('a square, byte by byte', () => {
  const [zero, one] = ['0000000000000000', '000000000000f03f']
  const geometry = {
    type: 'MultiPolygon' as const,
    coordinates: [
      [
        [
          [0, 0],
          [1, 0],
          [1, 1],
          [0, 0],
        ],
      ],
    ],
  }
  expect(multiPolygonHex(geometry)).toBe(
    '01' +
      '06000020' +
      'e6100000' +
      '01000000' +
      ('01' + '03000000' + '01000000' + '04000000') +
      [zero, zero, one, zero, one, one, zero, zero].join(''),
  )
})
