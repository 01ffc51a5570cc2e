import { z } from 'zod'
import { CHECK_KINDS } from '#domain/plan-check/check-plan.ts'
import { EDIT_KINDS } from '#domain/plan-edit/changes.ts'
import { PLAN_LIMITS, WEIGHT_KEYS } from '../contract.ts'

export const EDIT_LIMITS = { units: PLAN_LIMITS.units, listed: 200 }

const unit = z
  .int('单元序号应为整数')
  .min(0)
  .max(PLAN_LIMITS.units - 1)
const grid = z
  .int('网格序号应为整数')
  .min(0)
  .max(PLAN_LIMITS.grids - 1)
const manager = z.int().min(1).max(2_147_483_647).nullable()
const seq = z.int().min(1).max(2_147_483_647)
const editId = z.uuid('edit 的编号应为 UUID')
const basedOn = z.int('basedOn 应为读取时的版本号').min(1).max(999_999_999)

const managerChange = z.strictObject({ no: grid, from: manager, to: manager })

/** What a person draws; a solve and an import write the log themselves. */
const DRAWN = EDIT_KINDS.filter((kind) => kind !== 'solve' && kind !== 'import')

const drawnSchema = z
  .strictObject({
    id: editId,
    basedOn,
    kind: z.enum(DRAWN as [(typeof DRAWN)[number]]),
    units: z.array(unit).max(EDIT_LIMITS.units, `一次最多修改 ${EDIT_LIMITS.units} 个单元`),
    from: z.array(grid.nullable()).max(EDIT_LIMITS.units),
    to: z.array(grid.nullable()).max(EDIT_LIMITS.units),
    managers: z.array(managerChange).max(PLAN_LIMITS.grids).default([]),
  })
  .refine(
    ({ units, from, to }) => units.length === from.length && units.length === to.length,
    'units、from、to 的长度应相同',
  )
  .refine(({ units }) => new Set(units).size === units.length, '同一单元只能出现一次')
  .refine(
    ({ managers }) => new Set(managers.map(({ no }) => no)).size === managers.length,
    '同一网格只能出现一次',
  )
  .refine(({ units, managers }) => units.length + managers.length > 0, '没有任何修改')

const undoSchema = z.strictObject({ id: editId, basedOn, undoes: seq })

/** Either a change, or the number of an own edit to take back; to redo is to take back the taking back. */
export const editSchema = z.union([undoSchema, drawnSchema])
export type EditRequest = z.infer<typeof editSchema>
export type DrawnEdit = z.infer<typeof drawnSchema>

export const loggedEditSchema = z.object({
  seq: z.number().int(),
  id: z.string(),
  accountId: z.number().int(),
  author: z.string(),
  at: z.string(),
  kind: z.enum(EDIT_KINDS),
  units: z.array(z.number().int()),
  from: z.array(z.number().int().nullable()),
  to: z.array(z.number().int().nullable()),
  managers: z.array(z.object({ no: z.number().int(), from: manager, to: manager })),
  undoes: z.number().int().nullable(),
  /** Version of the plan that this edit made. */
  version: z.number().int(),
})
export type LoggedEdit = z.infer<typeof loggedEditSchema>

const totals = z.object({
  clients: z.number(),
  depositBalance: z.number(),
  loanBalance: z.number(),
  visitHours: z.number(),
})
export const gridBalanceSchema = z.object({
  no: z.number().int(),
  name: z.string(),
  managerId: z.number().int().nullable(),
  managerName: z.string().nullable(),
  units: z.number().int(),
  totals,
  deviation: z.partialRecord(z.enum(WEIGHT_KEYS), z.number()),
})
export type GridBalance = z.infer<typeof gridBalanceSchema>

export const editResultSchema = z.object({
  edit: loggedEditSchema,
  version: z.number().int(),
  /** Edits of others since the version this one was based on, oldest first; they are part of the plan now. */
  missed: z.array(loggedEditSchema),
  grids: z.array(gridBalanceSchema),
  unassigned: z.number().int(),
})
export type EditResult = z.infer<typeof editResultSchema>

