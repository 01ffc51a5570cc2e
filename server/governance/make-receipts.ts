import type { Database } from '#db/client.ts'
import { expectedVisitHours } from '#domain/metrics/visit-hours.ts'
import { isRenewal, visitKinds } from '#domain/metrics/visit-kinds.ts'
import { receiptsOf, withRoundedMoney } from '#domain/ownership/receipts.ts'
import {
  clientsUnderPlan,
  gridHolders,
  nplByOfficer,
  referralsByManager,
  storeReceipts,
} from './receipt-queries.ts'

const LIMIT_MS = 60_000

/** Needs the clients placed. The receipts of an earlier submission, and the answers to them, are replaced. */
export async function makeReceipts(
  db: Database,
  plan: { id: number; countyCode: string },
  today: string,
): Promise<void> {
  const read = await db.asRole(
    'gis_reader',
    async (tx) => ({
      clients: await clientsUnderPlan(tx, plan.id, today),
      holders: await gridHolders(tx, plan.id),
      npl: await nplByOfficer(tx, plan.countyCode),
      referrals: await referralsByManager(tx, plan.id),
    }),
    LIMIT_MS,
  )
  const receipts = receiptsOf({
    clients: read.clients.map(({ live, planned, deposit, loan, ...facts }) => ({
      live,
      planned,
      deposit,
      loan,
      hours: expectedVisitHours(visitKinds(facts)),
      renewal: isRenewal(facts.dueInDays),
    })),
    managers: read.holders.map(({ managerId }) => managerId),
    npl: new Map(read.npl.map(({ officerId, ...sums }) => [officerId, sums])),
    referrals: new Map(read.referrals.map(({ managerId, clients }) => [managerId, clients])),
  })
  const gridOf = new Map(read.holders.map(({ managerId, gridNo }) => [managerId, gridNo]))
  await db.asRole(
    'gis_worker',
    (tx) =>
      storeReceipts(
        tx,
        plan.id,
        receipts.map(({ managerId, figures }) => ({
          managerId,
          gridNo: gridOf.get(managerId) ?? null,
          figures,
          rounded: withRoundedMoney(figures),
        })),
      ),
    LIMIT_MS,
  )
}
