import type { Database } from '#db/client.ts'
import { followOwners } from './follow-owners.ts'
import { loadBalances, loadClients, type LoadedClients, type MonthBalances } from './load-snapshot.ts'
import { layerVersion } from './queries.ts'
import { Snapshot } from './snapshot.ts'
import { VersionedStore } from './versioned-store.ts'

const MONTHS_KEPT = 4

/** The one in-memory copy of the clients, kept at the version of the layer 'client'. */
export class SnapshotStore {
  private readonly db: Database
  private readonly store: VersionedStore<Snapshot>
  private readonly balances = new Map<string, Promise<MonthBalances>>()
  private loaded: LoadedClients | null = null

  constructor(db: Database, now?: () => number) {
    this.db = db
    this.store = new VersionedStore<Snapshot>(
      {
        version: () => db.asRole('gis_reader', async (tx) => String(await layerVersion(tx, 'client'))),
        load: async () => {
          this.loaded = (this.loaded && (await followOwners(db, this.loaded))) ?? (await loadClients(db))
          return new Snapshot(this.loaded)
        },
        versionOf: (snapshot) => String(snapshot.version),
      },
      now,
    )
  }

  current(): Promise<Snapshot> {
    return this.store.current()
  }

  recheck(): void {
    this.store.recheck()
  }

  /** Balances of an earlier month, row by row as in `snapshot`; zero for clients without one. The last few months asked for are kept. */
  balancesOf(snapshot: Snapshot, month: string): Promise<MonthBalances> {
    const key = `${snapshot.rowsVersion} ${month}`
    let known = this.balances.get(key)
    if (!known) {
      known = loadBalances(this.db, month, snapshot)
      known.catch(() => this.balances.delete(key))
      this.balances.set(key, known)
      for (const oldest of this.balances.keys()) {
        if (this.balances.size <= MONTHS_KEPT) break
        this.balances.delete(oldest)
      }
    }
    return known
  }
}
