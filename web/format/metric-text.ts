/** A metric's value with its unit, by the registry's unit key. */
import { i18n, word } from '#web/locales/i18n.svelte.ts'
import type { Metric } from '#web/api/types.ts'
import { count, decimal, percent } from './figures.ts'
import { moneyUnitName } from './filter-sentence.ts'
import { grouped, money, moneyIn, UNKNOWN, type MoneyUnit } from './money.ts'

export const metricLabel = (metric: Metric): string => (i18n.locale === 'en' ? metric.labelEn : metric.label)
export const metricDefinition = (metric: Metric): string =>
  i18n.locale === 'en' ? metric.definitionEn : metric.definition

export const isMoney = (unit: string): boolean => unit === 'yuan'
export const isRatio = (unit: string): boolean => unit === 'ratio' || unit === 'percent'

export function metricText(value: number | null, unit: string): string {
  if (value === null) return UNKNOWN
  if (isMoney(unit)) return money(value, moneyUnitName)
  if (isRatio(unit)) return percent(value)
  return `${Number.isInteger(value) ? count(value) : decimal(value)} ${word('unit', unit)}`
}

/** For columns and legends: how to print, and the unit to put in the heading. */
export function metricColumn(
  values: (number | null)[],
  unit: string,
  moneyUnit: MoneyUnit | null,
): { heading: string; print: (value: number | null) => string; scale: number } {
  if (isMoney(unit) && moneyUnit) {
    const scale = { yuan: 1, wan: 1e4, yi: 1e8 }[moneyUnit]
    return { heading: moneyUnitName(moneyUnit), print: (value) => moneyIn(value, moneyUnit), scale }
  }
  if (isRatio(unit)) return { heading: '%', print: (value) => percent(value).replace('%', ''), scale: 0.01 }
  const digits = values.every((value) => value === null || Number.isInteger(value)) ? 0 : 1
  return {
    heading: word('unit', unit),
    print: (value) => (value === null ? UNKNOWN : grouped(value, digits)),
    scale: 1,
  }
}
