/** Which visit rules apply to a client: its status, and what it owes. */
import type { ClientKind } from './visit-hours.ts'

/** A loan that matures within this many days wants a visit about its renewal. */
export const RENEWAL_DAYS = 90
/** Risk classes 3 to 5 (substandard, doubtful, loss) are visited as overdue. */
export const OVERDUE_FROM_CLASS = 3

export interface VisitFacts {
  status: 'active' | 'depositOnly' | 'loanOnly' | 'lost' | 'prospect'
  hasLoan: boolean
  /** Days until the next loan matures; null: none does. */
  dueInDays: number | null
  /** 0: none known. */
  riskClass: number
}

export function isRenewal(dueInDays: number | null): boolean {
  return dueInDays !== null && dueInDays >= 0 && dueInDays <= RENEWAL_DAYS
}

export function visitKinds({ status, hasLoan, dueInDays, riskClass }: VisitFacts): ClientKind[] {
  const kinds: ClientKind[] = []
  if (status !== 'active') kinds.push(status)
  if (hasLoan) kinds.push('loan')
  if (isRenewal(dueInDays)) kinds.push('renewal')
  if (riskClass >= OVERDUE_FROM_CLASS) kinds.push('overdue')
  return kinds
}
