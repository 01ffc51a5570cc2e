import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { METRICS } from '#domain/metrics/registry.ts'
import { callerAs, openTestApi, type Caller, type TestApi } from '../support/api.ts'
import { insertMoreClients } from '../support/more-clients.ts'
import type { ToyRole } from '../support/toy-bank.ts'

let api: TestApi
const as = {} as Record<ToyRole, Caller>

beforeAll(async () => {
  api = await openTestApi()
  await insertMoreClients(api.db)
  for (const role of ['branch_head', 'planner', 'leadership', 'auditor'] as const)
    as[role] = await callerAs(api, role)
})
afterAll(() => api?.[Symbol.asyncDispose]())

interface Value {
  code: string
  value: number | null
  hidden?: boolean
}
const values = async (role: ToyRole, query: string) => {
  const answer = await as[role](`/api/metrics/places?${query}`)
  const body = await answer.json()
  return {
    status: answer.status,
    body,
    byCode: Object.fromEntries(
      (body.values ?? []).map(({ code, value, hidden }: Value) => [code, hidden ? 'hidden' : value]),
    ),
  }
}

describe('metrics', () => {
  test('the registry, as it is', async () => {
    const { metrics } = await (await as.leadership('/api/metrics')).json()
    expect(metrics.map(({ key }: { key: string }) => key)).toEqual(METRICS.map(({ key }) => key))
    expect(metrics.find(({ key }: { key: string }) => key === 'growthLoan')).toMatchObject({
      unit: 'ratio',
      label: '贷款月环比增速',
      denominator: 'loan balance a month before',
    })
    expect((await as.auditor('/api/metrics')).status).toBe(403)
  })

  test('in one’s own orgs exact, for every figure', async () => {
    const township = async (metric: string) =>
      (await values('branch_head', `metric=${metric}&level=township`)).byCode
    expect(await township('clients')).toEqual({ '360722100000': 5 })
    expect(await township('loanBalance')).toEqual({ '360722100000': 15_000 })
    expect(await township('depositBalance')).toEqual({ '360722100000': 1500 })
    expect(await township('depositOnly')).toEqual({ '360722100000': 0 })
    expect(await township('loanOnly')).toEqual({ '360722100000': 0 })
    expect(await township('lost')).toEqual({ '360722100000': 0 })
    // Five clients with a loan: 4 visits of 0.75 h + 0.3 h on the road.
    expect(await township('visitHours')).toEqual({ '360722100000': 21 })
    const growth = (await values('branch_head', 'metric=growthLoan&level=county')).body
    expect(growth.values).toEqual([
      {
        code: '360722000000',
        name: '信丰县',
        value: expect.closeTo(1500 / 13_500, 10),
        numerator: 1500,
        denominator: 13_500,
      },
    ])
    expect(growth).toMatchObject({ month: '2026-10-01', unit: 'ratio', breaksMethod: 'quantile' })
  })

  test('leadership: small places hidden, and the next one with them; totals and parents stay', async () => {
    const { body, byCode } = await values('leadership', 'metric=loanBalance&level=county')
    expect(byCode).toEqual({ '360702000000': 'hidden', '360703000000': 80_000, '360722000000': 'hidden' })
    expect(body.total).toEqual({ value: 108_000 })
    expect((await values('leadership', 'metric=loanBalance&level=township')).byCode).toEqual({
      '360702001000': 'hidden',
      '360703001000': 80_000,
      '360722100000': 'hidden',
    })
    expect((await values('leadership', 'metric=clients&level=township&parent=360702')).body.total).toEqual({
      value: null,
      hidden: true,
    })
    // Nobody of the five and two has only a loan: zero tells nothing about anybody.
    expect((await values('leadership', 'metric=loanOnly&level=county')).byCode).toEqual({
      '360702000000': 0,
      '360703000000': 8,
      '360722000000': 0,
    })
  })

  test('a planner counts, but learns no sum of two clients', async () => {
    expect((await values('planner', 'metric=clients&level=county')).byCode).toEqual({ '360702000000': 2 })
    expect((await values('planner', 'metric=loanBalance&level=county')).byCode).toEqual({
      '360702000000': 'hidden',
    })
  })

  test('an earlier month, where there is one', async () => {
    expect((await values('branch_head', 'metric=loanBalance&level=county&month=2026-09-01')).byCode).toEqual({
      '360722000000': 13_500,
    })
    // The first month has none before it to compare with.
    expect((await values('branch_head', 'metric=growthLoan&level=county&month=2026-09-01')).byCode).toEqual({
      '360722000000': null,
    })
    expect(
      (await values('branch_head', 'metric=loanBalance&level=county&month=2025-01-01')).body,
    ).toMatchObject({
      code: 'unprocessable',
      detail: expect.stringContaining('现有 2026-09-01 至 2026-10-01'),
    })
    expect((await values('branch_head', 'metric=clients&level=county&month=2026-09-01')).status).toBe(422)
  })

  test('refusals', async () => {
    expect((await values('branch_head', 'metric=edgeCut&level=county')).status).toBe(400)
    expect((await values('branch_head', 'metric=clients&level=street')).status).toBe(400)
    expect((await values('branch_head', 'metric=clients&level=township&parent=360799')).status).toBe(404)
    expect((await values('branch_head', 'metric=clients&level=county&month=2026-9')).status).toBe(400)
    expect((await values('auditor', 'metric=clients&level=county')).status).toBe(403)
  })
})
