/**
 * Purpose: from a nearly balanced assignment to one that keeps every tolerance, then to the shortest borders that still do.
 * Method: short rounds in which what stays outside becomes dearer and dearer until all is inside, every third one warmer to
 * shake loads along chains of grids; then polish within the exact tolerance.
 * Guarantees: returns the best assignment seen (violation first, energy second), never worse than what came in.
 * Limits: a budget of proposals; an instance where only a long exchange chain helps can end short, and then says so.
 */
import { createRandom, subSeed } from '../random.ts'
import { TIGHTEN, type Annealed } from './anneal.ts'
import type { Budget } from './budget.ts'
import { bandOf, type Limits } from './limits.ts'
import { lambdaFor, meanBorder, swapShareFor } from './scale.ts'
import type { PhaseOptions, Search, SearchTargets } from './search.ts'

export interface SettleOptions {
  targets: SearchTargets
  limits: Limits
  budget: Budget
  seed: number
}

export interface RepairOptions extends SettleOptions {
  proposals: number
}

const ROUNDS = 12

export function repair(search: Search, options: RepairOptions): Annealed {
  const { targets, limits, budget, seed, proposals } = options
  const { graph } = search
  const { k } = targets
  const asked = bandOf(limits, 1, 0)
  const unit = meanBorder(graph)
  let best: Annealed = { assignment: search.assignment.slice(), violation: Infinity, energy: Infinity }
  const keepBest = (): void => {
    // Sums kept move by move drift by rounding; start the comparison from exact ones.
    search.reset(search.assignment.slice())
    const violation = search.violation(asked)
    const energy = search.plainEnergy()
    const gain = best.violation - violation
    if (gain > 1e-9 || (gain > -1e-9 && energy < best.energy))
      best = { assignment: search.assignment.slice(), violation, energy }
  }
  keepBest()
  const round = (proposals * 0.7) / ROUNDS
  for (let i = 0; i < ROUNDS && best.violation > 1e-9 && !budget.stopped; i++) {
    const warm = i % 3 === 2
    budget.run(search, 'repair', {
      proposals: round,
      fromTemperature: (warm ? 0.4 : 0.1) * unit,
      toTemperature: 0.03 * unit,
      fromLambda: lambdaFor(graph, k, 2),
      toLambda: lambdaFor(graph, k, 2 * 2 ** (i / 2)),
      band: bandOf(limits, TIGHTEN + 0.05, 0),
      onlyViolating: false,
      pressure: budget.pressureFor(round / 2),
      untilBalanced: true,
      swapShare: Math.max(0.1, swapShareFor(graph, k)),
      random: createRandom(subSeed(seed, 400 + i)),
    })
    keepBest()
  }
  search.reset(best.assignment)
  budget.run(search, 'polish', {
    proposals: proposals * 0.3,
    fromTemperature: 0.1 * unit,
    toTemperature: 0.003 * unit,
    fromLambda: lambdaFor(graph, k, 1000),
    toLambda: lambdaFor(graph, k, 1000),
    // A hair inside, so that rounding in the sums cannot tip a grid over.
    band: bandOf(limits, 0.999, 0),
    onlyViolating: false,
    pressure: 1,
    untilBalanced: false,
    swapShare: swapShareFor(graph, k),
    random: createRandom(subSeed(seed, 500)),
  })
  keepBest()
  return best
}

/**
 * Where the tolerance is out of reach, striving for it frays the borders and gains little. Searches again from `start` within
 * the widest deviation that striving reached, which takes far less, and keeps whichever is the better compromise.
 */
export function settle(
  search: Search,
  start: Int32Array,
  { targets, limits, budget, seed }: SettleOptions,
  phase: Omit<PhaseOptions, 'pause' | 'band' | 'random'>,
): Annealed {
  const asked = bandOf(limits, 1, 0)
  const measured = (): Annealed => {
    search.reset(search.assignment.slice())
    return {
      assignment: search.assignment.slice(),
      violation: search.violation(asked),
      energy: search.plainEnergy(),
    }
  }
  const striven = measured()
  const worst = search.worstExcess(asked)
  search.reset(start)
  budget.run(search, 'repair', {
    ...phase,
    band: bandOf(limits, 1, 0.95 * worst),
    random: createRandom(subSeed(seed, 600)),
  })
  const settled = measured()
  const stillWorse = search.worstExcess(asked) > 1.02 * worst
  const unit = meanBorder(search.graph)
  // A border may grow by the side of an average grid for each tenth of a target that it brings back.
  const price = 10 * unit * Math.sqrt(search.graph.n / targets.k)
  const score = (found: Annealed): number => found.energy + price * found.violation
  return stillWorse || score(striven) < score(settled) ? striven : settled
}
