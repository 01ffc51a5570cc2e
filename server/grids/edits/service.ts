import { checkPlan, CHECK_KINDS, type CheckCase } from '#domain/plan-check/check-plan.ts'
import { NO_GRID } from '#domain/plan-check/plan-graph.ts'
import { historyOf } from '#domain/plan-edit/history.ts'
import type { Tx } from '#db/client.ts'
import type { Deps } from '#server/deps.ts'
import type { SessionContext } from '#server/http/env.ts'
import { AppError } from '#server/http/errors.ts'
import { scopeOf, seesExactMoney } from '#server/snapshot/scope.ts'
import { bumpPlan, listGrids, lockPlan, recordAct, unassignedTotals } from '../queries.ts'
import { applyEdit } from './apply-edit.ts'
import { balanceOf } from './balance.ts'
import { clientPlaces } from './client-places.ts'
import {
  EDIT_LIMITS,
  type Board,
  type Checks,
  type EditList,
  type EditRequest,
  type EditResult,
  type HistoryView,
  type LockList,
  type LockRequest,
  type LoggedEdit,
  type PresenceList,
} from './contract.ts'
import { assignmentOf, countyOfPlan, townshipNames, villagesOfUnits } from './ground-queries.ts'
import {
  editById,
  editsAfter,
  editsSinceVersion,
  gridStates,
  lockedNow,
  ownEdits,
  planHead,
  setLocks,
  type EditRow,
  type PlanHead,
} from './queries.ts'

/** Use cases of editing a plan by hand. One writer of a plan at a time; whether an edit holds, its units decide, not the version. */
export class EditService {
  private readonly deps: Deps

  constructor(deps: Deps) {
    this.deps = deps
  }

  /** What an editor needs beside the units' shapes, all of one moment. */
  async board(session: SessionContext, planId: number): Promise<Board> {
    const snapshot = await this.deps.snapshots.current()
    return this.deps.db.withUser(session.tokenHash, async (tx) => {
      const head = await requirePlan(tx, planId)
      const ground = await this.deps.grounds.of(tx, planId)
      const locks = await lockedNow(tx, planId)
      const villages = await villagesOfUnits(tx, planId)
      const places = clientPlaces(snapshot, scopeOf(session.me), ground, (await countyOfPlan(tx, planId))!)
      const villageOf = new Map(villages.map(({ idx, code }) => [idx, code]))
      const names = [...villages, ...(await townshipNames(tx, planId))]
      return {
        version: head.version,
        lastSeq: head.lastSeq,
        assignment: (await assignmentOf(tx, planId)).map(shownGrid),
        edges: { ...ground.edges, lengthM: ground.edges.lengthM.map(tenths) },
        areaM2: ground.areaM2.map(tenths),
        outerM: Array.from(ground.graph.outerM, tenths),
        villages: ground.shapes.map((_, idx) => villageOf.get(idx) ?? null),
        placeNames: Object.fromEntries(names.map(({ code, name }) => [code, name])),
        lockedGrids: locks.grids,
        lockedUnits: locks.units,
        ...places,
      }
    })
  }

  async edit(
    session: SessionContext,
    planId: number,
    request: EditRequest,
    requestId: string,
  ): Promise<EditResult> {
    const result = await this.deps.db.withUser(session.tokenHash, async (tx) => {
      await lockPlan(tx, planId)
      const head = await requirePlan(tx, planId)
      const known = await editById(tx, planId, request.id)
      if (known && known.accountId !== session.me.accountId)
        throw new AppError('conflict', '编辑编号与他人的编辑重复，未保存。请重做这一步。')
      const edit = known ?? (await this.write(tx, session, planId, head, request, requestId))
      const missed = await editsSinceVersion(tx, planId, request.basedOn, EDIT_LIMITS.listed)
      const left = await unassignedTotals(tx, planId)
      const exact = seesExactMoney(scopeOf(session.me))
      return {
        edit: loggedEdit(edit),
        version: Math.max(head.version, edit.version),
        missed: missed.filter(({ seq }) => seq !== edit.seq).map(loggedEdit),
        grids: balanceOf(await listGrids(tx, planId), left.totals, exact),
        unassigned: left.units,
      }
    })
    this.tell(planId, result.version, result.edit.seq)
    return result
  }

