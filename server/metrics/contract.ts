import { z } from 'zod'
import { placeCode } from '#contract/filter.ts'

export const metricSchema = z.object({
  key: z.string(),
  version: z.int(),
  scope: z.enum(['plan', 'place']),
  unit: z.string(),
  label: z.string(),
  labelEn: z.string(),
  definition: z.string(),
  definitionEn: z.string(),
  numerator: z.string(),
  denominator: z.string().nullable(),
})
export const metricListSchema = z.object({ version: z.string(), metrics: z.array(metricSchema) })

export const placeValuesQuery = z.object({
  metric: z.string().min(1).max(40),
  level: z.enum(['county', 'township', 'village']),
  parent: placeCode.optional(),
  month: z
    .string()
    .regex(/^\d{4}-\d{2}-01$/, '月份应为该月 1 日，如 2026-11-01')
    .optional(),
})

export const placeValuesSchema = z.object({
  metric: z.string(),
  level: z.string(),
  month: z.string().nullable(),
  unit: z.string(),
  values: z.array(
    z.object({
      code: z.string(),
      name: z.string(),
      value: z.number().nullable(),
      hidden: z
        .boolean()
        .optional()
        .meta({ description: '背后不足 5 户，或可由此推出不足 5 户者，按规定不显示' }),
      numerator: z.number().nullable().optional(),
      denominator: z.number().nullable().optional(),
    }),
  ),
  total: z.object({ value: z.number().nullable(), hidden: z.boolean().optional() }),
  breaks: z.array(z.number()).meta({ description: '前四级的上界（五级分位数分级）；不同的值不足时更少' }),
  breaksMethod: z.literal('quantile'),
})
export type PlaceValues = z.infer<typeof placeValuesSchema>
