import { Worker } from 'node:worker_threads'
import { CannotOpen, DatabaseError, fromDriver, QUERY_CANCELLED } from '../errors.ts'
import type { Answer, RequestBody, WorkerSettings } from './protocol.ts'

interface Pending {
  resolve: (value: never) => void
  reject: (error: Error) => void
  watchdog: NodeJS.Timeout | null
}

/**
 * The main thread's end of the PGlite worker. A request that outlives its time limit ends the whole worker (the engine
 * ignores statement_timeout); a new one is started on the same folder, where every commit still is.
 */
export class WorkerClient {
  private engine: Promise<RunningEngine> | null = null
  private readonly settings: WorkerSettings
  /** Counts engines lost: a transaction must not go on in another engine than the one it began in. */
  generation = 0

  constructor(settings: WorkerSettings) {
    this.settings = settings
  }

  /** @throws DatabaseError as the engine reports it; code 57014 when the time limit ended the query. */
  async request<T>(body: RequestBody, timeoutMs: number): Promise<T> {
    this.engine ??= this.start()
    const engine = await this.engine
    return engine.send<T>(body, timeoutMs, () => {
      this.generation++
      const ended = engine.end(
        new DatabaseError(`query ended after ${timeoutMs} ms`, { code: QUERY_CANCELLED }),
      )
      this.engine = ended.then(() => this.start())
      this.engine.catch(() => (this.engine = null))
    })
  }

  async close(): Promise<void> {
    if (!this.engine) return
    await this.request({ kind: 'close' }, 30_000)
    const engine = await this.engine
    this.engine = null
    await engine.end(new DatabaseError('the embedded engine was closed', { code: '57P01' }))
  }

  private start(): Promise<RunningEngine> {
    return RunningEngine.start(this.settings, () => {
      this.generation++
      this.engine = null
    })
  }
}

class RunningEngine {
  private readonly pending = new Map<number, Pending>()
  private nextId = 1
  private readonly worker: Worker

  private constructor(worker: Worker) {
    this.worker = worker
  }

  static start(settings: WorkerSettings, onLost: () => void): Promise<RunningEngine> {
    return new Promise((resolve, reject) => {
      const worker = new Worker(new URL('./pglite-worker.mjs', import.meta.url), { workerData: settings })
      const engine = new RunningEngine(worker)
      worker.on('message', (answer: Answer) =>
        answer.kind === 'ready' ? resolve(engine) : engine.settle(answer),
      )
      worker.once('error', (error) => {
        onLost()
        reject(new CannotOpen(`内置数据库无法打开数据目录 ${settings.folder}：${error.message}`))
        engine.rejectAll(new DatabaseError('the embedded engine stopped', { code: '57P01' }))
      })
    })
  }

  send<T>(body: RequestBody, timeoutMs: number, onTimeout: () => void): Promise<T> {
    const id = this.nextId++
    return new Promise<T>((resolve, reject) => {
      const watchdog = timeoutMs > 0 ? setTimeout(onTimeout, timeoutMs) : null
      this.pending.set(id, { resolve, reject, watchdog })
      this.worker.postMessage({ ...body, id })
    })
  }

  async end(reason: DatabaseError): Promise<void> {
    this.rejectAll(reason)
    await this.worker.terminate()
  }

  private settle(answer: Exclude<Answer, { kind: 'ready' }>): void {
    const pending = this.pending.get(answer.id)
    if (!pending) return
    this.pending.delete(answer.id)
    if (pending.watchdog) clearTimeout(pending.watchdog)
    if (answer.kind === 'answer') pending.resolve(answer.value as never)
    else pending.reject(fromDriver(answer.error))
  }

  private rejectAll(error: Error): void {
    for (const pending of this.pending.values()) {
      if (pending.watchdog) clearTimeout(pending.watchdog)
      pending.reject(error)
    }
    this.pending.clear()
  }
}
