/**
 * Edits on their way to the server: one after the other, kept in this browser's storage until they are acknowledged, so that a tab
 * that dies loses at most the stroke under the finger. What cannot be sent now is tried again; what is refused is handed to
 * the owner; nothing is dropped silently. An edit carries its own id, so that sending it twice stores it once.
 */
import { api } from '#web/api/client.ts'
import type { ApiError } from '#web/api/call.ts'
import type { EditBody, EditResult } from '#web/api/types.ts'

export type DrawnBody = Exclude<EditBody, { undoes: number }>
type UndoBody = Extract<EditBody, { undoes: number }>
/** Without `basedOn`, which is the version at the time of sending. */
export type QueuedEdit = Omit<DrawnBody, 'basedOn'> | Omit<UndoBody, 'basedOn'>

interface Owner {
  version: () => number
  onSaved: (result: EditResult, item: QueuedEdit) => void
  /** A conflict (409): the queue waits until `resume`. */
  onConflict: (error: ApiError, item: QueuedEdit) => void
  /** Any other refusal: the item is off the queue. */
  onRefused: (error: ApiError, item: QueuedEdit) => void
}

const FIRST_RETRY_MS = 1_500
const LONGEST_RETRY_MS = 30_000

export class SaveQueue {
  state = $state<'idle' | 'saving' | 'failing' | 'waiting'>('idle')
  items = $state.raw<QueuedEdit[]>([])
  savedOnce = $state(false)
  readonly #planId: number
  readonly #key: string
  readonly #owner: Owner
  #retryMs = FIRST_RETRY_MS
  #timer: ReturnType<typeof setTimeout> | undefined
  #closed = false
  #idle: (() => void)[] = []

  constructor(planId: number, username: string, owner: Owner) {
    this.#planId = planId
    this.#key = `gangrid.edits.${username}.${planId}`
    this.#owner = owner
    this.items = stored(this.#key)
  }

  push(item: QueuedEdit): void {
    this.#keep([...this.items, item])
    if (this.state === 'idle') void this.#run()
  }

  /** Replaces what waits, after a conflict was settled or an edit of others came in between. */
  replace(items: QueuedEdit[]): void {
    this.#keep(items)
  }

  resume(): void {
    clearTimeout(this.#timer)
    if (this.state === 'saving') return
    this.state = 'idle'
    if (this.items.length > 0) void this.#run()
    else this.#settle()
  }

  close(): void {
    this.#closed = true
    clearTimeout(this.#timer)
  }

  /** Resolves when everything is saved or refused. */
  drained(): Promise<void> {
    if (this.state === 'idle' && this.items.length === 0) return Promise.resolve()
    return new Promise((resolve) => this.#idle.push(resolve))
  }

  async #run(): Promise<void> {
    while (this.items.length > 0 && !this.#closed) {
      const [item] = this.items
      this.state = 'saving'
      const outcome = await api.saveEdit(this.#planId, {
        ...item,
        basedOn: this.#owner.version(),
      } as EditBody)
      if (this.#closed) return
      if (outcome.ok) {
        this.#retryMs = FIRST_RETRY_MS
        this.#keep(this.items.slice(1))
        this.savedOnce = true
        this.#owner.onSaved(outcome.data, item)
      } else if (outcome.error.status === 409) {
        this.state = 'waiting'
        this.#owner.onConflict(outcome.error, item)
        return
      } else if (isPassing(outcome.error)) {
        this.state = 'failing'
        const wait = (outcome.error.retryAfterS ?? 0) * 1000 || this.#retryMs
        this.#retryMs = Math.min(LONGEST_RETRY_MS, 2 * this.#retryMs)
        this.#timer = setTimeout(() => this.resume(), wait)
        return
      } else {
        this.#keep(this.items.slice(1))
        this.#owner.onRefused(outcome.error, item)
      }
    }
    this.#settle()
  }

  #settle(): void {
    this.state = 'idle'
    for (const tell of this.#idle.splice(0)) tell()
  }

  #keep(items: QueuedEdit[]): void {
    this.items = items
    store(this.#key, items)
  }
}

/** No answer, too many requests, an expired session, or a server in trouble: later it may work. */
function isPassing({ status }: ApiError): boolean {
  return status === 0 || status === 401 || status === 429 || status >= 500
}

// Storage can be switched off by policy; edits then live in memory only.
function stored(key: string): QueuedEdit[] {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(key) ?? '[]')
    return Array.isArray(value) ? (value as QueuedEdit[]) : []
  } catch {
    return []
  }
}

function store(key: string, items: QueuedEdit[]): void {
  try {
    if (items.length === 0) localStorage.removeItem(key)
    else localStorage.setItem(key, JSON.stringify(items))
  } catch {
    return
  }
}
