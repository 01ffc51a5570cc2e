/**
 * Purpose: the fairness receipt of every manager a plan touches: what comes, what goes, and what is left.
 * Inputs: the clients of the county with their owner today and under the plan; money in yuan, hours a year; bad loans by who made
 * them, which no plan moves; credits for second places.
 * Outputs: in order of manager id; ranks by loan balance among the managers of the county, equal balances share a rank.
 * Guarantees: after = before - out + in, for each figure; what comes to all managers together is what goes from them and the pool.
 * Cost: one pass over the clients, one sort of the managers.
 */
export interface OwnedClient {
  live: number | null
  planned: number | null
  deposit: number
  loan: number
  hours: number
  renewal: boolean
}

export interface Flow {
  before: number
  in: number
  out: number
  after: number
}

export const FLOWS = ['clients', 'depositBalance', 'loanBalance', 'visitHours', 'renewals'] as const
export type FlowKey = (typeof FLOWS)[number]

export interface ReceiptFigures extends Record<FlowKey, Flow> {
  npl: { loans: number; balance: number }
  rank: { before: number; after: number; of: number }
  /** Clients of others with a second place in this manager's grid. */
  referrals: number
}

export interface ReceiptInput {
  clients: readonly OwnedClient[]
  /** Managers of the plan's grids; whoever gains or loses a client is added. */
  managers: readonly number[]
  npl: ReadonlyMap<number, { loans: number; balance: number }>
  referrals: ReadonlyMap<number, number>
}

const AMOUNTS: Record<FlowKey, (client: OwnedClient) => number> = {
  clients: () => 1,
  depositBalance: ({ deposit }) => deposit,
  loanBalance: ({ loan }) => loan,
  visitHours: ({ hours }) => hours,
  renewals: ({ renewal }) => (renewal ? 1 : 0),
}

const cents = (value: number): number => Math.round(value * 100) / 100

export function receiptsOf(input: ReceiptInput): { managerId: number; figures: ReceiptFigures }[] {
  const flows = new Map<number, Record<FlowKey, Flow>>()
  const flowOf = (manager: number): Record<FlowKey, Flow> => {
    const known = flows.get(manager)
    if (known) return known
    const made = Object.fromEntries(
      FLOWS.map((key) => [key, { before: 0, in: 0, out: 0, after: 0 }]),
    ) as Record<FlowKey, Flow>
    flows.set(manager, made)
    return made
  }
  const touched = new Set(input.managers)
  input.managers.forEach(flowOf)
  for (const client of input.clients) {
    const add = (manager: number | null, part: 'before' | 'in' | 'out' | 'after'): void => {
      if (manager === null) return
      const flow = flowOf(manager)
      for (const key of FLOWS) flow[key][part] += AMOUNTS[key](client)
      if (part === 'in' || part === 'out') touched.add(manager)
    }
    add(client.live, 'before')
    add(client.planned, 'after')
    if (client.live === client.planned) continue
    add(client.live, 'out')
    add(client.planned, 'in')
  }
  const rank = (part: 'before' | 'after') => {
    const balances = [...flows.values()].map(({ loanBalance }) => loanBalance[part])
    return (own: number) => 1 + balances.filter((balance) => balance > own + 0.005).length
  }
  const [rankBefore, rankAfter] = [rank('before'), rank('after')]
  return [...touched]
    .sort((a, b) => a - b)
    .map((managerId) => {
      const flow = flows.get(managerId)!
      const rounded = Object.fromEntries(
        FLOWS.map((key) => [
          key,
          Object.fromEntries(Object.entries(flow[key]).map(([part, value]) => [part, cents(value)])),
        ]),
      ) as unknown as Record<FlowKey, Flow>
      return {
        managerId,
        figures: {
          ...rounded,
          npl: input.npl.get(managerId) ?? { loans: 0, balance: 0 },
          rank: {
            before: rankBefore(flow.loanBalance.before),
            after: rankAfter(flow.loanBalance.after),
            of: flows.size,
          },
          referrals: input.referrals.get(managerId) ?? 0,
        },
      }
    })
}

const SMALL_GROUP = 5
const shown = (value: number, clients: number): number =>
  Number(value.toPrecision(clients < SMALL_GROUP ? 1 : 2))

/** For those who may not see what single clients hold: money to two digits, of fewer than five clients to one. */
export function withRoundedMoney(figures: ReceiptFigures): ReceiptFigures {
  const round = (flow: Flow): Flow => ({
    before: shown(flow.before, figures.clients.before),
    in: shown(flow.in, figures.clients.in),
    out: shown(flow.out, figures.clients.out),
    after: shown(flow.after, figures.clients.after),
  })
  return {
    ...figures,
    depositBalance: round(figures.depositBalance),
    loanBalance: round(figures.loanBalance),
    npl: { loans: figures.npl.loans, balance: shown(figures.npl.balance, figures.npl.loans) },
  }
}
