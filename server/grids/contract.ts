import { z } from 'zod'

/** What a unit carries, in the order in which it is stored. */
export const WEIGHT_KEYS = ['clients', 'depositBalance', 'loanBalance', 'visitHours'] as const
export type WeightKey = (typeof WEIGHT_KEYS)[number]

/** What the units of a plan are: square cells, or blocks between streets with cells or villages on open land. */
export const UNIT_SOURCES = ['cells', 'blocks'] as const
export type UnitSource = (typeof UNIT_SOURCES)[number]

export const PLAN_LIMITS = { vertices: 5_000, units: 20_000, grids: 400, cellSizeM: { min: 100, max: 5_000 } }

const name = (longest: number) =>
  z
    .string('请填写名称')
    .trim()
    .min(1, '名称不能为空')
    .max(longest, `名称最多 ${longest} 个字`)
    .regex(/^[^\p{Cc}\p{Cf}]*$/u, '名称不能含控制字符')

const position = z
  .array(z.number('坐标应为数字'))
  .length(2, '坐标应为 [经度, 纬度]，不带高程')
  .refine(([lng, lat]) => Math.abs(lng!) <= 180 && Math.abs(lat!) <= 90, '经度应在 ±180、纬度在 ±90 之内')
const ring = z
  .array(position)
  .min(4, '每个环至少要有 4 个点')
  .refine((points) => {
    const [first, last] = [points[0], points.at(-1)]
    return first?.[0] === last?.[0] && first?.[1] === last?.[1]
  }, '环没有闭合：首尾两点应相同')
const polygon = z.array(ring).min(1, '多边形至少要有一个外环')

/** Planar GeoJSON in lng/lat degrees. */
export const areaSchema = z
  .discriminatedUnion(
    'type',
    [
      z.strictObject({ type: z.literal('Polygon'), coordinates: polygon }),
      z.strictObject({
        type: z.literal('MultiPolygon'),
        coordinates: z.array(polygon).min(1, '至少要有一个多边形'),
      }),
    ],
    '应为 GeoJSON 的 Polygon 或 MultiPolygon',
  )
  .refine((area) => area.coordinates.flat(area.type === 'Polygon' ? 1 : 2).length <= PLAN_LIMITS.vertices, {
    message: `顶点过多：最多 ${PLAN_LIMITS.vertices} 个，请简化图形`,
  })
export type Area = z.infer<typeof areaSchema>

const countyCode = z.string().regex(/^\d{12}$/, '县级区划代码应为 12 位数字')

export const createPlanSchema = z.strictObject({
  name: name(60),
  countyCode,
  area: areaSchema.optional(),
  cellSizeM: z
    .int('单元边长应为整数（米）')
    .min(PLAN_LIMITS.cellSizeM.min, `单元边长至少 ${PLAN_LIMITS.cellSizeM.min} 米`)
    .max(PLAN_LIMITS.cellSizeM.max, `单元边长最多 ${PLAN_LIMITS.cellSizeM.max} 米`),
  unitSource: z.enum(UNIT_SOURCES, '单元来源应为 cells 或 blocks').default('cells'),
  /** Of blocks only: what divides the land without a street net. */
  openLand: z.enum(['cells', 'villages'], '空旷地带应为 cells 或 villages').default('cells'),
})
export type CreatePlan = z.infer<typeof createPlanSchema>

export const solveSchema = z.strictObject({
  gridCount: z
    .int('网格数应为整数')
    .min(1, '至少 1 个网格')
    .max(PLAN_LIMITS.grids, `最多 ${PLAN_LIMITS.grids} 个网格`),
  weights: z
    .array(
      z.strictObject({
        key: z.enum(WEIGHT_KEYS),
        importance: z.number().min(0.01, '重要性至少 0.01').max(100, '重要性最多 100'),
      }),
    )
    .min(1, '至少选择一项均衡指标')
    .max(WEIGHT_KEYS.length)
    .refine(
      (weights) => new Set(weights.map(({ key }) => key)).size === weights.length,
      '同一指标只能选一次',
    ),
  tolerance: z.number().min(0.005, '允许偏差至少 0.5%').max(0.9, '允许偏差最多 90%'),
  seed: z.int().min(0).max(2_147_483_647),
})
export type SolvePlan = z.infer<typeof solveSchema>

