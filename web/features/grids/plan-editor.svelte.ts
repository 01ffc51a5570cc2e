/** The plan that is open, and every change to it. A change carries the version it was made on; a stale one is refused. */
import { api, type SolveRequest } from '#web/api/client.ts'
import type { ApiError, Outcome } from '#web/api/call.ts'
import type { Plan, PlanSummary, StaffMember, UnitCollection } from '#web/api/types.ts'
import { t } from '#web/locales/i18n.svelte.ts'
import { notifications } from '#web/state/notifications.svelte.ts'
import { JobWatch, type JobEnd } from '#web/state/job-watch.svelte.ts'
import { Remote } from '#web/state/remote.svelte.ts'
import { view } from '#web/state/view.svelte.ts'

export type SaveState = 'none' | 'saving' | 'saved'

class PlanEditor {
  plans = new Remote<{ plans: PlanSummary[] }>()
  plan = new Remote<Plan>()
  units = new Remote<UnitCollection>()
  staff = new Remote<{ staff: StaffMember[] }>()
  job = new JobWatch()
  saveState = $state<SaveState>('none')
  /** Set when somebody else changed the plan first. */
  conflict = $state.raw<ApiError | null>(null)
  /** True until the first plan is shown, if that one came with the address. */
  linked = view.plan !== null
  #unitsOf = ''
  #staffOf = ''

  async loadPlans(): Promise<void> {
    await this.plans.load(() => api.plans())
  }

  async open(id: number): Promise<void> {
    if (this.plan.data?.id !== id) {
      this.plan.clear()
      this.units.clear()
      this.#unitsOf = ''
      this.saveState = 'none'
    }
    this.conflict = null
    const outcome = await this.plan.load((signal) => api.plan(id, signal))
    if (outcome.ok)
      await Promise.all([this.#loadUnits(outcome.data), this.#loadStaff(outcome.data.countyCode)])
  }

  close(): void {
    this.plan.clear()
    this.units.clear()
    this.#unitsOf = ''
    this.conflict = null
  }

  async create(body: Parameters<typeof api.createPlan>[0]): Promise<ApiError | null> {
    const accepted = await api.createPlan(body)
    if (!accepted.ok) return accepted.error
    const end = await this.job.follow(accepted.data.jobId)
    if (end.kind === 'done') {
      const planId = (end.result as { planId?: unknown } | null)?.planId
      void this.loadPlans()
      if (typeof planId === 'number') view.openPlan(planId)
      notifications.done(t('grids.created'))
    } else this.#tell(end)
    return null
  }

  async solve(body: SolveRequest): Promise<ApiError | null> {
    const plan = this.plan.data
    if (!plan) return null
    const accepted = await api.solvePlan(plan.id, plan.version, body)
    if (!accepted.ok) return this.#refused(accepted.error)
    const end = await this.job.follow(accepted.data.jobId)
    if (end.kind === 'done') notifications.done(t('grids.solved'))
    else this.#tell(end)
    await this.reload()
    return null
  }

  rename(name: string): Promise<ApiError | null> {
    return this.#change((plan) => api.renamePlan(plan.id, plan.version, name))
  }

  changeGrid(no: number, body: { name?: string; managerId?: number | null }): Promise<ApiError | null> {
    return this.#change((plan) => api.changeGrid(plan.id, plan.version, no, body))
  }

  async remove(): Promise<ApiError | null> {
    const plan = this.plan.data
    if (!plan) return null
    const outcome = await api.deletePlan(plan.id, plan.version)
    if (!outcome.ok) return this.#refused(outcome.error)
    this.close()
    view.openPlan(null)
    notifications.done(t('grids.deleted', { name: plan.name }))
    await this.loadPlans()
    return null
  }

  async reload(): Promise<void> {
    this.conflict = null
    const id = this.plan.data?.id
    if (id !== undefined) await Promise.all([this.open(id), this.loadPlans()])
  }

  async #change(send: (plan: Plan) => Promise<Outcome<unknown>>): Promise<ApiError | null> {
    const plan = this.plan.data
    if (!plan) return null
    this.saveState = 'saving'
    const outcome = await send(plan)
    if (!outcome.ok) {
      this.saveState = 'none'
      return this.#refused(outcome.error)
    }
    // What came of the change (version, totals, names) is read again rather than guessed.
    await this.reload()
    this.saveState = 'saved'
    return null
  }

  #refused(error: ApiError): ApiError {
    if (error.code === 'stale' || error.code === 'conflict' || error.code === 'precondition_required') {
      this.conflict = error
    } else notifications.error(error)
    return error
  }

  #tell(end: JobEnd): void {
    if (end.kind === 'cancelled') notifications.done(t('grids.cancelled'))
    else if (end.kind === 'lost') notifications.error(end.error)
    else if (end.kind === 'failed') {
      const detail = end.message || t('error.unknown', { status: 0 })
      notifications.error({
        status: 0,
        code: 'job_failed',
        detail,
        traceId: null,
        errors: [],
        retryAfterS: null,
      })
    }
  }

  async #loadUnits(plan: Plan): Promise<void> {
    const key = `${plan.id}:${plan.version}`
    if (key === this.#unitsOf) return
    this.#unitsOf = key
    const outcome = await this.units.load((signal) => api.planUnits(plan.id, signal))
    if (!outcome.ok) this.#unitsOf = ''
  }

  async #loadStaff(countyCode: string): Promise<void> {
    if (countyCode === this.#staffOf) return
    this.#staffOf = countyCode
    const outcome = await this.staff.load(() => api.staff(countyCode))
    if (!outcome.ok) this.#staffOf = ''
  }
}

export const planEditor = new PlanEditor()
