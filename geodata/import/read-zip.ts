/**
 * Opens a zip archive without trusting it.
 *
 * Guarantees: the directory is judged before anything is unpacked: at most 500 entries, 200 MB unpacked, no entry above
 * 50 MB that is packed more than 100 times, no encryption, no nested archive, no path that leaves the folder; each entry is
 * unpacked into a buffer of its declared size and checked against its CRC-32.
 * Limits: no zip64, methods stored and deflate only.
 * Cost: linear in the unpacked size.
 * Source: PKWARE APPNOTE 6.3.
 */
import { inflateSync } from 'fflate'
import type { ReadFailure } from './types.ts'

const MAX_ENTRIES = 500
const MAX_UNPACKED = 200 * 1024 * 1024
const MAX_RATIO = 100
const RATIO_FROM = 50 * 1024 * 1024

export interface ZipEntry {
  name: string
  method: number
  packed: number
  unpacked: number
  crc: number
  offset: number
}

export type ZipResult<T> = { ok: true; value: T } | { ok: false; reason: ReadFailure; message: string }

function refuse(reason: ReadFailure, message: string): { ok: false; reason: ReadFailure; message: string } {
  return { ok: false, reason, message }
}

export function readZipDirectory(bytes: Uint8Array): ZipResult<ZipEntry[]> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const end = findEnd(view)
  if (end < 0) return refuse('zip-damaged', '不是完整的 zip 文件（找不到目录），请重新压缩')
  const count = view.getUint16(end + 10, true)
  const start = view.getUint32(end + 16, true)
  if (count > MAX_ENTRIES)
    return refuse('zip-too-many-entries', `压缩包有 ${count} 个文件，最多 ${MAX_ENTRIES} 个`)
  const entries: ZipEntry[] = []
  let at = start
  let total = 0
  for (let i = 0; i < count; i++) {
    if (at + 46 > end || view.getUint32(at, true) !== 0x02014b50) {
      return refuse('zip-damaged', 'zip 目录已损坏，请重新压缩')
    }
    const flags = view.getUint16(at + 8, true)
    const nameLength = view.getUint16(at + 28, true)
    const entry: ZipEntry = {
      name: decodeName(bytes.subarray(at + 46, at + 46 + nameLength)),
      method: view.getUint16(at + 10, true),
      crc: view.getUint32(at + 16, true),
      packed: view.getUint32(at + 20, true),
      unpacked: view.getUint32(at + 24, true),
      offset: view.getUint32(at + 42, true),
    }
    const fault = judge(entry, flags, bytes.length)
    if (fault) return fault
    total += entry.unpacked
    entries.push(entry)
    at += 46 + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true)
  }
  if (total > MAX_UNPACKED) {
    return refuse(
      'zip-too-large',
      `压缩包解开后有 ${Math.round(total / 1048576)} MB，超过上限 200 MB，请按县拆分`,
    )
  }
  return { ok: true, value: entries }
}

function judge(
  entry: ZipEntry,
  flags: number,
  size: number,
): { ok: false; reason: ReadFailure; message: string } | null {
  const { name, packed, unpacked } = entry
  if (flags & 1) return refuse('zip-encrypted', `“${name}”有密码，请去掉密码后重新压缩`)
  if (/(^|[\\/])\.\.([\\/]|$)|^[\\/]|^[a-zA-Z]:|\0/.test(name)) {
    return refuse('zip-path', `压缩包里的路径“${name}”指向文件夹之外，已拒收`)
  }
  if (/\.(zip|rar|7z|gz|tgz|tar)$/i.test(name)) {
    return refuse('zip-nested', `压缩包里还有压缩包“${name}”，请先解开再压缩一层`)
  }
  if (packed === 0xffffffff || unpacked === 0xffffffff || entry.offset + packed > size) {
    return refuse('zip-damaged', `“${name}”的大小与压缩包不符，请重新压缩`)
  }
  if (unpacked > RATIO_FROM && unpacked > MAX_RATIO * Math.max(1, packed)) {
    return refuse(
      'zip-suspicious',
      `“${name}”解开后是压缩大小的 ${Math.round(unpacked / Math.max(1, packed))} 倍，疑似压缩炸弹，已拒收`,
    )
  }
  return null
}

export function readZipEntry(bytes: Uint8Array, entry: ZipEntry): ZipResult<Uint8Array> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const damaged = refuse('zip-damaged', `“${entry.name}”已损坏，请重新压缩`)
  if (entry.offset + 30 > bytes.length || view.getUint32(entry.offset, true) !== 0x04034b50) return damaged
  const start =
    entry.offset + 30 + view.getUint16(entry.offset + 26, true) + view.getUint16(entry.offset + 28, true)
  if (start + entry.packed > bytes.length) return damaged
  const data = bytes.subarray(start, start + entry.packed)
  let value: Uint8Array
  if (entry.method === 0) value = data
  else if (entry.method === 8) {
    try {
      value = inflateSync(data, { out: new Uint8Array(entry.unpacked) })
    } catch {
      return damaged
    }
  } else return refuse('zip-damaged', `“${entry.name}”的压缩方法不受支持，请用普通 zip 压缩`)
  return value.length === entry.unpacked && crc32(value) === entry.crc ? { ok: true, value } : damaged
}

function findEnd(view: DataView): number {
  const lowest = Math.max(0, view.byteLength - 22 - 65_535)
  for (let at = view.byteLength - 22; at >= lowest; at--) {
    if (view.getUint32(at, true) === 0x06054b50) return at
  }
  return -1
}

/** Chinese Windows writes names in GBK without saying so. */
function decodeName(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return new TextDecoder('gb18030').decode(bytes)
  }
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n
  for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1
  return c >>> 0
})

function crc32(bytes: Uint8Array): number {
  let c = 0xffffffff
  for (const byte of bytes) c = CRC_TABLE[(c ^ byte) & 255]! ^ (c >>> 8)
  return (c ^ 0xffffffff) >>> 0
}
