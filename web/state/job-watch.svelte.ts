/** One long piece of work on the server: asked after until it ends; can be cancelled. */
import { api } from '#web/api/client.ts'
import type { ApiError } from '#web/api/call.ts'
import type { Job } from '#web/api/types.ts'

const ASK_EVERY_MS = 400
const GIVE_UP_AFTER_FAILURES = 5

export type JobEnd =
  | { kind: 'done'; result: unknown }
  | { kind: 'failed'; message: string }
  | { kind: 'cancelled' }
  | { kind: 'lost'; error: ApiError }

export class JobWatch {
  job = $state.raw<Job | null>(null)
  running = $state(false)
  cancelling = $state(false)

  async follow(jobId: string): Promise<JobEnd> {
    this.running = true
    this.cancelling = false
    this.job = null
    try {
      let failures = 0
      for (;;) {
        const outcome = await api.job(jobId)
        if (outcome.ok) {
          failures = 0
          this.job = outcome.data
          const { state, result, error } = outcome.data
          if (state === 'done') return { kind: 'done', result }
          if (state === 'cancelled') return { kind: 'cancelled' }
          if (state === 'failed') return { kind: 'failed', message: error?.message ?? '' }
        } else if (++failures >= GIVE_UP_AFTER_FAILURES || outcome.error.status === 404) {
          return { kind: 'lost', error: outcome.error }
        }
        await new Promise((resolve) => setTimeout(resolve, ASK_EVERY_MS))
      }
    } finally {
      this.running = false
    }
  }

  async cancel(): Promise<ApiError | null> {
    if (!this.job) return null
    this.cancelling = true
    const outcome = await api.cancelJob(this.job.id)
    if (outcome.ok) return null
    this.cancelling = false
    return outcome.error
  }
}
