/**
 * Purpose: what a client holds at the end of the day before asOf: deposit, open and closed loans, risk class.
 * Inputs and units: money in whole cents, days since 1970-01-01.
 * Guarantees: active has deposit and loan; depositOnly has deposit and no open loan, and none closed within two years; loanOnly has loans
 * and no deposit, acquiring or payroll; lost has closed loans at most, the last closed on the day it was lost; prospect has nothing.
 * Loans start after the client's opening, at most four for each client; ids are the client's own range.
 * Limits: amounts are log-normal by kind, medians set so that a bank of a million clients lends about 53 billion yuan, as the bank's plan
 * says for the end of 2026; counties differ in risk by a fixed factor each.
 * Cost: about 2 us a client.
 * Source: figures of the bank's plan; shapes invented.
 */
import { addMonths, monthOf } from './calendar.ts'
import type { DemoCalendar } from './calendar.ts'
import type { ClientKind } from './names.ts'
import { productsFor } from './products.ts'
import type { Product } from './products.ts'
import { DemoRandom, SUBJECT } from './random.ts'

export type ClientStatus = 'active' | 'depositOnly' | 'loanOnly' | 'lost' | 'prospect'
export const LOANS_PER_CLIENT = 4

export interface Loan {
  id: number
  product: Product
  principal: number
  balance: number
  annualRate: number
  startedOn: number
  maturesOn: number
  closedOn: number | null
  riskClass: number
}

export interface Holdings {
  deposit: number
  /** Deposit at its best, for clients who hold none any more. */
  pastDeposit: number
  loans: Loan[]
  loanBalance: number
  /** Worst class of open loans. */
  riskClass: number | null
  nextDueOn: number | null
}

export interface HoldingsOf {
  id: number
  kind: ClientKind
  status: ClientStatus
  industry: string
  inChain: boolean
  openedOn: number | null
  lostOn: number | null
  /** 1 is the average county. */
  countyRisk: number
}

const YUAN = 100
const DEPOSIT: Readonly<Record<ClientKind, { median: number; sigma: number }>> = {
  small_enterprise: { median: 120_000, sigma: 1.4 },
  sole_trader: { median: 32_000, sigma: 1.2 },
  farmer: { median: 14_000, sigma: 1.1 },
  family_farm: { median: 30_000, sigma: 1.2 },
  large_grower: { median: 38_000, sigma: 1.2 },
  cooperative: { median: 55_000, sigma: 1.3 },
}
const LOAN: Readonly<Record<ClientKind, { median: number; sigma: number; most: number }>> = {
  small_enterprise: { median: 300_000, sigma: 0.95, most: 10_000_000 },
  sole_trader: { median: 72_000, sigma: 0.75, most: 3_000_000 },
  farmer: { median: 34_000, sigma: 0.6, most: 300_000 },
  family_farm: { median: 98_000, sigma: 0.7, most: 2_000_000 },
  large_grower: { median: 110_000, sigma: 0.7, most: 2_000_000 },
  cooperative: { median: 190_000, sigma: 0.8, most: 5_000_000 },
}
const LEAST_LOAN = 5_000
/** Chance of classes 5, 4, 3 and 2 in an average county. */
const CLASS_CHANCE = [0.0022, 0.0055, 0.0085, 0.028]
const TWO_YEARS = 730

const random = new DemoRandom()

export function holdingsOf(client: HoldingsOf, calendar: DemoCalendar, seed: number): Holdings {
  const loans = loansOf(client, calendar, seed)
  const { median, sigma } = DEPOSIT[client.kind]
  random.at(seed, client.id, SUBJECT.deposit)
  const drawn = Math.max(YUAN, Math.round(random.logNormal(median * YUAN, sigma)))
  const holds = client.status === 'active' || client.status === 'depositOnly'
  let loanBalance = 0
  let riskClass: number | null = null
  let nextDueOn: number | null = null
  let overdueSince: number | null = null
  for (const loan of loans) {
    if (loan.closedOn !== null) continue
    loanBalance += loan.balance
    riskClass = Math.max(riskClass ?? 1, loan.riskClass)
    if (loan.maturesOn < calendar.asOf)
      overdueSince = Math.min(overdueSince ?? loan.maturesOn, loan.maturesOn)
    else nextDueOn = Math.min(nextDueOn ?? loan.maturesOn, loan.maturesOn)
  }
  return {
    deposit: holds ? drawn : 0,
    pastDeposit: client.status === 'lost' ? Math.round(drawn / 2) : 0,
    loans,
    loanBalance,
    riskClass,
    nextDueOn: nextDueOn ?? overdueSince,
  }
}

