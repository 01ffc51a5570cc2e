/** Hand-made inputs for the import tests: tiny places, GeoJSON bytes, Shapefile archives. */
import { zipSync } from 'fflate'
import type { MultiPolygon, Position } from 'geojson'
import type { Place } from '#geodata/schema.ts'

export function box(west: number, south: number, east: number, north: number): Position[] {
  return [
    [west, south],
    [east, south],
    [east, north],
    [west, north],
    [west, south],
  ]
}

export function multi(...rings: Position[][]): MultiPolygon {
  return { type: 'MultiPolygon', coordinates: [rings] }
}

export function aPlace(change: Partial<Place> & Pick<Place, 'code' | 'name' | 'level'>): Place {
  return {
    kind: '镇',
    parentCode: null,
    countyCode: `${change.code.slice(0, 6)}000000`,
    statistical: false,
    pinyin: 'x',
    initials: 'x',
    seat: [115, 25],
    seatAccuracy: 'approximate',
    geometry: null,
    areaKm2: null,
    population: null,
    accuracy: 'approximate',
    source: 'test',
    sourceCrs: 'EPSG:4326',
    dataset: 'townships',
    formerCodes: [],
    formerNames: [],
    industries: [],
    ...change,
  }
}

export function geojson(
  features: { properties?: Record<string, unknown>; geometry: unknown }[],
  extra: Record<string, unknown> = {},
): Uint8Array {
  const all = features.map(({ properties = {}, geometry }) => ({ type: 'Feature', properties, geometry }))
  return new TextEncoder().encode(JSON.stringify({ type: 'FeatureCollection', ...extra, features: all }))
}

/** A polygon layer: one closed ring for each record. */
export function shp(rings: Position[][], type = 5): Uint8Array {
  const records = rings.map((ring) => {
    const content = new DataView(new ArrayBuffer(48 + 16 * ring.length))
    content.setInt32(0, 5, true)
    const xs = ring.map((p) => p[0]!)
    const ys = ring.map((p) => p[1]!)
    ;[Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)].forEach((v, i) =>
      content.setFloat64(4 + 8 * i, v, true),
    )
    content.setInt32(36, 1, true)
    content.setInt32(40, ring.length, true)
    content.setInt32(44, 0, true)
    ring.forEach(([x, y], i) => {
      content.setFloat64(48 + 16 * i, x!, true)
      content.setFloat64(56 + 16 * i, y!, true)
    })
    return new Uint8Array(content.buffer)
  })
  const length = 100 + records.reduce((sum, record) => sum + 8 + record.length, 0)
  const file = new Uint8Array(length)
  const view = new DataView(file.buffer)
  view.setInt32(0, 9994)
  view.setInt32(24, length / 2)
  view.setInt32(28, 1000, true)
  view.setInt32(32, type, true)
  let at = 100
  records.forEach((record, i) => {
    view.setInt32(at, i + 1)
    view.setInt32(at + 4, record.length / 2)
    file.set(record, at + 8)
    at += 8 + record.length
  })
  return file
}

/** Text columns only; values are given as bytes, so that any encoding can be tried. */
export function dbf(columns: { name: string; length: number }[], rows: Uint8Array[][]): Uint8Array {
  const headerLength = 32 + 32 * columns.length + 1
  const rowLength = 1 + columns.reduce((sum, { length }) => sum + length, 0)
  const file = new Uint8Array(headerLength + rowLength * rows.length + 1).fill(32)
  const view = new DataView(file.buffer)
  file.fill(0, 0, headerLength)
  view.setUint8(0, 3)
  view.setUint32(4, rows.length, true)
  view.setUint16(8, headerLength, true)
  view.setUint16(10, rowLength, true)
  columns.forEach(({ name, length }, i) => {
    file.set(new TextEncoder().encode(name), 32 + 32 * i)
    view.setUint8(32 + 32 * i + 11, 'C'.charCodeAt(0))
    view.setUint8(32 + 32 * i + 16, length)
  })
  view.setUint8(headerLength - 1, 13)
  rows.forEach((row, r) => {
    let at = headerLength + r * rowLength + 1
    row.forEach((value, c) => {
      file.set(value, at)
      at += columns[c]!.length
    })
  })
  file[file.length - 1] = 26
  return file
}

export const utf8 = (text: string) => new TextEncoder().encode(text)
/** 沙石镇 in GBK. */
export const SHASHI_GBK = new Uint8Array([0xc9, 0xb3, 0xca, 0xaf, 0xd5, 0xf2])

export const zip = (files: Record<string, Uint8Array>) => zipSync(files)
