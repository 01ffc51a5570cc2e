import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { dayOf, demoCalendar, monthOf } from '#db/demo/calendar.ts'
import { balanceHistory, owedAt } from '#db/demo/history.ts'
import { LOANS_PER_CLIENT, classHistory, holdingsOf } from '#db/demo/holdings.ts'
import type { ClientStatus, HoldingsOf, Loan } from '#db/demo/holdings.ts'
import { KINDS } from '#db/demo/clients.ts'
import { PRODUCT_NAMES } from '#db/demo/products.ts'

const calendar = demoCalendar('2026-11-01')
const { lastDay } = calendar

const clients = (...statuses: ClientStatus[]) =>
  fc
    .record({
      id: fc.integer({ min: 1, max: 1_000_000 }),
      kind: fc.constantFrom(...KINDS),
      status: fc.constantFrom(...statuses),
      industry: fc.constantFrom('脐橙', '家具', '批发零售'),
      inChain: fc.boolean(),
      openedOn: fc.integer({ min: lastDay - 5_000, max: lastDay - 45 }),
      lostDaysAgo: fc.integer({ min: 0, max: 729 }),
      countyRisk: fc.double({ min: 0.5, max: 30, noNaN: true }),
    })
    .map(({ lostDaysAgo, ...client }): HoldingsOf => {
      if (client.status === 'prospect') return { ...client, openedOn: null, lostOn: null }
      if (client.status !== 'lost') return { ...client, lostOn: null }
      return { ...client, lostOn: lastDay - lostDaysAgo, openedOn: client.openedOn - 1_000 }
    })
const anyClient = clients('active', 'depositOnly', 'loanOnly', 'lost', 'prospect')

describe('holdings', () => {
  test('fit the status', () => {
    fc.assert(
      fc.property(anyClient, (client) => {
        const { deposit, loans, loanBalance, riskClass, nextDueOn } = holdingsOf(client, calendar, 1)
        const open = loans.filter(({ closedOn }) => closedOn === null)
        const closed = loans.filter(({ closedOn }) => closedOn !== null)
        expect(deposit > 0).toBe(client.status === 'active' || client.status === 'depositOnly')
        expect(open.length > 0).toBe(client.status === 'active' || client.status === 'loanOnly')
        expect(loanBalance > 0).toBe(open.length > 0)
        expect(riskClass).toBe(open.length > 0 ? Math.max(...open.map((loan) => loan.riskClass)) : null)
        expect(nextDueOn === null).toBe(open.length === 0)
        if (client.status === 'prospect') expect(loans).toEqual([])
        if (client.status === 'depositOnly')
          for (const loan of closed) expect(loan.closedOn).toBeLessThan(lastDay - 730)
        if (client.status === 'lost' && closed.length > 0) {
          expect(Math.max(...closed.map((loan) => loan.closedOn!))).toBe(client.lostOn)
        }
      }),
      { numRuns: 2_000 },
    )
  })

  test('loans obey the table: amounts, dates, own ids, known products', () => {
    fc.assert(
      fc.property(anyClient, (client) => {
        const { loans, loanBalance } = holdingsOf(client, calendar, 1)
        expect(loans.length).toBeLessThanOrEqual(LOANS_PER_CLIENT)
        loans.forEach((loan, i) => {
          expect(loan.id).toBe((client.id - 1) * LOANS_PER_CLIENT + i + 1)
          expect(PRODUCT_NAMES).toContain(loan.product.name)
          expect(Number.isInteger(loan.principal) && Number.isInteger(loan.balance)).toBe(true)
          expect(loan.principal).toBeGreaterThan(0)
          expect(loan.balance).toBeLessThanOrEqual(loan.principal)
          expect(loan.balance > 0).toBe(loan.closedOn === null)
          expect(loan.startedOn).toBeGreaterThanOrEqual(client.openedOn!)
          expect(loan.startedOn).toBeLessThanOrEqual(lastDay)
          expect(loan.maturesOn).toBeGreaterThan(loan.startedOn)
          if (loan.closedOn !== null) expect(loan.closedOn).toBeGreaterThan(loan.startedOn)
          if (loan.closedOn === null && loan.riskClass < 3)
            expect(loan.maturesOn).toBeGreaterThanOrEqual(lastDay)
        })
        const open = loans.filter(({ closedOn }) => closedOn === null)
        expect(loanBalance).toBe(open.reduce((sum, { balance }) => sum + balance, 0))
      }),
      { numRuns: 2_000 },
    )
  })

  test('the history of a class starts at 1, rises by single steps a month apart and ends at the present class', () => {
    const seen = new Set<number>()
    fc.assert(
      fc.property(clients('active', 'loanOnly'), (client) => {
        for (const loan of holdingsOf(client, calendar, 1).loans) {
          const history = classHistory(loan, calendar, 1)
          seen.add(loan.riskClass)
          expect(history[0]).toEqual({ month: monthOf(loan.startedOn), riskClass: 1 })
          expect(history.at(-1)!.riskClass).toBe(loan.riskClass)
          expect(history.at(-1)!.month).toBeLessThanOrEqual(monthOf(loan.closedOn ?? lastDay))
          for (let i = 1; i < history.length; i++) {
            expect(history[i]!.month).toBeGreaterThan(history[i - 1]!.month)
            expect(Math.abs(history[i]!.riskClass - history[i - 1]!.riskClass)).toBe(1)
          }
        }
      }),
      { numRuns: 3_000 },
    )
    expect([...seen].sort()).toEqual([1, 2, 3, 4, 5])
  })
})

