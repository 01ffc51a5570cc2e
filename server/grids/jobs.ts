import { todayInChina } from '#server/snapshot/today.ts'
import { localProjection } from '#domain/geo/local-projection.ts'
import { centroid, lengthM } from '#domain/geo/measure.ts'
import { computePlanMetrics } from '#domain/metrics/registry.ts'
import type { PartitionInput, PartitionResult } from '#domain/partition/partition.ts'
import { toPartitionEdges, type Crossing, type UnitEdge } from '#domain/units/crossings.ts'
import type { Me } from '#db/client.ts'
import type { Deps } from '#server/deps.ts'
import { JobRefusal, type JobContext } from '#server/jobs/job-queue.ts'
import type { UnitsInput } from '#server/jobs/planning-tasks.ts'
import { runInWorker } from '#server/jobs/run-in-worker.ts'
import { scopeOf } from '#server/snapshot/scope.ts'
import { countyClients } from './client-weights.ts'
import {
  PLAN_LIMITS,
  WEIGHT_KEYS,
  type Area,
  type CreatePlan,
  type SolvePlan,
  type UnitSource,
} from './contract.ts'
import { logSolution } from './edits/queries.ts'
import { weightIndex } from './plan-view.ts'
import { bumpPlan, lockPlan, planVersion, type StoredMetrics } from './queries.ts'
import { noteMessage, refusalMessage, shortfallMessage, unitsMessage } from './reason-messages.ts'
import {
  insertEdges,
  insertPlan,
  insertUnits,
  readEdges,
  readGround,
  readUnits,
  storeSolution,
  type Ground,
  type SolveUnit,
} from './unit-queries.ts'

export const CREATE_PLAN = 'gridPlan.create'
export const SOLVE_PLAN = 'gridPlan.solve'

export interface CreatePlanInput {
  name: string
  countyCode: string
  area: Area | null
  cellSizeM: number
  unitSource: UnitSource
  openLand: CreatePlan['openLand']
  /** The scope the job was asked for under: its clients are counted, no others. */
  me: Pick<Me, 'role' | 'staffId' | 'branchIds' | 'countyCodes'>
}

export interface SolvePlanInput extends SolvePlan {
  planId: number
  version: number
  /** Display name of who asked for it, for the log of edits. */
  author: string
}

const STORE_LIMIT_MS = 60_000

const PHASES: Record<string, string> = {
  cells: '正在划分单元',
  weigh: '正在把客户计入单元',
  prepare: '正在准备数据',
  start: '正在划分初始网格',
  anneal: '正在均衡工作量',
  repair: '正在修复连片',
  polish: '正在修整边界',
}

const CROSSING_OF_BARRIER: Record<string, Exclude<Crossing, 'none'>> = {
  street: 'street',
  river: 'river',
  railway: 'railway',
  trunk: 'trunk',
  expressway: 'trunk',
}

export function registerGridJobs(deps: Deps): void {
  deps.jobs.register(CREATE_PLAN, (input: CreatePlanInput, context) => createPlan(deps, input, context))
  deps.jobs.register(SOLVE_PLAN, (input: SolvePlanInput, context) => solvePlan(deps, input, context))
}

async function createPlan(deps: Deps, input: CreatePlanInput, { progress, signal, accountId }: JobContext) {
  progress(0.02, '正在读取县域、乡镇与阻隔线')
  const ground = await deps.db.asRole('gis_worker', (tx) => readGround(tx, input.countyCode, input.area))
  if (!ground)
    throw new JobRefusal('unprocessable', '该县（市、区）还没有界线数据，方案未建立。请先导入界线。')
  if (
    input.unitSource === 'blocks' &&
    !ground.barriers.some(({ kind }) => kind !== 'river' && kind !== 'railway')
  ) {
    const detail =
      '该县（市、区）还没有道路数据，无法划分街区，方案未建立。请先导入道路（geodata import --level ground），或改用方格单元。'
    throw new JobRefusal('unprocessable', detail)
  }
  progress(0.1, '正在读取客户')
  const snapshot = await deps.snapshots.current()
  const { rows } = snapshot.scopeRows(scopeOf(input.me))
  const clients = countyClients(snapshot.columns, rows, input.countyCode, todayInChina(deps.now()))
  signal.throwIfAborted()
  const made = await runInWorker(
    'makeUnits',
    {
      ground: groundFor(input, ground),
      points: clients.points,
      weightCount: WEIGHT_KEYS.length,
    },
    { signal, onProgress: (fraction, phase) => progress(0.2 + 0.4 * fraction, PHASES[phase] ?? '正在计算') },
  )
  if (!made.ok) {
    const { code, message } = unitsMessage(made.reason)
    throw new JobRefusal(code, message)
  }
  const { units, edges, pointsOutside } = made.value
  if (units.length > PLAN_LIMITS.units) {
    const detail = `共划分出 ${units.length} 个单元，超过上限 ${PLAN_LIMITS.units} 个，方案未建立。请加大单元边长。`
    throw new JobRefusal('unprocessable', detail)
  }
  progress(0.65, `正在保存 ${units.length} 个单元`)
  const planId = await deps.db.asRole(
    'gis_worker',
    async (tx) => {
      const id = await insertPlan(tx, {
        name: input.name,
        countyCode: input.countyCode,
        area: ground.area,
        unitSource: input.unitSource,
        cellSizeM: input.cellSizeM,
        clientsOutside: pointsOutside + clients.withoutPosition,
        createdBy: accountId,
      })
      await insertUnits(tx, id, units)
      await insertEdges(tx, id, edges)
      signal.throwIfAborted()
      return id
    },
    STORE_LIMIT_MS,
  )
  return { planId }
}

