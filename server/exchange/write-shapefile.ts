/**
 * Purpose: polygon layers as a zipped Shapefile in EPSG:4326 with UTF-8 attributes.
 * Guarantees: .shp, .shx, .dbf, .prj and .cpg of one name per layer; outer rings clockwise, holes counter-clockwise; a text that is
 * too long is cut between characters, never within one. Field names have at most ten ASCII letters; a readme explains them.
 * Limits: the format's own: 2 GB, 254 bytes a text, no missing value in a number (written as blanks).
 * Source: ESRI Shapefile Technical Description (1998); dBASE III file structure.
 */
import { strToU8, zipSync } from 'fflate'
import { signedRingAreaM2 } from '#domain/geo/measure.ts'
import type { MultiPolygonCoordinates, Ring } from '#domain/geo/shapes.ts'

export interface Field {
  /** At most ten ASCII letters. */
  name: string
  about: string
  type: 'text' | 'number'
  /** Bytes. */
  width: number
  decimals?: number
}

export interface ShapeLayer {
  name: string
  fields: Field[]
  records: { shape: MultiPolygonCoordinates; values: (string | number | null)[] }[]
}

export const WGS84_PRJ =
  'GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984",SPHEROID["WGS_1984",6378137.0,298.257223563]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]'
const POLYGON = 5

export function writeShapefiles(layers: readonly ShapeLayer[], readme: string): Uint8Array {
  const files: Record<string, Uint8Array> = { 'readme.txt': strToU8(`\uFEFF${readme}`) }
  for (const layer of layers) {
    const { shp, shx } = geometryFiles(layer.records.map(({ shape }) => shape))
    files[`${layer.name}.shp`] = shp
    files[`${layer.name}.shx`] = shx
    files[`${layer.name}.dbf`] = dbf(layer)
    files[`${layer.name}.prj`] = strToU8(WGS84_PRJ)
    files[`${layer.name}.cpg`] = strToU8('UTF-8')
  }
  return zipSync(files, { level: 6 })
}

function geometryFiles(shapes: readonly MultiPolygonCoordinates[]): { shp: Uint8Array; shx: Uint8Array } {
  const records = shapes.map(recordOf)
  const shpLength = 100 + records.reduce((sum, { bytes }) => sum + 8 + bytes.byteLength, 0)
  const shp = new Uint8Array(shpLength)
  const shx = new Uint8Array(100 + 8 * records.length)
  const box = [Infinity, Infinity, -Infinity, -Infinity]
  for (const { bounds } of records) widen(box, bounds)
  header(shp, box)
  header(shx, box)
  const [main, index] = [new DataView(shp.buffer), new DataView(shx.buffer)]
  let at = 100
  records.forEach(({ bytes }, i) => {
    main.setInt32(at, i + 1)
    main.setInt32(at + 4, bytes.byteLength / 2)
    shp.set(bytes, at + 8)
    index.setInt32(100 + 8 * i, at / 2)
    index.setInt32(104 + 8 * i, bytes.byteLength / 2)
    at += 8 + bytes.byteLength
  })
  return { shp, shx }
}

function header(file: Uint8Array, box: readonly number[]): void {
  const view = new DataView(file.buffer)
  view.setInt32(0, 9994)
  view.setInt32(24, file.byteLength / 2)
  view.setInt32(28, 1000, true)
  view.setInt32(32, POLYGON, true)
  box.forEach((value, i) => view.setFloat64(36 + 8 * i, Number.isFinite(value) ? value : 0, true))
}

function recordOf(shape: MultiPolygonCoordinates): { bytes: Uint8Array; bounds: number[] } {
  const rings = shape.flatMap((polygon) => polygon.map((ring, i) => directed(ring, i === 0)))
  const points = rings.reduce((sum, ring) => sum + ring.length, 0)
  const bytes = new Uint8Array(44 + 4 * rings.length + 16 * points)
  const view = new DataView(bytes.buffer)
  const bounds = [Infinity, Infinity, -Infinity, -Infinity]
  for (const [x, y] of rings.flat()) widen(bounds, [x, y, x, y])
  view.setInt32(0, POLYGON, true)
  bounds.forEach((value, i) => view.setFloat64(4 + 8 * i, value, true))
  view.setInt32(36, rings.length, true)
  view.setInt32(40, points, true)
  let first = 0
  let at = 44 + 4 * rings.length
  rings.forEach((ring, i) => {
    view.setInt32(44 + 4 * i, first, true)
    first += ring.length
    for (const [x, y] of ring) {
      view.setFloat64(at, x, true)
      view.setFloat64(at + 8, y, true)
      at += 16
    }
  })
  return { bytes, bounds }
}

function directed(ring: Ring, isOuter: boolean): Ring {
  return signedRingAreaM2(ring) > 0 === isOuter ? [...ring].reverse() : ring
}

function widen(box: number[], [west, south, east, north]: readonly number[]): void {
  box[0] = Math.min(box[0]!, west!)
  box[1] = Math.min(box[1]!, south!)
  box[2] = Math.max(box[2]!, east!)
  box[3] = Math.max(box[3]!, north!)
}

function dbf({ fields, records }: ShapeLayer): Uint8Array {
  const headerLength = 33 + 32 * fields.length
  const recordLength = 1 + fields.reduce((sum, { width }) => sum + width, 0)
  const bytes = new Uint8Array(headerLength + recordLength * records.length + 1).fill(0x20, headerLength)
  const view = new DataView(bytes.buffer)
  bytes.set([3, 126, 1, 1])
  view.setUint32(4, records.length, true)
  view.setUint16(8, headerLength, true)
  view.setUint16(10, recordLength, true)
  fields.forEach(({ name, type, width, decimals = 0 }, i) => {
    const at = 32 + 32 * i
    bytes.set(strToU8(name).subarray(0, 10), at)
    bytes[at + 11] = type === 'text' ? 0x43 : 0x4e
    bytes[at + 16] = width
    bytes[at + 17] = decimals
  })
  bytes[headerLength - 1] = 0x0d
  records.forEach(({ values }, r) => {
    let at = headerLength + recordLength * r + 1
    fields.forEach((field, i) => {
      const text = cellOf(values[i] ?? null, field)
      bytes.set(text, field.type === 'text' ? at : at + field.width - text.length)
      at += field.width
    })
  })
  bytes[bytes.length - 1] = 0x1a
  return bytes
}

function cellOf(value: string | number | null, { type, width, decimals = 0 }: Field): Uint8Array {
  if (value === null) return new Uint8Array(0)
  if (type === 'number') return strToU8(Number(value).toFixed(decimals).slice(0, width))
  let text = ''
  let used = 0
  for (const letter of String(value)) {
    const size = strToU8(letter).length
    if (used + size > width) break
    text += letter
    used += size
  }
  return strToU8(text)
}
