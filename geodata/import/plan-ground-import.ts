/**
 * Turns the bytes of a file of streets, railways, rivers and water into rows, or says why not. No database, no clock, no network.
 *
 * Inputs: bytes of a GeoJSON, TopoJSON or zipped Shapefile; the coordinate system when the file does not state it. Lines carry
 * no county outline to compare with, so the system is never guessed.
 * Guarantees: every feature read is taken, skipped with the word for it, or refused with the reason; nothing is taken when the
 * answer is not ok. Positions are EPSG:4326 to 7 decimals; repeated positions are dropped.
 * Limits: areas that are not valid polygons are refused one by one. Cost: linear.
 */
import type { Geometry, MultiPolygon, Position } from 'geojson'
import type { Accuracy } from '../catalog.ts'
import { checkPolygon } from './check-polygon.ts'
import { crsName } from './detect-crs.ts'
import { nameOf } from './feature-label.ts'
import { groundClass, type GroundClass, type LineKind, type LineLevel } from './ground-class.ts'
import { readGeojson } from './read-geojson.ts'
import { readShapefile } from './read-shapefile.ts'
import { hasPositions, isPolygonal, polygonToWgs84, toWgs84 } from './transform.ts'
import type { CrsId, Finding, ReadFailure, RefusedFeature, SourceFeature } from './types.ts'

export interface GroundImportOptions {
  crs?: CrsId
  /** With `crs`: latitude (northing) comes first. */
  swapped?: boolean
  /** What all features of the file are, where its attributes do not say. */
  kind?: LineKind | 'water'
  layer?: string
  /** Where the file comes from; importing the same source again replaces what it brought. */
  source: string
  accuracy: Accuracy
}

export interface GroundLine {
  kind: LineKind
  level: LineLevel
  name: string | null
  line: [number, number][]
}

export interface GroundWater {
  name: string | null
  shape: MultiPolygon
}

export interface GroundReport {
  read: number
  taken: number
  lines: Record<LineKind, number>
  water: number
  /** Features that divide nobody's round, by the word that says so. */
  skipped: Record<string, number>
  refused: RefusedFeature[]
  crs: CrsId | null
  findings: Finding[]
}

export type GroundFailure = ReadFailure | 'crs-unconfirmed' | 'crs-out-of-region' | 'nothing-taken'

export type GroundPlan =
  | { ok: true; lines: GroundLine[]; water: GroundWater[]; report: GroundReport }
  | { ok: false; reason: GroundFailure; message: string; report: GroundReport }

/** Ganzhou with room around it: west, south, east, north. */
const REGION = [112.5, 23.5, 118, 28] as const

export function planGroundImport(bytes: Uint8Array, options: GroundImportOptions): GroundPlan {
  const isZip = bytes[0] === 0x50 && bytes[1] === 0x4b
  const file = isZip ? readShapefile(bytes, options.layer, 'lines-and-polygons') : readGeojson(bytes)
  const report = emptyReport()
  if (!file.ok) return { ok: false, reason: file.reason, message: file.message, report }
  report.read = file.features.length
  report.findings = file.findings
  const refuse = (reason: GroundFailure, message: string): GroundPlan => ({
    ok: false,
    reason,
    message,
    report,
  })
  const crs = options.crs ?? file.statedCrs
  if (crs === null) {
    return refuse(
      'crs-unconfirmed',
      '文件没有写明坐标系，线状数据也无法与县界比对来判断。请向数据提供方确认后用 --crs 指明（高德、腾讯导出的多为 GCJ02）',
    )
  }
  report.crs = crs
  const lines: GroundLine[] = []
  const water: GroundWater[] = []
  for (const feature of file.features) {
    const found = take(feature, options, crs)
    if ('word' in found) report.skipped[found.word] = (report.skipped[found.word] ?? 0) + 1
    else if ('message' in found) report.refused.push(found)
    else {
      lines.push(...found.lines)
      water.push(...found.water)
      report.taken++
    }
  }
  const outside = firstOutside(lines, water)
  if (outside) {
    const message = `按${crsName(crs)}读取后，坐标 (${outside.map((v) => v.toFixed(4)).join(', ')}) 不在赣州范围内。请核对坐标系，或确认文件是不是本地区的`
    return refuse('crs-out-of-region', message)
  }
  if (report.taken === 0) {
    return refuse(
      'nothing-taken',
      `${report.read} 个要素里没有认得出的道路、铁路、河流或水面。请检查属性（highway、railway、waterway、kind、类型），或用 --kind 指明`,
    )
  }
  for (const { kind } of lines) report.lines[kind]++
  report.water = water.length
  return { ok: true, lines, water, report }
}

