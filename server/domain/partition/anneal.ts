/**
 * Purpose: the schedule: how the budget of proposals is spent over levels, annealing, repair and polish.
 * Inputs: levels from coarsen.ts, targets, limits. Output: the best assignment of the finest level that was seen.
 * Guarantees: deterministic for a seed and budget; best means smallest violation of the tolerance asked, then smallest energy.
 * Source: simulated annealing on multilevel graphs; schedule found by trial with tests/bench/partition.ts.
 */
import { createRandom, subSeed } from '../random.ts'
import type { Budget } from './budget.ts'
import type { Components } from './contiguity.ts'
import type { Level } from './coarsen.ts'
import type { Graph } from './graph.ts'
import { bandOf, type Limits } from './limits.ts'
import { repair, settle } from './repair.ts'
import { granularity, lambdaFor, meanBorder, swapShareFor } from './scale.ts'
import { createSearch, type SearchTargets } from './search.ts'
import { startsOn } from './starts.ts'

export interface AnnealOptions {
  targets: SearchTargets
  limits: Limits
  homes: ({ x: number; y: number } | null)[]
  component: Components
  componentOfGrid: Int32Array
  seed: number
  budget: Budget
  /** Start of a refinement, on the finest level; null to start from nothing. */
  from: Int32Array | null
  /** `from` is good but for what lies outside its band: no annealing, only repair. */
  settled: boolean
}

export interface Annealed {
  assignment: Int32Array
  violation: number
  energy: number
}

/** Inside the search the tolerance is a little tighter than asked, so that the last moves need not sit on the edge. */
export const TIGHTEN = 0.9

/** Shares of the budget. */
const START = 0.1
const REPAIR = 0.2
/** Mean excess over all grids and weights from which a tolerance counts as out of reach. */
const OUT_OF_REACH = 0.002

function projectComponents(component: Components, level: Level, coarser: Graph): Components {
  const of = new Int32Array(coarser.n)
  level.parent!.forEach((p, u) => (of[p] = component.of[u]!))
  return { count: component.count, of }
}

/** Null when locked units cannot be connected on the coarsest of these levels. */
export function anneal(levels: Level[], options: AnnealOptions): Annealed | null {
  const { budget, from } = options
  const coarsest = levels.length - 1
  if (from && options.settled) {
    const { targets, limits, seed } = options
    const search = createSearch(levels[0]!.graph, targets)
    search.reset(from)
    const repaired = repair(search, { targets, limits, proposals: budget.total, budget, seed })
    budget.answer('polish', levels, 0, repaired.assignment)
    return repaired
  }
  if (from) return descend(levels, from, options, (1 - REPAIR) * budget.total, 0.3)
  let component = options.component
  for (let i = 0; i < coarsest; i++)
    component = projectComponents(component, levels[i]!, levels[i + 1]!.graph)
  const share = coarsest === 0 ? 0.4 : START
  const start = bestStart(levels, { ...options, component }, share * budget.total)
  return start && descend(levels, start, options, (1 - REPAIR - share) * budget.total, 1)
}

/** The coarsest level: the most promising starts, each annealed shortly, the best one kept. */
function bestStart(levels: Level[], options: AnnealOptions, proposals: number): Int32Array | null {
  const { graph } = levels[levels.length - 1]!
  const { targets, limits, budget, seed } = options
  const search = createSearch(graph, targets)
  const unit = meanBorder(graph)
  const band = bandOf(limits, TIGHTEN, granularity(graph, targets.k))
  const tries = levels[0]!.graph.n <= 600 ? 6 : 3
  const scored: { assignment: Int32Array; score: number }[] = []
  const score = (): number => search.plainEnergy() + lambdaFor(graph, targets.k, 4) * search.violation(band)
  for (const assignment of startsOn(graph, options)) {
    if (!assignment) return null
    search.reset(assignment)
    if (scored.length === 0) budget.answer('start', levels, levels.length - 1, assignment)
    scored.push({ assignment, score: score() })
  }
  scored.sort((p, q) => p.score - q.score)
  let best = scored[0]!
  let bestScore = Infinity
  scored.slice(0, tries).forEach((start, attempt) => {
    if (budget.stopped) return
    search.reset(start.assignment)
    budget.run(search, 'start', {
      proposals: proposals / tries,
      fromTemperature: 1.5 * unit,
      toTemperature: 0.15 * unit,
      fromLambda: lambdaFor(graph, targets.k, 0.3),
      toLambda: lambdaFor(graph, targets.k, 1),
      band,
      onlyViolating: false,
      pressure: 1,
      untilBalanced: false,
      swapShare: swapShareFor(graph, targets.k),
      random: createRandom(subSeed(seed, 200 + attempt)),
    })
    const reached = score()
    if (reached >= bestScore) return
    bestScore = reached
    best = { assignment: search.assignment.slice(), score: reached }
  })
  return best.assignment
}

/** From the coarsest level to the finest, cooling on each, then repair. */
function descend(
  levels: Level[],
  start: Int32Array,
  options: AnnealOptions,
  proposals: number,
  warmth: number,
): Annealed {
  const { targets, limits, budget, seed } = options
  const { k } = targets
  const several = limits.m > 1
  const work = (level: Level): number => level.graph.n ** 1.5
  const allWork = levels.reduce((sum, level) => sum + work(level), 0)
  let current = start
  for (let i = levels.length - 1; ; i--) {
    const { graph } = levels[i]!
    if (i < levels.length - 1) current = project(current, levels[i]!.parent!)
    const search = createSearch(graph, targets)
    search.reset(current)
    const unit = meanBorder(graph)
    const share = (proposals * work(levels[i]!)) / allWork
    const finest = i === 0
    const phase = {
      proposals: share,
      fromTemperature: warmth * unit,
      toTemperature: (finest ? 0.1 : 0.3) * unit,
      fromLambda: lambdaFor(graph, k, several ? 1 : 0.5),
      toLambda: lambdaFor(graph, k, finest || several ? 2 : 1),
      onlyViolating: false,
      // Grids of several weights take their long shapes while units are still large, or never.
      pressure: finest || several ? budget.pressureFor(share) : 1,
      untilBalanced: false,
      swapShare: swapShareFor(graph, k),
    }
    budget.run(search, 'anneal', {
      ...phase,
      band: bandOf(limits, TIGHTEN, finest ? 0 : granularity(graph, k) / 2),
      random: createRandom(subSeed(seed, 300 + i)),
    })
    budget.answer('anneal', levels, i, search.assignment)
    if (!finest) {
      current = search.assignment.slice()
      continue
    }
    const proposalsLeft = REPAIR * budget.total
    const outOfReach = search.violation(bandOf(limits, 1, 0)) > OUT_OF_REACH * k * graph.m
    const result = outOfReach
      ? settle(search, current, { targets, limits, budget, seed }, { ...phase, proposals: proposalsLeft })
      : repair(search, { targets, limits, proposals: proposalsLeft, budget, seed })
    budget.answer('polish', levels, 0, result.assignment)
    return result
  }
}

export function project(coarse: Int32Array, parent: Int32Array): Int32Array {
  return parent.map((p) => coarse[p]!)
}
