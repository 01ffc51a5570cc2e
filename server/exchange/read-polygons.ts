/**
 * Purpose: drawn grids out of a GeoJSON or zipped Shapefile, in EPSG:4326. Reading, the decision about the coordinate system and the
 * checks of each polygon are those of every import of boundaries (geodata/import).
 * Guarantees: a coordinate system that the file does not state needs the user's word or consent; simple faults are mended and told,
 * a polygon with a real fault refuses the file, because units at its border would go astray.
 */
import type { MultiPolygon } from 'geojson'
import { crsName } from '#geodata/import/detect-crs.ts'
import { decideCrs } from '#geodata/import/decide-crs.ts'
import { checkPolygon } from '#geodata/import/check-polygon.ts'
import { readGeojson } from '#geodata/import/read-geojson.ts'
import { readShapefile } from '#geodata/import/read-shapefile.ts'
import { hasPositions, isPolygonal, polygonToWgs84 } from '#geodata/import/transform.ts'
import type { ReadResult, SourceFeature } from '#geodata/import/types.ts'
import type { MultiPolygonCoordinates } from '#domain/geo/shapes.ts'
import { fail, ok, type Result } from '#domain/result.ts'
import type { ImportOptions } from './contract.ts'
import type { DrawnGrid } from './match-polygons.ts'
import { columnNameOf, plainText } from './table-columns.ts'
import type { GridWords } from './types.ts'

export interface PolygonsFault {
  code: string
  /** Chinese, without a full stop. */
  message: string
}

export interface Polygons {
  drawn: DrawnGrid[]
  crs: string
  notes: string[]
}

/** The layer of our own export that holds grids; its other one holds units. */
export const GRID_LAYER = 'grids'
const MAX_POLYGONS = 5_000
const SHOWN = 5

export function readPolygons(
  bytes: Uint8Array,
  format: 'geojson' | 'shapefile',
  options: ImportOptions,
  outlines: readonly MultiPolygon[],
): Result<Polygons, PolygonsFault> {
  const file = format === 'geojson' ? readGeojson(bytes) : shapefileLayer(bytes, options.layer)
  if (!file.ok) return fail({ code: file.reason, message: file.message })
  const own = file.features.filter(({ properties }) => properties.layer === GRID_LAYER)
  const features = own.length > 0 ? own : file.features
  if (features.length > MAX_POLYGONS)
    return fail({
      code: 'too-many-polygons',
      message: `文件有 ${features.length} 个图形，最多 ${MAX_POLYGONS} 个。请只保留网格图层`,
    })
  const polygonal = features.filter(hasPolygon)
  if (polygonal.length === 0)
    return fail({ code: 'no-polygons', message: '文件里没有面（Polygon），线和点不能代表网格。请导出面图层' })

  const decision = decideCrs(
    polygonal.map(({ geometry }) => geometry),
    outlines,
    file.statedCrs,
    options,
  )
  if (!decision.ok) return fail({ code: decision.reason, message: decision.message })
  const notes = file.findings.map(({ message }) => message)
  if (polygonal.length < features.length)
    notes.push(`有 ${features.length - polygonal.length} 个要素不是面，已略去`)
  const drawn: DrawnGrid[] = []
  const faults: string[] = []
  const mended: string[] = []
  for (const feature of polygonal) {
    const { geometry, findings } = checkPolygon(
      polygonToWgs84(feature.geometry, decision.crs, decision.swapped),
      feature.label,
      true,
    )
    for (const finding of findings) {
      if (finding.severity === 'error') faults.push(finding.message)
      else if (finding.code !== 'ring-orientation') mended.push(finding.message)
    }
    if (geometry)
      drawn.push({
        ...wordsOf(feature.properties),
        label: feature.label,
        shape: geometry.coordinates as MultiPolygonCoordinates,
      })
  }
  if (faults.length > 0) return fail({ code: 'invalid-polygon', message: shortened(faults) })
  if (mended.length > 0) notes.push(shortened(mended))
  return ok({ drawn, crs: crsName(decision.crs), notes })
}

type PolygonFeature = SourceFeature & {
  geometry: Extract<SourceFeature['geometry'], { type: 'Polygon' | 'MultiPolygon' }>
}

function hasPolygon(feature: SourceFeature): feature is PolygonFeature {
  return isPolygonal(feature.geometry) && hasPositions(feature.geometry)
}

function shapefileLayer(bytes: Uint8Array, layer: string | undefined): ReadResult {
  const file = readShapefile(bytes, layer)
  if (file.ok || layer !== undefined || file.reason !== 'shapefile-several-layers') return file
  const own = readShapefile(bytes, GRID_LAYER)
  return own.ok ? own : file
}

/** Field names of a Shapefile have at most ten letters; these are the ones of our own export. */
const SHORT_FIELDS: Record<string, keyof GridWords> = {
  GRID_NUM: 'number',
  GRID_NAME: 'name',
  STAFF_NO: 'staffNo',
  MANAGER: 'manager',
  name: 'name',
  NAME: 'name',
  名称: 'name',
}

function wordsOf(properties: Record<string, unknown>): GridWords {
  const words: GridWords = { number: '', name: '', staffNo: '', manager: '' }
  for (const [field, value] of Object.entries(properties)) {
    const column = columnNameOf(field)
    const word =
      column === 'number' || column === 'name' || column === 'staffNo' || column === 'manager'
        ? column
        : SHORT_FIELDS[field]
    if (word === undefined || words[word] !== '' || (typeof value !== 'string' && !Number.isFinite(value)))
      continue
    words[word] = plainText(String(value)).slice(0, 80)
  }
  return words
}

function shortened(messages: readonly string[]): string {
  const more = messages.length > SHOWN ? `；另有 ${messages.length - SHOWN} 处` : ''
  return messages.slice(0, SHOWN).join('；') + more
}
