/**
 * Purpose: the life of a grid plan: draft, submitted, approved, effective, archived; which step leads where and whose it is.
 * Guarantees: a step that is not listed does not exist; nobody approves or rejects what they submitted.
 * Limits: faults and dates are checked where the step is taken; the database refuses the same steps again (0008).
 */
export const PLAN_STATES = ['draft', 'submitted', 'approved', 'effective', 'archived'] as const
export type PlanState = (typeof PLAN_STATES)[number]

export const STEPS = ['submit', 'withdraw', 'approve', 'reject', 'schedule', 'rollback', 'copy'] as const
export type LifeStep = (typeof STEPS)[number]

interface Rule {
  from: readonly PlanState[]
  roles: readonly string[]
  fourEyes?: true
}

const RULES: Readonly<Record<LifeStep, Rule>> = {
  submit: { from: ['draft'], roles: ['planner'] },
  withdraw: { from: ['submitted', 'approved'], roles: ['planner'] },
  approve: { from: ['submitted'], roles: ['branch_head'], fourEyes: true },
  reject: { from: ['submitted'], roles: ['branch_head'], fourEyes: true },
  schedule: { from: ['approved'], roles: ['planner', 'branch_head'] },
  rollback: { from: ['effective'], roles: ['branch_head'] },
  copy: { from: PLAN_STATES, roles: ['planner'] },
}

export type StepRefusal = 'wrong-state' | 'wrong-role' | 'own-submission'

/** Why this step cannot be taken, or null. */
export function refusalOf(
  step: LifeStep,
  plan: { state: string; submittedBy: number | null },
  who: { role: string; accountId: number },
): StepRefusal | null {
  const { from, roles, fourEyes } = RULES[step]
  if (!roles.includes(who.role)) return 'wrong-role'
  if (!(from as readonly string[]).includes(plan.state)) return 'wrong-state'
  return fourEyes && plan.submittedBy === who.accountId ? 'own-submission' : null
}

export function stepsFor(
  plan: { state: string; submittedBy: number | null },
  who: { role: string; accountId: number },
): LifeStep[] {
  return STEPS.filter((step) => refusalOf(step, plan, who) === null)
}