  private async write(
    tx: Tx,
    session: SessionContext,
    planId: number,
    head: PlanHead,
    request: EditRequest,
    requestId: string,
  ): Promise<EditRow> {
    requireDraft(head)
    const edit = await applyEdit(tx, planId, session, head, request)
    await recordAct(tx, {
      action: edit.undoes === null ? 'gridPlan.edit' : 'gridPlan.undo',
      objectId: String(planId),
      detail: { seq: edit.seq, kind: edit.kind, units: edit.units.length, version: edit.version },
      requestId,
    })
    return edit
  }

  edits(session: SessionContext, planId: number, after: number, limit: number): Promise<EditList> {
    return this.deps.db.withUser(session.tokenHash, async (tx) => {
      const { version, lastSeq } = await requirePlan(tx, planId)
      return { version, lastSeq, edits: (await editsAfter(tx, planId, after, limit)).map(loggedEdit) }
    })
  }

  history(session: SessionContext, planId: number): Promise<HistoryView> {
    return this.deps.db.withUser(session.tokenHash, async (tx) => {
      await requirePlan(tx, planId)
      return historyOf(await ownEdits(tx, planId, session.me.accountId))
    })
  }

  /** Setting a lock that is set already changes nothing and is no error. */
  async lock(
    session: SessionContext,
    planId: number,
    request: LockRequest,
    requestId: string,
  ): Promise<LockList> {
    const { locks, lastSeq } = await this.deps.db.withUser(session.tokenHash, async (tx) => {
      await lockPlan(tx, planId)
      const head = await requirePlan(tx, planId)
      requireDraft(head)
      const grids = new Set((await gridStates(tx, planId)).map(({ no }) => no))
      const missing = request.grids.find((no) => !grids.has(no))
      if (missing !== undefined)
        throw new AppError('not_found', `方案中没有第 ${missing + 1} 个网格，未锁定。请刷新后重试。`)
      await setLocks(tx, planId, request)
      await bumpPlan(tx, planId)
      await recordAct(tx, {
        action: request.locked ? 'gridPlan.lock' : 'gridPlan.unlock',
        objectId: String(planId),
        detail: { grids: request.grids.length, units: request.units.length },
        requestId,
      })
      return {
        locks: { version: head.version + 1, ...(await lockedNow(tx, planId)) },
        lastSeq: head.lastSeq,
      }
    })
    this.tell(planId, locks.version, lastSeq)
    return locks
  }

  locks(session: SessionContext, planId: number): Promise<LockList> {
    return this.deps.db.withUser(session.tokenHash, async (tx) => {
      const { version } = await requirePlan(tx, planId)
      return { version, ...(await lockedNow(tx, planId)) }
    })
  }

