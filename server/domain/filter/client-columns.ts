/**
 * Purpose: the columns in which clients are held in memory, and the closed vocabularies their bytes stand for.
 * Inputs and units: see each field. Money is whole cents in float64 (exact below 90 trillion yuan), so sums are exact
 * and independent of order. Dates are days since 1970-01-01.
 * Guarantees: rows [0, placed) have a position and are sorted by `code`; rows [placed, count) have none.
 * Limits: a missing date is NO_DATE, a missing dictionary entry is -1, a missing risk class is 0.
 * Source: own.
 */

export const STATUSES = ['active', 'depositOnly', 'loanOnly', 'lost', 'prospect'] as const
export type ClientStatus = (typeof STATUSES)[number]

export const KINDS = [
  'small_enterprise',
  'sole_trader',
  'farmer',
  'family_farm',
  'large_grower',
  'cooperative',
] as const
export type ClientKind = (typeof KINDS)[number]

/** Lower bounds, in yuan of deposits plus loans, of size classes 2 to 7; 0 is nothing held, 1 is less than the first. */
export const SIZE_BOUNDS_YUAN = [10_000, 50_000, 200_000, 500_000, 2_000_000, 10_000_000] as const

export const NO_DATE = -2147483648

export const ACQUIRING = 1
export const PAYROLL = 2

export interface ClientColumns {
  count: number
  placed: number
  id: Uint32Array
  /** Web-Mercator position in 30 bits per axis, y downwards; 0 where there is none. */
  x: Uint32Array
  y: Uint32Array
  /** Morton code of the upper 26 bits of x and y; only rows below `placed` are meaningful. */
  code: Float64Array
  status: Uint8Array
  kind: Uint8Array
  size: Uint8Array
  /** Bits ACQUIRING and PAYROLL. */
  flags: Uint8Array
  riskClass: Uint8Array
  /** Indexes into `placeCodes`; village may be -1. */
  county: Int32Array
  township: Int32Array
  village: Int32Array
  /** Indexes into `branchIds` and `managerIds`; manager may be -1. */
  branch: Int32Array
  manager: Int32Array
  depositCents: Float64Array
  loanCents: Float64Array
  previousLoanCents: Float64Array
  yearStartLoanCents: Float64Array
  openedOn: Int32Array
  nextDueOn: Int32Array
  lastVisitOn: Int32Array
  lostOn: Int32Array
  /** Indexes into `lostReasons` and `industries`, or -1. */
  lostReason: Int32Array
  industry: Int32Array
  placeCodes: string[]
  branchIds: number[]
  managerIds: number[]
  lostReasons: string[]
  industries: string[]
}

export function sizeClassOf(cents: number): number {
  if (cents <= 0) return 0
  let size = 1
  while (size <= SIZE_BOUNDS_YUAN.length && cents >= SIZE_BOUNDS_YUAN[size - 1] * 100) size++
  return size
}

/** Columns of `count` rows, all of them still empty. */
export function emptyColumns(count: number): ClientColumns {
  return {
    count,
    placed: 0,
    id: new Uint32Array(count),
    x: new Uint32Array(count),
    y: new Uint32Array(count),
    code: new Float64Array(count),
    status: new Uint8Array(count),
    kind: new Uint8Array(count),
    size: new Uint8Array(count),
    flags: new Uint8Array(count),
    riskClass: new Uint8Array(count),
    county: new Int32Array(count),
    township: new Int32Array(count),
    village: new Int32Array(count),
    branch: new Int32Array(count),
    manager: new Int32Array(count),
    depositCents: new Float64Array(count),
    loanCents: new Float64Array(count),
    previousLoanCents: new Float64Array(count),
    yearStartLoanCents: new Float64Array(count),
    openedOn: new Int32Array(count),
    nextDueOn: new Int32Array(count),
    lastVisitOn: new Int32Array(count),
    lostOn: new Int32Array(count),
    lostReason: new Int32Array(count),
    industry: new Int32Array(count),
    placeCodes: [],
    branchIds: [],
    managerIds: [],
    lostReasons: [],
    industries: [],
  }
}
