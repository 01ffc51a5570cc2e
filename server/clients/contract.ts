import { z } from 'zod'

export const CLIENT_SORTS = ['loanBalance', 'depositBalance', 'name', 'lastVisit'] as const
/** Up to this many clients go to the browser as one blob; above it the map uses tiles. */
export const COLUMNS_LIMIT = 60_000
export const REVEAL_SECONDS = 60

const filter = z.string().optional().meta({ description: '筛选条件（JSON），见筛选语言' })
const money = z.string().nullable().meta({ description: '元，两位小数；无权查看时为空' })
const day = z.string().nullable()
const position = z.tuple([z.number(), z.number()]).nullable()
const codeName = z.object({ code: z.string(), name: z.string() })

export const filterQuery = z.object({ filter })

const boxPattern = /^-?\d+(\.\d+)?(,-?\d+(\.\d+)?){3}$/
export const legendQuery = z.object({
  filter,
  box: z
    .string()
    .regex(boxPattern, '范围应为 west,south,east,north 四个数')
    .transform((text) => text.split(',').map(Number) as [number, number, number, number])
    .refine(
      ([west, south, east, north]) => west < east && south < north,
      '范围应满足 west < east、south < north',
    )
    .optional(),
})

export const listQuery = z.object({
  filter,
  sort: z.enum(CLIENT_SORTS).optional(),
  order: z.enum(['asc', 'desc']).default('desc'),
  offset: z.coerce.number().int().min(0).max(1_000_000).default(0),
  limit: z.coerce.number().int().min(1).max(100).default(50),
})

export const searchQuery = z.object({
  q: z.string().trim().min(1, '请输入要查找的内容').max(50, '查找内容过长'),
  limit: z.coerce.number().int().min(1).max(50).default(10),
})

export const clientParams = z.object({ id: z.coerce.number().int().min(0).max(2_147_483_647) })

const sums = {
  count: z.int().nullable(),
  deposit: z.number().nullable(),
  loan: z.number().nullable(),
  hidden: z.boolean().optional().meta({ description: '少于 5 户，按规定不显示' }),
}
export const legendSchema = z.object({
  total: z.object(sums),
  byStatus: z.array(z.object({ status: z.string(), ...sums })),
})
export type Legend = z.infer<typeof legendSchema>

export const clientRowSchema = z.object({
  id: z.int(),
  clientNo: z.string().nullable(),
  name: z.string().nullable(),
  kind: z.string(),
  status: z.string(),
  depositBalance: money,
  loanBalance: money,
  size: z.int().nullable().meta({ description: '存贷款合计的档次 0–7；不在内存快照中时为空' }),
  lastVisitOn: day,
  nextDueOn: day,
  township: z.string(),
  village: z.string().nullable(),
  managerName: z.string().nullable(),
})
export type ClientRow = z.infer<typeof clientRowSchema>
export const clientListSchema = z.object({ total: z.int(), clients: z.array(clientRowSchema) })

export const clientSchema = z.object({
  id: z.int(),
  clientNo: z.string().nullable(),
  name: z.string().nullable(),
  kind: z.string(),
  status: z.string(),
  phoneMask: z.string().nullable(),
  idMask: z.string().nullable(),
  address: z.string().nullable(),
  industry: z.string().nullable(),
  place: z.object({ county: codeName, township: codeName, village: codeName.nullable() }),
  branch: z.object({ id: z.int(), name: z.string() }),
  manager: z.object({ id: z.int(), name: z.string() }).nullable(),
  depositBalance: money,
  loanBalance: money,
  size: z.int().nullable(),
  acquiring: z.boolean(),
  payroll: z.boolean(),
  riskClass: z.int().nullable(),
  openedOn: day,
  nextDueOn: day,
  lastVisitOn: day,
  lostOn: day,
  lostReason: z.string().nullable(),
  locationAccuracy: z.string(),
  position,
  loans: z.array(
    z.object({
      id: z.int(),
      product: z.string(),
      principal: z.string(),
      balance: z.string(),
      annualRate: z.string(),
      startedOn: z.string(),
      maturesOn: z.string(),
      riskClass: z.int(),
    }),
  ),
  visits: z.array(
    z.object({
      id: z.string(),
      visitedAt: z.iso.datetime(),
      outcome: z.string(),
      managerName: z.string(),
      note: z.string().nullable(),
    }),
  ),
})
export type Client = z.infer<typeof clientSchema>

export const balancesSchema = z.object({
  months: z.array(z.object({ month: z.string(), deposit: z.string(), loan: z.string() })),
})

export const revealRequest = z.strictObject({
  field: z.enum(['phone', 'id']),
  reason: z.string().trim().min(2, '请写明查看原因（至少 2 个字）').max(200, '原因最多 200 字'),
})
export const revealSchema = z.object({ value: z.string(), expiresInS: z.int() })

export const clientHitsSchema = z.object({
  clients: z.array(
    z.object({
      id: z.int(),
      name: z.string(),
      kind: z.string(),
      status: z.string(),
      township: z.string(),
      position,
    }),
  ),
})
export type ClientHits = z.infer<typeof clientHitsSchema>
