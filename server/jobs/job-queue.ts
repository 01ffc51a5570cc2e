import type { Logger } from 'pino'
import type { Database } from '#db/client.ts'
import { AppError, describeFault, toAppError } from '#server/http/errors.ts'
import type { JobState } from './contract.ts'
import type { EventHub } from './event-hub.ts'
import { changeJob, failUnfinished, insertJob } from './queries.ts'

export interface JobContext {
  jobId: string
  accountId: number
  /** Aborted when the job is cancelled or the server stops. */
  signal: AbortSignal
  /** @param fraction 0 to 1; @param message Chinese, shown beside the progress bar */
  progress(fraction: number, message: string): void
}

export type JobHandler = (input: never, context: JobContext) => Promise<Record<string, unknown>>

/** The job cannot be done, for a reason its owner should read: Chinese, what, where, what to do next. */
export class JobRefusal extends Error {
  readonly reason: string
  readonly detail: string

  constructor(code: string, detail: string) {
    super(code)
    this.name = 'JobRefusal'
    this.reason = code
    this.detail = detail
  }
}

interface Entry {
  id: string
  kind: string
  input: unknown
  accountId: number
  state: JobState
  progress: number
  message: string
  abort: AbortController
  cancelled: boolean
  shownAt: number
  storedAt: number
  storing: Promise<void>
}

const AT_ONCE = 2
const WAITING_PER_ACCOUNT = 5
const SHOW_EVERY_MS = 250
const STORE_EVERY_MS = 1_000

/**
 * Long work of this process: at most two jobs at a time and one of each account, the others wait in order. State is kept
 * in app.job: queued -> running -> done | failed | cancelled, and queued -> cancelled; a database update only moves a job
 * on from the state it should be in. Jobs do not outlive the process: `recover` fails those a dead one left.
 * Limit: one server process per database.
 */
export class JobQueue {
  private readonly db: Database
  private readonly events: EventHub
  private readonly log: Logger
  private readonly newId: () => string
  private readonly handlers = new Map<string, JobHandler>()
  private readonly waiting: Entry[] = []
  private readonly running = new Map<string, Entry>()
  private readonly finished = new Map<string, Promise<void>>()
  private closed = false

  constructor(parts: { db: Database; events: EventHub; log: Logger; newId: () => string }) {
    this.db = parts.db
    this.events = parts.events
    this.log = parts.log
    this.newId = parts.newId
  }

  get accepting(): boolean {
    return !this.closed
  }

  register(kind: string, handler: JobHandler): void {
    this.handlers.set(kind, handler)
  }

  /** Marks jobs that were under way when the last process ended. @returns how many */
  recover(): Promise<number> {
    const error = { code: 'interrupted', message: '服务重新启动，任务已中断。请重新提交。' }
    return this.db.asRole('gis_worker', (tx) => failUnfinished(tx, error))
  }

  /** @returns the job's id @throws AppError when the account has too many jobs waiting */
  async enqueue(job: { kind: string; input: unknown; accountId: number }): Promise<string> {
    if (!this.handlers.has(job.kind)) throw new Error(`no handler for jobs of kind ${job.kind}`)
    if (this.closed) throw new AppError('busy', '服务正在停止，请稍后重试。', { retryAfterS: 10 })
    if (this.waiting.filter((entry) => entry.accountId === job.accountId).length >= WAITING_PER_ACCOUNT) {
      throw new AppError(
        'rate_limited',
        `您已有 ${WAITING_PER_ACCOUNT} 个任务在排队，请等待完成或取消后再提交。`,
        { retryAfterS: 10 },
      )
    }
    const id = this.newId()
    const entry: Entry = {
      ...job,
      id,
      state: 'queued',
      progress: 0,
      message: '排队中',
      abort: new AbortController(),
      cancelled: false,
      shownAt: -Infinity,
      storedAt: -Infinity,
      storing: Promise.resolve(),
    }
    await this.db.asRole('gis_worker', (tx) =>
      insertJob(tx, { id, kind: job.kind, input: job.input, createdBy: job.accountId }),
    )
    this.waiting.push(entry)
    this.show(entry)
    this.startNext()
    return id
  }

  /** Ends a job of this account. @returns false when it is not waiting or running here */
  async cancel(id: string, accountId: number): Promise<boolean> {
    const waiting = this.waiting.find((entry) => entry.id === id && entry.accountId === accountId)
    if (waiting) {
      this.drop(waiting)
      await this.end(waiting, 'cancelled', '已取消')
      return true
    }
    const running = this.running.get(id)
    if (!running || running.accountId !== accountId) return false
    running.cancelled = true
    running.abort.abort()
    await this.finished.get(id)
    return true
  }

