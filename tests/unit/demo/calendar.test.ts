import { describe, expect, test } from 'vitest'
import {
  addMonths,
  dayOf,
  dayOfMonth,
  demoCalendar,
  isoDay,
  monthInYear,
  monthOf,
} from '#db/demo/calendar.ts'

describe('days and months', () => {
  test('epoch, leap day and back', () => {
    expect(dayOf('1970-01-01')).toBe(0)
    expect(dayOf('2024-03-01') - dayOf('2024-02-28')).toBe(2)
    expect(isoDay(dayOf('2024-02-29'))).toBe('2024-02-29')
  })

  test('months count from 1970', () => {
    expect(monthOf(dayOf('1999-12-31'))).toBe(359)
    expect(isoDay(dayOfMonth(360))).toBe('2000-01-01')
    expect(monthInYear(359)).toBe(11)
  })

  test.each([
    ['2026-01-31', 1, '2026-02-28'],
    ['2024-01-31', 1, '2024-02-29'],
    ['2026-10-31', -6, '2026-04-30'],
    ['2025-11-15', 14, '2027-01-15'],
  ])('%s and %i months is %s', (from, months, to) => {
    expect(isoDay(addMonths(dayOf(from), months))).toBe(to)
  })

  test('what is no date or lies outside the table is refused', () => {
    expect(() => dayOf('2026-13-01')).toThrow(RangeError)
    expect(() => dayOf('1.1.2026')).toThrow(RangeError)
    expect(() => isoDay(dayOf('2050-01-01'))).toThrow(RangeError)
  })
})

describe('the calendar of a demo bank', () => {
  test('ends with the last complete month', () => {
    const calendar = demoCalendar('2026-11-01')
    expect(calendar.monthTexts).toHaveLength(24)
    expect(calendar.monthTexts[0]).toBe('2024-11-01')
    expect(calendar.monthTexts.at(-1)).toBe('2026-10-01')
    expect(isoDay(calendar.monthEnds.at(-1)!)).toBe('2026-10-31')
    expect(calendar.lastDay).toBe(calendar.monthEnds.at(-1))
  })

  test('starts on the first of a month only', () => {
    expect(() => demoCalendar('2026-11-02')).toThrow(RangeError)
  })
})
