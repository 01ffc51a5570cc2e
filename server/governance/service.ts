import type { Tx } from '#db/client.ts'
import { refusalOf, stepsFor, type LifeStep, type StepRefusal } from '#domain/ownership/lifecycle.ts'
import type { Deps } from '#server/deps.ts'
import { lockPlan, recordAct } from '#server/grids/queries.ts'
import type { SessionContext } from '#server/http/env.ts'
import { AppError } from '#server/http/errors.ts'
import type { Faults, Lifecycle, Permit } from './contract.ts'
import { applyDuePlans, isoToday } from './due.ts'
import { insertPermit } from './fault-queries.ts'
import { faultsOf } from './faults.ts'
import { makeReceipts } from './make-receipts.ts'
import { requirePlan } from './plan-access.ts'
import {
  copyPlan,
  hasGrids,
  planEvents,
  plansReplaced,
  recordPlanEvent,
  rollbackPlan,
  takeStep,
  type PlanHead,
  type Step,
} from './queries.ts'

const LONG_MS = 60_000

const STATE_WORDS: Record<string, string> = {
  draft: '草稿',
  submitted: '待审批',
  approved: '已批准',
  effective: '已生效',
  archived: '已归档',
}
const STEP_WORDS: Record<LifeStep, string> = {
  submit: '提交',
  withdraw: '撤回',
  approve: '批准',
  reject: '退回',
  schedule: '安排生效日',
  rollback: '回退',
  copy: '复制',
}

interface Act {
  id: number
  version: number
  comment?: string
  requestId: string
}

/** The life of a plan from draft to archive. Each act checks the version it was made on and leaves a line in the plan's history. */
export class GovernanceService {
  private readonly deps: Deps

  constructor(deps: Deps) {
    this.deps = deps
  }

  lifecycle(session: SessionContext, id: number): Promise<Lifecycle> {
    return this.deps.db.withUser(session.tokenHash, async (tx) =>
      this.read(tx, session, await requirePlan(tx, id)),
    )
  }

  private async read(tx: Tx, session: SessionContext, plan: PlanHead): Promise<Lifecycle> {
    const events = await planEvents(tx, plan.id)
    const lastActor = (action: string) => events.find((event) => event.action === action)?.actorName ?? null
    const decided = plan.state !== 'draft' && plan.state !== 'submitted'
    return {
      planId: plan.id,
      state: plan.state,
      version: plan.version,
      submittedBy: plan.state === 'draft' ? null : lastActor('submit'),
      submittedAt: plan.state === 'draft' ? null : plan.submittedAt,
      approvedBy: decided ? lastActor('approve') : null,
      effectiveOn: plan.effectiveOn,
      appliedOn: plan.appliedOn,
      replaces:
        plan.state === 'effective' || plan.state === 'archived' ? [] : await plansReplaced(tx, plan.id),
      next: stepsFor(plan, session.me),
      events,
    }
  }

  async faults(session: SessionContext, id: number): Promise<Faults> {
    await this.deps.db.withUser(session.tokenHash, (tx) => requirePlan(tx, id))
    return faultsOf(this.deps.db, id)
  }

  async permit(session: SessionContext, act: Act, permit: Permit): Promise<Faults> {
    await this.deps.db.withUser(session.tokenHash, async (tx) => {
      const plan = await this.hold(tx, act)
      if (plan.state !== 'draft')
        throw new AppError('conflict', '方案已不是草稿，不能再登记例外。请先撤回方案。')
    })
    const found = (await faultsOf(this.deps.db, act.id)).faults
    if (!found.some(({ kind, subject }) => kind === permit.kind && subject === permit.subject)) {
      throw new AppError('not_found', '方案中没有这处问题，可能已经解决。请刷新问题列表。')
    }
    await this.deps.db.withUser(session.tokenHash, async (tx) => {
      if (!(await insertPermit(tx, act.id, permit))) {
        throw new AppError('conflict', '这处问题已登记过例外。请刷新问题列表。')
      }
      const detail = { kind: permit.kind, subject: permit.subject }
      await recordPlanEvent(tx, { planId: act.id, action: 'permit', comment: permit.because, detail })
      await this.audit(tx, 'gridPlan.permit', act, detail)
    })
    return faultsOf(this.deps.db, act.id)
  }

  /** Receipts are made before the plan is submitted and are invisible until it is. */
  async submit(session: SessionContext, act: Act): Promise<Lifecycle> {
    const plan = await this.deps.db.withUser(session.tokenHash, async (tx) => {
      const held = await this.hold(tx, act)
      this.require('submit', held, session)
      if (!(await hasGrids(tx, act.id)))
        throw new AppError('unprocessable', '方案还没有划分网格，不能提交。请先划分网格并指派客户经理。')
      return held
    })
    await this.refuseFaults(act.id, '提交')
    await makeReceipts(this.deps.db, plan, this.today())
    return this.step(session, 'submit', act, { to: 'submitted' })
  }

  withdraw(session: SessionContext, act: Act): Promise<Lifecycle> {
    return this.step(session, 'withdraw', act, { to: 'draft' })
  }

  reject(session: SessionContext, act: Act): Promise<Lifecycle> {
    return this.step(session, 'reject', act, { to: 'draft' })
  }

