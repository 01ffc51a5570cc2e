import { areaM2 } from '#domain/geo/measure.ts'
import type { MultiPolygonCoordinates } from '#domain/geo/shapes.ts'
import type { Tx } from '#db/client.ts'
import type { Deps } from '#server/deps.ts'
import type { SessionContext } from '#server/http/env.ts'
import { AppError } from '#server/http/errors.ts'
import { scopeOf, seesExactMoney } from '#server/snapshot/scope.ts'
import {
  PLAN_LIMITS,
  type Area,
  type ChangeGrid,
  type CreatePlan,
  type Plan,
  type PlanSummary,
  type SolvePlan,
  type StaffMember,
} from './contract.ts'
import { CREATE_PLAN, SOLVE_PLAN, type CreatePlanInput, type SolvePlanInput } from './jobs.ts'
import { presentMetrics } from './edits/balance.ts'
import { lockedNow } from './edits/queries.ts'
import { planView, unitFeature } from './plan-view.ts'
import {
  areaFault,
  areaInCounty,
  bumpPlan,
  changeGrid,
  countUnassigned,
  deletePlan,
  findCandidate,
  findCounty,
  findPlan,
  gridOfManager,
  listGrids,
  listManagers,
  listPlans,
  lockPlan,
  planVersion,
  recordAct,
  renamePlan,
} from './queries.ts'
import { listUnits } from './unit-queries.ts'

const noPlan = () =>
  new AppError('not_found', '没有这个网格方案，或它不在您的管辖范围内。请返回方案列表核对。')

/** Use cases of grid plans. Which plans a session sees, row-level security decides. */
export class GridService {
  private readonly deps: Deps

  constructor(deps: Deps) {
    this.deps = deps
  }

  plans(session: SessionContext): Promise<PlanSummary[]> {
    return this.deps.db.withUser(session.tokenHash, (tx) => listPlans(tx))
  }

  plan(session: SessionContext, id: number): Promise<Plan> {
    return this.deps.db.withUser(session.tokenHash, (tx) => this.readPlan(tx, session, id))
  }

  private async readPlan(tx: Tx, session: SessionContext, id: number): Promise<Plan> {
    const plan = await findPlan(tx, id)
    if (!plan) throw noPlan()
    const exact = seesExactMoney(scopeOf(session.me))
    const grids = await listGrids(tx, id)
    const metrics = await presentMetrics(tx, this.deps.grounds, plan, grids)
    return planView({ ...plan, metrics }, grids, await countUnassigned(tx, id), exact)
  }

  /** `unlessVersion`: what the caller has already; answers null when it is still that. */
  units(session: SessionContext, id: number, unlessVersion: number | null) {
    const exact = seesExactMoney(scopeOf(session.me))
    return this.deps.db.withUser(session.tokenHash, async (tx) => {
      const version = await planVersion(tx, id)
      if (version === null) throw noPlan()
      if (version === unlessVersion) return { version, collection: null }
      const features = (await listUnits(tx, id)).map((row) => unitFeature(row, exact))
      return { version, collection: { type: 'FeatureCollection' as const, features } }
    })
  }

  async create(session: SessionContext, request: CreatePlan, requestId: string): Promise<string> {
    const { db, jobs } = this.deps
    const { me } = session
    const area = await db.withUser(session.tokenHash, async (tx) => {
      const county = await findCounty(tx, request.countyCode)
      if (!county)
        throw new AppError(
          'unprocessable',
          `没有代码为 ${request.countyCode} 的县（市、区），请核对区划代码。`,
        )
      if (!me.countyCodes.includes(request.countyCode)) {
        throw new AppError('forbidden', `${county.name}不在您的管辖范围内，不能在那里建立方案。`)
      }
      if (!county.hasOutline)
        throw new AppError('unprocessable', `${county.name}还没有界线数据，请先导入界线。`)
      const inside = request.area ? await clipArea(tx, request.area, request.countyCode, county.name) : null
      checkUnitCount(inside ? areaM2(multi(inside)) : (county.areaKm2 ?? 0) * 1e6, request.cellSizeM)
      await recordAct(tx, {
        action: 'gridPlan.create',
        objectId: request.countyCode,
        detail: {
          cellSizeM: request.cellSizeM,
          unitSource: request.unitSource,
          wholeCounty: inside === null,
        },
        requestId,
      })
      return inside
    })
    const input: CreatePlanInput = {
      name: request.name,
      countyCode: request.countyCode,
      area,
      cellSizeM: request.cellSizeM,
      unitSource: request.unitSource,
      openLand: request.openLand,
      me: { role: me.role, staffId: me.staffId, branchIds: me.branchIds, countyCodes: me.countyCodes },
    }
    return jobs.enqueue({ kind: CREATE_PLAN, input, accountId: me.accountId })
  }

