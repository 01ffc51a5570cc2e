/**
 * Purpose: clients as one compact binary answer, for the browser to hold and filter on the GPU. Used on both sides.
 * Layout, little-endian: "GGC1", count u32, unplaced u32 (clients of the scope that have no position), then planes of
 * `count` values each: x and y (difference to the row before, zigzag, as four byte planes), id (four byte planes),
 * status, kind, size (one byte each, numbers in STATUSES, KINDS and size classes of the client columns).
 * Guarantees: ids and classes exact; positions to 4 cm (web-mercator in 30 bits). Rows are in Morton order, which makes
 * the differences small: about 10 bytes a client after gzip. Cost: about 20 ns a client each way. Source: own.
 */
import { latOf, lngOf } from '#domain/tiles/mercator.ts'

const MAGIC = 0x31434747
const HEADER_BYTES = 12
const BYTES_PER_ROW = 15

export interface EncodedRows {
  /** World units of mercator.ts. */
  x: Uint32Array
  y: Uint32Array
  id: Uint32Array
  status: Uint8Array
  kind: Uint8Array
  size: Uint8Array
  unplaced: number
}

export interface ClientPoints {
  count: number
  unplaced: number
  id: Uint32Array
  lng: Float64Array
  lat: Float64Array
  status: Uint8Array
  kind: Uint8Array
  size: Uint8Array
}

export function encodeColumns(rows: EncodedRows): Uint8Array {
  const count = rows.id.length
  const bytes = new Uint8Array(HEADER_BYTES + count * BYTES_PER_ROW)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, MAGIC, true)
  view.setUint32(4, count, true)
  view.setUint32(8, rows.unplaced, true)
  let at = HEADER_BYTES
  for (const axis of [rows.x, rows.y]) {
    let before = 0
    for (let i = 0; i < count; i++) {
      const step = axis[i] - before
      before = axis[i]
      writePlanes(bytes, at + i, count, (step << 1) ^ (step >> 31))
    }
    at += 4 * count
  }
  for (let i = 0; i < count; i++) writePlanes(bytes, at + i, count, rows.id[i])
  at += 4 * count
  for (const plane of [rows.status, rows.kind, rows.size]) {
    bytes.set(plane, at)
    at += count
  }
  return bytes
}

/** @throws RangeError when the bytes are not such an answer */
export function decodeColumns(bytes: Uint8Array): ClientPoints {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.length < HEADER_BYTES || view.getUint32(0, true) !== MAGIC)
    throw new RangeError('not a client column file')
  const count = view.getUint32(4, true)
  if (bytes.length !== HEADER_BYTES + count * BYTES_PER_ROW)
    throw new RangeError('client column file is cut short')
  const points: ClientPoints = {
    count,
    unplaced: view.getUint32(8, true),
    id: new Uint32Array(count),
    lng: new Float64Array(count),
    lat: new Float64Array(count),
    status: bytes.slice(HEADER_BYTES + 12 * count, HEADER_BYTES + 13 * count),
    kind: bytes.slice(HEADER_BYTES + 13 * count, HEADER_BYTES + 14 * count),
    size: bytes.slice(HEADER_BYTES + 14 * count),
  }
  let x = 0
  let y = 0
  for (let i = 0; i < count; i++) {
    x += unzigzag(readPlanes(bytes, HEADER_BYTES + i, count))
    y += unzigzag(readPlanes(bytes, HEADER_BYTES + 4 * count + i, count))
    points.lng[i] = lngOf(x + 0.5)
    points.lat[i] = latOf(y + 0.5)
    points.id[i] = readPlanes(bytes, HEADER_BYTES + 8 * count + i, count)
  }
  return points
}

function writePlanes(bytes: Uint8Array, at: number, plane: number, value: number): void {
  bytes[at] = value
  bytes[at + plane] = value >>> 8
  bytes[at + 2 * plane] = value >>> 16
  bytes[at + 3 * plane] = value >>> 24
}

function readPlanes(bytes: Uint8Array, at: number, plane: number): number {
  return (
    (bytes[at] | (bytes[at + plane] << 8) | (bytes[at + 2 * plane] << 16) | (bytes[at + 3 * plane] << 24)) >>>
    0
  )
}

function unzigzag(value: number): number {
  return (value >>> 1) ^ -(value & 1)
}
