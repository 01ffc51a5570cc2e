/**
 * Five classes of a choropleth. `breaks` are the upper ends of the first four classes, ascending, as the server
 * computed them for the whole set shown, so that the same colours mean the same at every reader's.
 */
import { grouped } from '#web/format/money.ts'

export function classOf(value: number, breaks: number[]): number {
  let index = 0
  while (index < breaks.length && value > breaks[index]) index++
  return index
}

export interface ClassRange {
  from: number | null
  to: number | null
}

/** One range per class; values too alike to divide are one class from the least to the most of them. */
export function rangesOf(breaks: number[], values: number[]): ClassRange[] {
  if (values.length === 0) return []
  if (breaks.length === 0) return [{ from: Math.min(...values), to: Math.max(...values) }]
  return [null, ...breaks].map((from, i) => ({ from, to: breaks[i] ?? null }))
}

/** As few decimals as keep the breaks apart. */
export function digitsFor(breaks: number[]): number {
  for (let digits = 0; digits < 4; digits++) {
    if (new Set(breaks.map((value) => value.toFixed(digits))).size === breaks.length) return digits
  }
  return 4
}

export function rangeText({ from, to }: ClassRange, digits: number): string {
  if (from === to) return grouped(from ?? 0, digits)
  if (from === null) return `≤ ${grouped(to ?? 0, digits)}`
  if (to === null) return `> ${grouped(from, digits)}`
  return `${grouped(from, digits)} – ${grouped(to, digits)}`
}
