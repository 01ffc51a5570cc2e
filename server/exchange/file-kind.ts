/**
 * What a file is, by its bytes: names are not sent, and a name says little. Inputs: at least the first bytes of the file.
 */
import { readZipDirectory } from '#geodata/import/read-zip.ts'

export type FileKind =
  'empty' | 'csv' | 'xlsx' | 'geojson' | 'shapefile' | 'old-excel' | 'other-archive' | 'bad-archive'

export function fileKindOf(bytes: Uint8Array): { kind: FileKind; message?: string } {
  if (bytes.length === 0) return { kind: 'empty' }
  if (bytes[0] === 0xd0 && bytes[1] === 0xcf && bytes[2] === 0x11 && bytes[3] === 0xe0)
    return { kind: 'old-excel' }
  if (bytes[0] === 0x50 && bytes[1] === 0x4b) {
    const directory = readZipDirectory(bytes)
    if (!directory.ok) return { kind: 'bad-archive', message: directory.message }
    const names = directory.value.map(({ name }) => name)
    if (names.some((name) => /^\/?xl\//i.test(name))) return { kind: 'xlsx' }
    return { kind: names.some((name) => /\.shp$/i.test(name)) ? 'shapefile' : 'other-archive' }
  }
  const start = new TextDecoder()
    .decode(bytes.subarray(0, 256))
    .replace(/^\uFEFF/, '')
    .trimStart()
  return { kind: /^[{[]/.test(start) ? 'geojson' : 'csv' }
}
