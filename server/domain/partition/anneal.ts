/**
 * Purpose: the schedule: how the budget of proposals is spent over levels, annealing, repair and polish.
 * Inputs: levels from coarsen.ts, targets, tolerances. Output: the best assignment of the finest level that was seen.
 * Guarantees: deterministic for a seed and budget; best means smallest violation of the tolerance asked, then smallest energy.
 * Source: simulated annealing on multilevel graphs; schedule found by trial on lattices and real districts.
 */
import { createRandom, subSeed } from '../random.ts'
import { makeContiguous, connectLocked, type Components } from './contiguity.ts'
import { coarsen, type Level } from './coarsen.ts'
import type { Graph } from './graph.ts'
import { bandOf, type Limits } from './limits.ts'
import { repair } from './repair.ts'
import { createSearch, type Search, type SearchTargets } from './search.ts'
import { firstAssignment, START_RECIPES } from './start.ts'
import type { PartitionPhase } from './types.ts'

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
}

/** Counts proposals over all phases and asks the outside world whether to go on. */
export interface Budget {
  readonly total: number
  spent: number
  stopped: boolean
  report(phase: PartitionPhase, done: number): boolean
}

export interface Annealed {
  assignment: Int32Array
  violation: number
  energy: number
}

/** Inside the search the tolerance is a little tighter than asked, so that the last moves need not sit on the edge. */
const TIGHTEN = 0.9

export function PP(name: string, value: number): number {
  const v = (globalThis as any).P?.[name]
  return v === undefined ? value : Number(v)
}
export function meanBorder(graph: Graph): number {
  let sum = 0
  for (const b of graph.border) sum += b
  return graph.border.length > 0 && sum > 0 ? sum / graph.border.length : 1
}

/** One unit of average weight moved out of an overloaded grid is then worth `factor` mean borders. */
export function lambdaFor(graph: Graph, k: number, factor: number): number {
  return (factor * graph.n * meanBorder(graph)) / k
}

/** Granularity of a level: what an average unit of it changes in a grid, per weight. */
function granularity(graph: Graph, k: number): number {
  return (0.5 * k) / graph.n
}

export function runPhase(
  search: Search,
  budget: Budget,
  phase: PartitionPhase,
  options: Omit<Parameters<Search['run']>[0], 'pause'>,
): void {
  if (budget.stopped || options.proposals < 1) return
  const t0 = (globalThis as any).performance.now()
  search.run({ ...options, pause: (done) => budget.report(phase, done) })
  if ((globalThis as any).P?.trace) {
    let cut = 0
    const g = search.graph
    for (let u = 0; u < g.n; u++) for (let e = g.start[u]!; e < g.start[u + 1]!; e++) if (search.assignment[g.neighbour[e]!] !== search.assignment[u]) cut += g.border[e]! / 2
    console.log(`   ${phase} n=${g.n} props ${Math.round(options.proposals)} viol ${search.violation(options.band).toFixed(3)} cut ${cut.toFixed(0)} E ${search.plainEnergy().toFixed(0)} ms ${((globalThis as any).performance.now()-t0).toFixed(0)}`)
  }
  if (!budget.stopped) budget.spent += Math.floor(options.proposals)
}

/** Fewer units per grid make single moves clumsy; swaps change the load by a difference. */
export function swapShareFor(graph: Graph, k: number): number {
  return Math.min(0.35, Math.max(0.04, (4 * k) / graph.n))
}

function startOn(
  graph: Graph,
  options: AnnealOptions,
  component: Components,
  attempt: number,
): Int32Array | null {
  const { targets, homes, componentOfGrid } = options
  const { k, capacity, importance } = targets
  const assignment = firstAssignment(
    graph,
    {
      k,
      capacity,
      importance,
      homes,
      component,
      componentOfGrid,
      recipe: START_RECIPES[attempt % START_RECIPES.length]!,
    },
    createRandom(subSeed(options.seed, 100 + attempt)),
  )
  if (connectLocked(graph, assignment, k)) return null
  return makeContiguous(graph, assignment, k, component, componentOfGrid) ? assignment : null
}

function project(coarse: Int32Array, parent: Int32Array): Int32Array {
  return parent.map((p) => coarse[p]!)
}

function projectComponents(component: Components, level: Level, coarser: Graph): Components {
  const of = new Int32Array(coarser.n)
  level.parent!.forEach((p, u) => (of[p] = component.of[u]!))
  return { count: component.count, of }
}

/** The coarsest level: the most promising starts, each annealed shortly, the best one kept. */
function bestStart(
  graph: Graph,
  options: AnnealOptions,
  component: Components,
  share: number,
  tries: number,
): Int32Array | null {
  const { targets, budget, seed } = options
  const search = createSearch(graph, targets)
  const unit = meanBorder(graph)
  const extra = granularity(graph, targets.k)
  const band = bandOf(options.limits, TIGHTEN, extra)
  const scoreNow = (): number =>
    search.plainEnergy() + lambdaFor(graph, targets.k, 4) * search.violation(band)
  const starts: { assignment: Int32Array; score: number }[] = []
  for (let recipe = 0; recipe < START_RECIPES.length; recipe++) {
    const assignment = startOn(graph, options, component, recipe)
    if (!assignment) return null
    search.reset(assignment)
    starts.push({ assignment, score: scoreNow() })
  }
  starts.sort((p, q) => p.score - q.score)
  let best: Int32Array | null = null
  let bestScore = Infinity
  starts.slice(0, tries).forEach((start, attempt) => {
    if (budget.stopped && best) return
    search.reset(start.assignment)
    runPhase(search, budget, 'start', {
      proposals: share / tries,
      fromTemperature: 1.5 * unit,
      toTemperature: 0.15 * unit,
      fromLambda: lambdaFor(graph, targets.k, PP('s0', 0.3)),
      toLambda: lambdaFor(graph, targets.k, PP('s1', 4)),
      band,
      onlyViolating: false,
      pressure: 1,
      untilBalanced: false,
      swapShare: swapShareFor(graph, targets.k),
      random: createRandom(subSeed(seed, 200 + attempt)),
    })
    const score = scoreNow()
    if (score >= bestScore) return
    bestScore = score
    best = search.assignment.slice()
  })
  return best
}