  async solve(
    session: SessionContext,
    id: number,
    version: number,
    request: SolvePlan,
    requestId: string,
  ): Promise<string> {
    const { db, jobs } = this.deps
    await db.withUser(session.tokenHash, async (tx) => {
      await this.holdVersion(tx, id, version)
      await refuseLocks(tx, id)
      const units = (await findPlan(tx, id))?.units ?? 0
      if (request.gridCount > units) {
        throw new AppError(
          'unprocessable',
          `方案只有 ${units} 个单元，不能分成 ${request.gridCount} 个网格。请减少网格数。`,
        )
      }
      await recordAct(tx, {
        action: 'gridPlan.solve',
        objectId: String(id),
        detail: { ...request, version },
        requestId,
      })
    })
    const author = session.me.displayName
    const input: SolvePlanInput = { planId: id, version, author, ...request }
    return jobs.enqueue({ kind: SOLVE_PLAN, input, accountId: session.me.accountId })
  }

  rename(
    session: SessionContext,
    id: number,
    version: number,
    name: string,
    requestId: string,
  ): Promise<Plan> {
    return this.edit(session, id, version, async (tx) => {
      await renamePlan(tx, id, name)
      await recordAct(tx, { action: 'gridPlan.rename', objectId: String(id), detail: {}, requestId })
    })
  }

  changeGrid(
    session: SessionContext,
    id: number,
    no: number,
    version: number,
    change: ChangeGrid,
    requestId: string,
  ): Promise<Plan> {
    return this.edit(session, id, version, async (tx) => {
      if (change.managerId != null) await checkManager(tx, id, no, change.managerId)
      if (!(await changeGrid(tx, id, no, change))) {
        throw new AppError('not_found', `方案中没有第 ${no + 1} 个网格，请刷新方案后重试。`)
      }
      const detail = {
        no,
        ...(change.managerId !== undefined && { managerId: change.managerId }),
        renamed: change.name !== undefined,
      }
      await recordAct(tx, { action: 'grid.change', objectId: String(id), detail, requestId })
    })
  }

  delete(session: SessionContext, id: number, version: number, requestId: string): Promise<void> {
    return this.deps.db.withUser(session.tokenHash, async (tx) => {
      await this.holdVersion(tx, id, version)
      await deletePlan(tx, id)
      await recordAct(tx, { action: 'gridPlan.delete', objectId: String(id), detail: { version }, requestId })
    })
  }

  managers(session: SessionContext, countyCode: string): Promise<StaffMember[]> {
    if (!session.me.countyCodes.includes(countyCode)) {
      throw new AppError('forbidden', '该县（市、区）不在您的管辖范围内，不能查看其人员。')
    }
    return this.deps.db.withUser(session.tokenHash, (tx) => listManagers(tx, countyCode))
  }

  private edit(
    session: SessionContext,
    id: number,
    version: number,
    work: (tx: Tx) => Promise<void>,
  ): Promise<Plan> {
    return this.deps.db.withUser(session.tokenHash, async (tx) => {
      await this.holdVersion(tx, id, version)
      await work(tx)
      await bumpPlan(tx, id)
      return this.readPlan(tx, session, id)
    })
  }