  /** Stops taking jobs, cancels all, and waits for them. */
  async close(): Promise<void> {
    this.closed = true
    await Promise.all(
      [...this.waiting, ...this.running.values()].map((entry) => this.cancel(entry.id, entry.accountId)),
    )
  }

  /** Resolves when the job has ended; at once when it is not known here. */
  async settled(id: string): Promise<void> {
    while (this.waiting.some((entry) => entry.id === id)) await new Promise((next) => setTimeout(next, 10))
    await this.finished.get(id)
  }

  private drop(entry: Entry): void {
    const at = this.waiting.indexOf(entry)
    if (at >= 0) this.waiting.splice(at, 1)
  }

  private startNext(): void {
    while (this.running.size < AT_ONCE) {
      const busy = new Set([...this.running.values()].map((entry) => entry.accountId))
      const next = this.waiting.find((entry) => !busy.has(entry.accountId))
      if (!next) return
      this.drop(next)
      this.running.set(next.id, next)
      this.finished.set(
        next.id,
        this.run(next).finally(() => {
          this.running.delete(next.id)
          this.finished.delete(next.id)
          this.startNext()
        }),
      )
    }
  }

  private async run(entry: Entry): Promise<void> {
    try {
      entry.state = 'running'
      entry.message = '开始处理'
      const begun = await this.db.asRole('gis_worker', (tx) => changeJob(tx, entry.id, ['queued'], entry))
      if (!begun) return
      entry.abort.signal.throwIfAborted()
      this.show(entry)
      const result = await this.handlers.get(entry.kind)!(entry.input as never, {
        jobId: entry.id,
        accountId: entry.accountId,
        signal: entry.abort.signal,
        progress: (fraction, message) => this.advance(entry, fraction, message),
      })
      await entry.storing
      entry.progress = 1
      await this.end(entry, 'done', '已完成', { result })
    } catch (error) {
      await entry.storing
      if (entry.cancelled) await this.end(entry, 'cancelled', '已取消')
      else await this.end(entry, 'failed', '未完成', { error: this.reasonOf(error, entry) })
    }
  }

  private reasonOf(error: unknown, entry: Entry): { code: string; message: string } {
    if (error instanceof JobRefusal) return { code: error.reason, message: error.detail }
    const known = toAppError(error)
    if (known) return { code: known.problemCode, message: known.detail }
    this.log.error({ event: 'job_failed', jobId: entry.id, kind: entry.kind, fault: describeFault(error) })
    return {
      code: 'internal',
      message: `任务处理时出错，未完成。请重新提交；如再次出现，请把编号 ${entry.id} 告诉管理员。`,
    }
  }

  private async end(
    entry: Entry,
    state: 'done' | 'failed' | 'cancelled',
    message: string,
    outcome: { result?: unknown; error?: { code: string; message: string } } = {},
  ): Promise<void> {
    const from: JobState[] = state === 'cancelled' ? ['queued', 'running'] : ['running']
    entry.state = state
    entry.message = message
    try {
      await this.db.asRole('gis_worker', (tx) => changeJob(tx, entry.id, from, { ...entry, ...outcome }))
    } catch (error) {
      // The job itself is over; its row is put right by `recover` at the next start.
      this.log.error({ event: 'job_state_not_stored', jobId: entry.id, state, fault: describeFault(error) })
    }
    this.show(entry)
  }

  private advance(entry: Entry, fraction: number, message: string): void {
    if (entry.state !== 'running') return
    entry.progress = Math.min(1, Math.max(entry.progress, fraction))
    entry.message = message
    const now = performance.now()
    if (now - entry.shownAt >= SHOW_EVERY_MS) {
      entry.shownAt = now
      this.show(entry)
    }
    if (now - entry.storedAt >= STORE_EVERY_MS) {
      entry.storedAt = now
      const { progress, state } = entry
      entry.storing = entry.storing
        .then(() =>
          this.db.asRole('gis_worker', (tx) =>
            changeJob(tx, entry.id, ['running'], { state, progress, message }),
          ),
        )
        .then(() => {})
        .catch((error: unknown) =>
          this.log.warn({ event: 'job_progress_not_stored', jobId: entry.id, fault: describeFault(error) }),
        )
    }
  }

  private show(entry: Entry): void {
    const { id, state, progress, message } = entry
    this.events.publish({ name: 'job', accountId: entry.accountId, data: { id, state, progress, message } })
  }
}
