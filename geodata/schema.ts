/** Shapes of the prepared files and of the places read from them; used when they are written and when they are read. */
import type { MultiPolygon } from 'geojson'
import { z } from 'zod'
import type { Accuracy, DatasetId } from './catalog.ts'

export const placeCode = z.string().regex(/^3607\d{8}$/, 'a 12-digit code that starts with 3607')
const accuracy = z.enum(['official', 'surveyed', 'derived', 'approximate', 'schematic'])
const lng = z.coerce.number().min(113.5).max(117.5)
const lat = z.coerce.number().min(24).max(27.5)
const words = z.string().transform((text) => text.split(' ').filter(Boolean))
const flag = z.enum(['0', '1']).transform((value) => value === '1')
const key = z.string().regex(/^[a-z0-9]+$/)

export const countyRow = z.object({
  code: placeCode,
  name: z.string().min(2),
  kind: z.enum(['地级市', '区', '县', '县级市']),
  pinyin: key,
  initials: key,
  lng,
  lat,
  area_official_km2: z.coerce.number().positive(),
  population: z.coerce.number().int().positive(),
  population_year: z.coerce.number().int(),
  population_note: z.string(),
  industries: words,
  industries_source: z.string(),
  former_codes: words,
  former_names: words,
})

export const townshipRow = z.object({
  code: placeCode,
  name: z.string().min(2),
  kind: z.enum(['街道', '镇', '乡', '民族乡', '统计单元']),
  statistical: flag,
  pinyin: key,
  initials: key,
  lng,
  lat,
  seat_accuracy: accuracy,
  seat_note: z.enum(['', 'pulled-inside', 'county-seat', 'placed-by-rule']),
  industries: words,
  former_names: words,
})

export const villageRow = z.object({
  code: placeCode,
  name: z.string().min(2),
  kind: z.enum(['社区', '村', '统计单元']),
  statistical: flag,
  pinyin: key,
  initials: key,
  lng,
  lat,
})

export const aliasRow = z.object({
  old_code: z.string().regex(/^3607\d{2}(\d{3})?$/),
  new_code: z.string().regex(/^3607\d{2}(\d{3})?$/),
  old_name: z.string().min(2),
  new_name: z.string().min(2),
  since: z.coerce.number().int(),
  note: z.string(),
})

export const managementUnitRow = z.object({
  name: z.string(),
  member_code: placeCode,
  member_name: z.string(),
  extent: z.enum(['全部', '部分']),
  source: z.string(),
})

const topoGeometry = z.object({
  type: z.literal('MultiPolygon'),
  arcs: z.array(z.array(z.array(z.number().int()))),
  properties: z.object({ code: placeCode }),
})

export const topologyFile = z.object({
  type: z.literal('Topology'),
  notice: z.string(),
  transform: z.object({
    scale: z.tuple([z.number(), z.number()]),
    translate: z.tuple([z.number(), z.number()]),
  }),
  objects: z.record(
    z.string(),
    z.object({ type: z.literal('GeometryCollection'), geometries: z.array(topoGeometry) }),
  ),
  arcs: z.array(z.array(z.tuple([z.number().int(), z.number().int()]))),
})

export type CountyRow = z.infer<typeof countyRow>
export type TownshipRow = z.infer<typeof townshipRow>
export type VillageRow = z.infer<typeof villageRow>
export type Alias = z.infer<typeof aliasRow>
export type ManagementUnitRow = z.infer<typeof managementUnitRow>
export type TopologyFile = z.infer<typeof topologyFile>

export type PlaceLevel = 'prefecture' | 'county' | 'township' | 'village'

export interface Place {
  /** 12 digits. */
  code: string
  level: PlaceLevel
  name: string
  kind: string
  parentCode: string | null
  /** The county itself for a county; null for the prefecture. */
  countyCode: string | null
  townshipCode?: string
  /** Urban-rural class of the statistics office, where a source has it; the shipped files do not. */
  classCode?: string
  /** Exists for statistics only (park, forest farm, virtual community): has no territory of its own. */
  statistical: boolean
  pinyin: string
  initials: string
  seat: [number, number]
  seatAccuracy: Accuracy
  geometry: MultiPolygon | null
  areaKm2: number | null
  population: number | null
  /** Of the geometry; of the seat where there is no geometry. */
  accuracy: Accuracy
  source: string
  sourceCrs: string
  dataset: DatasetId
  formerCodes: string[]
  formerNames: string[]
  industries: string[]
}

export interface Prepared {
  places: Place[]
  aliases: Alias[]
  managementUnits: {
    name: string
    members: { code: string; name: string; whole: boolean }[]
    source: string
  }[]
}
