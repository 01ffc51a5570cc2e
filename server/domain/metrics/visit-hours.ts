/**
 * Purpose: expected visit hours a client costs in a year, the fairest weight for dividing work among managers.
 * Inputs: what kind of client, and a visit policy (editable; the numbers here are starting values to be replaced by the bank's).
 * Guarantees: a client of several kinds counts with the most demanding one, never with a sum.
 * Limits: travel is a flat figure per visit; routes are planned elsewhere.
 */
export const CLIENT_KINDS = [
  'loan',
  'loanOnly',
  'renewal',
  'overdue',
  'depositOnly',
  'lost',
  'prospect',
] as const
export type ClientKind = (typeof CLIENT_KINDS)[number]

export interface VisitRule {
  visitsPerYear: number
  hoursPerVisit: number
}

export interface VisitPolicy {
  rules: Readonly<Record<ClientKind, VisitRule>>
  travelHoursPerVisit: number
}

export const DEFAULT_VISIT_POLICY: VisitPolicy = {
  rules: {
    loan: { visitsPerYear: 4, hoursPerVisit: 0.75 },
    loanOnly: { visitsPerYear: 6, hoursPerVisit: 0.75 },
    renewal: { visitsPerYear: 6, hoursPerVisit: 1 },
    overdue: { visitsPerYear: 12, hoursPerVisit: 1 },
    depositOnly: { visitsPerYear: 2, hoursPerVisit: 0.5 },
    lost: { visitsPerYear: 1, hoursPerVisit: 0.75 },
    prospect: { visitsPerYear: 2, hoursPerVisit: 0.5 },
  },
  travelHoursPerVisit: 0.3,
}

export function expectedVisitHours(
  kinds: readonly ClientKind[],
  policy: VisitPolicy = DEFAULT_VISIT_POLICY,
): number {
  let most = 0
  for (const kind of kinds) {
    const rule = policy.rules[kind]
    most = Math.max(most, rule.visitsPerYear * (rule.hoursPerVisit + policy.travelHoursPerVisit))
  }
  return most
}
