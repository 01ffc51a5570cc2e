import { z } from 'zod'
import { FLOWS } from '#domain/ownership/receipts.ts'
import { planIdSchema } from '#server/grids/contract.ts'

export const FAULT_KINDS = [
  'unassignedClients',
  'splitGrid',
  'gridWithoutManager',
  'managerLeft',
  'managerInTwoPlans',
] as const
/** Faults that a written reason may let pass; the others have to be mended. */
export const PERMITTED_KINDS = ['unassignedClients', 'splitGrid', 'managerInTwoPlans'] as const
export const CLAIM_DAYS = 30
export const CLAIMS_AT_ONCE = 20

const text = (shortest: number, longest: number) =>
  z
    .string('请填写文字')
    .trim()
    .min(shortest, `至少 ${shortest} 个字`)
    .max(longest, `最多 ${longest} 个字`)
    .regex(/^[^\p{Cc}\p{Cf}]*$/u, '不能含控制字符')
const id = z.number().int()
const day = z.iso.date('日期应为 YYYY-MM-DD')
const comment = text(2, 300)
const databaseId = z.int('编号应为整数').min(1).max(2_147_483_647)

export const planParams = z.object({ id: planIdSchema })
export const clientParams = z.object({ id: planIdSchema })

export const commentedSchema = z.strictObject({ comment: comment.optional() })
export const rejectSchema = z.strictObject({ comment })
export const approveSchema = z.strictObject({ comment: comment.optional(), effectiveOn: day.optional() })
export const scheduleSchema = z.strictObject({ effectiveOn: day })
export const copySchema = z.strictObject({ name: text(1, 60).optional() })
export const permitSchema = z.strictObject({
  kind: z.enum(PERMITTED_KINDS),
  subject: z.int().min(0).max(2_147_483_647),
  because: text(4, 200),
})
export type Permit = z.infer<typeof permitSchema>
export const answerSchema = z
  .strictObject({ response: z.enum(['accepted', 'objected']), note: text(2, 300).optional() })
  .refine(({ response, note }) => response === 'accepted' || note !== undefined, {
    message: '有异议时请写明理由',
    path: ['note'],
  })
export type Answer = z.infer<typeof answerSchema>
export const exceptSchema = z.strictObject({ managerId: databaseId, because: text(4, 200), until: day })
export type Exception = z.infer<typeof exceptSchema>

export const compareQuery = z.object({
  with: z
    .string()
    .regex(/^(live|\d{1,9})$/, 'with 应为 live 或方案编号')
    .default('live')
    .transform((value) => (value === 'live' ? null : Number(value))),
})
export const compareClientsQuery = compareQuery.extend({
  offset: z.coerce.number().int().min(0).max(1_000_000).default(0),
  limit: z.coerce.number().int().min(1).max(200).default(50),
})
export const figuresQuery = z.object({
  month: z.iso.date('month 应为 YYYY-MM-01').regex(/-01$/, 'month 应为当月第一天，如 2026-10-01'),
})

export const lifecycleSchema = z.object({
  planId: id,
  state: z.string(),
  version: id,
  submittedBy: z.string().nullable(),
  submittedAt: z.string().nullable(),
  approvedBy: z.string().nullable(),
  effectiveOn: z.string().nullable(),
  appliedOn: z.string().nullable(),
  /** Effective plans that lose their place when this one becomes effective. */
  replaces: z.array(z.object({ planId: id, name: z.string() })),
  /** What this session may do next. */
  next: z.array(z.enum(['submit', 'withdraw', 'approve', 'reject', 'schedule', 'rollback', 'copy'])),
  events: z.array(
    z.object({
      action: z.string(),
      comment: z.string().nullable(),
      detail: z.record(z.string(), z.unknown()),
      actorName: z.string().nullable(),
      actorRole: z.string().nullable(),
      at: z.string(),
    }),
  ),
})
export type Lifecycle = z.infer<typeof lifecycleSchema>

export const faultSchema = z.object({
  kind: z.enum(FAULT_KINDS),
  /** Number of the unit or grid; of managerInTwoPlans the manager's. */
  subject: id,
  name: z.string(),
  /** Clients of the unit, pieces of the grid; null where there is nothing to count. */
  count: z.number().int().nullable(),
  position: z.tuple([z.number(), z.number()]).nullable(),
  message: z.string(),
  permit: z.object({ because: z.string(), by: z.string().nullable() }).nullable(),
})
export type Fault = z.infer<typeof faultSchema>
export const faultsSchema = z.object({
  blocking: z.number().int(),
  total: z.number().int(),
  faults: z.array(faultSchema),
})
export type Faults = z.infer<typeof faultsSchema>

