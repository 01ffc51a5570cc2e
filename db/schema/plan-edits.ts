import { integer, jsonb, pgSchema, primaryKey, text, timestamp, uuid } from 'drizzle-orm/pg-core'

const app = pgSchema('app')

export const planEdit = app.table(
  'plan_edit',
  {
    planId: integer('plan_id').notNull(),
    seq: integer('seq').notNull(),
    editId: uuid('edit_id').notNull(),
    accountId: integer('account_id').notNull(),
    author: text('author').notNull(),
    at: timestamp('at', { withTimezone: true }).notNull().defaultNow(),
    kind: text('kind').notNull(),
    units: integer('units').array().notNull(),
    fromGrids: integer('from_grids').array().notNull(),
    toGrids: integer('to_grids').array().notNull(),
    managers: jsonb('managers').notNull().default([]),
    undoes: integer('undoes'),
    version: integer('version').notNull(),
  },
  (table) => [primaryKey({ columns: [table.planId, table.seq] })],
)