export const renamePlanSchema = z.strictObject({ name: name(60) })

export const changeGridSchema = z
  .strictObject({
    name: name(40).optional(),
    managerId: z.int().min(1).max(2_147_483_647).nullable().optional(),
  })
  .refine((change) => change.name !== undefined || change.managerId !== undefined, '请给出 name 或 managerId')
export type ChangeGrid = z.infer<typeof changeGridSchema>

export const planIdSchema = z.coerce.number().int('方案编号应为整数').min(1).max(2_147_483_647)
export const gridNoSchema = z.coerce
  .number()
  .int('网格序号应为整数')
  .min(0)
  .max(PLAN_LIMITS.grids - 1)
export const staffQuerySchema = z.object({ countyCode })

export const planSummarySchema = z.object({
  id: z.number().int(),
  name: z.string(),
  countyCode: z.string(),
  countyName: z.string(),
  unitSource: z.enum(UNIT_SOURCES),
  cellSizeM: z.number().int(),
  state: z.string(),
  gridCount: z.number().int().nullable(),
  units: z.number().int(),
  solvedAt: z.string().nullable(),
  version: z.number().int(),
  updatedAt: z.string(),
})
export type PlanSummary = z.infer<typeof planSummarySchema>

const totals = z.object({
  clients: z.number(),
  depositBalance: z.number(),
  loanBalance: z.number(),
  visitHours: z.number(),
})

export const planGridSchema = z.object({
  no: z.number().int(),
  name: z.string(),
  managerId: z.number().int().nullable(),
  managerName: z.string().nullable(),
  /** Neither loses nor gains units, whatever the tool. */
  locked: z.boolean(),
  units: z.number().int(),
  areaKm2: z.number(),
  totals,
  /** total / target - 1 of each weight the plan was solved on. */
  deviation: z.partialRecord(z.enum(WEIGHT_KEYS), z.number()),
  contiguous: z.boolean(),
  polsbyPopper: z.number().nullable(),
})
export type PlanGrid = z.infer<typeof planGridSchema>

export const planSchema = planSummarySchema.extend({
  /** West, south, east, north in degrees. */
  bounds: z.tuple([z.number(), z.number(), z.number(), z.number()]),
  weights: z.array(z.enum(WEIGHT_KEYS)),
  tolerance: z.number().nullable(),
  seed: z.number().int(),
  grids: z.array(planGridSchema),
  unassigned: z.number().int(),
  /** Clients of the county, lost ones left out, that lie in no unit: without a position, or outside the plan's area. */
  clientsOutside: z.number().int(),
  /** Plan figures of the metric registry by key; null until solved. */
  metrics: z.record(z.string(), z.number().nullable()).nullable(),
  withinTolerance: z.boolean().nullable(),
  reasons: z.array(z.object({ code: z.string(), message: z.string() })),
})
export type Plan = z.infer<typeof planSchema>

export const unitPropertiesSchema = totals.extend({
  idx: z.number().int(),
  key: z.string(),
  kind: z.string(),
  gridNo: z.number().int().nullable(),
  townshipCode: z.string().nullable(),
})
export type UnitProperties = z.infer<typeof unitPropertiesSchema>

export const unitCollectionSchema = z.object({
  type: z.literal('FeatureCollection'),
  features: z.array(
    z.object({
      type: z.literal('Feature'),
      id: z.number().int(),
      geometry: z.object({
        type: z.literal('MultiPolygon'),
        coordinates: z.array(z.array(z.array(z.array(z.number())))),
      }),
      properties: unitPropertiesSchema,
    }),
  ),
})

export const staffMemberSchema = z.object({
  id: z.number().int(),
  name: z.string(),
  staffNo: z.string(),
  branchId: z.number().int(),
  branchName: z.string(),
  capacity: z.number(),
})
export type StaffMember = z.infer<typeof staffMemberSchema>