function loansOf(client: HoldingsOf, calendar: DemoCalendar, seed: number): Loan[] {
  const { status, openedOn, lostOn } = client
  if (openedOn === null) return []
  random.at(seed, client.id, SUBJECT.loans)
  const loans: Loan[] = []
  if (status === 'active' || status === 'loanOnly') {
    const share = random.next()
    const open = share < 0.82 ? 1 : share < 0.97 ? 2 : 3
    for (let i = 0; i < open; i++) loans.push(openLoan(client, calendar, openedOn, i === 0 ? 1 : 0.6))
    const first = Math.min(...loans.map(({ startedOn }) => startedOn))
    if (random.chance(0.3)) addClosed(loans, client, openedOn, first - random.int(60))
  } else if (status === 'depositOnly') {
    if (random.chance(0.15))
      addClosed(loans, client, openedOn, calendar.lastDay - TWO_YEARS - 1 - random.int(900))
  } else if (status === 'lost' && lostOn !== null && random.chance(0.8)) {
    addClosed(loans, client, openedOn, lostOn)
    if (loans[0] && random.chance(0.3))
      addClosed(loans, client, openedOn, loans[0].startedOn - random.int(90))
  }
  loans.sort((a, b) => a.startedOn - b.startedOn)
  loans.forEach((loan, i) => (loan.id = (client.id - 1) * LOANS_PER_CLIENT + i + 1))
  return loans
}

function openLoan(client: HoldingsOf, calendar: DemoCalendar, openedOn: number, size: number): Loan {
  const product = random.pick(productsFor(client.kind, client.industry, client.inChain))
  const term = random.pick(product.terms)
  const principal = principalOf(client.kind, size)
  const earliest = addMonths(calendar.lastDay, -term) + 1
  let startedOn = Math.max(openedOn, earliest + random.int(calendar.lastDay - earliest + 1))
  let riskClass = classOf(client.countyRisk)
  if (riskClass >= 3 && random.chance(0.6)) {
    const late = addMonths(startedOn, term) - calendar.lastDay + 1 + random.int(300)
    if (startedOn - late >= openedOn) startedOn -= late
  }
  const maturesOn = addMonths(startedOn, term)
  // A class falls by one step a month at most.
  riskClass = Math.min(riskClass, 1 + monthOf(calendar.lastDay) - monthOf(startedOn))
  const left = product.instalments
    ? Math.max(0.08, (maturesOn - calendar.lastDay) / (maturesOn - startedOn))
    : 1
  return {
    id: 0,
    product,
    principal,
    balance:
      left === 1
        ? principal
        : Math.min(principal, Math.max(100 * YUAN, Math.round((principal * left) / 10_000) * 10_000)),
    annualRate: rateOf(product),
    startedOn,
    maturesOn,
    closedOn: null,
    riskClass,
  }
}

/** A loan paid back on `closedOn`; nothing when the client was not there long enough. */
function addClosed(loans: Loan[], client: HoldingsOf, openedOn: number, closedOn: number): void {
  const product = random.pick(productsFor(client.kind, client.industry, client.inChain))
  const term = random.pick(product.terms)
  const early = random.chance(0.3) ? random.int(120) : 0
  const startedOn = Math.max(openedOn, addMonths(closedOn + early, -term))
  const principal = principalOf(client.kind, 0.8)
  const annualRate = rateOf(product)
  if (closedOn - startedOn < 30) return
  const maturesOn = addMonths(startedOn, term)
  loans.push({
    id: 0,
    product,
    principal,
    balance: 0,
    annualRate,
    startedOn,
    maturesOn,
    closedOn,
    riskClass: 1,
  })
}

function principalOf(kind: ClientKind, size: number): number {
  const { median, sigma, most } = LOAN[kind]
  const drawn = Math.min(most, Math.max(LEAST_LOAN, random.logNormal(median * size, sigma)))
  const step = drawn < 100_000 ? 1_000 : 10_000
  return Math.round(drawn / step) * step * YUAN
}

function rateOf(product: Product): number {
  return Math.round((product.rate + 0.006 * (random.next() - 0.5)) * 10_000) / 10_000
}

function classOf(countyRisk: number): number {
  let share = random.next() / countyRisk
  for (let i = 0; i < CLASS_CHANCE.length; i++) {
    if (share < CLASS_CHANCE[i]!) return 5 - i
    share -= CLASS_CHANCE[i]!
  }
  return 1
}

/** Months (as month numbers) in which the class of a loan was set or changed, oldest first; the last class is the present one. */
export function classHistory(
  loan: Loan,
  calendar: DemoCalendar,
  seed: number,
): { month: number; riskClass: number }[] {
  const first = monthOf(loan.startedOn)
  const last = monthOf(loan.closedOn ?? calendar.lastDay)
  const history = [{ month: first, riskClass: 1 }]
  random.at(seed, loan.id, SUBJECT.loanClass)
  const steps = loan.riskClass - 1
  if (steps > 0) {
    const spare = last - first - steps
    const newest = last - (spare > 0 ? random.int(Math.min(spare, 9) + 1) : 0)
    for (let i = 1; i <= steps; i++) history.push({ month: newest - steps + i, riskClass: i + 1 })
  } else if (last - first >= 6 && random.chance(0.03)) {
    const dip = first + 1 + random.int(last - first - 4)
    history.push({ month: dip, riskClass: 2 }, { month: dip + 2 + random.int(2), riskClass: 1 })
  }
  return history
}