function groundFor(
  { unitSource, cellSizeM, openLand }: CreatePlanInput,
  { area, townships, villages, barriers, water }: Ground,
): UnitsInput['ground'] {
  const lines = barriers.map(({ kind, level, absolute, line }) => ({
    crossing: CROSSING_OF_BARRIER[kind]!,
    level,
    absolute,
    line,
  }))
  return unitSource === 'cells'
    ? { source: 'cells', input: { district: area, cellSizeM, townships, barriers: lines } }
    : {
        source: 'blocks',
        input: {
          district: area,
          cellSizeM,
          townships,
          lines,
          water,
          ...(openLand === 'villages' && { villages }),
        },
      }
}

async function solvePlan(
  deps: Deps,
  input: SolvePlanInput,
  { progress, signal, jobId, accountId }: JobContext,
) {
  progress(0.02, '正在读取方案')
  const { units, edges } = await deps.db.asRole(
    'gis_worker',
    async (tx) => {
      await requireVersion(await planVersion(tx, input.planId), input.version)
      return { units: await readUnits(tx, input.planId), edges: await readEdges(tx, input.planId) }
    },
    STORE_LIMIT_MS,
  )
  const problem = partitionInput(units, edges as UnitEdge[], input)
  const solved = await runInWorker('partition', problem, {
    signal,
    onProgress: (fraction, phase) => progress(0.05 + 0.85 * fraction, PHASES[phase] ?? '正在计算'),
  })
  if (!solved.ok) {
    const { code, message } = refusalMessage(solved.reason)
    throw new JobRefusal(code, message)
  }
  const result = solved.value
  progress(0.92, '正在保存网格')
  await deps.db.asRole(
    'gis_worker',
    async (tx) => {
      await lockPlan(tx, input.planId)
      await requireVersion(await planVersion(tx, input.planId), input.version)
      await logSolution(tx, input.planId, {
        assignment: result.assignment,
        id: jobId,
        accountId,
        author: input.author,
      })
      await storeSolution(tx, input.planId, {
        gridCount: input.gridCount,
        assignment: result.assignment,
        weights: input.weights.map(({ key }) => key),
        tolerance: input.tolerance,
        seed: input.seed,
        metrics: storedMetrics(result, input),
        reasons: [...result.reasons.map(shortfallMessage), ...result.notes.map(noteMessage)],
      })
      await bumpPlan(tx, input.planId)
      signal.throwIfAborted()
    },
    STORE_LIMIT_MS,
  )
  return { planId: input.planId, version: input.version + 1, withinTolerance: result.withinTolerance }
}

async function requireVersion(current: number | null, version: number): Promise<void> {
  if (current === null) throw new JobRefusal('not_found', '方案已被删除，求解结果未保存。')
  if (current !== version)
    throw new JobRefusal('stale', '方案在求解期间被修改，求解结果未保存。请在最新版上重新求解。')
}

/** The plan as the solver takes it: units in metres around the plan's middle, and what is left of each border is outer. */
export function partitionInput(
  units: readonly SolveUnit[],
  edges: readonly UnitEdge[],
  request: SolvePlan,
): PartitionInput {
  const centres = units.map((unit) => centroid(unit.shape))
  const middle = (axis: 0 | 1) => centres.reduce((sum, centre) => sum + centre[axis], 0) / centres.length
  const { toMetres } = localProjection([middle(0), middle(1)])
  const shared = new Float64Array(units.length)
  for (const { a, b, lengthM: length } of edges) {
    shared[a]! += length
    shared[b]! += length
  }
  return {
    units: units.map((unit, i) => {
      const [x, y] = toMetres(centres[i]!)
      const border = unit.shape.flat().reduce((sum, ring) => sum + lengthM(ring), 0)
      const outerBorderM = border - shared[i]!
      return {
        id: unit.key,
        weights: request.weights.map(({ key }) => unit.weights[weightIndex(key)]!),
        x,
        y,
        areaM2: unit.areaM2,
        // Below a metre it is rounding, not a border.
        outerBorderM: outerBorderM < 1 ? 0 : outerBorderM,
      }
    }),
    edges: toPartitionEdges(edges),
    weights: request.weights.map(({ key, importance }) => ({
      name: key,
      importance,
      toleranceUp: request.tolerance,
      toleranceDown: request.tolerance,
    })),
    k: request.gridCount,
    joinComponents: 'nearest',
    seed: request.seed,
  }
}

function storedMetrics(result: PartitionResult, request: SolvePlan): StoredMetrics {
  return {
    figures: computePlanMetrics(result.metrics),
    withinTolerance: result.withinTolerance,
    importance: Object.fromEntries(request.weights.map(({ key, importance }) => [key, importance])),
    grids: result.metrics.grids.map((grid) => ({
      contiguous: grid.contiguous,
      polsbyPopper: grid.polsbyPopper,
      deviation: Object.fromEntries(request.weights.map(({ key }, i) => [key, grid.weights[i]!.deviation])),
    })),
  }
}
