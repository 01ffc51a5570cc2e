import {
  boolean,
  doublePrecision,
  integer,
  jsonb,
  pgSchema,
  primaryKey,
  text,
  timestamp,
  uuid,
} from 'drizzle-orm/pg-core'
import { multiPolygon } from '../columns.ts'

const app = pgSchema('app')
const time = (name: string) => timestamp(name, { withTimezone: true })

export const gridPlan = app.table('grid_plan', {
  id: integer('id').primaryKey().generatedByDefaultAsIdentity(),
  name: text('name').notNull(),
  countyCode: text('county_code').notNull(),
  area: multiPolygon('area').notNull(),
  cellSizeM: integer('cell_size_m').notNull(),
  state: text('state').notNull().default('draft'),
  gridCount: integer('grid_count'),
  weights: text('weights').array().notNull(),
  tolerance: doublePrecision('tolerance'),
  seed: integer('seed').notNull().default(1),
  solvedAt: time('solved_at'),
  metrics: jsonb('metrics'),
  reasons: jsonb('reasons').notNull().default([]),
  clientsOutside: integer('clients_outside').notNull().default(0),
  version: integer('version').notNull().default(1),
  createdBy: integer('created_by').notNull(),
  createdAt: time('created_at').notNull().defaultNow(),
  updatedAt: time('updated_at').notNull().defaultNow(),
  unitSource: text('unit_source').notNull().default('cells'),
})

export const grid = app.table(
  'grid',
  {
    planId: integer('plan_id').notNull(),
    no: integer('no').notNull(),
    name: text('name').notNull(),
    managerId: integer('manager_id'),
    locked: boolean('locked').notNull().default(false),
  },
  (table) => [primaryKey({ columns: [table.planId, table.no] })],
)

export const unit = app.table(
  'unit',
  {
    planId: integer('plan_id').notNull(),
    idx: integer('idx').notNull(),
    key: text('key').notNull(),
    townshipCode: text('township_code'),
    gridNo: integer('grid_no'),
    areaM2: doublePrecision('area_m2').notNull(),
    weights: doublePrecision('weights').array().notNull(),
    geom: multiPolygon('geom').notNull(),
    locked: boolean('locked').notNull().default(false),
    kind: text('kind').notNull().default('cell'),
    waterM2: doublePrecision('water_m2').notNull().default(0),
  },
  (table) => [primaryKey({ columns: [table.planId, table.idx] })],
)

export const unitEdge = app.table(
  'unit_edge',
  {
    planId: integer('plan_id').notNull(),
    a: integer('a').notNull(),
    b: integer('b').notNull(),
    lengthM: doublePrecision('length_m').notNull(),
    crosses: text('crosses').notNull(),
    absolute: boolean('absolute').notNull().default(false),
    bridges: integer('bridges').notNull().default(0),
  },
  (table) => [primaryKey({ columns: [table.planId, table.a, table.b, table.crosses, table.absolute] })],
)

export const job = app.table('job', {
  id: uuid('id').primaryKey(),
  kind: text('kind').notNull(),
  state: text('state').notNull().default('queued'),
  progress: doublePrecision('progress').notNull().default(0),
  message: text('message').notNull().default(''),
  input: jsonb('input').notNull(),
  result: jsonb('result'),
  error: jsonb('error'),
  createdBy: integer('created_by').notNull(),
  createdAt: time('created_at').notNull().defaultNow(),
  finishedAt: time('finished_at'),
})
