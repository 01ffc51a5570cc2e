/**
 * Purpose: counts proposals over all phases, asks the outside world whether to go on, and hands it the assignment so far.
 * Guarantees: only the count ends a phase; a stop asked for from outside is recorded with its cause. Answers are complete and
 * contiguous, on the caller's own units.
 */
import type { Level } from './coarsen.ts'
import type { PhaseOptions, Search } from './search.ts'
import type { PartitionHooks, PartitionPhase } from './types.ts'

export interface Budget {
  readonly total: number
  spent: number
  stopped: boolean
  cause: 'asked' | 'time-limit' | null
  /** One phase, unless stopped; counted as spent in full even where it ended early. */
  run(search: Search, phase: PartitionPhase, options: Omit<PhaseOptions, 'pause'>): void
  /** Hands out an assignment of level `at`. */
  answer(phase: PartitionPhase, levels: readonly Level[], at: number, assignment: Int32Array): void
  /** Growth of the pressure that brings what stays outside to about a thousandfold over a phase of this length. */
  pressureFor(proposals: number): number
}

const STRIDE = 2048

export function createBudget(
  total: number,
  maxMs: number | undefined,
  hooks: PartitionHooks,
  order: Int32Array,
): Budget {
  const startedAt = hooks.now?.() ?? 0
  return {
    total,
    spent: 0,
    stopped: false,
    cause: null,
    run(search, phase, options) {
      if (this.stopped || options.proposals < 1) return
      search.run({
        ...options,
        pause: (done) => {
          hooks.onProgress?.({ done: Math.min(total, this.spent + done), total, phase })
          if (hooks.shouldStop?.()) this.cause = 'asked'
          else if (hooks.now && maxMs !== undefined && hooks.now() - startedAt > maxMs)
            this.cause = 'time-limit'
          if (this.cause === null) return false
          this.stopped = true
          this.spent += done
          return true
        },
      })
      if (!this.stopped) this.spent += Math.floor(options.proposals)
    },
    answer(phase, levels, at, assignment) {
      if (!hooks.onAnswer) return
      let fine = assignment
      for (let i = at - 1; i >= 0; i--) {
        const coarse = fine
        fine = levels[i]!.parent!.map((p) => coarse[p]!)
      }
      const answer = new Int32Array(order.length)
      for (let p = 0; p < order.length; p++) answer[order[p]!] = fine[p]!
      hooks.onAnswer({ assignment: answer, phase, done: Math.min(total, this.spent), total })
    },
    pressureFor(proposals) {
      return 1 + Math.min(0.05, Math.max(0.002, (10 * STRIDE) / proposals))
    },
  }
}
