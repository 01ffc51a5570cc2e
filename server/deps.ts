import { randomUUID } from 'node:crypto'
import type { Logger } from 'pino'
import type { Database } from '#db/client.ts'
import { PlanGrounds } from './grids/edits/plan-grounds.ts'
import { PlanPresence } from './grids/edits/presence.ts'
import { EventHub } from './jobs/event-hub.ts'
import { JobQueue } from './jobs/job-queue.ts'
import { LayerWatch } from './jobs/layer-watch.ts'
import { SessionService } from './session/service.ts'
import { SnapshotStore } from './snapshot/snapshot-store.ts'
import { PolygonStore } from './tiles/polygon-store.ts'

export interface RequestLimits {
  /** Requests a minute of one account (or of one address while not signed in). */
  apiPerMinute: number
  tilesPerMinute: number
}

/** Everything a module may use; nothing reads globals. Built in main.ts, and in tests/support/api.ts for tests. */
export interface Deps {
  db: Database
  log: Logger
  /** The present. Relative dates and "today" come from here, so tests can fix it. */
  now: () => Date
  newId: () => string
  snapshots: SnapshotStore
  polygons: PolygonStore
  sessions: SessionService
  jobs: JobQueue
  events: EventHub
  layers: LayerWatch
  grounds: PlanGrounds
  presence: PlanPresence
  /** 32 bytes; AES-256-GCM key of phone numbers and identity numbers. */
  contactKey: Buffer
  limits: RequestLimits
  /** Believe X-Forwarded-* of the proxy in front of us. */
  trustProxy: boolean
  /** Folder with the built web files; null serves the API alone. */
  webFolder: string | null
  /** Folder whose free space is watched. */
  dataFolder: string
}

export const DEFAULT_LIMITS: RequestLimits = { apiPerMinute: 300, tilesPerMinute: 6_000 }

type Given = Pick<Deps, 'db' | 'log' | 'contactKey' | 'dataFolder'> & Partial<Deps>

/** The parts that stand on the given ones; each may be given too. */
export function createDeps(given: Given): Deps {
  const { db, log } = given
  const newId = given.newId ?? randomUUID
  const events = given.events ?? new EventHub()
  return {
    now: () => new Date(),
    snapshots: new SnapshotStore(db),
    polygons: new PolygonStore(db),
    sessions: new SessionService(db),
    jobs: new JobQueue({ db, events, log, newId }),
    layers: new LayerWatch(db, events, log),
    grounds: new PlanGrounds(),
    presence: new PlanPresence(),
    limits: DEFAULT_LIMITS,
    trustProxy: false,
    webFolder: null,
    ...given,
    newId,
    events,
  }
}
