import { AsyncLocalStorage } from 'node:async_hooks'
import { DatabaseBusy } from './errors.ts'

/**
 * Lets `places` callers in at a time; up to `queue` more wait at most `waitMs`, all others are refused at once.
 * A caller that is already inside and asks again would wait for itself: that is a bug and throws.
 */
export class Admission {
  private readonly waiting: { enter: () => void; refuse: () => void; timer: NodeJS.Timeout }[] = []
  private readonly inside = new AsyncLocalStorage<true>()
  private readonly places: number
  private readonly queue: number
  private readonly waitMs: number
  private taken = 0

  constructor(limits: { places: number; queue: number; waitMs: number }) {
    this.places = limits.places
    this.queue = limits.queue
    this.waitMs = limits.waitMs
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.inside.getStore()) {
      throw new Error('the database handle was used inside one of its own transactions: pass tx on')
    }
    await this.enter()
    try {
      return await this.inside.run(true, work)
    } finally {
      this.leave()
    }
  }

  private enter(): Promise<void> {
    if (this.taken < this.places) {
      this.taken++
      return Promise.resolve()
    }
    if (this.waiting.length >= this.queue) return Promise.reject(new DatabaseBusy())
    return new Promise((resolve, reject) => {
      const refuse = () => {
        this.waiting.splice(this.waiting.indexOf(entry), 1)
        reject(new DatabaseBusy())
      }
      const entry = { enter: resolve, refuse, timer: setTimeout(refuse, this.waitMs) }
      this.waiting.push(entry)
    })
  }

  private leave(): void {
    const next = this.waiting.shift()
    if (!next) {
      this.taken--
      return
    }
    clearTimeout(next.timer)
    next.enter()
  }
}
