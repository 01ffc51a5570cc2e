/** One thing fetched from the server, as a union of what it can be; a newer request makes an older answer void. */
import type { ApiError, Outcome } from '#web/api/call.ts'

type Phase = 'idle' | 'loading' | 'ready' | 'failed'

export class Remote<T> {
  phase = $state<Phase>('idle')
  /** The last good answer; kept while a newer one loads, so that the screen does not flicker. */
  data = $state.raw<T | null>(null)
  error = $state.raw<ApiError | null>(null)
  etag = $state<string | null>(null)
  #abort: AbortController | null = null

  get loading(): boolean {
    return this.phase === 'loading'
  }

  async load(fetcher: (signal: AbortSignal) => Promise<Outcome<T>>): Promise<Outcome<T>> {
    this.#abort?.abort()
    const abort = new AbortController()
    this.#abort = abort
    this.phase = 'loading'
    const outcome = await fetcher(abort.signal)
    if (this.#abort !== abort) return outcome
    this.#abort = null
    if (outcome.ok) {
      this.data = outcome.data
      this.etag = outcome.etag
      this.error = null
      this.phase = 'ready'
    } else {
      this.error = outcome.error
      this.phase = 'failed'
    }
    return outcome
  }

  set(data: T): void {
    this.#abort?.abort()
    this.#abort = null
    this.data = data
    this.error = null
    this.phase = 'ready'
  }

  clear(): void {
    this.#abort?.abort()
    this.#abort = null
    this.data = null
    this.error = null
    this.phase = 'idle'
  }
}
