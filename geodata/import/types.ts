/** Words shared by the steps of an import; plain data only. */
import type { Geometry, MultiPolygon } from 'geojson'
import type { Accuracy } from '../catalog.ts'
import type { PlaceLevel } from '../schema.ts'

export const CRS_IDS = [
  'WGS84',
  'GCJ02',
  'BD09',
  'EPSG:4526',
  'EPSG:4527',
  'EPSG:4547',
  'EPSG:4548',
  'EPSG:3857',
] as const
/** `WGS84` also stands for EPSG:4326, EPSG:4490 and CRS84. */
export type CrsId = (typeof CRS_IDS)[number]

export type ImportLevel = Exclude<PlaceLevel, 'prefecture'>

export type FindingCode =
  | 'coordinate-not-finite'
  | 'height-dropped'
  | 'too-many-vertices'
  | 'ring-not-closed'
  | 'ring-too-short'
  | 'ring-orientation'
  | 'duplicate-point'
  | 'spike'
  | 'zero-area'
  | 'micro-hole'
  | 'hole-outside'
  | 'self-intersection'
  | 'overlap'
  | 'gap'
  | 'sliver'
  | 'encoding'
  | 'matched-by-name'
  | 'matched-by-location'
  | 'former-code'
  | 'name-differs'
  | 'list-shortened'

export interface Finding {
  code: FindingCode
  severity: 'error' | 'warning'
  /** Label of the feature, for example 要素 7“水西镇”; null when it concerns the file or the coverage. */
  feature: string | null
  /** Codes of the places concerned, where known. */
  places: string[]
  message: string
  at?: [number, number]
  sizeM2?: number
  /** True when the import mended it. */
  repaired: boolean
}

export interface SourceFeature {
  /** Position in the file, from 1. */
  index: number
  label: string
  properties: Record<string, unknown>
  geometry: Geometry | null
}

export type ReadFailure =
  | 'file-empty'
  | 'file-too-large'
  | 'json-syntax'
  | 'not-geojson'
  | 'crs-unsupported'
  | 'zip-damaged'
  | 'zip-too-many-entries'
  | 'zip-too-large'
  | 'zip-suspicious'
  | 'zip-path'
  | 'zip-nested'
  | 'zip-encrypted'
  | 'shapefile-missing-part'
  | 'shapefile-several-layers'
  | 'shapefile-count-mismatch'
  | 'shapefile-geometry-type'
  | 'no-features'

export interface ReadOk {
  ok: true
  features: SourceFeature[]
  /** What the file itself says; null when it says nothing. */
  statedCrs: CrsId | null
  findings: Finding[]
}

export type ReadResult = ReadOk | { ok: false; reason: ReadFailure; message: string }

export interface Replacement {
  code: string
  level: ImportLevel
  name: string
  geometry: MultiPolygon
  areaKm2: number
  accuracy: Accuracy
  source: string
  sourceCrs: string
  sourceFeature: number
  /** As in the file, before conversion and repair. */
  original: Geometry
}

export interface RefusedFeature {
  feature: number
  name: string
  reason: string
  message: string
}

export interface CrsReport {
  stated: CrsId | null
  used: CrsId | null
  swapped: boolean
  detected: CrsGuess | null
}

export interface CrsGuess {
  guess: CrsId | null
  /** Latitude (northing) comes first in the file. */
  swapped: boolean
  confidence: 'certain' | 'likely' | 'unknown'
  /** Systems whose numbers for Ganzhou look like those of the file; empty when the file lies elsewhere. */
  possible: CrsId[]
  /** Where the file lies against the stored outlines before any conversion: [east, north]; null when not comparable. */
  medianShiftM: [number, number] | null
  evidence: string[]
}

export interface ImportReport {
  read: number
  matched: number
  replaced: number
  refused: RefusedFeature[]
  /** Places of the level that the file did not contain. */
  unmatchedPlaces: { code: string; name: string }[]
  crs: CrsReport
  findings: Finding[]
}