  async checks(session: SessionContext, planId: number): Promise<Checks> {
    const snapshot = await this.deps.snapshots.current()
    return this.deps.db.withUser(session.tokenHash, async (tx) => {
      const { version } = await requirePlan(tx, planId)
      const ground = await this.deps.grounds.of(tx, planId)
      const locks = await lockedNow(tx, planId)
      const [lockedGrids, lockedUnits] = [new Set(locks.grids), new Set(locks.units)]
      const managerOf: (number | null)[] = []
      for (const { no, managerId } of await gridStates(tx, planId)) managerOf[no] = managerId
      const assignment = await assignmentOf(tx, planId)
      const clients = ground.weights[0]!
      const { owners, outside } = clientPlaces(
        snapshot,
        scopeOf(session.me),
        ground,
        (await countyOfPlan(tx, planId))!,
      )
      const cases = checkPlan({
        graph: ground.graph,
        assignment,
        clients,
        owners,
        managerOf,
        isLockedGrid: (no) => lockedGrids.has(no),
        isLockedUnit: (unit) => lockedUnits.has(unit),
      })
      const open = assignment.flatMap((grid, unit) => (grid === NO_GRID ? [unit] : []))
      const withClients = open.filter((unit) => clients[unit]! > 0).length
      return {
        version,
        unassignedUnits: { withClients, withoutClients: open.length - withClients },
        islands: cases.filter(({ kind }) => kind === 'island').length,
        holes: cases.filter(({ kind }) => kind === 'hole').length,
        clientsOutside: {
          inNoUnit: outside.points.length,
          withoutPosition: outside.withoutPosition,
          inNoGrid: open.reduce((sum, unit) => sum + clients[unit]!, 0),
        },
        disagreeingClients: cases.reduce(
          (sum, found) => sum + (found.kind === 'disagreement' ? found.clients : 0),
          0,
        ),
        cases: CHECK_KINDS.flatMap((kind) =>
          cases.filter((found) => found.kind === kind).slice(0, EDIT_LIMITS.listed),
        ).map((found) => shownCase(found, ground.boxes)),
      }
    })
  }

  /** Says that somebody is in the plan (or leaves), and answers who else is and how far the plan has come. */
  async presence(
    session: SessionContext,
    planId: number,
    { grid, leaving }: { grid: number | null; leaving: boolean },
  ): Promise<PresenceList> {
    const { version, lastSeq } = await this.deps.db.withUser(session.tokenHash, (tx) =>
      requirePlan(tx, planId),
    )
    const { presence } = this.deps
    const { accountId, displayName } = session.me
    const now = this.deps.now().getTime()
    if (leaving) presence.leave(planId, accountId)
    const news = leaving || presence.enter(planId, { accountId, name: displayName, grid }, now)
    if (news) this.tell(planId, version, lastSeq)
    return { version, lastSeq, me: accountId, people: presence.people(planId, now) }
  }

  private tell(planId: number, version: number, lastSeq: number): void {
    const people = this.deps.presence.people(planId, this.deps.now().getTime())
    const accountIds = new Set(people.map(({ accountId }) => accountId))
    this.deps.events.publish({ name: 'plan', accountIds, data: { planId, version, lastSeq, people } })
  }
}

async function requirePlan(tx: Tx, planId: number): Promise<PlanHead> {
  const head = await planHead(tx, planId)
  if (!head) throw new AppError('not_found', '没有这个网格方案，或它不在您的管辖范围内。请返回方案列表核对。')
  return head
}

function requireDraft({ state }: PlanHead): void {
  if (state !== 'draft')
    throw new AppError('conflict', '方案已不是草稿，不能再编辑，未保存。请复制为新的草稿后修改。')
}

const shownGrid = (no: number): number | null => (no === NO_GRID ? null : no)
const tenths = (value: number): number => Math.round(value * 10) / 10

function loggedEdit({ from, to, ...edit }: EditRow): LoggedEdit {
  return { ...edit, from: from.map(shownGrid), to: to.map(shownGrid) }
}

function shownCase(
  { grid, repairTo, ...found }: CheckCase,
  boxes: readonly [number, number, number, number][],
) {
  const bounds: [number, number, number, number] = [180, 90, -180, -90]
  for (const unit of found.units) {
    const [w, s, e, n] = boxes[unit]!
    bounds[0] = Math.min(bounds[0], w)
    bounds[1] = Math.min(bounds[1], s)
    bounds[2] = Math.max(bounds[2], e)
    bounds[3] = Math.max(bounds[3], n)
  }
  return { ...found, grid: shownGrid(grid), repairTo: shownGrid(repairTo), bounds }
}