  private async holdVersion(tx: Tx, id: number, version: number): Promise<void> {
    await lockPlan(tx, id)
    const current = await planVersion(tx, id)
    if (current === null) throw noPlan()
    if (current !== version) throw stalePlan(version, current)
  }
}

/** A solve draws every grid anew: what is locked must be unlocked by a person first. */
async function refuseLocks(tx: Tx, id: number): Promise<void> {
  const { grids, units } = await lockedNow(tx, id)
  if (grids.length + units.length === 0) return
  throw new AppError(
    'conflict',
    `方案中有 ${grids.length} 个网格、${units.length} 个单元已锁定，重新划分会改动它们，未开始。请先解锁，或用编辑工具手工调整。`,
  )
}

function stalePlan(version: number, currentVersion: number): AppError {
  const detail = `方案已被修改：您看到的是第 ${version} 版，现在是第 ${currentVersion} 版，未保存。请刷新后在最新版上重做。`
  return new AppError('stale', detail, { currentVersion, headers: { etag: `"v${currentVersion}"` } })
}

async function clipArea(tx: Tx, area: Area, countyCode: string, countyName: string): Promise<Area> {
  const fault = await areaFault(tx, area)
  if (fault !== null)
    throw new AppError(
      'unprocessable',
      `范围图形无效：${chineseFault(fault)}，未建立方案。请修正图形后重试。`,
    )
  const inside = await areaInCounty(tx, area, countyCode)
  if (!inside)
    throw new AppError('unprocessable', `所画范围完全在${countyName}之外，未建立方案。请在县域内重新绘制。`)
  return inside
}

const FAULTS: [RegExp, string][] = [
  [/self-intersection/i, '自相交'],
  [/hole lies outside/i, '洞在外环之外'],
  [/holes? (are|is) nested|nested holes/i, '洞与洞嵌套'],
  [/interior is disconnected/i, '内部不连通'],
  [/nested shells/i, '多边形互相嵌套'],
  [/duplicate rings/i, '存在重复的环'],
  [/too few points/i, '点数过少'],
]

function chineseFault(reason: string): string {
  const word = FAULTS.find(([pattern]) => pattern.test(reason))?.[1] ?? '不是有效的多边形'
  const at = /\[(-?[\d.]+) (-?[\d.]+)\]/.exec(reason)
  return at ? `${word}，位于（${Number(at[1]).toFixed(5)}, ${Number(at[2]).toFixed(5)}）` : word
}

function checkUnitCount(areaM2: number, cellSizeM: number): void {
  const units = Math.ceil(areaM2 / cellSizeM ** 2)
  if (units <= PLAN_LIMITS.units) return
  const smallest = Math.ceil(Math.sqrt(areaM2 / PLAN_LIMITS.units) / 10) * 10
  throw new AppError(
    'unprocessable',
    `按 ${cellSizeM} 米划分约有 ${units} 个单元，超过上限 ${PLAN_LIMITS.units} 个。请把单元边长加大到至少 ${smallest} 米，或缩小范围。`,
  )
}

function multi(area: Area): MultiPolygonCoordinates {
  return (area.type === 'MultiPolygon' ? area.coordinates : [area.coordinates]) as MultiPolygonCoordinates
}

async function checkManager(tx: Tx, planId: number, no: number, managerId: number): Promise<void> {
  const [plan, candidate, holds] = [
    await findPlan(tx, planId),
    await findCandidate(tx, managerId),
    await gridOfManager(tx, planId, managerId),
  ]
  if (!candidate || !candidate.isManager || candidate.left || candidate.countyCode !== plan?.countyCode) {
    throw new AppError(
      'unprocessable',
      `编号 ${managerId} 不是${plan?.countyName ?? '本县'}网点的在岗客户经理，未指派。请从人员列表中选择。`,
    )
  }
  if (holds && holds.no !== no) {
    throw new AppError(
      'conflict',
      `${candidate.name}已负责“${holds.name}”，一名客户经理在同一方案中只能负责一个网格。请先解除原指派。`,
    )
  }
}
