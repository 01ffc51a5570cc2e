import type { Logger } from 'pino'
import type { Deps } from '#server/deps.ts'
import { describeFault } from '#server/http/errors.ts'
import { todayInChina } from '#server/snapshot/today.ts'
import { applyPlan, duePlans, expireOwnership, holdPlan } from './due-queries.ts'
import { faultsOf } from './faults.ts'

const EVERY_MS = 60_000
const LIMIT_MS = 120_000
const MS_PER_DAY = 86_400_000

export function isoToday(now: Date): string {
  return new Date(todayInChina(now) * MS_PER_DAY).toISOString().slice(0, 10)
}

/** Makes approved plans effective whose day has come, oldest first. Does nothing twice; a plan with faults waits and says why. */
export async function applyDuePlans({ db }: Pick<Deps, 'db'>, today: string): Promise<number> {
  let applied = 0
  for (const id of await db.asRole('gis_worker', (tx) => duePlans(tx, today))) {
    const { blocking } = await faultsOf(db, id)
    if (blocking > 0) {
      const why = `生效日已到，但仍有 ${blocking} 处问题未解决，暂未生效。请撤回方案修改后重新提交。`
      await db.asRole('gis_worker', (tx) => holdPlan(tx, id, why))
    } else if ((await db.asRole('gis_worker', (tx) => applyPlan(tx, id, today), LIMIT_MS)) !== null) applied++
  }
  return applied
}

/** Once a minute: exceptions and claims whose last day is over end, and plans whose day has come become effective. */
export class OwnershipClock {
  private readonly deps: Pick<Deps, 'db' | 'now'>
  private readonly log: Logger
  private timer: NodeJS.Timeout | null = null
  private running: Promise<void> | null = null

  constructor(deps: Pick<Deps, 'db' | 'now' | 'log'>) {
    this.deps = deps
    this.log = deps.log
  }

  start(): void {
    this.timer ??= setInterval(() => void this.tick(), EVERY_MS).unref()
    void this.tick()
  }

  async stop(): Promise<void> {
    if (this.timer) clearInterval(this.timer)
    this.timer = null
    await this.running
  }

  tick(): Promise<void> {
    this.running ??= this.work().finally(() => (this.running = null))
    return this.running
  }

  private async work(): Promise<void> {
    const today = isoToday(this.deps.now())
    try {
      const ended = await this.deps.db.asRole('gis_worker', (tx) => expireOwnership(tx, today), LIMIT_MS)
      const applied = await applyDuePlans(this.deps, today)
      if (ended > 0 || applied > 0) this.log.info({ event: 'ownership_changed', ended, applied })
    } catch (error) {
      this.log.error({ event: 'ownership_clock_failed', fault: describeFault(error) })
    }
  }
}
