/**
 * Features out of a zipped Shapefile.
 *
 * Guarantees: the archive is judged before it is unpacked (see `read-zip.ts`); geometry and attributes have the same number of
 * records; the text encoding follows the evidence in the bytes, and a disagreement with the .cpg file is reported.
 * Limits: layers of polygons, or of lines where asked; one layer at a time; measures (M) are ignored, heights (Z) stay in the original numbers.
 * Cost: linear, whole layer in memory.
 * Source: ESRI Shapefile Technical Description (1998); shpjs.
 */
import type { Geometry } from 'geojson'
import { parseDbf, parseShp } from 'shpjs'
import { labelOf } from './feature-label.ts'
import { readPrj } from './read-prj.ts'
import { readZipDirectory, readZipEntry } from './read-zip.ts'
import type { ZipEntry } from './read-zip.ts'
import type { CrsId, Finding, ReadResult } from './types.ts'

const SHAPE_TYPES = {
  polygons: { types: new Set([5, 15, 25]), word: '面（Polygon）' },
  'lines-and-polygons': { types: new Set([3, 5, 13, 15, 23, 25]), word: '线（PolyLine）和面（Polygon）' },
} as const
export type ShapefileContent = keyof typeof SHAPE_TYPES

export function readShapefile(
  bytes: Uint8Array,
  layer?: string,
  content: ShapefileContent = 'polygons',
): ReadResult {
  if (bytes.length === 0) return { ok: false, reason: 'file-empty', message: '文件是空的，请重新压缩后上传' }
  const directory = readZipDirectory(bytes)
  if (!directory.ok) return directory
  const entries = directory.value.filter(({ name }) => !name.includes('__MACOSX') && !name.endsWith('/'))
  const shapes = entries.filter(({ name }) => /\.shp$/i.test(name))
  if (shapes.length === 0) {
    return {
      ok: false,
      reason: 'shapefile-missing-part',
      message: '压缩包里没有 .shp 文件；请把 .shp .shx .dbf .prj 一起压缩',
    }
  }
  const chosen = layer ? shapes.filter(({ name }) => layerName(name) === layer) : shapes
  const shape = chosen[0]
  if (!shape || chosen.length > 1) {
    const names = shapes.map(({ name }) => layerName(name)).join('、')
    return {
      ok: false,
      reason: 'shapefile-several-layers',
      message: `压缩包里有 ${shapes.length} 个图层（${names}），请选择其中一个`,
    }
  }
  return readLayer(bytes, entries, shape, content)
}

function layerName(path: string): string {
  return path.replace(/^.*[\\/]/, '').replace(/\.shp$/i, '')
}

function readLayer(
  bytes: Uint8Array,
  entries: readonly ZipEntry[],
  shape: ZipEntry,
  content: ShapefileContent,
): ReadResult {
  const base = shape.name.slice(0, -4).toLowerCase()
  const part = (extension: string) => entries.find(({ name }) => name.toLowerCase() === base + extension)
  const dbfEntry = part('.dbf')
  if (!dbfEntry) {
    return {
      ok: false,
      reason: 'shapefile-missing-part',
      message: `图层“${layerName(shape.name)}”缺少 .dbf：没有属性就无法对应行政区，不能导入`,
    }
  }
  const shp = readZipEntry(bytes, shape)
  if (!shp.ok) return shp
  const dbf = readZipEntry(bytes, dbfEntry)
  if (!dbf.ok) return dbf
  const side = sideFiles(bytes, part('.prj'), part('.cpg'))
  if (!side.ok) return side
  const type =
    shp.value.length >= 100 ? new DataView(shp.value.buffer, shp.value.byteOffset).getInt32(32, true) : -1
  const accepted = SHAPE_TYPES[content]
  if (!accepted.types.has(type)) {
    const what = type === 31 ? 'MultiPatch（三维面片）' : `类型 ${type}`
    return {
      ok: false,
      reason: 'shapefile-geometry-type',
      message: `图层是${what}，这里只接受${accepted.word}图层`,
    }
  }
  const encoding = encodingOf(dbf.value, side.cpg)
  let geometries: (Geometry | null)[]
  let records: Record<string, unknown>[]
  try {
    geometries = parseShp(copyOf(shp.value), false)
    records = parseDbf(copyOf(dbf.value), encoding.name)
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error)
    return {
      ok: false,
      reason: 'zip-damaged',
      message: `图层“${layerName(shape.name)}”读不出来（${detail}），请重新导出`,
    }
  }
  if (geometries.length !== records.length) {
    return {
      ok: false,
      reason: 'shapefile-count-mismatch',
      message: `几何 ${geometries.length} 条、属性 ${records.length} 条，数目不一致，无法一一对应，请重新导出`,
    }
  }
  if (geometries.length === 0) return { ok: false, reason: 'no-features', message: '图层里没有任何要素' }
  return {
    ok: true,
    features: geometries.map((geometry, i) => {
      const properties = records[i]!
      return { index: i + 1, label: labelOf(i + 1, properties), properties, geometry }
    }),
    statedCrs: side.crs,
    findings: encoding.findings,
  }
}

type SideFiles = { ok: true; crs: CrsId | null; cpg: string | null } | Extract<ReadResult, { ok: false }>

function sideFiles(
  bytes: Uint8Array,
  prjEntry: ZipEntry | undefined,
  cpgEntry: ZipEntry | undefined,
): SideFiles {
  let crs: CrsId | null = null
  let cpg: string | null = null
  if (prjEntry) {
    const prj = readZipEntry(bytes, prjEntry)
    if (!prj.ok) return prj
    const read = readPrj(new TextDecoder().decode(prj.value))
    if (!read.ok) return { ok: false, reason: 'crs-unsupported', message: read.message }
    crs = read.crs
  }
  if (cpgEntry) {
    const file = readZipEntry(bytes, cpgEntry)
    if (!file.ok) return file
    cpg = new TextDecoder().decode(file.value).trim()
  }
  return { ok: true, crs, cpg }
}

/** The parsers index into the underlying buffer, so they get one of their own. */
function copyOf(bytes: Uint8Array): Uint8Array {
  return bytes.slice()
}

function encodingOf(dbf: Uint8Array, cpg: string | null): { name: string; findings: Finding[] } {
  const hasHighBytes = dbf.subarray(32).some((byte) => byte > 127)
  let validUtf8 = true
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(dbf.subarray(32))
  } catch {
    validUtf8 = false
  }
  const name = validUtf8 ? 'utf-8' : 'gb18030'
  const saysUtf8 = cpg !== null && /utf-?8|65001/i.test(cpg)
  const saysGbk = cpg !== null && /gbk|gb2312|gb18030|936/i.test(cpg)
  const contradicts = hasHighBytes && ((saysUtf8 && !validUtf8) || (saysGbk && validUtf8))
  const findings: Finding[] = contradicts
    ? [
        {
          code: 'encoding',
          severity: 'warning',
          feature: null,
          places: [],
          message: `.cpg 写的编码是 ${cpg}，但文字实际是 ${validUtf8 ? 'UTF-8' : 'GBK'}，已按实际编码读取，请核对名称`,
          repaired: true,
        },
      ]
    : []
  return { name, findings }
}
