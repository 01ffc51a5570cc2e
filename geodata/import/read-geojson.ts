/**
 * Features out of the bytes of a GeoJSON or TopoJSON file.
 *
 * Guarantees: never throws on bad input; a syntax error names line and column; numbers are as in the file.
 * Limits: 100 MB; a `crs` member is honoured when it is one of the supported systems and refused otherwise.
 * Cost: linear, whole file in memory.
 * Source: RFC 7946; the 2008 specification for the `crs` member.
 */
import type { Feature, FeatureCollection, Geometry } from 'geojson'
import { feature as fromTopology } from 'topojson-client'
import type { Topology } from 'topojson-specification'
import { labelOf } from './feature-label.ts'
import { jsonFaultOffset } from './json-fault.ts'
import type { CrsId, ReadResult, SourceFeature } from './types.ts'

const MAX_BYTES = 100 * 1024 * 1024
const GEOMETRIES = new Set([
  'Point',
  'MultiPoint',
  'LineString',
  'MultiLineString',
  'Polygon',
  'MultiPolygon',
  'GeometryCollection',
])

export function readGeojson(bytes: Uint8Array): ReadResult {
  if (bytes.length === 0) return { ok: false, reason: 'file-empty', message: '文件是空的，请重新导出后上传' }
  if (bytes.length > MAX_BYTES) {
    return { ok: false, reason: 'file-too-large', message: '文件超过 100 MB，请按县拆分后分别导入' }
  }
  const text = new TextDecoder('utf-8').decode(bytes).trim()
  const parsed = parseJson(text)
  if (!parsed.ok) return { ok: false, reason: 'json-syntax', message: parsed.message }
  const crs = statedCrs(parsed.value)
  if (crs === 'unsupported') {
    return {
      ok: false,
      reason: 'crs-unsupported',
      message: '文件的 crs 成员写的坐标系不在支持范围内，请转换为 CGCS2000（EPSG:4490）经纬度后再导入',
    }
  }
  const features = featuresOf(parsed.value)
  if (!features) {
    return {
      ok: false,
      reason: 'not-geojson',
      message: '不是 GeoJSON 或 TopoJSON：最外层应为 FeatureCollection、Feature、几何对象或 Topology',
    }
  }
  if (features.length === 0) return { ok: false, reason: 'no-features', message: '文件里没有任何要素' }
  return { ok: true, features, statedCrs: crs, findings: [] }
}

function parseJson(text: string): { ok: true; value: unknown } | { ok: false; message: string } {
  try {
    return { ok: true, value: JSON.parse(text) }
  } catch {
    const lines = text.split('\n').filter((line) => line.trim() !== '')
    const rows = lines.map(parsedFeature)
    if (lines.length > 1 && rows.every((row) => row !== null)) {
      return { ok: true, value: { type: 'FeatureCollection', features: rows } }
    }
    return { ok: false, message: `JSON 语法错误${positionOf(text)}，请用原软件重新导出` }
  }
}

function parsedFeature(line: string): unknown {
  try {
    const value: unknown = JSON.parse(line)
    return isObject(value) && value.type === 'Feature' ? value : null
  } catch {
    return null
  }
}

function positionOf(text: string): string {
  const before = text.slice(0, jsonFaultOffset(text)).split('\n')
  return `：第 ${before.length} 行第 ${(before.at(-1)?.length ?? 0) + 1} 列`
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function statedCrs(root: unknown): CrsId | null | 'unsupported' {
  if (!isObject(root) || !isObject(root.crs)) return null
  const name = isObject(root.crs.properties) ? root.crs.properties.name : undefined
  if (typeof name !== 'string') return 'unsupported'
  if (/CRS84/i.test(name)) return 'WGS84'
  const number = /(\d{4,6})\D*$/.exec(name)?.[1]
  if (number === '4326' || number === '4490') return 'WGS84'
  if (number === '4526' || number === '4527' || number === '4547' || number === '4548')
    return `EPSG:${number}`
  return number === '3857' || number === '900913' ? 'EPSG:3857' : 'unsupported'
}

function featuresOf(root: unknown): SourceFeature[] | null {
  if (!isObject(root)) return null
  if (root.type === 'Topology') return fromTopologyObjects(root as unknown as Topology)
  if (root.type === 'Feature') return numbered([root])
  if (root.type === 'FeatureCollection') return Array.isArray(root.features) ? numbered(root.features) : null
  if (typeof root.type === 'string' && GEOMETRIES.has(root.type)) {
    return numbered([{ type: 'Feature', properties: {}, geometry: root }])
  }
  return null
}

function fromTopologyObjects(root: Topology): SourceFeature[] | null {
  try {
    const all = Object.values(root.objects).flatMap((object): Feature[] => {
      const found = fromTopology(root, object) as Feature | FeatureCollection
      return found.type === 'FeatureCollection' ? found.features : [found]
    })
    return numbered(all)
  } catch {
    return null
  }
}

function numbered(features: readonly unknown[]): SourceFeature[] {
  return features.map((value, i) => {
    const own = isObject(value) ? value : {}
    const properties = isObject(own.properties) ? own.properties : {}
    const geometry = isObject(own.geometry) ? (own.geometry as unknown as Geometry) : null
    return { index: i + 1, label: labelOf(i + 1, properties), properties, geometry }
  })
}
