import { describe, expect, it } from 'vitest'
import * as fc from 'fast-check'
import { jsonFaultOffset } from '#geodata/import/json-fault.ts'
import { readGeojson } from '#geodata/import/read-geojson.ts'
import { readPrj } from '#geodata/import/read-prj.ts'
import { readShapefile } from '#geodata/import/read-shapefile.ts'
import { SHASHI_GBK, box, dbf, geojson, multi, shp, utf8, zip } from './fixtures.ts'

const ring = box(115, 25, 115.1, 25.1).toReversed()
const columns = [{ name: 'NAME', length: 20 }]
const GEOGRAPHIC = 'GEOGCS["GCS_China_Geodetic_Coordinate_System_2000",DATUM["D_China_2000"]]'
const zone = (meridian: number, easting: number) =>
  `PROJCS["CGCS2000_3_Degree_GK",GEOGCS["GCS_China_Geodetic_Coordinate_System_2000"],PROJECTION["Gauss_Kruger"],` +
  `PARAMETER["False_Easting",${easting}.0],PARAMETER["Central_Meridian",${meridian}.0],PARAMETER["Scale_Factor",1.0]]`

function layer(change: Record<string, Uint8Array | null> = {}): Uint8Array {
  const files: Record<string, Uint8Array | null> = {
    'a.shp': shp([ring]),
    'a.dbf': dbf(columns, [[utf8('沙石镇')]]),
    'a.prj': utf8(GEOGRAPHIC),
    ...change,
  }
  return zip(
    Object.fromEntries(Object.entries(files).filter((e): e is [string, Uint8Array] => e[1] !== null)),
  )
}
const reasonOf = (result: ReturnType<typeof readShapefile>) => (result.ok ? 'ok' : result.reason)

describe('readGeojson', () => {
  it('numbers features and calls them by name', () => {
    const result = readGeojson(geojson([{ properties: { 名称: '沙石镇' }, geometry: multi(ring) }]))
    expect(result).toMatchObject({
      ok: true,
      statedCrs: null,
      features: [{ index: 1, label: '要素 1“沙石镇”' }],
    })
  })

  it('says where the syntax breaks', () => {
    const result = readGeojson(utf8('{"type":"FeatureCollection",\n"features":[,]}'))
    expect(result).toMatchObject({ ok: false, reason: 'json-syntax' })
    expect(result.ok ? '' : result.message).toContain('第 2 行第 13 列')
  })

  it('finds the fault that was put in, and none in good JSON', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(jsonFaultOffset(text)).toBe(text.length)
        expect(jsonFaultOffset(`[${text} ?]`)).toBe(text.length + 2)
        expect(jsonFaultOffset(`[${text}`)).toBe(text.length + 1)
      }),
    )
  })

  it('reads one feature a line, and TopoJSON', () => {
    const line = JSON.stringify({ type: 'Feature', properties: {}, geometry: multi(ring) })
    expect(readGeojson(utf8(`${line}\n${line}\n`))).toMatchObject({ ok: true, features: { length: 2 } })
    const topo = {
      type: 'Topology',
      arcs: [ring],
      objects: {
        a: {
          type: 'GeometryCollection',
          geometries: [{ type: 'Polygon', arcs: [[0]], properties: { name: '甲' } }],
        },
      },
    }
    expect(readGeojson(utf8(JSON.stringify(topo)))).toMatchObject({
      ok: true,
      features: [{ label: '要素 1“甲”', geometry: { type: 'Polygon', coordinates: [ring] } }],
    })
  })

  it.each([
    ['urn:ogc:def:crs:OGC:1.3:CRS84', 'WGS84'],
    ['urn:ogc:def:crs:EPSG::4490', 'WGS84'],
    ['EPSG:4547', 'EPSG:4547'],
  ])('honours crs %s', (name, expected) => {
    const bytes = geojson([{ geometry: multi(ring) }], { crs: { type: 'name', properties: { name } } })
    expect(readGeojson(bytes)).toMatchObject({ ok: true, statedCrs: expected })
  })

  it('refuses what it cannot use, with a reason', () => {
    expect(readGeojson(new Uint8Array())).toMatchObject({ reason: 'file-empty' })
    expect(readGeojson(utf8('[1,2]'))).toMatchObject({ reason: 'not-geojson' })
    expect(readGeojson(utf8('{"type":"FeatureCollection","features":[]}'))).toMatchObject({
      reason: 'no-features',
    })
    const crs = { crs: { type: 'name', properties: { name: 'EPSG:2414' } } }
    expect(readGeojson(geojson([{ geometry: null }], crs))).toMatchObject({ reason: 'crs-unsupported' })
    expect(
      readGeojson(utf8('{"type":"Topology","objects":{"a":{"type":"Polygon","arcs":[[7]]}},"arcs":[]}')),
    ).toMatchObject({
      reason: 'not-geojson',
    })
  })
})

