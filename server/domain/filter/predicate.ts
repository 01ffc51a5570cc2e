/**
 * Purpose: which clients pass a filter, as one byte a row.
 * Inputs: a filter, the columns, today as days since 1970.
 * Guarantees: the same rows as the SQL that server/clients/filter-sql.ts makes of the same filter (property-tested).
 * Cost: about 1 to 3 ns a row and condition: a three-way filter over a million rows takes about 5 ms.
 * Source: own.
 */
import { ACQUIRING, KINDS, NO_DATE, PAYROLL, STATUSES, type ClientColumns } from './client-columns.ts'
import {
  daysOf,
  includesUnknown,
  type Condition,
  type DateField,
  type Filter,
  type NullableField,
} from './types.ts'

export function filterMask(filter: Filter, columns: ClientColumns, today: number): Uint8Array {
  if ('field' in filter) return conditionMask(filter, columns, today)
  if (filter.op === 'not') {
    const mask = filterMask(filter.of, columns, today)
    for (let row = 0; row < mask.length; row++) mask[row] ^= 1
    return mask
  }
  const isAnd = filter.op === 'and'
  const mask = new Uint8Array(columns.count).fill(isAnd ? 1 : 0)
  for (const part of filter.of) {
    const other = filterMask(part, columns, today)
    if (isAnd) for (let row = 0; row < mask.length; row++) mask[row] &= other[row]
    else for (let row = 0; row < mask.length; row++) mask[row] |= other[row]
  }
  return mask
}

function conditionMask(condition: Condition, columns: ClientColumns, today: number): Uint8Array {
  if ('isNull' in condition) return nullMask(condition.field, condition.isNull, columns)
  switch (condition.field) {
    case 'status':
      return memberMask(columns.status, tableOf(STATUSES, condition.in))
    case 'kind':
      return memberMask(columns.kind, tableOf(KINDS, condition.in))
    case 'riskClass':
      return memberMask(columns.riskClass, tableOf([0, 1, 2, 3, 4, 5], condition.in))
    case 'branch':
      return memberMask(columns.branch, tableOf(columns.branchIds, condition.in))
    case 'manager':
      return memberMask(columns.manager, tableOf(columns.managerIds, condition.in))
    case 'lostReason':
      return memberMask(columns.lostReason, tableOf(columns.lostReasons, condition.in))
    case 'industry':
      return memberMask(columns.industry, tableOf(columns.industries, condition.in))
    case 'place':
      return placeMask(columns, condition.in)
    case 'acquiring':
      return flagMask(columns.flags, ACQUIRING, condition.is)
    case 'payroll':
      return flagMask(columns.flags, PAYROLL, condition.is)
    case 'depositBalance':
      return rangeMask(
        columns.depositCents,
        toCents(condition.gte, -Infinity),
        toCents(condition.lte, Infinity),
      )
    case 'loanBalance':
      return rangeMask(columns.loanCents, toCents(condition.gte, -Infinity), toCents(condition.lte, Infinity))
    default: {
      const { from, to } = daysOf(condition.field, condition, today)
      return dateMask(columns[condition.field], from, to, includesUnknown(condition.field, condition))
    }
  }
}

function tableOf<T>(dictionary: readonly T[], wanted: readonly T[]): Uint8Array {
  const among = new Set(wanted)
  return Uint8Array.from(dictionary, (value) => (among.has(value) ? 1 : 0))
}

function memberMask(column: Int32Array | Uint8Array, table: Uint8Array): Uint8Array {
  const mask = new Uint8Array(column.length)
  for (let row = 0; row < mask.length; row++) mask[row] = column[row] >= 0 ? table[column[row]] : 0
  return mask
}

/** A code that ends in eight zeros is a prefecture; it means the counties that share its first four digits. */
export function isPrefecture(code: string): boolean {
  return code.endsWith('00000000')
}

function placeMask(columns: ClientColumns, codes: string[]): Uint8Array {
  const exact = tableOf(columns.placeCodes, codes)
  const prefixes = new Set(codes.filter(isPrefecture).map((code) => code.slice(0, 4)))
  const county = Uint8Array.from(
    columns.placeCodes,
    (code, i) => exact[i] | (prefixes.has(code.slice(0, 4)) ? 1 : 0),
  )
  const mask = new Uint8Array(columns.count)
  for (let row = 0; row < mask.length; row++) {
    const village = columns.village[row]
    mask[row] =
      county[columns.county[row]] | exact[columns.township[row]] | (village >= 0 ? exact[village] : 0)
  }
  return mask
}

function flagMask(flags: Uint8Array, bit: number, wanted: boolean): Uint8Array {
  const mask = new Uint8Array(flags.length)
  for (let row = 0; row < mask.length; row++) mask[row] = ((flags[row] & bit) !== 0) === wanted ? 1 : 0
  return mask
}

function rangeMask(column: Float64Array, from: number, to: number): Uint8Array {
  const mask = new Uint8Array(column.length)
  for (let row = 0; row < mask.length; row++) mask[row] = column[row] >= from && column[row] <= to ? 1 : 0
  return mask
}

function toCents(yuan: number | undefined, otherwise: number): number {
  return yuan === undefined ? otherwise : Math.round(yuan * 100)
}

function dateMask(column: Int32Array, from: number, to: number, unknownToo: boolean): Uint8Array {
  const mask = new Uint8Array(column.length)
  const unknown = unknownToo ? 1 : 0
  for (let row = 0; row < mask.length; row++) {
    const day = column[row]
    mask[row] = day === NO_DATE ? unknown : day >= from && day <= to ? 1 : 0
  }
  return mask
}

function nullMask(field: NullableField, wanted: boolean, columns: ClientColumns): Uint8Array {
  const column = columns[field]
  const missing = field === 'riskClass' ? 0 : isDateField(field) ? NO_DATE : -1
  const mask = new Uint8Array(column.length)
  for (let row = 0; row < mask.length; row++) mask[row] = (column[row] === missing) === wanted ? 1 : 0
  return mask
}

function isDateField(field: NullableField): field is DateField {
  return field === 'nextDueOn' || field === 'lastVisitOn' || field === 'lostOn'
}
