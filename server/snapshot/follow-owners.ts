import type { Database } from '#db/client.ts'
import type { ClientColumns } from '#domain/filter/client-columns.ts'
import type { LoadedClients } from './load-snapshot.ts'
import { layerVersion, ownersChanged, type OwnerNow } from './queries.ts'

const LIMIT_MS = 20_000

/**
 * The same clients with the owners they have now, when nothing but owners has changed since; null when everything has to be
 * read again. One claim must not cost a million rows.
 */
export async function followOwners(db: Database, loaded: LoadedClients): Promise<LoadedClients | null> {
  return db.asRole(
    'gis_reader',
    async (tx) => {
      const version = await layerVersion(tx, 'client')
      const changed = await ownersChanged(tx, loaded.version, version)
      if (changed === null) return null
      return { ...loaded, version, columns: withOwners(loaded.columns, loaded.rowOf, changed) }
    },
    LIMIT_MS,
  )
}

export function withOwners(
  columns: ClientColumns,
  rowOf: (id: number) => number,
  changed: readonly OwnerNow[],
): ClientColumns {
  const manager = columns.manager.slice()
  const managerIds = columns.managerIds.slice()
  const places = new Map(managerIds.map((id, place) => [id, place]))
  for (const { id, managerId } of changed) {
    const row = rowOf(id)
    if (row < 0) continue
    if (managerId !== null && !places.has(managerId)) places.set(managerId, managerIds.push(managerId) - 1)
    manager[row] = managerId === null ? -1 : places.get(managerId)!
  }
  return { ...columns, manager, managerIds }
}
