import { unzipSync } from 'fflate'
import { describe, expect, test } from 'vitest'
import { readShapefile } from '#geodata/import/read-shapefile.ts'
import { areaM2 } from '#domain/geo/measure.ts'
import type { MultiPolygonCoordinates, Ring } from '#domain/geo/shapes.ts'
import { writeShapefiles, type ShapeLayer } from '#server/exchange/write-shapefile.ts'

const ring = (west: number, south: number, size: number): Ring => [
  [west, south],
  [west + size, south],
  [west + size, south + size],
  [west, south + size],
  [west, south],
]
/** Two parts, one of them with a hole. */
const shape: MultiPolygonCoordinates = [
  [ring(114.9, 25.8, 0.05), [...ring(114.91, 25.81, 0.01)].reverse()],
  [ring(115, 25.8, 0.02)],
]
const layer: ShapeLayer = {
  name: 'grids',
  fields: [
    { name: 'GRID_NUM', about: '网格序号', type: 'number', width: 6 },
    { name: 'GRID_NAME', about: '网格名称', type: 'text', width: 10 },
    { name: 'LOAN', about: '贷款', type: 'number', width: 18, decimals: 2 },
  ],
  records: [
    { shape, values: [1, '老城', 1234.5] },
    { shape: [[ring(115.1, 25.8, 0.02)]], values: [2, '名字很长很长', null] },
  ],
}

describe('a Shapefile that we write', () => {
  const bytes = writeShapefiles([layer], '说明')

  test('reads back: parts, holes, texts, numbers, coordinate system', () => {
    const read = readShapefile(bytes)
    if (!read.ok) throw new Error(read.message)
    expect(read.statedCrs).toBe('WGS84')
    expect(read.findings).toEqual([])
    const [first, second] = read.features
    expect(first!.properties).toMatchObject({ GRID_NUM: 1, GRID_NAME: '老城', LOAN: 1234.5 })
    // Ten bytes are three characters of three bytes: the fourth is left out whole.
    expect(second!.properties.GRID_NAME).toBe('名字很')
    // A number left blank has no value; the reading library says so with NaN.
    expect(second!.properties.LOAN).toBeNaN()
    const { geometry } = first!
    if (geometry?.type !== 'MultiPolygon') throw new Error(`is a ${geometry?.type}`)
    expect(geometry.coordinates.map((polygon) => polygon.length).sort()).toEqual([1, 2])
    expect(areaM2(geometry.coordinates as MultiPolygonCoordinates)).toBeCloseTo(areaM2(shape), 3)
  })

  test('has outer rings clockwise and an index that points at the records', () => {
    const files = unzipSync(bytes)
    const [shp, shx] = [files['grids.shp']!, files['grids.shx']!].map(
      (file) => new DataView(file.buffer, file.byteOffset, file.byteLength),
    )
    expect([shp!.getInt32(0), shp!.getInt32(24) * 2, shx!.getInt32(24) * 2]).toEqual([
      9994,
      shp!.byteLength,
      116,
    ])
    for (const i of [0, 1]) {
      const at = shx!.getInt32(100 + 8 * i) * 2
      expect([shp!.getInt32(at), shp!.getInt32(at + 4)]).toEqual([i + 1, shx!.getInt32(104 + 8 * i)])
    }
    // First ring: its second corner lies north of the first, which is the clockwise way round a south-western corner.
    const points = 108 + 44 + 4 * 3
    expect(shp!.getFloat64(points + 16 + 8, true)).toBeGreaterThan(shp!.getFloat64(points + 8, true))
    expect(new TextDecoder().decode(files['grids.cpg'])).toBe('UTF-8')
    expect(new TextDecoder().decode(files['readme.txt'])).toContain('说明')
  })
})
