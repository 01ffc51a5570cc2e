/** One import under way: the file and what was said about it, the preview, and its confirmation. The preview answers for what is applied. */
import { api } from '#web/api/client.ts'
import type { ApiError } from '#web/api/call.ts'
import type { ImportQuery, ImportReport } from '#web/api/types.ts'

export type Step = 'choosing' | 'reading' | 'previewed' | 'applying'

export class PlanImport {
  readonly planId: number
  file = $state.raw<File | null>(null)
  query = $state.raw<ImportQuery>({})
  report = $state.raw<ImportReport | null>(null)
  error = $state.raw<ApiError | null>(null)
  step = $state<Step>('choosing')
  #reading: AbortController | null = null

  constructor(planId: number) {
    this.planId = planId
  }

  choose(file: File): void {
    this.file = file
    this.#forget()
  }

  /** What is said about the file changes what a preview would show. */
  say(query: ImportQuery): void {
    this.query = query
    this.#forget()
  }

  async preview(): Promise<void> {
    if (!this.file) return
    this.#forget()
    this.step = 'reading'
    const reading = new AbortController()
    this.#reading = reading
    const outcome = await api.previewImport(this.planId, this.file, this.query, reading.signal)
    if (reading.signal.aborted) return
    this.step = outcome.ok ? 'previewed' : 'choosing'
    if (outcome.ok) this.report = outcome.data
    else this.error = outcome.error
  }

  /** The new version, or null with the reason in `error`. */
  async apply(): Promise<number | null> {
    if (!this.file || !this.report) return null
    this.step = 'applying'
    this.error = null
    const { version, digest } = this.report
    const outcome = await api.applyImport(this.planId, version, this.file, { ...this.query, digest })
    if (outcome.ok) return outcome.data.version
    this.error = outcome.error
    // A preview of a plan that has moved on must not be confirmed; other faults leave it as it was.
    const outdated = outcome.error.status === 409 || outcome.error.status === 412
    this.step = outdated ? 'choosing' : 'previewed'
    if (outdated) this.report = null
    return null
  }

  abandon(): void {
    this.#reading?.abort()
  }

  #forget(): void {
    this.#reading?.abort()
    this.report = null
    this.error = null
    this.step = 'choosing'
  }
}
