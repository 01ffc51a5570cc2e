import {
  boolean,
  date,
  integer,
  jsonb,
  numeric,
  pgSchema,
  primaryKey,
  smallint,
  text,
  timestamp,
  uuid,
} from 'drizzle-orm/pg-core'
import { bytea, point } from '../columns.ts'

const app = pgSchema('app')
const yuan = (name: string) => numeric(name, { precision: 18, scale: 2 })

export const client = app.table('client', {
  id: integer('id').primaryKey(),
  clientNo: text('client_no').notNull(),
  kind: text('kind').notNull(),
  status: text('status').notNull(),
  name: text('name').notNull(),
  nameMask: text('name_mask').notNull(),
  phoneMask: text('phone_mask'),
  idMask: text('id_mask'),
  address: text('address'),
  industry: text('industry'),
  countyCode: text('county_code').notNull(),
  townshipCode: text('township_code').notNull(),
  villageCode: text('village_code'),
  branchId: integer('branch_id').notNull(),
  managerId: integer('manager_id'),
  coreEnterpriseId: integer('core_enterprise_id'),
  geom: point('geom'),
  locationAccuracy: text('location_accuracy').notNull(),
  sourceCrs: text('source_crs').notNull().default('EPSG:4326'),
  depositBalance: yuan('deposit_balance').notNull().default('0'),
  loanBalance: yuan('loan_balance').notNull().default('0'),
  acquiring: boolean('acquiring').notNull().default(false),
  payroll: boolean('payroll').notNull().default(false),
  riskClass: smallint('risk_class'),
  openedOn: date('opened_on'),
  nextDueOn: date('next_due_on'),
  lastVisitOn: date('last_visit_on'),
  lostOn: date('lost_on'),
  lostReason: text('lost_reason'),
  version: integer('version').notNull().default(1),
  updatedAt: timestamp('updated_at', { withTimezone: true }).notNull().defaultNow(),
})

export const clientContact = app.table('client_contact', {
  clientId: integer('client_id').primaryKey(),
  phoneEnc: bytea('phone_enc'),
  idEnc: bytea('id_enc'),
})

export const loan = app.table('loan', {
  id: integer('id').primaryKey(),
  clientId: integer('client_id').notNull(),
  product: text('product').notNull(),
  principal: yuan('principal').notNull(),
  balance: yuan('balance').notNull(),
  annualRate: numeric('annual_rate', { precision: 6, scale: 4 }).notNull(),
  startedOn: date('started_on').notNull(),
  maturesOn: date('matures_on').notNull(),
  closedOn: date('closed_on'),
  riskClass: smallint('risk_class').notNull(),
  officerId: integer('officer_id'),
})

export const loanClassChange = app.table(
  'loan_class_change',
  {
    loanId: integer('loan_id').notNull(),
    month: date('month').notNull(),
    riskClass: smallint('risk_class').notNull(),
  },
  (table) => [primaryKey({ columns: [table.loanId, table.month] })],
)

export const balanceMonth = app.table(
  'balance_month',
  {
    clientId: integer('client_id').notNull(),
    month: date('month').notNull(),
    deposit: yuan('deposit').notNull(),
    loan: yuan('loan').notNull(),
  },
  (table) => [primaryKey({ columns: [table.clientId, table.month] })],
)

export const visit = app.table('visit', {
  id: uuid('id').primaryKey(),
  clientId: integer('client_id').notNull(),
  managerId: integer('manager_id').notNull(),
  visitedAt: timestamp('visited_at', { withTimezone: true }).notNull(),
  outcome: text('outcome').notNull(),
  note: text('note'),
})

export const chainLink = app.table(
  'chain_link',
  {
    coreEnterpriseId: integer('core_enterprise_id').notNull(),
    clientId: integer('client_id').notNull(),
    side: text('side').notNull(),
  },
  (table) => [primaryKey({ columns: [table.coreEnterpriseId, table.clientId] })],
)

export const setting = app.table('setting', {
  key: text('key').primaryKey(),
  value: jsonb('value').notNull(),
})
