import type { ApiError } from '#web/api/call.ts'
import { i18n, t } from '#web/locales/i18n.svelte.ts'

export interface Notice {
  id: number
  kind: 'error' | 'done'
  text: string
  traceId: string | null
}

const DONE_STAYS_MS = 4000

class Notifications {
  list = $state<Notice[]>([])
  #next = 1

  done(text: string): void {
    const id = this.#add({ kind: 'done', text, traceId: null })
    setTimeout(() => this.dismiss(id), DONE_STAYS_MS)
  }

  /** Errors stay until closed: a bank clerk must be able to read out the trace number. */
  error(error: ApiError): void {
    if (error.code === 'aborted' || error.code === 'unauthenticated') return
    const text = describe(error)
    if (this.list.some((notice) => notice.text === text)) return
    this.#add({ kind: 'error', text, traceId: error.traceId })
  }

  dismiss(id: number): void {
    this.list = this.list.filter((notice) => notice.id !== id)
  }

  #add(notice: Omit<Notice, 'id'>): number {
    const id = this.#next++
    this.list = [...this.list.slice(-3), { id, ...notice }]
    return id
  }
}

export const notifications = new Notifications()

/** The server's own sentence when there is one, else ours for the code. */
export function describe(error: ApiError): string {
  if (error.detail) return error.detail
  const key = `error.${error.code}`
  if (i18n.has(key)) return t(key)
  return t('error.unknown', { status: error.status })
}
