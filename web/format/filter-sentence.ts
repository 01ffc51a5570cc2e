/** The filter as a sentence in the reader's language. */
import type { Condition, Filter } from '#domain/filter/types.ts'
import { t, word } from '#web/locales/i18n.svelte.ts'
import { money, type MoneyUnit } from './money.ts'

export type PlaceName = (code: string) => string

export function filterSentence(filter: Filter | null, placeName: PlaceName): string {
  return filter === null ? t('filter.none') : sentence(filter, placeName)
}

function sentence(filter: Filter, placeName: PlaceName): string {
  if ('field' in filter) return conditionSentence(filter, placeName)
  if (filter.op === 'not') return t('filter.not', { part: sentence(filter.of, placeName) })
  const joined = filter.of.map((part) =>
    'field' in part || filter.of.length === 1
      ? sentence(part, placeName)
      : `（${sentence(part, placeName)}）`,
  )
  return joined.join(t(filter.op === 'and' ? 'filter.and' : 'filter.or'))
}

export function conditionSentence(condition: Condition, placeName: PlaceName): string {
  const field = word('field', condition.field)
  if ('isNull' in condition) return t(condition.isNull ? 'filter.isNull' : 'filter.notNull', { field })
  if ('is' in condition) return t(condition.is ? 'filter.yes' : 'filter.no', { field })
  if ('in' in condition) {
    const names = condition.in.map((value) => {
      if (condition.field === 'place') return placeName(String(value))
      if (condition.field === 'branch' || condition.field === 'manager') return `#${value}`
      return word(condition.field, value)
    })
    return t('filter.in', { field, list: names.join(t('filter.listComma')) })
  }
  if (condition.field === 'depositBalance' || condition.field === 'loanBalance') {
    return rangeSentence(field, yuan(condition.gte), yuan(condition.lte))
  }
  const parts: string[] = []
  if (condition.from !== undefined || condition.to !== undefined) {
    parts.push(rangeSentence(field, condition.from ?? null, condition.to ?? null))
  }
  if (condition.withinDays !== undefined) {
    const key = condition.field === 'nextDueOn' ? 'filter.nextDays' : 'filter.lastDays'
    parts.push(t(key, { field, n: condition.withinDays }))
  }
  if (condition.olderThanDays !== undefined)
    parts.push(t('filter.olderDays', { field, n: condition.olderThanDays }))
  return parts.join(t('filter.and'))
}

function rangeSentence(field: string, from: string | null, to: string | null): string {
  if (from !== null && to !== null) return t('filter.between', { field, from, to })
  return from !== null ? t('filter.from', { field, from }) : t('filter.to', { field, to: to ?? '' })
}

function yuan(value: number | undefined): string | null {
  return value === undefined ? null : money(value, moneyUnitName)
}

export function moneyUnitName(unit: MoneyUnit): string {
  return t(`unit.${unit}`)
}
