import type { Logger } from 'pino'
import type { Database } from '#db/client.ts'
import { describeFault } from '#server/http/errors.ts'
import type { EventHub } from './event-hub.ts'
import { layerVersions } from './queries.ts'

const EVERY_MS = 3_000

/**
 * Tells the open streams when a layer has a new version, whichever process changed it: the versions are read every three
 * seconds while somebody listens.
 */
export class LayerWatch {
  private readonly db: Database
  private readonly events: EventHub
  private readonly log: Logger
  private known: Record<string, number> | null = null
  private timer: NodeJS.Timeout | null = null

  constructor(db: Database, events: EventHub, log: Logger) {
    this.db = db
    this.events = events
    this.log = log
  }

  start(): void {
    this.timer ??= setInterval(() => void this.check(), EVERY_MS).unref()
  }

  stop(): void {
    if (this.timer) clearInterval(this.timer)
    this.timer = null
  }

  async check(): Promise<void> {
    if (this.events.subscribers === 0) {
      this.known = null
      return
    }
    try {
      const found = await this.db.asRole('gis_worker', (tx) => layerVersions(tx))
      for (const [layer, version] of Object.entries(found)) {
        if (this.known !== null && this.known[layer] !== version)
          this.events.publish({ name: 'layer', data: { layer, version } })
      }
      this.known = found
    } catch (error) {
      this.log.warn({ event: 'layer_watch_failed', fault: describeFault(error) })
    }
  }
}