export const editsQuerySchema = z.object({
  after: z.coerce.number().int('after 应为整数').min(0).max(2_147_483_647).default(0),
  limit: z.coerce.number().int().min(1).max(EDIT_LIMITS.listed).default(EDIT_LIMITS.listed),
})

export const editListSchema = z.object({
  version: z.number().int(),
  lastSeq: z.number().int(),
  edits: z.array(loggedEditSchema),
})
export type EditList = z.infer<typeof editListSchema>

export const historySchema = z.object({
  /** Own edits that can be taken back or done again, the latest last. */
  undo: z.array(z.number().int()),
  redo: z.array(z.number().int()),
})
export type HistoryView = z.infer<typeof historySchema>

export const locksSchema = z
  .strictObject({
    locked: z.boolean(),
    grids: z.array(grid).max(PLAN_LIMITS.grids).default([]),
    units: z.array(unit).max(EDIT_LIMITS.units).default([]),
  })
  .refine(({ grids, units }) => grids.length + units.length > 0, '请给出要锁定或解锁的网格或单元')
export type LockRequest = z.infer<typeof locksSchema>

export const lockListSchema = z.object({
  version: z.number().int(),
  grids: z.array(z.number().int()),
  units: z.array(z.number().int()),
})
export type LockList = z.infer<typeof lockListSchema>

export const boardSchema = z.object({
  version: z.number().int(),
  lastSeq: z.number().int(),
  /** Grid of each unit by idx, null = none. */
  assignment: z.array(z.number().int().nullable()),
  edges: z.object({
    a: z.array(z.number().int()),
    b: z.array(z.number().int()),
    lengthM: z.array(z.number()),
  }),
  areaM2: z.array(z.number()),
  outerM: z.array(z.number()),
  /** Village (or community) each unit's middle lies in, by idx; null where none is known. */
  villages: z.array(z.string().nullable()),
  placeNames: z.record(z.string(), z.string()),
  lockedGrids: z.array(z.number().int()),
  lockedUnits: z.array(z.number().int()),
  /** Clients of the session's scope by unit and owner; lost clients and those without an owner left out. */
  owners: z.object({
    unit: z.array(z.number().int()),
    manager: z.array(z.number().int()),
    clients: z.array(z.number().int()),
  }),
  /** Clients that lie in no unit, and how many have no position at all. */
  outside: z.object({
    points: z.array(z.tuple([z.number(), z.number()])),
    withoutPosition: z.number().int(),
  }),
})
export type Board = z.infer<typeof boardSchema>

export const checkCaseSchema = z.object({
  kind: z.enum(CHECK_KINDS),
  units: z.array(z.number().int()),
  grid: z.number().int().nullable(),
  clients: z.number().int(),
  repairTo: z.number().int().nullable(),
  bounds: z.tuple([z.number(), z.number(), z.number(), z.number()]),
})

export const checksSchema = z.object({
  version: z.number().int(),
  unassignedUnits: z.object({ withClients: z.number().int(), withoutClients: z.number().int() }),
  islands: z.number().int(),
  holes: z.number().int(),
  /** In no unit, or in a unit of no grid. */
  clientsOutside: z.object({
    inNoUnit: z.number().int(),
    withoutPosition: z.number().int(),
    inNoGrid: z.number().int(),
  }),
  disagreeingClients: z.number().int(),
  /** The heaviest of each kind first; at most 200 of a kind. */
  cases: z.array(checkCaseSchema),
})
export type Checks = z.infer<typeof checksSchema>

export const presenceSchema = z.strictObject({
  /** Grid the editor works on, to show it to the others. */
  grid: grid.nullable().default(null),
  leaving: z.boolean().default(false),
})
export const presenceListSchema = z.object({
  version: z.number().int(),
  lastSeq: z.number().int(),
  /** The account that asked. */
  me: z.number().int(),
  people: z.array(
    z.object({
      accountId: z.number().int(),
      name: z.string(),
      grid: z.number().int().nullable(),
    }),
  ),
})
export type PresenceList = z.infer<typeof presenceListSchema>