describe('history', () => {
  test('ends with the present balances, is empty before opening and after loss, and adds up loan by loan', () => {
    fc.assert(
      fc.property(anyClient, fc.boolean(), (client, farming) => {
        const holdings = holdingsOf(client, calendar, 1)
        const deposit = new Float64Array(24).fill(NaN)
        const loan = new Float64Array(24).fill(NaN)
        balanceHistory({ ...client, farming, growth: 0.006 }, holdings, calendar, 1, deposit, loan)
        expect(deposit[23]).toBe(holdings.deposit)
        expect(loan[23]).toBe(holdings.loanBalance)
        calendar.monthEnds.forEach((end, i) => {
          expect(Number.isInteger(deposit[i]) && deposit[i]! >= 0).toBe(true)
          expect(loan[i]).toBe(holdings.loans.reduce((sum, one) => sum + owedAt(one, end, lastDay), 0))
          const gone =
            client.openedOn === null ||
            end < client.openedOn ||
            (client.lostOn !== null && end >= client.lostOn)
          if (gone) expect([deposit[i], loan[i]]).toEqual([0, 0])
        })
        if (client.status === 'lost' && client.lostOn! > calendar.monthEnds[8]!)
          expect(deposit[0]).toBeGreaterThan(0)
      }),
      { numRuns: 1_000 },
    )
  })

  test('instalments fall in a straight line, a bullet loan does not fall', () => {
    const loan: Loan = {
      id: 1,
      product: { name: 'x', rate: 0.04, terms: [24], instalments: true },
      principal: 240_000,
      balance: 120_000,
      annualRate: 0.04,
      startedOn: dayOf('2026-06-01'),
      maturesOn: dayOf('2028-06-01'),
      closedOn: null,
      riskClass: 1,
    }
    const half = dayOf('2026-06-01') + (lastDay - dayOf('2026-06-01')) / 2
    expect(owedAt(loan, dayOf('2026-05-31'), lastDay)).toBe(0)
    expect(owedAt(loan, dayOf('2026-06-01'), lastDay)).toBe(240_000)
    expect(owedAt(loan, half, lastDay)).toBe(180_000)
    expect(owedAt(loan, lastDay, lastDay)).toBe(120_000)
    const bullet = { ...loan, balance: 240_000, product: { ...loan.product, instalments: false } }
    expect(owedAt(bullet, half, lastDay)).toBe(240_000)
    expect(owedAt({ ...bullet, balance: 0, closedOn: half }, half, lastDay)).toBe(0)
  })
})