type Taken = { lines: GroundLine[]; water: GroundWater[] }

function take(
  { index, label, properties, geometry }: SourceFeature,
  options: GroundImportOptions,
  crs: CrsId,
): Taken | { word: string } | RefusedFeature {
  const refused = (reason: string, message: string) => ({ feature: index, name: label, reason, message })
  if (!geometry) return refused('no-geometry', '没有图形')
  const known = options.kind ? stated(options.kind, geometry) : groundClass(properties, geometry.type)
  if (known === null) return refused('class-unknown', '属性里认不出是道路、铁路、河流还是水面')
  if (known.is === 'skip') return { word: known.word }
  const name = nameOf(properties)
  const swapped = options.swapped ?? false
  if (known.is === 'water') {
    if (!isPolygonal(geometry) || !hasPositions(geometry)) return refused('not-an-area', '水面应为面')
    const checked = checkPolygon(polygonToWgs84(geometry, crs, swapped), label, true)
    const fault = checked.findings.find(({ severity, repaired }) => severity === 'error' && !repaired)
    if (fault || !checked.geometry) return refused('invalid-area', fault?.message ?? '面无效')
    return { lines: [], water: [{ name, shape: checked.geometry }] }
  }
  const parts = partsOf(geometry)
  if (!parts) return refused('not-a-line', '应为线')
  const lines = parts
    .map((part) => distinct(part.map((position) => rounded(toWgs84(position, crs, swapped)))))
    .filter((line) => line.length >= 2)
  if (lines.length === 0) return refused('no-length', '线没有长度')
  if (lines.some((line) => line.some((position) => !position.every(Number.isFinite))))
    return refused('not-finite', '坐标不是数字')
  return { lines: lines.map((line) => ({ kind: known.kind, level: known.level, name, line })), water: [] }
}

function stated(kind: LineKind | 'water', geometry: Geometry): GroundClass {
  if (kind === 'water' || isPolygonal(geometry)) return { is: 'water' }
  return { is: 'line', kind, level: 'ground' }
}

function partsOf(geometry: Geometry): Position[][] | null {
  const isLine = (value: unknown): value is Position[] =>
    Array.isArray(value) &&
    value.every(
      (p) => Array.isArray(p) && p.length >= 2 && typeof p[0] === 'number' && typeof p[1] === 'number',
    )
  if (geometry.type === 'LineString') return isLine(geometry.coordinates) ? [geometry.coordinates] : null
  if (geometry.type !== 'MultiLineString' || !Array.isArray(geometry.coordinates)) return null
  return geometry.coordinates.every(isLine) ? geometry.coordinates : null
}

const rounded = ([lng, lat]: [number, number]): [number, number] => [
  Math.round(lng * 1e7) / 1e7,
  Math.round(lat * 1e7) / 1e7,
]

function distinct(line: [number, number][]): [number, number][] {
  return line.filter(([x, y], i) => i === 0 || x !== line[i - 1]![0] || y !== line[i - 1]![1])
}

function firstOutside(lines: readonly GroundLine[], water: readonly GroundWater[]): Position | undefined {
  const [west, south, east, north] = REGION
  const outside = ([x, y]: readonly number[]) => x! < west || x! > east || y! < south || y! > north
  for (const { line } of lines) if (outside(line[0]!)) return line[0]
  for (const { shape } of water)
    if (outside(shape.coordinates[0]![0]![0]!)) return shape.coordinates[0]![0]![0]
  return undefined
}

function emptyReport(): GroundReport {
  return {
    read: 0,
    taken: 0,
    lines: { street: 0, trunk: 0, expressway: 0, railway: 0, river: 0 },
    water: 0,
    skipped: {},
    refused: [],
    crs: null,
    findings: [],
  }
}
