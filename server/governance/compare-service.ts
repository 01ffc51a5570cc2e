import { edgeCases, type EdgeCase } from '#domain/ownership/edge-cases.ts'
import { shapeLocator } from '#domain/geo/shape-locator.ts'
import { toWgs84 } from '#geodata/import/transform.ts'
import type { Deps } from '#server/deps.ts'
import type { SessionContext } from '#server/http/env.ts'
import { AppError } from '#server/http/errors.ts'
import { nameViewOf } from '#server/clients/service.ts'
import { scopeOf, seesExactMoney } from '#server/snapshot/scope.ts'
import type { Comparison, EdgeCheck, LocationDebt, MovedClients, Receipt } from './contract.ts'
import { isoToday } from './due.ts'
import {
  debtByGrid,
  debtByTownship,
  gridNames,
  gridOfUnits,
  placedClients,
  wordsOfClients,
  type DebtRow,
} from './edge-queries.ts'
import { placeClients } from './place-clients.ts'
import { unitShapes } from './place-queries.ts'
import { requirePlan } from './plan-access.ts'
import { compareOwners, movedClients, type PlanHead } from './queries.ts'
import { listReceipts } from './receipt-queries.ts'

const LONG_MS = 30_000
const SMALL_GROUP = 5
const SUSPECTED = ['GCJ02', 'BD09'] as const

/** What a plan would change, and on how firm ground: comparison, receipts, positions near borders. */
export class CompareService {
  private readonly deps: Deps

  constructor(deps: Deps) {
    this.deps = deps
  }

  /** Over all clients of the county, not only those of the reader: the sums are of managers, not of clients. */
  async compare(session: SessionContext, id: number, other: number | null): Promise<Comparison> {
    await this.place(session, id, other)
    const rows = await this.deps.db.asRole(
      'gis_reader',
      (tx) => compareOwners(tx, id, other, isoToday(this.deps.now())),
      LONG_MS,
    )
    const exact = seesExactMoney(scopeOf(session.me))
    return {
      with: other,
      clients: rows.reduce((sum, row) => sum + row.clients, 0),
      rows: rows.map((row) => ({
        ...row,
        depositBalance: exact ? row.depositBalance : rounded(row.depositBalance, row.clients),
        loanBalance: exact ? row.loanBalance : rounded(row.loanBalance, row.clients),
      })),
    }
  }

  async moved(
    session: SessionContext,
    id: number,
    { with: other, ...page }: { with: number | null; offset: number; limit: number },
  ): Promise<MovedClients> {
    await this.place(session, id, other)
    const named = nameViewOf(session.me.role) !== 'none'
    return this.deps.db.withUser(
      session.tokenHash,
      (tx) => movedClients(tx, id, other, { ...page, named }),
      LONG_MS,
    )
  }

  receipts(session: SessionContext, id: number): Promise<Receipt[]> {
    return this.deps.db.withUser(session.tokenHash, async (tx) => {
      const plan = await requirePlan(tx, id)
      if (plan.state === 'draft') return []
      return listReceipts(tx, id, seesExactMoney(scopeOf(session.me)))
    })
  }

  async edgeCheck(
    session: SessionContext,
    id: number,
    page: { offset: number; limit: number },
  ): Promise<EdgeCheck> {
    const { db } = this.deps
    const read = await db.withUser(
      session.tokenHash,
      async (tx) => {
        const plan = await requirePlan(tx, id)
        return {
          clients: await placedClients(tx, plan.countyCode),
          shapes: await unitShapes(tx, id),
          grids: await gridOfUnits(tx, id),
          names: await gridNames(tx, id),
        }
      },
      LONG_MS,
    )
    const locate = shapeLocator(read.shapes).first
    const gridAt = (lng: number, lat: number) => read.grids[locate(lng, lat)] ?? null
    const cases = edgeCases(
      read.clients,
      gridAt,
      SUSPECTED.map((system) => ({ system, truePosition: (lng, lat) => toWgs84([lng, lat], system) })),
    )
    const shown = cases.slice(page.offset, page.offset + page.limit)
    const named = nameViewOf(session.me.role) !== 'none'
    const words = await db.withUser(session.tokenHash, (tx) =>
      wordsOfClients(
        tx,
        shown.map((found) => found.id),
        named,
      ),
    )
    return { checked: read.clients.length, total: cases.length, clients: describe(shown, words, read) }
  }

  async locationDebt(session: SessionContext, id: number): Promise<LocationDebt> {
    await this.place(session, id, null)
    return this.deps.db.withUser(
      session.tokenHash,
      async (tx) => {
        const plan = await requirePlan(tx, id)
        return {
          grids: folded(await debtByGrid(tx, id)),
          townships: folded(await debtByTownship(tx, plan.countyCode)),
        }
      },
      LONG_MS,
    )
  }

  private async place(session: SessionContext, id: number, other: number | null): Promise<void> {
    const { db } = this.deps
    const plans = await db.withUser(session.tokenHash, async (tx): Promise<PlanHead[]> => {
      const plan = await requirePlan(tx, id)
      return other === null ? [plan] : [plan, await requirePlan(tx, other)]
    })
    if (plans.length === 2 && plans[0]!.countyCode !== plans[1]!.countyCode) {
      throw new AppError('unprocessable', '两个方案不在同一个县（市、区），无法比较。请另选一个方案。')
    }
    for (const plan of plans) await placeClients(db, plan.id)
  }
}

/** Money for those who may not see what single clients hold. */
function rounded(value: number, clients: number): number {
  return Number(value.toPrecision(clients < SMALL_GROUP ? 1 : 2))
}

function describe(
  cases: readonly EdgeCase<(typeof SUSPECTED)[number]>[],
  words: Awaited<ReturnType<typeof wordsOfClients>>,
  read: { names: Map<number, string>; clients: { id: number; lng: number; lat: number }[] },
): EdgeCheck['clients'] {
  const wordsOf = new Map(words.map((row) => [row.id, row]))
  const positionOf = new Map(read.clients.map(({ id, lng, lat }) => [id, [lng, lat] as [number, number]]))
  const named = (no: number | null) =>
    no === null ? null : { no, name: read.names.get(no) ?? String(no + 1) }
  return cases.flatMap(({ id, grid, elsewhere }) => {
    const row = wordsOf.get(id)
    if (!row) return []
    const moved = elsewhere.map(({ system, grid: other, distanceM }) => ({
      system,
      grid: named(other),
      distanceM: Math.round(distanceM),
    }))
    return [{ ...row, position: positionOf.get(id)!, grid: named(grid), elsewhere: moved }]
  })
}

function folded(rows: readonly DebtRow[]): LocationDebt['grids'] {
  const groups = new Map<string, LocationDebt['grids'][number]>()
  for (const { key, name, accuracy, clients } of rows) {
    const group = groups.get(key) ?? { key, name, clients: 0, byAccuracy: {} }
    group.clients += clients
    group.byAccuracy[accuracy] = (group.byAccuracy[accuracy] ?? 0) + clients
    groups.set(key, group)
  }
  return [...groups.values()]
}
