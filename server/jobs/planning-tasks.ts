/**
 * Purpose: the long computations that run in a thread of their own, by name. Plain data in, plain data out.
 * Limits: inputs and results are copied between threads, so they hold numbers and text only.
 */
import type { Result } from '#domain/result.ts'
import { makeBlocks, type BlocksInput, type BlocksReason, type UnitKind } from '#domain/units/blocks.ts'
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
import {
  matchFile,
  type FileFault,
  type MatchedFile,
  type MatchFileInput,
} from '#server/exchange/match-file.ts'

export interface UnitsInput {
  ground: { source: 'cells'; input: CellsInput } | { source: 'blocks'; input: BlocksInput }
  points: WeightedPoint[]
  weightCount: number
}

export type UnitsReason = CellsReason | BlocksReason

export interface MadeUnit {
  key: string
  kind: UnitKind
  townshipId: string | null
  areaM2: number
  waterM2: number
  weights: number[]
  shape: MultiPolygonCoordinates
}

export interface MadeUnits {
  units: MadeUnit[]
  /** One for each pair of units and class of border. */
  edges: UnitEdge[]
  pointsOutside: number
}

export interface PlanningTasks {
  makeUnits: { input: UnitsInput; output: Result<MadeUnits, UnitsReason> }
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
    const made = unitsOf(input.ground)
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
        units: units.map(({ key, kind, townshipId, areaM2, waterM2, shape }, i) => ({
          key,
          kind,
          townshipId,
          areaM2,
          waterM2,
          shape,
          weights: weighed.totals[i]!,
        })),
        edges,
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

type UnweighedUnits = { units: Omit<MadeUnit, 'weights'>[]; edges: UnitEdge[] }

function unitsOf(ground: UnitsInput['ground']): Result<UnweighedUnits, UnitsReason> {
  if (ground.source === 'blocks') return makeBlocks(ground.input)
  const made = makeCells(ground.input)
  if (!made.ok) return made
  const { units, edges } = made.value
  return { ok: true, value: { units: units.map((unit) => ({ ...unit, kind: 'cell', waterM2: 0 })), edges } }
}
