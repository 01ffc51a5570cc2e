import {
  bigint,
  boolean,
  doublePrecision,
  integer,
  jsonb,
  pgSchema,
  primaryKey,
  text,
  timestamp,
} from 'drizzle-orm/pg-core'
import { lineString, multiPolygon, point } from '../columns.ts'

const geo = pgSchema('geo')

export const dataset = geo.table('dataset', {
  id: text('id').primaryKey(),
  title: text('title').notNull(),
  source: text('source').notNull(),
  licence: text('licence').notNull(),
  accuracy: text('accuracy').notNull(),
  sourceCrs: text('source_crs').notNull(),
  features: integer('features').notNull(),
  loadedAt: timestamp('loaded_at', { withTimezone: true }).notNull().defaultNow(),
})

export const place = geo.table('place', {
  code: text('code').primaryKey(),
  level: text('level').notNull(),
  name: text('name').notNull(),
  kind: text('kind').notNull(),
  parentCode: text('parent_code'),
  countyCode: text('county_code'),
  townshipCode: text('township_code'),
  classCode: text('class_code'),
  statistical: boolean('statistical').notNull().default(false),
  pinyin: text('pinyin').notNull(),
  initials: text('initials').notNull(),
  seat: point('seat').notNull(),
  seatAccuracy: text('seat_accuracy').notNull(),
  geom: multiPolygon('geom'),
  areaKm2: doublePrecision('area_km2'),
  population: integer('population'),
  industries: text('industries').array().notNull(),
  formerCodes: text('former_codes').array().notNull(),
  formerNames: text('former_names').array().notNull(),
  accuracy: text('accuracy').notNull(),
  source: text('source').notNull(),
  sourceCrs: text('source_crs').notNull(),
  datasetId: text('dataset_id').notNull(),
})

export const barrier = geo.table('barrier', {
  id: integer('id').primaryKey().generatedByDefaultAsIdentity(),
  kind: text('kind').notNull(),
  name: text('name'),
  absolute: boolean('absolute').notNull().default(false),
  geom: lineString('geom').notNull(),
  accuracy: text('accuracy').notNull(),
  source: text('source').notNull(),
  sourceCrs: text('source_crs').notNull(),
  datasetId: text('dataset_id').notNull(),
  level: text('level').notNull().default('ground'),
})

export const water = geo.table('water', {
  id: integer('id').primaryKey().generatedByDefaultAsIdentity(),
  name: text('name'),
  geom: multiPolygon('geom').notNull(),
  accuracy: text('accuracy').notNull(),
  source: text('source').notNull(),
  sourceCrs: text('source_crs').notNull(),
  datasetId: text('dataset_id').notNull(),
})

export const importBatch = geo.table('import_batch', {
  id: integer('id').primaryKey().generatedAlwaysAsIdentity(),
  fileName: text('file_name').notNull(),
  sha256: text('sha256').notNull(),
  level: text('level').notNull(),
  crs: text('crs'),
  state: text('state').notNull(),
  report: jsonb('report').notNull(),
  createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
})

export const importStage = geo.table(
  'import_stage',
  { batch: text('batch').notNull(), code: text('code').notNull(), geom: multiPolygon('geom').notNull() },
  (table) => [primaryKey({ columns: [table.batch, table.code] })],
)

export const layerVersion = geo.table('layer_version', {
  layer: text('layer').primaryKey(),
  version: bigint('version', { mode: 'number' }).notNull().default(1),
})
