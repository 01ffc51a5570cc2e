/**
 * Purpose: from a nearly balanced assignment to one that keeps every tolerance, then to the shortest borders that still do.
 * Method: near zero temperature, first only moves that touch a violating grid, with lambda doubling; if that stalls, a short
 * warm phase with all moves shakes loads along chains of grids; last, polish within the exact tolerance.
 * Guarantees: returns the best assignment seen (violation first, energy second), never worse than what came in.
 * Limits: a budget of proposals; an instance where only a long exchange chain helps can end short, and then says so.
 */
import { createRandom, subSeed } from '../random.ts'
import { PP, lambdaFor, meanBorder, runPhase, swapShareFor, type Annealed, type Budget } from './anneal.ts'
import { bandOf, type Limits } from './limits.ts'
import type { Search, SearchTargets } from './search.ts'

export interface RepairOptions {
  targets: SearchTargets
  limits: Limits
  tighten: number
  share: number
  budget: Budget
  seed: number
}

const ROUNDS = 12

export function repair(search: Search, options: RepairOptions): Annealed {
  const { targets, limits, budget, seed } = options
  const asked = bandOf(limits, 1, 0)
  const { graph } = search
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
  const swapShare = PP('rsw', Math.max(0.1, swapShareFor(graph, targets.k)))
  const tight = bandOf(limits, options.tighten + 0.05, 0)
  const round = (options.share * PP('rs', 0.7)) / ROUNDS
  let lambda = lambdaFor(graph, targets.k, PP('r0', 20))
  for (let i = 0; i < ROUNDS && best.violation > 1e-9 && !budget.stopped; i++) {
    const warm = i % 3 === 2
    runPhase(search, budget, 'repair', {
      proposals: round,
      fromTemperature: (warm ? 0.4 : 0.1) * unit,
      toTemperature: 0.03 * unit,
      fromLambda: warm ? lambdaFor(graph, targets.k, 4) : lambda,
      toLambda: warm ? lambda : 2 * lambda,
      band: tight,
      onlyViolating: PP('ov', 1) === 1 && !warm,
      pressure: PP('press', 1),
      untilBalanced: PP('ub', 0) === 1,
      swapShare,
      random: createRandom(subSeed(seed, 400 + i)),
    })
    if (!warm) lambda *= 2
    keepBest()
  }
  search.reset(best.assignment)
  runPhase(search, budget, 'polish', {
    proposals: options.share * PP('ps', 0.3),
    fromTemperature: PP('pt0', 0.03) * unit,
    toTemperature: PP('pt1', 0.003) * unit,
    fromLambda: lambdaFor(graph, targets.k, PP('pl0', 1000)),
    toLambda: lambdaFor(graph, targets.k, 1000),
    // A hair inside, so that rounding in the sums cannot tip a grid over.
    band: bandOf(limits, 0.999, 0),
    onlyViolating: false,
    pressure: 1,
    untilBalanced: false,
    swapShare: PP('psw', swapShareFor(graph, targets.k)),
    random: createRandom(subSeed(seed, 500)),
  })
  keepBest()
  return best
}
