/**
 * Geometries as hexadecimal EWKB (little endian, EPSG:4326), the form in which COPY takes them.
 * Source: PostGIS manual, EWKB; OGC 06-103r4 for the layout.
 */
import type { MultiPolygon } from 'geojson'

const WITH_SRID = 0x20000000
const POINT = 1
const LINE_STRING = 2
const POLYGON = 3
const MULTI_POLYGON = 6
const SRID = 4326

const pointBytes = Buffer.alloc(25)
pointBytes.writeUInt8(1, 0)
pointBytes.writeUInt32LE((POINT | WITH_SRID) >>> 0, 1)
pointBytes.writeUInt32LE(SRID, 5)

export function pointHex([x, y]: readonly [number, number]): string {
  pointBytes.writeDoubleLE(x, 9)
  pointBytes.writeDoubleLE(y, 17)
  return pointBytes.toString('hex')
}

export function lineStringHex(line: readonly (readonly [number, number])[]): string {
  const bytes = Buffer.alloc(13 + 16 * line.length)
  let at = bytes.writeUInt8(1, 0)
  at = bytes.writeUInt32LE((LINE_STRING | WITH_SRID) >>> 0, at)
  at = bytes.writeUInt32LE(SRID, at)
  at = bytes.writeUInt32LE(line.length, at)
  for (const [x, y] of line) {
    at = bytes.writeDoubleLE(x, at)
    at = bytes.writeDoubleLE(y, at)
  }
  return bytes.toString('hex')
}

export function multiPolygonHex({ coordinates }: MultiPolygon): string {
  let size = 13
  for (const polygon of coordinates) {
    size += 9
    for (const ring of polygon) size += 4 + 16 * ring.length
  }
  const bytes = Buffer.alloc(size)
  let at = bytes.writeUInt8(1, 0)
  at = bytes.writeUInt32LE((MULTI_POLYGON | WITH_SRID) >>> 0, at)
  at = bytes.writeUInt32LE(SRID, at)
  at = bytes.writeUInt32LE(coordinates.length, at)
  for (const polygon of coordinates) {
    at = bytes.writeUInt8(1, at)
    at = bytes.writeUInt32LE(POLYGON, at)
    at = bytes.writeUInt32LE(polygon.length, at)
    for (const ring of polygon) {
      at = bytes.writeUInt32LE(ring.length, at)
      for (const position of ring) {
        at = bytes.writeDoubleLE(position[0]!, at)
        at = bytes.writeDoubleLE(position[1]!, at)
      }
    }
  }
  return bytes.toString('hex')
}
