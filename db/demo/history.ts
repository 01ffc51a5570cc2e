/**
 * Purpose: month-end balances of the last 24 months.
 * Inputs and units: holdings in cents; months of the calendar.
 * Guarantees: the last month equals the client's balances to the cent; the loan column is the sum of that client's loans at each month
 * end; nothing before the client's opening, nothing after it was lost.
 * Limits: deposits follow a trend, a farming or a trading season and noise; single bookings are not made.
 * Cost: about 1 us a client; no allocation but the two arrays handed in.
 */
import type { DemoCalendar } from './calendar.ts'
import { monthInYear } from './calendar.ts'
import type { Holdings, Loan } from './holdings.ts'
import { DemoRandom, SUBJECT } from './random.ts'

/** Deposit level by month of the year: money comes home at Spring Festival; orange and oil are sold from November on. */
const SEASON = {
  farming: [1.1, 1.16, 1.05, 0.98, 0.95, 0.93, 0.93, 0.94, 0.96, 0.98, 1.0, 1.06],
  trading: [1.06, 1.0, 0.97, 0.98, 0.99, 1.0, 0.99, 0.99, 1.01, 1.02, 1.0, 1.03],
} as const
const LEAVING_MONTHS = 6

export interface Path {
  id: number
  openedOn: number | null
  lostOn: number | null
  farming: boolean
  /** Monthly growth of deposits in the client's county. */
  growth: number
}

const random = new DemoRandom()

/** Fills both arrays (one number a month, cents). */
export function balanceHistory(
  client: Path,
  { deposit, pastDeposit, loans }: Holdings,
  calendar: DemoCalendar,
  seed: number,
  depositOf: Float64Array,
  loanOf: Float64Array,
): void {
  const { months, monthEnds } = calendar
  const last = months.length - 1
  const season = client.farming ? SEASON.farming : SEASON.trading
  const level = deposit || pastDeposit
  random.at(seed, client.id, SUBJECT.depositPath)
  const growth = client.growth + 0.01 * (random.next() - 0.5)
  const base = level / season[monthInYear(months[last]!)]!
  let trend = Math.pow(1 + growth, -last)
  for (let i = 0; i <= last; i++) {
    const end = monthEnds[i]!
    let amount = Math.round(base * trend * season[monthInYear(months[i]!)]! * (0.94 + 0.12 * random.next()))
    trend *= 1 + growth
    if (client.openedOn === null || end < client.openedOn) amount = 0
    if (client.lostOn !== null) amount = Math.round(amount * leaving(client.lostOn - end))
    depositOf[i] = amount
    let owed = 0
    for (let k = 0; k < loans.length; k++) owed += owedAt(loans[k]!, end, calendar.lastDay)
    loanOf[i] = owed
  }
  depositOf[last] = deposit
}

/** 1 long before the client is lost, falling to 0 on the day. */
function leaving(daysLeft: number): number {
  return Math.max(0, Math.min(1, daysLeft / (30 * LEAVING_MONTHS)))
}

/** What is owed at the end of a day; instalments fall in a straight line. */
export function owedAt(loan: Loan, day: number, lastDay: number): number {
  if (day < loan.startedOn || (loan.closedOn !== null && day >= loan.closedOn)) return 0
  if (!loan.product.instalments) return loan.principal
  const end = loan.closedOn ?? lastDay
  if (day >= end) return loan.balance
  return Math.round(
    loan.principal - ((loan.principal - loan.balance) * (day - loan.startedOn)) / (end - loan.startedOn),
  )
}
