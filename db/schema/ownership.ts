import {
  bigint,
  customType,
  date,
  integer,
  jsonb,
  pgSchema,
  primaryKey,
  text,
  timestamp,
} from 'drizzle-orm/pg-core'
import { point } from '../columns.ts'

const app = pgSchema('app')
const time = (name: string) => timestamp(name, { withTimezone: true })
const long = (name: string) => bigint(name, { mode: 'number' })
const dateRange = customType<{ data: string }>({ dataType: () => 'daterange' })

export const ownership = app.table('ownership', {
  id: long('id').primaryKey().generatedByDefaultAsIdentity(),
  clientId: integer('client_id').notNull(),
  managerId: integer('manager_id').notNull(),
  fromOn: date('from_on'),
  untilOn: date('until_on'),
  /** Written by the database from the two days. */
  period: dateRange('period').notNull(),
  reason: text('reason').notNull(),
  planId: integer('plan_id'),
  gridNo: integer('grid_no'),
  note: text('note'),
  expiresOn: date('expires_on'),
  returnsTo: integer('returns_to'),
  previousId: long('previous_id'),
  openedVersion: long('opened_version'),
  endedVersion: long('ended_version'),
  createdBy: integer('created_by'),
  createdAt: time('created_at').notNull().defaultNow(),
})

export const clientPlace = app.table(
  'client_place',
  {
    clientId: integer('client_id').notNull(),
    role: text('role').notNull(),
    placeCode: text('place_code').notNull(),
    geom: point('geom').notNull(),
    locationAccuracy: text('location_accuracy').notNull(),
  },
  (table) => [primaryKey({ columns: [table.clientId, table.role] })],
)

export const planEvent = app.table('plan_event', {
  id: long('id').primaryKey().generatedAlwaysAsIdentity(),
  planId: integer('plan_id').notNull(),
  action: text('action').notNull(),
  comment: text('comment'),
  detail: jsonb('detail').notNull().default({}),
  accountId: integer('account_id'),
  actorName: text('actor_name'),
  actorRole: text('actor_role'),
  at: time('at').notNull().defaultNow(),
})

export const planClient = app.table(
  'plan_client',
  {
    planId: integer('plan_id').notNull(),
    clientId: integer('client_id').notNull(),
    spot: text('spot').notNull(),
    unitIdx: integer('unit_idx').notNull(),
  },
  (table) => [primaryKey({ columns: [table.planId, table.clientId, table.spot] })],
)

export const planPermit = app.table(
  'plan_permit',
  {
    planId: integer('plan_id').notNull(),
    kind: text('kind').notNull(),
    subject: integer('subject').notNull(),
    because: text('because').notNull(),
    accountId: integer('account_id'),
    createdAt: time('created_at').notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.planId, table.kind, table.subject] })],
)

export const receipt = app.table(
  'receipt',
  {
    planId: integer('plan_id').notNull(),
    managerId: integer('manager_id').notNull(),
    gridNo: integer('grid_no'),
    figures: jsonb('figures').notNull(),
    figuresRounded: jsonb('figures_rounded').notNull(),
    response: text('response'),
    note: text('note'),
    respondedAt: time('responded_at'),
    computedAt: time('computed_at').notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.planId, table.managerId] })],
)

export const referral = app.table('referral', {
  id: long('id').primaryKey().generatedAlwaysAsIdentity(),
  clientId: integer('client_id').notNull(),
  managerId: integer('manager_id').notNull(),
  role: text('role').notNull(),
  planId: integer('plan_id'),
  gridNo: integer('grid_no'),
  because: text('because').notNull(),
  createdOn: date('created_on').notNull(),
})
