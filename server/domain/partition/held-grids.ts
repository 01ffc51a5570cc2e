/**
 * Purpose: solve around grids that nothing may leave or join. Their units and numbers are taken out, the rest is a problem of its
 * own whose targets stay those of the whole, and the answer is put together again.
 * Guarantees: a held grid has exactly its units of `previous` afterwards. The rest is contiguous without passing through one.
 * Limits: a held grid that was not contiguous stays so (its metrics say it). Cost: O(units + edges) beside the search.
 */
import { fail, ok, type Result } from '../result.ts'
import { capacitiesOf, targetsOf } from './targets.ts'
import { measurePartition } from './metrics.ts'
import { heldShortfalls, reachedShortfalls } from './shortfall.ts'
import type {
  Edge,
  PartitionHooks,
  PartitionInput,
  PartitionResult,
  RefusalReason,
  ShortfallReason,
} from './types.ts'

type Solve = (input: PartitionInput, hooks: PartitionHooks) => Result<PartitionResult, RefusalReason>

export function solveAround(
  input: PartitionInput,
  held: readonly number[],
  hooks: PartitionHooks,
  solve: Solve,
): Result<PartitionResult, RefusalReason> {
  const { k, units, previous } = input
  const open = Array.from({ length: k }, (_, g) => g).filter((g) => !held.includes(g))
  const isHeld = Uint8Array.from({ length: k }, (_, g) => Number(held.includes(g)))
  const unitOf: number[] = []
  units.forEach((_, u) => {
    if (previous![u] === -1 || !isHeld[previous![u]!]) unitOf.push(u)
  })
  const whole = (part: ArrayLike<number>): Int32Array => {
    const assignment = Int32Array.from(previous!)
    unitOf.forEach((u, p) => (assignment[u] = open[part[p]!]!))
    return assignment
  }
  if (unitOf.length < open.length || (open.length === 0 && unitOf.length > 0))
    return fail({ code: 'locks-leave-no-room', k, lockedUnits: units.length - unitOf.length })
  const certain = heldShortfalls(input, held)
  if (open.length === 0) return ok(judged(input, whole([]), certain, [], { proposals: 0, levels: [] }))
  const solved = solve(withoutHeld(input, open, unitOf), {
    ...hooks,
    onAnswer:
      hooks.onAnswer && ((answer) => hooks.onAnswer!({ ...answer, assignment: whole(answer.assignment) })),
  })
  if (!solved.ok) {
    const { reason } = solved
    return fail('grid' in reason ? { ...reason, grid: open[reason.grid]! } : reason)
  }
  const { assignment, reasons, notes, run } = solved.value
  // What was measured on the part is measured again on the whole; bounds found before the search stay.
  for (const reason of reasons) {
    if (reason.code === 'tolerance-not-reached' || reason.code === 'bound-not-kept') continue
    certain.push('grid' in reason ? { ...reason, grid: open[reason.grid]! } : reason)
  }
  return ok(judged(input, whole(assignment), certain, notes, run))
}

/** The same assignment measured by another input of the same units and grids, such as one with other tolerances. */
export function rejudged(input: PartitionInput, result: PartitionResult): PartitionResult {
  const certain = result.reasons.filter((reason) => {
    if (reason.code === 'tolerance-not-reached' || reason.code === 'bound-not-kept') return false
    if (!('smallestTolerance' in reason)) return true
    const spec = input.weights.find(({ name }) => name === reason.weight)!
    return reason.smallestTolerance > Math.min(spec.toleranceUp, spec.toleranceDown)
  })
  return judged(input, Int32Array.from(result.assignment), certain, result.notes, result.run)
}

function bridgesOf({ units }: PartitionInput, notes: PartitionResult['notes']): Edge[] {
  const indexOf = new Map(units.map((unit, u) => [unit.id, u]))
  return notes.flatMap((note) =>
    note.code !== 'components-joined'
      ? []
      : note.bridges.map((pair) => ({
          a: indexOf.get(pair.unit)!,
          b: indexOf.get(pair.otherUnit)!,
          lengthM: 0,
        })),
  )
}

function judged(
  input: PartitionInput,
  assignment: Int32Array,
  certain: ShortfallReason[],
  notes: PartitionResult['notes'],
  run: { proposals: number; levels: number[] },
): PartitionResult {
  const metrics = measurePartition(input, bridgesOf(input, notes), assignment)
  const reached = reachedShortfalls(input, metrics)
  return {
    withinTolerance: reached.length === 0,
    assignment: [...assignment],
    metrics,
    reasons: reached.length === 0 ? [] : [...certain, ...reached],
    notes,
    run: { seed: input.seed, proposals: run.proposals, levels: run.levels },
  }
}

function withoutHeld(
  input: PartitionInput,
  open: readonly number[],
  unitOf: readonly number[],
): PartitionInput {
  const { units, edges, weights, locked, previous, homes } = input
  const capacity = capacitiesOf(input)
  const targets = targetsOf(input)
  const place = new Int32Array(units.length).fill(-1)
  unitOf.forEach((u, p) => (place[u] = p))
  const number = (grid: number): number => open.indexOf(grid)
  return {
    ...input,
    units: unitOf.map((u) => units[u]!),
    edges: edges.flatMap((edge) => {
      const a = place[edge.a]!
      const b = place[edge.b]!
      return a === -1 || b === -1 ? [] : [{ ...edge, a, b }]
    }),
    weights: weights.map((spec, j) => ({ ...spec, target: targets[j]! })),
    k: open.length,
    capacities: open.map((g) => capacity[g]!),
    locked: locked && unitOf.map((u) => number(locked[u]!)),
    previous: unitOf.map((u) => number(previous![u]!)),
    homes: homes && open.map((g) => homes[g]!),
    lockedGrids: undefined,
  }
}
