/**
 * Money for people: yuan in; yuan, ten thousand or hundred million yuan out. A column of a table uses one unit, chosen by its largest value, so
 * that figures below one another compare at a glance. Unknown is '—', never zero.
 */
export type MoneyUnit = 'yuan' | 'wan' | 'yi'
export type Amount = string | number | null | undefined

export const UNKNOWN = '—'
export const HIDDEN = '<5'

const DIVISOR: Record<MoneyUnit, number> = { yuan: 1, wan: 1e4, yi: 1e8 }
const DIGITS: Record<MoneyUnit, number> = { yuan: 2, wan: 1, yi: 2 }

export function amountOf(value: Amount): number | null {
  if (value === null || value === undefined || value === '') return null
  const amount = typeof value === 'number' ? value : Number(value)
  return Number.isFinite(amount) ? amount : null
}

export function moneyUnitFor(values: Amount[]): MoneyUnit {
  const largest = Math.max(0, ...values.map((value) => Math.abs(amountOf(value) ?? 0)))
  if (largest >= 1e8) return 'yi'
  return largest >= 1e4 ? 'wan' : 'yuan'
}

/** For a column of many places: the unit in which the middle value still reads well, so that small ones keep digits. */
export function columnUnitFor(values: Amount[]): MoneyUnit {
  const sizes = values
    .flatMap((value) => (amountOf(value) ? [Math.abs(amountOf(value) ?? 0)] : []))
    .sort((a, b) => a - b)
  return moneyUnitFor([sizes[Math.floor(sizes.length / 2)]])
}

/** The figure alone, for a column whose heading names the unit. */
export function moneyIn(value: Amount, unit: MoneyUnit): string {
  const amount = amountOf(value)
  return amount === null ? UNKNOWN : grouped(amount / DIVISOR[unit], DIGITS[unit])
}

/** Figure and unit; `unitName` translates the unit. */
export function money(value: Amount, unitName: (unit: MoneyUnit) => string): string {
  const amount = amountOf(value)
  if (amount === null) return UNKNOWN
  const unit = moneyUnitFor([amount])
  return `${moneyIn(amount, unit)} ${unitName(unit)}`
}

export function grouped(value: number, digits: number): string {
  const text = value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits })
  return /^-0(\.0+)?$/.test(text) ? text.slice(1) : text
}
