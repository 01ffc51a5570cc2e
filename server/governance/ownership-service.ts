import { dayOf, isoOf } from '#domain/filter/types.ts'
import { recordAudit } from '#server/clients/queries.ts'
import type { Deps } from '#server/deps.ts'
import type { SessionContext } from '#server/http/env.ts'
import { AppError } from '#server/http/errors.ts'
import { scopeOf, seesExactMoney } from '#server/snapshot/scope.ts'
import {
  CLAIM_DAYS,
  CLAIMS_AT_ONCE,
  type Answer,
  type Exception,
  type ManagerFigures,
  type OwnershipPeriod,
  type PoolClient,
  type Receipt,
} from './contract.ts'
import { isoToday } from './due.ts'
import {
  claimClient,
  endException,
  exceptClient,
  poolClients,
  releaseClaim,
  type ClaimOutcome,
} from './ownership-queries.ts'
import { managerFigures, ownershipOf } from './queries.ts'
import { answerReceipt, listReceipts } from './receipt-queries.ts'

const FIGURES_MS = 30_000
const POOL_SHOWN = 500
const SMALL_GROUP = 5
const noClient = () =>
  new AppError('not_found', '没有这位客户，或该客户不在您的管辖范围内。请返回列表重新选择。')

/** Who has which client: history, exceptions, claims, a manager's own receipts, figures by who owned then. */
export class OwnershipService {
  private readonly deps: Deps

  constructor(deps: Deps) {
    this.deps = deps
  }

  history(session: SessionContext, clientId: number): Promise<OwnershipPeriod[]> {
    return this.deps.db.withUser(session.tokenHash, async (tx) => {
      const periods = await ownershipOf(tx, clientId)
      if (!periods) throw noClient()
      return periods
    })
  }

  async except(
    session: SessionContext,
    clientId: number,
    { managerId, because, until }: Exception,
    requestId: string,
  ): Promise<OwnershipPeriod[]> {
    const today = this.today()
    if (until < today)
      throw new AppError('unprocessable', '例外的截止日已过，未保存。请选择今天或以后的日期。')
    const periods = await this.deps.db.withUser(session.tokenHash, async (tx) => {
      const outcome = await exceptClient(tx, clientId, { managerId, because, today, lastDay: until })
      if (outcome === 'notFound') throw noClient()
      if (outcome === 'notManager') {
        throw new AppError(
          'unprocessable',
          `编号 ${managerId} 不是该客户所在县（市、区）的在岗客户经理，未保存。请从人员列表中选择。`,
        )
      }
      await recordAudit(tx, { action: 'client.except', clientId, outcome: 'ok', requestId })
      return (await ownershipOf(tx, clientId)) ?? []
    })
    this.deps.snapshots.recheck()
    return periods
  }

  async endException(
    session: SessionContext,
    clientId: number,
    requestId: string,
  ): Promise<OwnershipPeriod[]> {
    const periods = await this.deps.db.withUser(session.tokenHash, async (tx) => {
      const outcome = await endException(tx, clientId, this.today())
      if (outcome === 'notFound') throw noClient()
      if (outcome === 'noException')
        throw new AppError('conflict', '该客户现在没有例外归属，无需结束。请刷新后核对。')
      await recordAudit(tx, { action: 'client.endException', clientId, outcome: 'ok', requestId })
      return (await ownershipOf(tx, clientId)) ?? []
    })
    this.deps.snapshots.recheck()
    return periods
  }

  pool(session: SessionContext): Promise<PoolClient[]> {
    return this.deps.db.withUser(session.tokenHash, (tx) => poolClients(tx, POOL_SHOWN))
  }

  async claim(session: SessionContext, clientId: number, requestId: string) {
    const today = this.today()
    const lastDay = isoOf(dayOf(today) + CLAIM_DAYS)
    const claimed = await this.deps.db.withUser(session.tokenHash, async (tx) => {
      const found = await claimClient(tx, clientId, { today, lastDay, most: CLAIMS_AT_ONCE })
      const outcome = found.outcome === 'claimed' ? 'ok' : 'refused'
      await recordAudit(tx, { action: 'client.claim', clientId, outcome, requestId })
      return found
    })
    if (claimed.outcome !== 'claimed') throw claimRefused(claimed)
    this.deps.snapshots.recheck()
    return { clientId, until: lastDay }
  }

  async release(session: SessionContext, clientId: number, requestId: string): Promise<void> {
    await this.deps.db.withUser(session.tokenHash, async (tx) => {
      if (!(await releaseClaim(tx, clientId, this.today())))
        throw new AppError('not_found', '您没有认领这位客户，无需退回。请刷新后核对。')
      await recordAudit(tx, { action: 'client.release', clientId, outcome: 'ok', requestId })
    })
    this.deps.snapshots.recheck()
  }

  ownReceipts(session: SessionContext): Promise<Receipt[]> {
    return this.deps.db.withUser(session.tokenHash, (tx) => listReceipts(tx, null, true))
  }

  answer(session: SessionContext, planId: number, answer: Answer): Promise<Receipt> {
    return this.deps.db.withUser(session.tokenHash, async (tx) => {
      const answered = await answerReceipt(tx, planId, answer)
      const [receipt] = await listReceipts(tx, planId, true)
      if (!receipt)
        throw new AppError('not_found', '没有您在这个方案中的告知单，可能方案已撤回。请刷新列表。')
      if (!answered)
        throw new AppError('conflict', '方案已生效或已归档，不能再答复。如有异议请联系支行行长。')
      return receipt
    })
  }

  async figures(session: SessionContext, month: string): Promise<ManagerFigures> {
    const scope = scopeOf(session.me)
    const managers = await this.deps.db.withUser(
      session.tokenHash,
      (tx) => managerFigures(tx, month),
      FIGURES_MS,
    )
    const shown = (value: string | null, clients: number): string | null => {
      if (value === null || seesExactMoney(scope)) return value
      if (clients > 0 && clients < SMALL_GROUP) return null
      return scope.kind === 'aggregate' ? value : String(Number(Number(value).toPrecision(2)))
    }
    return {
      month,
      managers: managers.map((row) => ({
        ...row,
        depositBalance: shown(row.depositBalance, row.clients),
        loanBalance: shown(row.loanBalance, row.clients),
      })),
    }
  }

  private today(): string {
    return isoToday(this.deps.now())
  }
}

function claimRefused({ outcome, holder, until }: ClaimOutcome): AppError {
  switch (outcome) {
    case 'mine':
      return new AppError('conflict', '这位客户已经是您的，无需认领。')
    case 'owned':
      return new AppError(
        'conflict',
        until
          ? `这位客户已由${holder}认领，到 ${until} 为止。请另选一户，或到期后再认领。`
          : `这位客户已归${holder}。请另选一户。`,
      )
    case 'tooMany':
      return new AppError(
        'conflict',
        `您已认领 ${CLAIMS_AT_ONCE} 户，达到上限。请先走访或退回一部分，再认领新的。`,
      )
    default:
      return noClient()
  }
}
