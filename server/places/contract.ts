import { z } from 'zod'
import { placeCode } from '#contract/filter.ts'

export const placeLevel = z.enum(['county', 'township', 'village'])

export const placeListQuery = z.object({ level: placeLevel, parent: placeCode.optional() })
export const placeParams = z.object({ code: placeCode })
export const placeSearchQuery = z.object({
  q: z.string().trim().min(1, '请输入地名、拼音、首字母或区划代码').max(50, '查找内容过长'),
  limit: z.coerce.number().int().min(1).max(50).default(10),
})

const lngLat = z.tuple([z.number(), z.number()])
const level = z.enum(['prefecture', 'county', 'township', 'village'])

export const placeSummarySchema = z.object({
  code: z.string(),
  level,
  name: z.string(),
  kind: z.string(),
  parentCode: z.string().nullable(),
  countyCode: z.string().nullable(),
  seat: lngLat,
  accuracy: z.string(),
  statistical: z.boolean(),
})
export type PlaceSummary = z.infer<typeof placeSummarySchema>

export const placeSchema = placeSummarySchema.extend({
  areaKm2: z.number().nullable(),
  population: z.int().nullable(),
  industries: z.array(z.string()),
  path: z.array(z.object({ code: z.string(), name: z.string(), level })),
  formerNames: z.array(z.string()),
  formerCodes: z.array(z.string()),
  source: z.string(),
  bounds: z.tuple([z.number(), z.number(), z.number(), z.number()]),
})
export type Place = z.infer<typeof placeSchema>

export const MATCHES = ['name', 'initials', 'pinyin', 'code', 'formerName'] as const
export const placeHitSchema = placeSummarySchema.extend({ match: z.enum(MATCHES), context: z.string() })
export type PlaceHit = z.infer<typeof placeHitSchema>

export const placeListSchema = z.object({ places: z.array(placeSummarySchema) })
export const placeHitsSchema = z.object({ places: z.array(placeHitSchema) })
