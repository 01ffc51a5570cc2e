/**
 * Purpose: the filter language: one tree that is an overlay filter, a list definition and a URL parameter.
 * Units: money in yuan with at most two decimals; dates ISO (YYYY-MM-DD); days relative to a given today.
 * Guarantees: two-valued. A comparison with something unknown (never visited, no manager) does not hold, and `not`
 * turns that round: "not due within 30 days" includes clients with nothing due. The one exception is written out:
 * `lastVisitOn` with `olderThanDays` holds for clients never visited. `isNull` asks for the unknown itself.
 * Source: own.
 */
import type { ClientKind, ClientStatus } from './client-columns.ts'

export type Filter =
  { op: 'and'; of: Filter[] } | { op: 'or'; of: Filter[] } | { op: 'not'; of: Filter } | Condition

export type Condition =
  | { field: 'status'; in: ClientStatus[] }
  | { field: 'kind'; in: ClientKind[] }
  /** 12-digit codes of any level; a place means everything inside it. */
  | { field: 'place'; in: string[] }
  | { field: 'branch'; in: number[] }
  | { field: 'manager'; in: number[] }
  | { field: 'riskClass'; in: number[] }
  | { field: 'lostReason' | 'industry'; in: string[] }
  | OneOf<MoneyField, MoneyRange>
  | OneOf<DateField, DateRange>
  | { field: 'acquiring' | 'payroll'; is: boolean }
  | { field: NullableField; isNull: boolean }

// One member a field, so that comparing the field narrows the type.
type OneOf<Field extends string, Range> = Field extends string ? { field: Field } & Range : never

export type MoneyField = 'depositBalance' | 'loanBalance'
export type DateField = 'nextDueOn' | 'lastVisitOn' | 'lostOn'
export type NullableField = 'manager' | 'riskClass' | 'lostReason' | 'industry' | DateField

/** Both ends included. */
export interface MoneyRange {
  gte?: number
  lte?: number
}

/**
 * `from`/`to`: both days included. `withinDays` n: for nextDueOn today up to n days ahead, for the others the last n
 * days up to today. `olderThanDays` n: before the day n days ago.
 */
export interface DateRange {
  from?: string
  to?: string
  withinDays?: number
  olderThanDays?: number
}

export type FieldName = Condition['field']

const MS_PER_DAY = 86_400_000

/** Days since 1970-01-01 of an ISO date. */
export function dayOf(iso: string): number {
  return Date.parse(`${iso}T00:00:00Z`) / MS_PER_DAY
}

export function isoOf(day: number): string {
  return new Date(day * MS_PER_DAY).toISOString().slice(0, 10)
}

/** First and last day that satisfy the range; both ends included. */
export function daysOf(field: DateField, range: DateRange, today: number): { from: number; to: number } {
  let from = range.from === undefined ? -Infinity : dayOf(range.from)
  let to = range.to === undefined ? Infinity : dayOf(range.to)
  if (range.withinDays !== undefined) {
    const ahead = field === 'nextDueOn'
    from = Math.max(from, ahead ? today : today - range.withinDays)
    to = Math.min(to, ahead ? today + range.withinDays : today)
  }
  if (range.olderThanDays !== undefined) to = Math.min(to, today - range.olderThanDays - 1)
  return { from, to }
}

/** Clients never visited count as visited long ago, unless an earliest day is asked for. */
export function includesUnknown(field: DateField, range: DateRange): boolean {
  return (
    field === 'lastVisitOn' &&
    range.olderThanDays !== undefined &&
    range.from === undefined &&
    range.withinDays === undefined
  )
}

export function fieldsOf(filter: Filter): Set<FieldName> {
  const fields = new Set<FieldName>()
  const visit = (node: Filter): void => {
    if ('field' in node) fields.add(node.field)
    else if (node.op === 'not') visit(node.of)
    else node.of.forEach(visit)
  }
  visit(filter)
  return fields
}
