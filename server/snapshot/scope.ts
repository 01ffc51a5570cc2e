import type { Me } from '#db/client.ts'
import type { ClientColumns } from '#domain/filter/client-columns.ts'

/**
 * Which client rows a session may use. It mirrors the policies on app.client in db/migrations/0006_access.sql; a test
 * holds both against each other for every role.
 */
export type Scope =
  | { kind: 'manager'; role: string; staffId: number }
  | { kind: 'branches'; role: string; branchIds: number[] }
  | { kind: 'counties'; role: string; countyCodes: string[] }
  /** Leadership: sums over all clients, never one client; small groups are hidden. */
  | { kind: 'aggregate'; role: string }
  | { kind: 'none'; role: string }

export function scopeOf(me: Pick<Me, 'role' | 'staffId' | 'branchIds' | 'countyCodes'>): Scope {
  const { role } = me
  switch (role) {
    case 'manager':
      return me.staffId === null ? { kind: 'none', role } : { kind: 'manager', role, staffId: me.staffId }
    case 'branch_head':
    case 'township_head':
      return { kind: 'branches', role, branchIds: sortedUnique(me.branchIds) }
    case 'planner':
      return { kind: 'counties', role, countyCodes: sortedUnique(me.countyCodes) }
    case 'leadership':
      return { kind: 'aggregate', role }
    default:
      return { kind: 'none', role }
  }
}

/** Two sessions have the same key exactly when they see the same rows in the same detail. */
export function scopeKey(scope: Scope): string {
  switch (scope.kind) {
    case 'manager':
      return `${scope.role}/${scope.staffId}`
    case 'branches':
      return `${scope.role}/${scope.branchIds.join(',')}`
    case 'counties':
      return `${scope.role}/${scope.countyCodes.join(',')}`
    default:
      return scope.kind === 'aggregate' ? 'aggregate' : 'none'
  }
}

/** Whether single clients may be shown at all. */
export function seesClients(scope: Scope): boolean {
  return scope.kind === 'manager' || scope.kind === 'branches' || scope.kind === 'counties'
}

/** Whether exact money may be shown: not to planners (bands only), nor to those who see no client. */
export function seesExactMoney(scope: Scope): boolean {
  return scope.kind === 'manager' || scope.kind === 'branches'
}

/** Ascending row numbers of the scope; null means every row. */
export function rowsOfScope(columns: ClientColumns, scope: Scope): Uint32Array | null {
  switch (scope.kind) {
    case 'aggregate':
      return null
    case 'none':
      return new Uint32Array(0)
    case 'manager':
      return rowsWith(columns.manager, indexesOf(columns.managerIds, [scope.staffId]))
    case 'branches':
      return rowsWith(columns.branch, indexesOf(columns.branchIds, scope.branchIds))
    case 'counties':
      return rowsWith(columns.county, indexesOf(columns.placeCodes, scope.countyCodes))
  }
}

function indexesOf<T>(dictionary: T[], wanted: readonly T[]): Uint8Array {
  const among = new Set(wanted)
  return Uint8Array.from(dictionary, (value) => (among.has(value) ? 1 : 0))
}

function rowsWith(column: Int32Array, wanted: Uint8Array): Uint32Array {
  let count = 0
  for (let row = 0; row < column.length; row++) if (column[row] >= 0 && wanted[column[row]] === 1) count++
  const rows = new Uint32Array(count)
  let next = 0
  for (let row = 0; row < column.length; row++)
    if (column[row] >= 0 && wanted[column[row]] === 1) rows[next++] = row
  return rows
}

function sortedUnique<T extends string | number>(values: readonly T[]): T[] {
  return [...new Set(values)].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
}
