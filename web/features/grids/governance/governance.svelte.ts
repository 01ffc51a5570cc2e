/** The life of the open plan, and what it would do to whom. */
import type { ApiError } from '#web/api/call.ts'
import {
  governanceApi,
  type Comparison,
  type Faults,
  type Lifecycle,
  type PlanStep,
  type Receipt,
  type StepBody,
} from '#web/api/governance.ts'
import { api } from '#web/api/client.ts'
import type { UnitCollection } from '#web/api/types.ts'
import { t } from '#web/locales/i18n.svelte.ts'
import { notifications } from '#web/state/notifications.svelte.ts'
import { Remote } from '#web/state/remote.svelte.ts'
import { view } from '#web/state/view.svelte.ts'
import { planEditor } from '../plan-editor.svelte.ts'

class Governance {
  lifecycle = new Remote<Lifecycle>()
  faults = new Remote<Faults>()
  comparison = new Remote<Comparison>()
  receipts = new Remote<{ receipts: Receipt[] }>()
  /** Units of the plan compared with, while the map shows them instead of the open plan's. */
  otherUnits = $state.raw<UnitCollection | null>(null)
  #of: number | null = null

  async loadLifecycle(id: number): Promise<void> {
    if (this.#of !== id) {
      this.#of = id
      this.otherUnits = null
      for (const remote of [this.lifecycle, this.faults, this.comparison, this.receipts]) remote.clear()
    }
    await this.lifecycle.load((signal) => governanceApi.lifecycle(id, signal))
  }

  async loadFaults(id: number): Promise<void> {
    await this.faults.load((signal) => governanceApi.faults(id, signal))
  }

  async compare(id: number, other: number | null): Promise<void> {
    await this.comparison.load((signal) => governanceApi.compare(id, other, signal))
  }

  /** @param other null: the open plan itself */
  async showOnMap(other: number | null): Promise<void> {
    if (other === null) {
      this.otherUnits = null
      return
    }
    const outcome = await api.planUnits(other)
    if (outcome.ok) this.otherUnits = outcome.data
    else notifications.error(outcome.error)
  }

  async loadReceipts(id: number): Promise<void> {
    await this.receipts.load((signal) => governanceApi.receipts(id, signal))
  }

  /** @returns why the step was refused, or null */
  async take(step: PlanStep, body: StepBody): Promise<ApiError | null> {
    const life = this.lifecycle.data
    if (!life) return null
    const outcome = await governanceApi.step(life.planId, life.version, step, body)
    if (!outcome.ok) {
      if (outcome.error.code === 'stale') await planEditor.reload()
      return outcome.error
    }
    this.lifecycle.set(outcome.data)
    notifications.done(t('life.done', { step: t(`lifeStep.${step}`) }))
    await planEditor.reload()
    return null
  }

  async copy(): Promise<void> {
    const life = this.lifecycle.data
    if (!life) return
    const outcome = await governanceApi.copy(life.planId)
    if (!outcome.ok) return notifications.error(outcome.error)
    notifications.done(t('life.done', { step: t('lifeStep.copy') }))
    await planEditor.loadPlans()
    view.openPlan(outcome.data.planId)
  }

  async permit(kind: string, subject: number, because: string): Promise<ApiError | null> {
    const life = this.lifecycle.data
    if (!life) return null
    const outcome = await governanceApi.permit(life.planId, life.version, { kind, subject, because })
    if (!outcome.ok) return outcome.error
    this.faults.set(outcome.data)
    await this.loadLifecycle(life.planId)
    return null
  }
}

export const governance = new Governance()