describe('readShapefile', () => {
  it('reads UTF-8 and GBK names, with and without .cpg', () => {
    const gbk = { 'a.dbf': dbf(columns, [[SHASHI_GBK]]) }
    for (const bytes of [layer(), layer(gbk), layer({ ...gbk, 'a.cpg': utf8('GBK') })]) {
      const result = readShapefile(bytes)
      expect(result).toMatchObject({
        ok: true,
        statedCrs: 'WGS84',
        features: [{ properties: { NAME: '沙石镇' } }],
        findings: [],
      })
    }
  })

  it('trusts the bytes more than a wrong .cpg, and says so', () => {
    const result = readShapefile(layer({ 'a.dbf': dbf(columns, [[SHASHI_GBK]]), 'a.cpg': utf8('UTF-8') }))
    expect(result).toMatchObject({
      ok: true,
      features: [{ properties: { NAME: '沙石镇' } }],
      findings: [{ code: 'encoding' }],
    })
  })

  it('needs .shp and .dbf, can do without .prj', () => {
    expect(reasonOf(readShapefile(layer({ 'a.dbf': null })))).toBe('shapefile-missing-part')
    expect(reasonOf(readShapefile(layer({ 'a.shp': null })))).toBe('shapefile-missing-part')
    expect(readShapefile(layer({ 'a.prj': null }))).toMatchObject({ ok: true, statedCrs: null })
  })

  it('asks which layer, and takes the named one', () => {
    const two = layer({ 'b.shp': shp([ring]), 'b.dbf': dbf(columns, [[utf8('乙')]]) })
    const result = readShapefile(two)
    expect(result).toMatchObject({ ok: false, reason: 'shapefile-several-layers' })
    expect(result.ok ? '' : result.message).toContain('a、b')
    expect(readShapefile(two, 'b')).toMatchObject({ ok: true, features: [{ properties: { NAME: '乙' } }] })
  })

  it('refuses layers that are not polygons and counts that differ', () => {
    expect(reasonOf(readShapefile(layer({ 'a.shp': shp([ring], 31) })))).toBe('shapefile-geometry-type')
    expect(reasonOf(readShapefile(layer({ 'a.shp': shp([ring], 1) })))).toBe('shapefile-geometry-type')
    expect(reasonOf(readShapefile(layer({ 'a.shp': shp([ring, ring]) })))).toBe('shapefile-count-mismatch')
    // A cut file loses its last record, which the count shows.
    expect(reasonOf(readShapefile(layer({ 'a.shp': shp([ring]).slice(0, -8) })))).toBe(
      'shapefile-count-mismatch',
    )
  })
})

