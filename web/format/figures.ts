/** Counts, ratios, changes and dates for people. Unknown is '—'; a figure withheld for privacy is '<5'. */
import { amountOf, grouped, HIDDEN, UNKNOWN, type Amount } from './money.ts'

export function count(value: Amount, hidden = false): string {
  if (hidden) return HIDDEN
  const amount = amountOf(value)
  return amount === null ? UNKNOWN : grouped(amount, 0)
}

export function decimal(value: Amount, digits = 1): string {
  const amount = amountOf(value)
  return amount === null ? UNKNOWN : grouped(amount, digits)
}

/** 0.123 is "12.3%". */
export function percent(ratio: Amount): string {
  const amount = amountOf(ratio)
  return amount === null ? UNKNOWN : `${grouped(amount * 100, 1)}%`
}

/** A signed ratio with ± for tables: "+3.1%", "−2.0%", "0.0%". */
export function signedPercent(ratio: Amount): string {
  const amount = amountOf(ratio)
  if (amount === null) return UNKNOWN
  const text = grouped(Math.abs(amount) * 100, 1)
  if (Number(text) === 0) return `${text}%`
  return `${amount > 0 ? '+' : '−'}${text}%`
}

export interface Change {
  text: string
  direction: 'up' | 'down' | 'flat' | 'unknown'
}

/** Money changes follow the Chinese habit (red up, green down), with ▲▼ so that colour is never alone. */
export function change(ratio: Amount): Change {
  const amount = amountOf(ratio)
  if (amount === null) return { text: UNKNOWN, direction: 'unknown' }
  const rounded = Math.round(Math.abs(amount) * 1000) / 10
  if (rounded === 0) return { text: '0.0%', direction: 'flat' }
  const direction = amount > 0 ? 'up' : 'down'
  return { text: `${direction === 'up' ? '▲' : '▼'} ${grouped(rounded, 1)}%`, direction }
}

export function day(value: string | null | undefined): string {
  return value ? value.slice(0, 10) : UNKNOWN
}

export function month(value: string | null | undefined): string {
  return value ? value.slice(0, 7) : UNKNOWN
}

export function minute(value: string | null | undefined): string {
  if (!value) return UNKNOWN
  const at = new Date(value)
  if (Number.isNaN(at.getTime())) return UNKNOWN
  const two = (n: number) => String(n).padStart(2, '0')
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${two(at.getHours())}:${two(at.getMinutes())}`
}

export function coordinates(lng: number, lat: number): string {
  return `${lng.toFixed(5)}, ${lat.toFixed(5)}`
}

export function metres(value: number): string {
  return value < 1000 ? `${grouped(value, 0)} m` : `${grouped(value / 1000, 2).replace(/\.?0+$/, '')} km`
}

export function squareMetres(value: number): string {
  return value < 1e5 ? `${grouped(value, 0)} m²` : `${grouped(value / 1e6, 2)} km²`
}
