import { bigint, boolean, integer, jsonb, pgSchema, text, timestamp } from 'drizzle-orm/pg-core'
import { bytea } from '../columns.ts'

const auth = pgSchema('auth')
const audit = pgSchema('audit')
const time = (name: string) => timestamp(name, { withTimezone: true })

export const account = auth.table('account', {
  id: integer('id').primaryKey().generatedByDefaultAsIdentity(),
  username: text('username').notNull(),
  displayName: text('display_name').notNull(),
  passwordHash: text('password_hash').notNull(),
  role: text('role').notNull(),
  staffId: integer('staff_id'),
  branchIds: integer('branch_ids').array().notNull(),
  countyCodes: text('county_codes').array().notNull(),
  demo: boolean('demo').notNull().default(false),
  disabledAt: time('disabled_at'),
  createdAt: time('created_at').notNull().defaultNow(),
})

export const session = auth.table('session', {
  tokenHash: bytea('token_hash').primaryKey(),
  accountId: integer('account_id').notNull(),
  username: text('username').notNull(),
  displayName: text('display_name').notNull(),
  role: text('role').notNull(),
  staffId: integer('staff_id'),
  branchIds: integer('branch_ids').array().notNull(),
  countyCodes: text('county_codes').array().notNull(),
  createdAt: time('created_at').notNull().defaultNow(),
  lastSeen: time('last_seen').notNull().defaultNow(),
  idleUntil: time('idle_until').notNull(),
  absoluteUntil: time('absolute_until').notNull(),
  revokedAt: time('revoked_at'),
})

export const auditEvent = audit.table('event', {
  id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
  at: time('at').notNull().defaultNow(),
  accountId: integer('account_id'),
  username: text('username'),
  role: text('role'),
  action: text('action').notNull(),
  objectType: text('object_type'),
  objectId: text('object_id'),
  outcome: text('outcome').notNull(),
  detail: jsonb('detail').notNull().default({}),
  requestId: text('request_id'),
})