describe('zip guard', () => {
  it('refuses too many entries, paths out of the folder, nested archives', () => {
    const many = Object.fromEntries(Array.from({ length: 501 }, (_, i) => [`f${i}`, new Uint8Array()]))
    expect(reasonOf(readShapefile(zip(many)))).toBe('zip-too-many-entries')
    for (const path of ['../a.shp', '/etc/a.shp', 'C:\\a.shp', 'x/../../a.shp']) {
      expect(reasonOf(readShapefile(layer({ [path]: utf8('x') })))).toBe('zip-path')
    }
    expect(reasonOf(readShapefile(layer({ 'inner.zip': utf8('x') })))).toBe('zip-nested')
  })

  it('refuses by declared size before unpacking', () => {
    const claims = (count: number, unpackedMb: number) => {
      const bytes = zip(Object.fromEntries(Array.from({ length: count }, (_, i) => [`f${i}.bin`, utf8('x')])))
      const view = new DataView(bytes.buffer, bytes.byteOffset)
      for (let at = view.getUint32(bytes.length - 6, true); view.getUint32(at, true) === 0x02014b50;) {
        view.setUint32(at + 24, unpackedMb * 1024 * 1024, true)
        at += 46 + view.getUint16(at + 28, true) + view.getUint16(at + 30, true)
      }
      return bytes
    }
    expect(reasonOf(readShapefile(claims(1, 51)))).toBe('zip-suspicious')
    expect(reasonOf(readShapefile(claims(6, 45)))).toBe('zip-too-large')
  })

  it('refuses a declared size that is a lie, damaged data and cut archives', () => {
    const bytes = layer()
    expect(reasonOf(readShapefile(bytes.slice(0, -30)))).toBe('zip-damaged')
    const damaged = bytes.slice()
    damaged[60] = damaged[60]! ^ 0xff
    expect(reasonOf(readShapefile(damaged))).toBe('zip-damaged')
    const lie = bytes.slice()
    const view = new DataView(lie.buffer)
    const directory = view.getUint32(lie.length - 6, true)
    view.setUint32(directory + 24, 10, true)
    expect(reasonOf(readShapefile(lie))).toBe('zip-damaged')
    expect(reasonOf(readShapefile(utf8('PK not a zip')))).toBe('zip-damaged')
  })

  it('refuses encrypted entries', () => {
    const bytes = layer().slice()
    const view = new DataView(bytes.buffer)
    const directory = view.getUint32(bytes.length - 6, true)
    view.setUint16(directory + 8, 1, true)
    expect(reasonOf(readShapefile(bytes))).toBe('zip-encrypted')
  })
})

describe('readPrj', () => {
  it.each([
    [GEOGRAPHIC, 'WGS84'],
    ['GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984"]]', 'WGS84'],
    [zone(114, 500_000), 'EPSG:4547'],
    [zone(114, 38_500_000), 'EPSG:4526'],
    [zone(117, 500_000), 'EPSG:4548'],
    [zone(117, 39_500_000), 'EPSG:4527'],
    ['PROJCS["WGS_1984_Web_Mercator_Auxiliary_Sphere",GEOGCS["GCS_WGS_1984"]]', 'EPSG:3857'],
  ])('%s', (text, crs) => {
    expect(readPrj(text)).toEqual({ ok: true, crs })
  })

  it('refuses Beijing 1954, Xian 1980, other zones and other systems by name', () => {
    for (const [text, word] of [
      ['GEOGCS["GCS_Beijing_1954",DATUM["D_Beijing_1954"]]', '北京 1954'],
      ['PROJCS["Xian_1980_3_Degree_GK_CM_114E",GEOGCS["GCS_Xian_1980"]]', '西安 1980'],
      [zone(111, 500_000), 'CGCS2000_3_Degree_GK'],
      ['GEOGCS["GCS_North_American_1983"]', 'GCS_North_American_1983'],
    ] as const) {
      const result = readPrj(text)
      expect(result.ok).toBe(false)
      expect(result.ok ? '' : result.message).toContain(word)
    }
  })

  it('stops a Shapefile in such a system', () => {
    const bytes = layer({ 'a.prj': utf8('GEOGCS["GCS_Beijing_1954",DATUM["D_Beijing_1954"]]') })
    expect(reasonOf(readShapefile(bytes))).toBe('crs-unsupported')
  })
})
