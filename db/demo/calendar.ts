/**
 * Purpose: dates of the demo bank as whole days since 1970-01-01 and months as whole months since 1970-01, without a clock.
 * Guarantees: proleptic Gregorian; ISO texts of the days in use come from a table, since tens of millions are written.
 * Limits: `isoDay` knows 1990 to 2049.
 */
const DAY_MS = 86_400_000
const FIRST_DAY = dayOf('1990-01-01')
const LAST_DAY = dayOf('2049-12-31')

const texts: string[] = []
for (let day = FIRST_DAY; day <= LAST_DAY; day++)
  texts.push(new Date(day * DAY_MS).toISOString().slice(0, 10))

/** @throws RangeError when the text is no ISO date */
export function dayOf(iso: string): number {
  const ms = Date.parse(`${iso}T00:00:00Z`)
  if (!/^\d{4}-\d{2}-\d{2}$/.test(iso) || Number.isNaN(ms)) throw new RangeError(`not an ISO date: ${iso}`)
  return ms / DAY_MS
}

export function isoDay(day: number): string {
  const text = texts[day - FIRST_DAY]
  if (text === undefined) throw new RangeError(`day ${day} lies outside of 1990 to 2049`)
  return text
}

export function monthOf(day: number): number {
  const text = isoDay(day)
  return (Number(text.slice(0, 4)) - 1970) * 12 + Number(text.slice(5, 7)) - 1
}

/** First day of a month. */
export function dayOfMonth(month: number): number {
  return Date.UTC(1970 + Math.floor(month / 12), ((month % 12) + 12) % 12, 1) / DAY_MS
}

/** 0 for January. */
export function monthInYear(month: number): number {
  return ((month % 12) + 12) % 12
}

/** The same day of a later month; the last day of that month where it has no such day. */
export function addMonths(day: number, months: number): number {
  const month = monthOf(day)
  const offset = day - dayOfMonth(month)
  const length = dayOfMonth(month + months + 1) - dayOfMonth(month + months)
  return dayOfMonth(month + months) + Math.min(offset, length - 1)
}

export const MONTHS_OF_HISTORY = 24

/** What "now" is for one demo bank. */
export interface DemoCalendar {
  /** First day of a month; balances are those at the end of the day before. */
  asOf: number
  /** The last complete months before `asOf`, ascending; their snapshots are of the last day of the month. */
  months: readonly number[]
  monthTexts: readonly string[]
  monthEnds: readonly number[]
  /** The day before asOf, the last one with balances. */
  lastDay: number
}

export function demoCalendar(asOf: string): DemoCalendar {
  const day = dayOf(asOf)
  if (!asOf.endsWith('-01')) throw new RangeError(`asOf must be the first day of a month, not ${asOf}`)
  const last = monthOf(day) - 1
  const months = Array.from({ length: MONTHS_OF_HISTORY }, (_, i) => last - MONTHS_OF_HISTORY + 1 + i)
  return {
    asOf: day,
    months,
    monthTexts: months.map((month) => isoDay(dayOfMonth(month))),
    monthEnds: months.map((month) => dayOfMonth(month + 1) - 1),
    lastDay: day - 1,
  }
}
