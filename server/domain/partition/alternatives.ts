/**
 * Purpose: plans to choose from: up to three that really differ, each with what it is best at.
 * Method: the same problem leaning to even loads, to short borders (or to the present plan, where there is one), to round grids;
 * one that comes out nearly like an earlier one is tried again from other seeds, then left out.
 * Guarantees: each is measured and judged by the input as asked; deterministic. `bestAt` comes from the figures, not from the leaning.
 * Limits: fewer than three when the ground allows no others. Cost: three to nine runs of `partition`.
 */
import { fail, ok, type Result } from '../result.ts'
import { subSeed } from '../random.ts'
import { partition } from './partition.ts'
import { rejudged } from './held-grids.ts'
import type { PartitionHooks, PartitionInput, PartitionResult, RefusalReason } from './types.ts'

export type Leaning = 'even' | 'short-borders' | 'round' | 'familiar'
export type Merit = 'balance' | 'borders' | 'compactness' | 'stability'

export interface Alternative {
  leaning: Leaning
  result: PartitionResult
  /** Measures on which no other plan is better and at least one is worse. */
  bestAt: Merit[]
  /** Least share of units that would have to change grid to turn it into another of the plans, whatever the grids' numbers. */
  differsBy: number
}

const LEAST_DIFFERENCE = 0.05
const SEEDS = 3

const LEAN: Record<Leaning, (input: PartitionInput) => PartitionInput> = {
  even: (input) => ({
    ...input,
    weights: input.weights.map((spec) => ({
      ...spec,
      toleranceUp: spec.toleranceUp * 0.4,
      toleranceDown: spec.toleranceDown * 0.4,
    })),
  }),
  'short-borders': (input) => ({ ...input, shapeStrength: 0.05 }),
  round: (input) => ({ ...input, shapeStrength: 1.2 }),
  familiar: (input) => ({ ...input, mode: 'refine', disturbancePrice: (input.disturbancePrice ?? 0) + 3 }),
}

export function alternatives(
  input: PartitionInput,
  hooks: PartitionHooks = {},
): Result<Alternative[], RefusalReason> {
  const leanings: Leaning[] = ['even', input.previous ? 'familiar' : 'short-borders', 'round']
  const made: { leaning: Leaning; result: PartitionResult }[] = []
  for (const [index, leaning] of leanings.entries()) {
    for (let attempt = 0; attempt < SEEDS; attempt++) {
      const seed = subSeed(input.seed, 600 + 10 * index + attempt)
      const solved = partition({ ...LEAN[leaning](input), seed }, hooks)
      if (!solved.ok) return fail(solved.reason)
      const result = rejudged(input, solved.value)
      const isNew = made.every((other) => difference(input.k, other.result, result) >= LEAST_DIFFERENCE)
      if (isNew) made.push({ leaning, result })
      if (isNew || hooks.shouldStop?.()) break
    }
    if (hooks.shouldStop?.() && made.length > 0) break
  }
  const merits = made.map(({ result }) => meritsOf(result))
  return ok(
    made.map(({ leaning, result }, i) => ({
      leaning,
      result,
      bestAt: (Object.keys(merits[i]!) as Merit[]).filter((merit) => {
        const own = merits[i]![merit]!
        const all = merits.map((other) => other[merit]!)
        return own <= Math.min(...all) && own < Math.max(...all)
      }),
      differsBy: Math.min(
        1,
        ...made.filter((_, j) => j !== i).map((other) => difference(input.k, other.result, result)),
      ),
    })),
  )
}

/** Smaller is better. */
function meritsOf({ metrics }: PartitionResult): Partial<Record<Merit, number>> {
  return {
    balance: Math.max(...metrics.worst.flatMap(({ up, down }) => [up, down])),
    borders: metrics.borderM,
    compactness: -metrics.polsbyPopperMean,
    ...(metrics.movedShare === null ? {} : { stability: metrics.movedShare }),
  }
}

/** Grids are paired by most common units first, so that the same areas under other numbers count as the same. */
function difference(k: number, p: PartitionResult, q: PartitionResult): number {
  const common = new Int32Array(k * k)
  p.assignment.forEach((grid, u) => common[grid * k + q.assignment[u]!]!++)
  const pairs = [...common.keys()].filter((i) => common[i]! > 0)
  pairs.sort((i, j) => common[j]! - common[i]! || i - j)
  const left = new Set<number>()
  const right = new Set<number>()
  let same = 0
  for (const pair of pairs) {
    const [a, b] = [Math.floor(pair / k), pair % k]
    if (left.has(a) || right.has(b)) continue
    left.add(a)
    right.add(b)
    same += common[pair]!
  }
  return 1 - same / p.assignment.length
}
