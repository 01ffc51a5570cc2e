/**
 * Purpose: the long computations that run in a thread of their own, by name. Plain data in, plain data out.
 * Limits: inputs and results are copied between threads, so they hold numbers and text only.
 */
import type { Result } from '#domain/result.ts'
import { makeCells, type CellsInput, type CellsReason } from '#domain/units/cells.ts'
import type { UnitEdge } from '#domain/units/crossings.ts'
import { weighUnits, type WeightedPoint } from '#domain/units/weigh.ts'
import {
  partition,
  type PartitionInput,
  type PartitionResult,
  type RefusalReason,
} from '#domain/partition/partition.ts'
import type { MultiPolygonCoordinates } from '#domain/geo/shapes.ts'
import { matchFile, type FileFault, type MatchedFile, type MatchFileInput } from '#server/exchange/match-file.ts'

export interface UnitsInput {
  cells: CellsInput
  points: WeightedPoint[]
  weightCount: number
}

export interface MadeUnit {
  key: string
  townshipId: string | null
  areaM2: number
  weights: number[]
  shape: MultiPolygonCoordinates
}

export interface MadeUnits {
  units: MadeUnit[]
  /** At most one per pair; `crosses` is what most of the common border follows. */
  edges: UnitEdge[]
  pointsOutside: number
}

export interface PlanningTasks {
  makeUnits: { input: UnitsInput; output: Result<MadeUnits, CellsReason> }
  partition: { input: PartitionInput; output: Result<PartitionResult, RefusalReason> }
  matchFile: { input: MatchFileInput; output: Result<MatchedFile, FileFault> }
}

export type TaskName = keyof PlanningTasks

export type Report = (fraction: number, phase: string) => void

export const TASKS: {
  [Name in TaskName]: (input: PlanningTasks[Name]['input'], report: Report) => PlanningTasks[Name]['output']
} = {
  makeUnits: (input, report) => {
    report(0, 'cells')
    const made = makeCells(input.cells)
    if (!made.ok) return made
    report(0.7, 'weigh')
    const { units, edges } = made.value
    const weighed = weighUnits(
      units.map((unit) => unit.shape),
      input.points,
      input.weightCount,
    )
    return {
      ok: true,
      value: {
        units: units.map(({ key, townshipId, areaM2, shape }, i) => ({
          key,
          townshipId,
          areaM2,
          shape,
          weights: weighed.totals[i]!,
        })),
        edges: onePerPair(edges),
        pointsOutside: weighed.outside.points,
      },
    }
  },
  partition: (input, report) =>
    partition(input, {
      onProgress: ({ done, total, phase }) => report(total > 0 ? done / total : 0, phase),
      now: () => performance.now(),
    }),
  matchFile: (input) => matchFile(input),
}

/** A border that follows several things becomes one edge of the whole length, of the kind the longest part follows. */
export function onePerPair(edges: readonly UnitEdge[]): UnitEdge[] {
  const byPair = new Map<string, UnitEdge & { longest: number }>()
  for (const edge of edges) {
    const key = `${edge.a} ${edge.b}`
    const known = byPair.get(key)
    if (!known) byPair.set(key, { ...edge, longest: edge.lengthM })
    else {
      known.lengthM += edge.lengthM
      if (edge.lengthM > known.longest) {
        known.longest = edge.lengthM
        known.crosses = edge.crosses
      }
    }
  }
  return [...byPair.values()].map(({ a, b, lengthM, crosses }) => ({ a, b, lengthM, crosses }))
}
