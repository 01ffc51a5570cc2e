import { ByteLru } from './byte-lru.ts'
import type { LoadedClients, RowLookup } from './load-snapshot.ts'
import type { IdRange, Months } from './queries.ts'
import { rowsOfScope, scopeKey, type Scope } from './scope.ts'
import type { ClientColumns } from '#domain/filter/client-columns.ts'
import { filterMask } from '#domain/filter/predicate.ts'
import type { Filter } from '#domain/filter/types.ts'

/** The rows of one scope: `rows` null means all; the first `placed` of them are on the map. */
export interface ScopeRows {
  key: string
  rows: Uint32Array | null
  count: number
  placed: number
}

const MASK_CACHE_BYTES = 48_000_000

/** All clients at one version, in columns. Never changes; a newer version is a new object. */
export class Snapshot {
  readonly version: number
  /** The version at which the rows were read: the same rows in the same order, whoever owns them since. */
  readonly rowsVersion: number
  readonly months: Months
  readonly columns: ClientColumns
  readonly range: IdRange | null
  /** The row of a client id, or -1. */
  readonly rowOf: RowLookup
  private readonly scopes = new Map<string, ScopeRows>()
  private readonly masks = new ByteLru<Uint8Array>(MASK_CACHE_BYTES)

  constructor(loaded: LoadedClients) {
    this.version = loaded.version
    this.rowsVersion = loaded.rowsVersion
    this.months = loaded.months
    this.columns = loaded.columns
    this.range = loaded.range
    this.rowOf = loaded.rowOf
  }

  scopeRows(scope: Scope): ScopeRows {
    const key = scopeKey(scope)
    let known = this.scopes.get(key)
    if (!known) {
      const rows = rowsOfScope(this.columns, scope)
      const { placed } = this.columns
      known =
        rows === null
          ? { key, rows, count: this.columns.count, placed }
          : { key, rows, count: rows.length, placed: countBelow(rows, placed) }
      this.scopes.set(key, known)
    }
    return known
  }

  /** One byte a row: 1 where the client passes. `today` is days since 1970, for relative dates. */
  mask(filter: Filter | null, today: number): Uint8Array | null {
    if (filter === null) return null
    const key = `${today} ${JSON.stringify(filter)}`
    let mask = this.masks.get(key)
    if (!mask) {
      mask = filterMask(filter, this.columns, today)
      this.masks.set(key, mask, mask.length + key.length)
    }
    return mask
  }
}

function countBelow(ascending: Uint32Array, limit: number): number {
  let low = 0
  let high = ascending.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (ascending[middle] < limit) low = middle + 1
    else high = middle
  }
  return low
}
