/**
 * Editing a filter field by field, for the panel: only a plain "all of these" of different fields can be edited so;
 * anything else (from a link) is shown as it is and can be cleared.
 */
import type { Condition, FieldName, Filter } from '#domain/filter/types.ts'
import type { ClientStatus } from '#domain/filter/client-columns.ts'
import { STATUSES } from '#domain/filter/client-columns.ts'

export function conditionsOf(filter: Filter | null): Condition[] | null {
  if (filter === null) return []
  const parts = 'field' in filter ? [filter] : filter.op === 'and' ? filter.of : null
  if (!parts) return null
  const fields = new Set<string>()
  for (const part of parts) {
    if (!('field' in part) || fields.has(part.field)) return null
    fields.add(part.field)
  }
  return parts as Condition[]
}

export function conditionFor<Name extends FieldName>(
  filter: Filter | null,
  field: Name,
): Extract<Condition, { field: Name }> | null {
  return (conditionsOf(filter)?.find((condition) => condition.field === field) ?? null) as Extract<
    Condition,
    { field: Name }
  > | null
}

/** A filter that cannot be edited by field is replaced as a whole. */
export function withCondition(
  filter: Filter | null,
  field: FieldName,
  next: Condition | null,
): Filter | null {
  const kept = (conditionsOf(filter) ?? []).filter((condition) => condition.field !== field)
  const all = next ? [...kept, next] : kept
  if (all.length === 0) return null
  return all.length === 1 ? all[0] : { op: 'and', of: all }
}

export function statusesShown(filter: Filter | null): ClientStatus[] {
  const condition = conditionFor(filter, 'status')
  return condition && 'in' in condition ? condition.in : [...STATUSES]
}

/** Switching the last one off shows all again: an empty map would only look broken. */
export function toggleStatus(filter: Filter | null, status: ClientStatus): Filter | null {
  const shown = statusesShown(filter)
  const next = shown.includes(status) ? shown.filter((other) => other !== status) : [...shown, status]
  const all = next.length === 0 || next.length === STATUSES.length
  return withCondition(
    filter,
    'status',
    all ? null : { field: 'status', in: STATUSES.filter((s) => next.includes(s)) },
  )
}