const staff = z.object({ id, name: z.string() }).nullable()
export const comparisonSchema = z.object({
  with: z.number().int().nullable(),
  clients: z.number().int(),
  rows: z.array(
    z.object({
      from: staff,
      to: staff,
      clients: z.number().int(),
      depositBalance: z.number(),
      loanBalance: z.number(),
      renewals: z.number().int(),
    }),
  ),
})
export type Comparison = z.infer<typeof comparisonSchema>

export const movedClientsSchema = z.object({
  total: z.number().int(),
  clients: z.array(
    z.object({
      id,
      name: z.string().nullable(),
      kind: z.string(),
      status: z.string(),
      township: z.string(),
      from: z.string().nullable(),
      to: z.string().nullable(),
    }),
  ),
})
export type MovedClients = z.infer<typeof movedClientsSchema>

const flow = z.object({ before: z.number(), in: z.number(), out: z.number(), after: z.number() })
export const receiptFiguresSchema = z.object({
  ...(Object.fromEntries(FLOWS.map((key) => [key, flow])) as Record<(typeof FLOWS)[number], typeof flow>),
  npl: z.object({ loans: z.number().int(), balance: z.number() }),
  rank: z.object({ before: z.number().int(), after: z.number().int(), of: z.number().int() }),
  referrals: z.number().int(),
})
export const receiptSchema = z.object({
  planId: id,
  planName: z.string(),
  planState: z.string(),
  effectiveOn: z.string().nullable(),
  managerId: id,
  managerName: z.string(),
  figures: receiptFiguresSchema,
  response: z.enum(['accepted', 'objected']).nullable(),
  note: z.string().nullable(),
  respondedAt: z.string().nullable(),
})
export type Receipt = z.infer<typeof receiptSchema>

export const managerFiguresSchema = z.object({
  month: z.string(),
  managers: z.array(
    z.object({
      managerId: id,
      managerName: z.string(),
      branchName: z.string(),
      countyCode: z.string().nullable(),
      clients: z.number().int(),
      /** Yuan; null where the reader may not see sums of so few clients. */
      depositBalance: z.string().nullable(),
      loanBalance: z.string().nullable(),
      rank: z.number().int(),
      of: z.number().int(),
    }),
  ),
})
export type ManagerFigures = z.infer<typeof managerFiguresSchema>

export const ownershipSchema = z.object({
  periods: z.array(
    z.object({
      managerId: id,
      managerName: z.string(),
      fromOn: z.string().nullable(),
      untilOn: z.string().nullable(),
      reason: z.string(),
      planId: z.number().int().nullable(),
      note: z.string().nullable(),
      expiresOn: z.string().nullable(),
    }),
  ),
})
export type OwnershipPeriod = z.infer<typeof ownershipSchema>['periods'][number]

export const poolSchema = z.object({
  clients: z.array(
    z.object({
      id,
      kind: z.string(),
      status: z.string(),
      townshipCode: z.string(),
      township: z.string(),
      village: z.string().nullable(),
      position: z.tuple([z.number(), z.number()]).nullable(),
    }),
  ),
})
export type PoolClient = z.infer<typeof poolSchema>['clients'][number]
export const claimedSchema = z.object({ clientId: id, until: z.string() })

export const pageQuery = z.object({
  offset: z.coerce.number().int().min(0).max(1_000_000).default(0),
  limit: z.coerce.number().int().min(1).max(200).default(50),
})
const namedGrid = z.object({ no: z.number().int(), name: z.string() }).nullable()
export const edgeCheckSchema = z.object({
  checked: z.number().int(),
  total: z.number().int(),
  clients: z.array(
    z.object({
      id,
      name: z.string().nullable(),
      kind: z.string(),
      status: z.string(),
      accuracy: z.string(),
      township: z.string(),
      position: z.tuple([z.number(), z.number()]),
      grid: namedGrid,
      /** Where the client would lie if its stored numbers were really of this system, and how far from here. */
      elsewhere: z.array(
        z.object({ system: z.enum(['GCJ02', 'BD09']), grid: namedGrid, distanceM: z.number().int() }),
      ),
    }),
  ),
})
export type EdgeCheck = z.infer<typeof edgeCheckSchema>

const debtGroup = z.object({
  key: z.string(),
  name: z.string(),
  clients: z.number().int(),
  byAccuracy: z.record(z.string(), z.number().int()),
})
export const locationDebtSchema = z.object({ grids: z.array(debtGroup), townships: z.array(debtGroup) })
export type LocationDebt = z.infer<typeof locationDebtSchema>