/**
 * Several weights that peak in different places need grids so thin that coarse units cannot form them. Straight cuts on the
 * finest level can; where they start out much better balanced, the levels are made again along their borders.
 */
function straightCutLevels(
  finest: Graph,
  options: AnnealOptions,
  rival: Int32Array,
  wanted: number,
): { levels: Level[]; start: Int32Array } | null {
  const { targets, limits, component, seed } = options
  if (finest.m < 2 || finest.previous.some((g) => g !== -1)) return null
  const search = createSearch(finest, targets)
  search.reset(rival)
  const band = bandOf(limits, 1, 0)
  let least = search.violation(band) - 0.05 * targets.k
  let best: Int32Array | null = null
  START_RECIPES.forEach((recipe, index) => {
    if (recipe.rounds) return
    const assignment = startOn(finest, options, component, index)
    if (!assignment) return
    search.reset(assignment)
    const violation = search.violation(band)
    if (violation >= least) return
    least = violation
    best = assignment
  })
  if (!best) return null
  // Coarsening keeps units of different present grids apart: lend it the cuts as the present plan.
  const levels = coarsen({ ...finest, previous: best }, wanted, createRandom(subSeed(seed, 2)))
  const start = levels[levels.length - 1]!.graph.previous.slice()
  for (const { graph } of levels) graph.previous = new Int32Array(graph.n).fill(-1)
  return { levels, start }
}

/** Null when locked units cannot be connected on the coarsest of these levels. */
export function anneal(levels: Level[], options: AnnealOptions): Annealed | null {
  const { budget, from } = options
  const finest = levels[0]!.graph
  const coarsest = levels.length - 1
  const startShare = from ? 0 : budget.total * (coarsest === 0 ? 0.5 : PP('ss', 0.3))
  const repairShare = budget.total * 0.2
  const annealShare = budget.total - startShare - repairShare
  if (from) return descend(levels, from, options, annealShare, repairShare, 0.3)

  let coarseComponent = options.component
  for (let i = 0; i < coarsest; i++)
    coarseComponent = projectComponents(coarseComponent, levels[i]!, levels[i + 1]!.graph)
  const tries = finest.n <= 600 ? START_RECIPES.length : 3
  const start = bestStart(levels[coarsest]!.graph, options, coarseComponent, startShare, tries)
  if (!start) return null
  let onFinest = start
  for (let i = coarsest - 1; i >= 0; i--) onFinest = project(onFinest, levels[i]!.parent!)
  const cuts = (globalThis as any).P?.nocuts ? null : straightCutLevels(finest, options, onFinest, levels[coarsest]!.graph.n)
  if (cuts) return descend(cuts.levels, cuts.start, options, annealShare, repairShare, 0.3)
  return descend(levels, start, options, annealShare, repairShare, 0.7)
}

/** From the coarsest level to the finest, cooling on each, then repair. */
function descend(
  levels: Level[],
  start: Int32Array,
  options: AnnealOptions,
  annealShare: number,
  repairShare: number,
  warmth: number,
): Annealed {
  const { targets, budget, seed } = options
  let current = start
  for (let i = levels.length - 1; ; i--) {
    const { graph } = levels[i]!
    if (i < levels.length - 1) current = project(current, levels[i]!.parent!)
    const search = createSearch(graph, targets)
    search.reset(current)
    const unit = meanBorder(graph)
    const extra = i === 0 ? 0 : granularity(graph, targets.k) / 2
    runPhase(search, budget, 'anneal', {
      proposals: (annealShare * graph.n ** PP('pw', 1)) / levels.reduce((sum, level) => sum + level.graph.n ** PP('pw', 1), 0),
      fromTemperature: PP('w', warmth) * unit,
      toTemperature: (i === 0 ? PP('t0', 0.05) : PP('t1', 0.15)) * unit,
      fromLambda: lambdaFor(graph, targets.k, PP('l0', 2)),
      toLambda: lambdaFor(graph, targets.k, i === 0 ? PP('l2', 20) : PP('l1', 8)),
      band: bandOf(options.limits, TIGHTEN, extra),
      onlyViolating: false,
      pressure: i === 0 ? PP('apress', 1) : 1,
      untilBalanced: false,
      swapShare: i === 0 ? PP('sw', swapShareFor(graph, targets.k)) : swapShareFor(graph, targets.k),
      random: createRandom(subSeed(seed, 300 + i)),
    })
    current = search.assignment.slice()
    if (i > 0) continue
    return repair(search, {
      targets,
      limits: options.limits,
      tighten: TIGHTEN,
      share: repairShare,
      budget,
      seed,
    })
  }
}
