import { z } from 'zod'

/** A file that is taken in; larger ones are cut by county or thinned out first. */
export const FILE_LIMIT_BYTES = 20 * 1024 * 1024
export const LIST_LIMIT = 500
export const WALK_LIST_CLIENTS = 50_000

export const CRS_CHOICES = [
  'WGS84',
  'GCJ02',
  'BD09',
  'EPSG:4526',
  'EPSG:4527',
  'EPSG:4547',
  'EPSG:4548',
  'EPSG:3857',
] as const
export type CrsChoiceId = (typeof CRS_CHOICES)[number]

const flag = z.enum(['true', 'false']).transform((text) => text === 'true')

/** What the user says about a file of polygons; a table needs none of it. */
export const importOptionsSchema = z.object({
  crs: z.enum(CRS_CHOICES).optional(),
  swapped: flag.optional(),
  acceptDetected: flag.optional(),
  layer: z.string().max(80, '图层名最多 80 个字').optional(),
})
export type ImportOptions = z.infer<typeof importOptionsSchema>

export const digestSchema = z.string().regex(/^[0-9a-f]{64}$/, 'digest 应为预览给出的 64 位十六进制')

export const OUTCOMES = ['assigned', 'unchanged', 'ambiguous', 'refused'] as const
export type Outcome = (typeof OUTCOMES)[number]

export const PROBLEM_CODES = [
  'unit-unknown',
  'unit-named-twice',
  'place-ambiguous',
  'place-without-units',
  'row-without-unit',
  'row-without-grid',
  'cell-too-long',
  'cell-error',
  'grid-names-differ',
  'grid-number-invalid',
  'grid-name-invalid',
  'too-many-grids',
  'manager-unknown',
  'manager-ambiguous',
  'manager-two-grids',
  'grid-two-managers',
  'manager-taken',
  'unit-locked',
  'uncovered',
  'no-majority',
  'overlap',
] as const
export type ProblemCode = (typeof PROBLEM_CODES)[number]

const problem = z.object({
  outcome: z.enum(['ambiguous', 'refused']),
  code: z.enum(PROBLEM_CODES),
  /** Row of the table, or key of the unit. */
  item: z.string(),
  line: z.number().int().nullable(),
  /** Chinese: why, and what to do. */
  message: z.string(),
  shares: z.array(z.object({ grid: z.string(), share: z.number() })),
  /** Where to look: longitude and latitude. */
  at: z.tuple([z.number(), z.number()]).nullable(),
})
export type ImportProblem = z.infer<typeof problem>

const gridChange = z.object({
  no: z.number().int(),
  name: z.string(),
  isNew: z.boolean(),
  unitsBefore: z.number().int(),
  unitsAfter: z.number().int(),
  managerBefore: z.string().nullable(),
  managerAfter: z.string().nullable(),
})
export type GridChange = z.infer<typeof gridChange>

export const importReportSchema = z.object({
  planId: z.number().int(),
  /** The plan's version the report was made on. */
  version: z.number().int(),
  /** Stands for exactly this outcome; applying with it changes this and nothing else. */
  digest: z.string(),
  kind: z.enum(['table', 'polygons']),
  format: z.enum(['csv', 'xlsx', 'geojson', 'shapefile']),
  encoding: z.string().nullable(),
  sheet: z.string().nullable(),
  crs: z.string().nullable(),
  /** What was noticed or mended while reading. */
  notes: z.array(z.string()),
  /** Rows of a table, or units of the plan against polygons. Total is always the sum of the other four. */
  items: z.object({
    total: z.number().int(),
    assigned: z.number().int(),
    unchanged: z.number().int(),
    ambiguous: z.number().int(),
    refused: z.number().int(),
  }),
  units: z.object({
    total: z.number().int(),
    changed: z.number().int(),
    /** Not named by the file, or covered by no polygon: they stay as they are. */
    untouched: z.number().int(),
    /** Shared by more than one polygon, and given to the larger part all the same. */
    cut: z.number().int(),
    overlapped: z.number().int(),
  }),
  grids: z.array(gridChange),
  changes: z.array(
    z.object({
      key: z.string(),
      from: z.string().nullable(),
      to: z.string(),
      at: z.tuple([z.number(), z.number()]),
    }),
  ),
  problems: z.array(problem),
  problemsTotal: z.number().int(),
})
export type ImportReport = z.infer<typeof importReportSchema>

export const importedSchema = z.object({ version: z.number().int(), report: importReportSchema })

export const EXPORT_FORMATS = ['geojson', 'shapefile', 'csv', 'xlsx'] as const
export type ExportFormat = (typeof EXPORT_FORMATS)[number]
