import { describe, expect, it } from 'vitest'
import { FLOWS, receiptsOf, withRoundedMoney, type OwnedClient } from '#domain/ownership/receipts.ts'
import { splitGrids } from '#domain/ownership/split-grids.ts'

const client = (live: number | null, planned: number | null, loan = 100, renewal = false): OwnedClient => ({
  live,
  planned,
  deposit: loan / 2,
  loan,
  hours: 3,
  renewal,
})
const none = { npl: new Map(), referrals: new Map() }

describe('fairness receipts', () => {
  it('hold in a case worked by hand', () => {
    // 1 keeps 100, gives 200 to 2 and 50 (a renewal) to 3; 2 gets 70 from the pool; 4 keeps 500 and is not touched.
    const receipts = receiptsOf({
      clients: [
        client(1, 1, 100),
        client(1, 2, 200),
        client(1, 3, 50, true),
        client(null, 2, 70),
        client(4, 4, 500),
      ],
      managers: [2, 5],
      npl: new Map([[1, { loans: 1, balance: 40 }]]),
      referrals: new Map([[2, 3]]),
    })
    expect(receipts.map(({ managerId }) => managerId)).toEqual([1, 2, 3, 5])
    const [one, two, three, five] = receipts.map(({ figures }) => figures)
    expect(one!.clients).toEqual({ before: 3, in: 0, out: 2, after: 1 })
    expect(one!.loanBalance).toEqual({ before: 350, in: 0, out: 250, after: 100 })
    expect(one!.renewals).toEqual({ before: 1, in: 0, out: 1, after: 0 })
    expect(one!.npl).toEqual({ loans: 1, balance: 40 })
    // Before: 500, 350, 0, 0, 0. After: 500, 270, 100, 50, 0.
    expect(one!.rank).toEqual({ before: 2, after: 3, of: 5 })
    expect(two!.rank).toEqual({ before: 3, after: 2, of: 5 })
    expect(three!.rank).toEqual({ before: 3, after: 4, of: 5 })
    expect(five!.rank).toEqual({ before: 3, after: 5, of: 5 })
    expect(two!.visitHours).toEqual({ before: 0, in: 6, out: 0, after: 6 })
    expect(two!.referrals).toBe(3)
  })

  it('balance: after = before - out + in, and what comes is what goes', () => {
    let state = 7
    const random = (below: number) => (state = (state * 48_271) % 2_147_483_647) % below
    for (let round = 0; round < 50; round++) {
      const owner = () => (random(6) === 0 ? null : random(5) + 1)
      const clients = Array.from({ length: 80 }, () => client(owner(), owner(), random(1e6), random(2) === 0))
      const receipts = receiptsOf({ clients, managers: [1], ...none })
      for (const key of FLOWS) {
        for (const { figures } of receipts) {
          const { before, in: coming, out, after } = figures[key]
          expect(after).toBeCloseTo(before - out + coming, 1)
        }
      }
      const sum = (part: 'in' | 'out') =>
        receipts.reduce((total, { figures }) => total + figures.clients[part], 0)
      const changed = clients.filter(({ live, planned }) => live !== planned)
      expect(sum('in')).toBe(changed.filter(({ planned }) => planned !== null).length)
      expect(sum('out')).toBe(changed.filter(({ live }) => live !== null).length)
    }
  })

  it('hide single amounts: one digit below five clients, two from five on', () => {
    const clients = [client(1, 2, 123_456), ...Array.from({ length: 5 }, () => client(1, 1, 123_456))]
    const rounded = receiptsOf({ clients, managers: [], ...none }).map(({ figures }) =>
      withRoundedMoney(figures),
    )
    expect(rounded[1]!.loanBalance).toEqual({ before: 0, in: 100_000, out: 0, after: 100_000 })
    expect(rounded[0]!.loanBalance).toMatchObject({ before: 740_000, out: 100_000, after: 620_000 })
    expect(rounded[0]!.clients).toEqual({ before: 6, in: 0, out: 1, after: 5 })
  })
})

describe('split grids', () => {
  const edges = [
    { a: 0, b: 1 },
    { a: 1, b: 2 },
    { a: 2, b: 3 },
  ]
  it('are found with their smallest piece', () => {
    expect(splitGrids([0, 0, 1, 0], edges)).toEqual([{ gridNo: 0, pieces: 2, unit: 3 }])
    expect(splitGrids([0, 0, null, 0], edges)).toEqual([{ gridNo: 0, pieces: 2, unit: 3 }])
    expect(splitGrids([1, 0, 1, 0], [...edges].reverse())).toEqual([
      { gridNo: 0, pieces: 2, unit: 1 },
      { gridNo: 1, pieces: 2, unit: 0 },
    ])
  })
  it('do not exist where all hangs together or nothing is assigned', () => {
    expect(splitGrids([0, 0, 1, 1], edges)).toEqual([])
    expect(splitGrids([null, null, null, null], edges)).toEqual([])
    expect(splitGrids([], [])).toEqual([])
  })
})
