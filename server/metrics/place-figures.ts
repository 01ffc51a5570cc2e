import { NO_DATE, STATUSES, type ClientColumns } from '#domain/filter/client-columns.ts'
import type { PlaceMetricKey } from '#domain/metrics/registry.ts'
import { expectedVisitHours } from '#domain/metrics/visit-hours.ts'
import { visitKindsOf } from '#server/grids/client-weights.ts'

const DAYS_LOST_COUNTS = 730
const LOST = STATUSES.indexOf('lost')

/** What one client adds to a figure. Money in cents, so that sums are exact; hours and counts as they are. */
export interface Contribution {
  numerator: (row: number) => number
  denominator: ((row: number) => number) | null
  /** Divides the sums into the metric's unit. */
  scale: number
}

/** Balances of the month asked for and of the month before it. */
export interface Balances {
  depositCents: Float64Array
  loanCents: Float64Array
  previousLoanCents: Float64Array
}

/** Figures that earlier months exist for; the others are known for the present only. */
export const HISTORIC: ReadonlySet<string> = new Set<PlaceMetricKey>([
  'loanBalance',
  'depositBalance',
  'growthLoan',
])

export function contributionOf(
  key: PlaceMetricKey,
  columns: ClientColumns,
  balances: Balances,
  today: number,
): Contribution {
  const { depositCents, loanCents, previousLoanCents } = balances
  const count = (holds: (row: number) => boolean): Contribution => ({
    numerator: (row) => (holds(row) ? 1 : 0),
    denominator: null,
    scale: 1,
  })
  switch (key) {
    case 'clients':
      return count(() => true)
    case 'loanBalance':
      return { numerator: (row) => loanCents[row], denominator: null, scale: 100 }
    case 'depositBalance':
      return { numerator: (row) => depositCents[row], denominator: null, scale: 100 }
    case 'growthLoan':
      return {
        numerator: (row) => loanCents[row] - previousLoanCents[row],
        denominator: (row) => previousLoanCents[row],
        scale: 100,
      }
    case 'depositOnly':
      return count((row) => depositCents[row] > 0 && loanCents[row] === 0)
    case 'loanOnly':
      return count((row) => loanCents[row] > 0 && depositCents[row] === 0 && columns.flags[row] === 0)
    case 'lost':
      return count(
        (row) =>
          columns.status[row] === LOST &&
          columns.lostOn[row] !== NO_DATE &&
          columns.lostOn[row] >= today - DAYS_LOST_COUNTS,
      )
    case 'visitHours':
      return {
        numerator: (row) => expectedVisitHours(visitKindsOf(columns, row, today)),
        denominator: null,
        scale: 1,
      }
  }
}
