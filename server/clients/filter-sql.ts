import { sql, type SQL } from 'drizzle-orm'
import { arrayLiteral } from '#db/rows.ts'
import { isPrefecture } from '#domain/filter/predicate.ts'
import {
  daysOf,
  includesUnknown,
  isoOf,
  type Condition,
  type DateField,
  type Filter,
  type NullableField,
} from '#domain/filter/types.ts'

// Every column a filter may name; nothing from the request becomes part of the statement's text.
const COLUMN: Record<
  NullableField | 'depositBalance' | 'loanBalance' | 'acquiring' | 'payroll' | 'status' | 'kind' | 'branch',
  SQL
> = {
  status: sql`c.status`,
  kind: sql`c.kind`,
  branch: sql`c.branch_id`,
  manager: sql`c.manager_id`,
  riskClass: sql`c.risk_class`,
  lostReason: sql`c.lost_reason`,
  industry: sql`c.industry`,
  depositBalance: sql`c.deposit_balance`,
  loanBalance: sql`c.loan_balance`,
  acquiring: sql`c.acquiring`,
  payroll: sql`c.payroll`,
  nextDueOn: sql`c.next_due_on`,
  lastVisitOn: sql`c.last_visit_on`,
  lostOn: sql`c.lost_on`,
}

/**
 * The filter as a condition on app.client c. Unknown counts as "does not hold": and/or/where treat it so by
 * themselves, only `not` has to say it.
 */
export function filterSql(filter: Filter | null, today: number): SQL {
  if (filter === null) return sql`true`
  if ('field' in filter) return conditionSql(filter, today)
  if (filter.op === 'not') return sql`(not coalesce(${filterSql(filter.of, today)}, false))`
  const parts = filter.of.map((part) => filterSql(part, today))
  return sql`(${sql.join(parts, filter.op === 'and' ? sql` and ` : sql` or `)})`
}

function conditionSql(condition: Condition, today: number): SQL {
  const { field } = condition
  if ('isNull' in condition) return sql`((${COLUMN[condition.field]} is null) = ${condition.isNull}::boolean)`
  switch (field) {
    case 'place':
      return placeSql(condition.in)
    case 'branch':
    case 'manager':
    case 'riskClass':
      return sql`(${COLUMN[field]} = any (${arrayLiteral(condition.in)}::integer[]))`
    case 'status':
    case 'kind':
    case 'lostReason':
    case 'industry':
      return sql`(${COLUMN[field]} = any (${arrayLiteral(condition.in)}::text[]))`
    case 'acquiring':
    case 'payroll':
      return sql`(${COLUMN[field]} = ${condition.is}::boolean)`
    case 'depositBalance':
    case 'loanBalance':
      return between(COLUMN[field], condition.gte?.toFixed(2), condition.lte?.toFixed(2), sql`numeric`)
    default:
      return dateSql(field, condition, today)
  }
}

function dateSql(field: DateField, range: Parameters<typeof daysOf>[1], today: number): SQL {
  const { from, to } = daysOf(field, range, today)
  const known = between(
    COLUMN[field],
    Number.isFinite(from) ? isoOf(from) : undefined,
    Number.isFinite(to) ? isoOf(to) : undefined,
    sql`date`,
  )
  return includesUnknown(field, range) ? sql`(${known} or ${COLUMN[field]} is null)` : known
}

function between(column: SQL, from: string | undefined, to: string | undefined, type: SQL): SQL {
  const parts = []
  if (from !== undefined) parts.push(sql`${column} >= ${from}::${type}`)
  if (to !== undefined) parts.push(sql`${column} <= ${to}::${type}`)
  return parts.length === 0 ? sql`(${column} is not null)` : sql`(${sql.join(parts, sql` and `)})`
}

function placeSql(codes: string[]): SQL {
  const all = arrayLiteral(codes)
  const prefectures = arrayLiteral(codes.filter(isPrefecture).map((code) => code.slice(0, 4)))
  return sql`(c.county_code = any (${all}::text[]) or c.township_code = any (${all}::text[])
    or c.village_code = any (${all}::text[]) or left(c.county_code, 4) = any (${prefectures}::text[]))`
}
