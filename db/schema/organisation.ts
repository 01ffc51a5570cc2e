import { boolean, date, integer, numeric, pgSchema, primaryKey, text } from 'drizzle-orm/pg-core'
import { point } from '../columns.ts'

const org = pgSchema('org')

export const branch = org.table('branch', {
  id: integer('id').primaryKey(),
  name: text('name').notNull(),
  kind: text('kind').notNull(),
  parentId: integer('parent_id'),
  countyCode: text('county_code'),
  townshipCode: text('township_code'),
  pilot: boolean('pilot').notNull().default(false),
  seat: point('seat').notNull(),
  openedOn: date('opened_on').notNull(),
})

export const staff = org.table('staff', {
  id: integer('id').primaryKey(),
  staffNo: text('staff_no').notNull(),
  name: text('name').notNull(),
  branchId: integer('branch_id').notNull(),
  duty: text('duty').notNull(),
  capacity: numeric('capacity', { precision: 3, scale: 2 }).notNull().default('1.00'),
  joinedOn: date('joined_on').notNull(),
  leftOn: date('left_on'),
})

export const coreEnterprise = org.table('core_enterprise', {
  id: integer('id').primaryKey(),
  name: text('name').notNull(),
  industry: text('industry').notNull(),
  countyCode: text('county_code').notNull(),
  seat: point('seat').notNull(),
})

export const villageIndustry = org.table(
  'village_industry',
  {
    placeCode: text('place_code').notNull(),
    industry: text('industry').notNull(),
    growers: integer('growers').notNull(),
    areaMu: numeric('area_mu', { precision: 12, scale: 1 }),
    heads: integer('heads'),
    source: text('source').notNull(),
  },
  (table) => [primaryKey({ columns: [table.placeCode, table.industry] })],
)