  async approve(session: SessionContext, act: Act, effectiveOn: string | null): Promise<Lifecycle> {
    if (effectiveOn !== null) this.requireFuture(effectiveOn)
    await this.deps.db.withUser(session.tokenHash, async (tx) =>
      this.require('approve', await this.hold(tx, act), session),
    )
    await this.refuseFaults(act.id, '批准')
    const approved = await this.step(session, 'approve', act, { to: 'approved', effectiveOn })
    return this.applyWhenDue(session, approved)
  }

  async schedule(session: SessionContext, act: Act, effectiveOn: string): Promise<Lifecycle> {
    this.requireFuture(effectiveOn)
    await this.deps.db.withUser(session.tokenHash, async (tx) =>
      this.require('schedule', await this.hold(tx, act), session),
    )
    await this.refuseFaults(act.id, '安排生效')
    const scheduled = await this.step(session, 'schedule', act, { to: 'same', effectiveOn })
    return this.applyWhenDue(session, scheduled)
  }

  async rollback(session: SessionContext, act: Act & { comment: string }): Promise<Lifecycle> {
    await this.deps.db.withUser(
      session.tokenHash,
      async (tx) => {
        const plan = await this.hold(tx, act)
        this.require('rollback', plan, session)
        const moved = await rollbackPlan(tx, act.id, this.today(), act.comment)
        await this.audit(tx, 'gridPlan.rollback', act, { moved })
      },
      LONG_MS,
    )
    this.deps.snapshots.recheck()
    return this.lifecycle(session, act.id)
  }

  async copy(
    session: SessionContext,
    id: number,
    name: string | undefined,
    requestId: string,
  ): Promise<number> {
    return this.deps.db.withUser(
      session.tokenHash,
      async (tx) => {
        const plan = await requirePlan(tx, id)
        const copy = await copyPlan(tx, id, name ?? `${plan.name.slice(0, 54)}（副本）`)
        await recordPlanEvent(tx, {
          planId: copy,
          action: 'copy',
          comment: null,
          detail: { from: id, name: plan.name },
        })
        await recordAct(tx, { action: 'gridPlan.copy', objectId: String(id), detail: { copy }, requestId })
        return copy
      },
      LONG_MS,
    )
  }

  private step(session: SessionContext, step: LifeStep, act: Act, to: Step): Promise<Lifecycle> {
    return this.deps.db.withUser(session.tokenHash, async (tx) => {
      const plan = await this.hold(tx, act)
      this.require(step, plan, session)
      await takeStep(tx, act.id, to)
      const detail = 'effectiveOn' in to && to.effectiveOn !== null ? { on: to.effectiveOn } : {}
      await recordPlanEvent(tx, { planId: act.id, action: step, comment: act.comment ?? null, detail })
      await this.audit(tx, `gridPlan.${step}`, act, detail)
      return this.read(tx, session, await requirePlan(tx, act.id))
    })
  }

  private async applyWhenDue(session: SessionContext, plan: Lifecycle): Promise<Lifecycle> {
    if (plan.effectiveOn === null || plan.effectiveOn > this.today()) return plan
    await applyDuePlans(this.deps, this.today())
    this.deps.snapshots.recheck()
    return this.lifecycle(session, plan.planId)
  }

  private async hold(tx: Tx, { id, version }: Act): Promise<PlanHead> {
    await lockPlan(tx, id)
    const plan = await requirePlan(tx, id)
    if (plan.version !== version) {
      const detail = `方案已被修改：您看到的是第 ${version} 版，现在是第 ${plan.version} 版，操作未执行。请刷新后重试。`
      throw new AppError('stale', detail, {
        currentVersion: plan.version,
        headers: { etag: `"v${plan.version}"` },
      })
    }
    return plan
  }

  private require(step: LifeStep, plan: PlanHead, { me }: SessionContext): void {
    const refusal = refusalOf(step, plan, me)
    if (refusal !== null) throw refused(refusal, step, plan.state)
  }

  private async refuseFaults(id: number, what: string): Promise<void> {
    const { blocking, faults } = await faultsOf(this.deps.db, id)
    if (blocking === 0) return
    const first = faults.find(({ permit }) => permit === null)!
    throw new AppError(
      'unprocessable',
      `方案还有 ${blocking} 处问题，不能${what}。例如：${first.message}全部问题见“问题”列表。`,
    )
  }

  private requireFuture(day: string): void {
    if (day >= this.today()) return
    throw new AppError(
      'unprocessable',
      `生效日 ${day} 已过，未安排。请选择今天（${this.today()}）或以后的日期。`,
    )
  }

  private today(): string {
    return isoToday(this.deps.now())
  }

  private audit(tx: Tx, action: string, act: Act, detail: Record<string, unknown>): Promise<void> {
    return recordAct(tx, {
      action,
      objectId: String(act.id),
      detail: { version: act.version, ...detail },
      requestId: act.requestId,
    })
  }
}

function refused(refusal: StepRefusal, step: LifeStep, state: string): AppError {
  switch (refusal) {
    case 'wrong-role':
      return new AppError('forbidden', `您的角色不能${STEP_WORDS[step]}方案。`)
    case 'own-submission':
      return new AppError('conflict', '提交人不能审批自己提交的方案。请由另一位支行行长审批。')
    case 'wrong-state':
      return new AppError(
        'conflict',
        `方案现在是“${STATE_WORDS[state] ?? state}”，不能${STEP_WORDS[step]}。请刷新后查看可执行的操作；要修改内容请先撤回，或复制成新的草稿。`,
      )
  }
}
