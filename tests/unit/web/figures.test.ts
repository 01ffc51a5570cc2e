import { describe, expect, test } from 'vitest'
import { change, count, decimal, metres, percent, signedPercent, squareMetres } from '#web/format/figures.ts'
import { columnUnitFor, money, moneyIn, moneyUnitFor } from '#web/format/money.ts'

const unitName = (unit: string) => ({ yuan: '元', wan: '万元', yi: '亿元' })[unit] ?? unit

describe('money', () => {
  test.each([
    ['0.00', '0.00 元'],
    ['9999.99', '9,999.99 元'],
    ['10000', '1.0 万元'],
    ['-12345678.90', '-1,234.6 万元'],
    ['53400000000', '534.00 亿元'],
    [null, '—'],
    [undefined, '—'],
    ['', '—'],
    ['n/a', '—'],
    [Number.NaN, '—'],
  ])('%s is shown as %s', (value, text) => expect(money(value, unitName)).toBe(text))

  test('one unit for a column, from its largest value', () => {
    expect(moneyUnitFor(['12', '340000', null])).toBe('wan')
    expect(moneyUnitFor([])).toBe('yuan')
    expect(moneyUnitFor([-2e8, 5])).toBe('yi')
  })

  test('a ranking takes the unit of its middle value, so that small places keep digits', () => {
    expect(columnUnitFor([9.4e9, 5e7, 6e6, 5e5, null])).toBe('wan')
    expect(columnUnitFor([9e9, 8e8, 7e8])).toBe('yi')
    expect(columnUnitFor([null, 0])).toBe('yuan')
  })

  test('there is no negative zero', () => expect(moneyIn(-0.001, 'yuan')).toBe('0.00'))
})

describe('figures', () => {
  test('counts, percents, unknown and withheld', () => {
    expect(count(1234567)).toBe('1,234,567')
    expect(count(null)).toBe('—')
    expect(count(null, true)).toBe('<5')
    expect(percent(0.1234)).toBe('12.3%')
    expect(percent(null)).toBe('—')
    expect(decimal('2.345', 2)).toBe('2.35')
  })

  test('deviations carry their sign, zero carries none', () => {
    expect(signedPercent(0.031)).toBe('+3.1%')
    expect(signedPercent(-0.02)).toBe('−2.0%')
    expect(signedPercent(-0.0001)).toBe('0.0%')
  })

  test('a change has a mark as well as a direction', () => {
    expect(change(0.052)).toEqual({ text: '▲ 5.2%', direction: 'up' })
    expect(change(-0.052)).toEqual({ text: '▼ 5.2%', direction: 'down' })
    expect(change(0.0004)).toEqual({ text: '0.0%', direction: 'flat' })
    expect(change(null)).toEqual({ text: '—', direction: 'unknown' })
  })

  test('lengths and areas', () => {
    expect(metres(999.4)).toBe('999 m')
    expect(metres(20000)).toBe('20 km')
    expect(metres(1234)).toBe('1.23 km')
    expect(squareMetres(99_000)).toBe('99,000 m²')
    expect(squareMetres(2_500_000)).toBe('2.50 km²')
  })
})
