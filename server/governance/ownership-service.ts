import type { Deps } from '#server/deps.ts'
import type { SessionContext } from '#server/http/env.ts'
import { AppError } from '#server/http/errors.ts'
import {
  CLAIM_DAYS,
  CLAIMS_AT_ONCE,
  type Comparison,
  type Exception,
  type ManagerFigures,
  type MovedClients,
  type OwnershipPeriod,
  type PoolClient,
} from './contract.ts'
import { isoToday } from './due.ts'
import {
  claimClient,
  endException,
  exceptClient,
  listPool,
  recordOwnershipAct,
  releaseClaim,
} from './ownership-queries.ts'
import { placeClients } from './place-clients.ts'
import { compareOwners, managerFigures, movedClients, ownershipOf, planHead } from './queries.ts'
import { noPlan } from './service.ts'

const LIMIT_MS = 60_000
const MS_PER_DAY = 86_400_000
const SMALL_GROUP = 5
const NO_CLIENT = '没有这位客户，或该客户不在您的管辖范围内。请返回列表重新选择。'

/** Whose clients are, were and would be. */
export class OwnershipService {
  private readonly deps: Deps

  constructor(deps: Deps) {
    this.deps = deps
  }

  /** The whole county's table, also for a planner; money is rounded for those who may not see what single clients hold. */
  async compare(session: SessionContext, id: number, other: number | null): Promise<Comparison> {
    await this.requirePlans(session, id, other)
    const exact = session.me.role === 'branch_head'
    const rows = await this.deps.db.asRole(
      'gis_reader',
      (tx) => compareOwners(tx, id, other, this.today()),
      LIMIT_MS,
    )
    const money = (value: number, clients: number) =>
      exact ? value : Number(value.toPrecision(clients < SMALL_GROUP ? 1 : 2))
    return {
      with: other,
      clients: rows.reduce((sum, { clients }) => sum + clients, 0),
      rows: rows.map((row) => ({
        ...row,
        depositBalance: money(row.depositBalance, row.clients),
        loanBalance: money(row.loanBalance, row.clients),
      })),
    }
  }

  async comparedClients(
    session: SessionContext,
    id: number,
    other: number | null,
    page: { offset: number; limit: number },
  ): Promise<MovedClients> {
    await this.requirePlans(session, id, other)
    const named = session.me.role !== 'planner'
    return this.deps.db.withUser(
      session.tokenHash,
      (tx) => movedClients(tx, id, other, { ...page, named }),
      LIMIT_MS,
    )
  }

  figures(session: SessionContext, month: string): Promise<ManagerFigures['managers']> {
    return this.deps.db.withUser(session.tokenHash, (tx) => managerFigures(tx, month), LIMIT_MS)
  }

  async history(session: SessionContext, clientId: number): Promise<OwnershipPeriod[]> {
    const periods = await this.deps.db.withUser(session.tokenHash, (tx) => ownershipOf(tx, clientId))
    if (!periods) throw new AppError('not_found', NO_CLIENT)
    return periods
  }

  pool(session: SessionContext): Promise<PoolClient[]> {
    return this.deps.db.withUser(session.tokenHash, (tx) => listPool(tx))
  }

  claim(session: SessionContext, clientId: number, requestId: string): Promise<string> {
    const until = new Date(Date.parse(this.today()) + CLAIM_DAYS * MS_PER_DAY).toISOString().slice(0, 10)
    return this.deps.db.withUser(session.tokenHash, async (tx) => {
      const { outcome, holder, until: held } = await claimClient(tx, clientId, this.today(), until)
      switch (outcome) {
        case 'notFound':
          throw new AppError('not_found', NO_CLIENT)
        case 'mine':
          throw new AppError('conflict', `这位客户已归您${held ? `（认领至 ${held}）` : ''}，无需再认领。`)
        case 'owned': {
          const term = held ? `，至 ${held}` : ''
          throw new AppError('conflict', `这位客户已归${holder}${term}，未认领。请刷新公共池，另选一户。`)
        }
        case 'tooMany':
          throw new AppError('conflict', `同时最多认领 ${CLAIMS_AT_ONCE} 户。请先放弃一户，再认领新的。`)
      }
      await recordOwnershipAct(tx, { action: 'client.claim', clientId, requestId })
      return until
    })
  }

  release(session: SessionContext, clientId: number, requestId: string): Promise<void> {
    return this.deps.db.withUser(session.tokenHash, async (tx) => {
      if (!(await releaseClaim(tx, clientId, this.today()))) {
        throw new AppError('not_found', '您没有认领这位客户，或认领已到期。请刷新列表。')
      }
      await recordOwnershipAct(tx, { action: 'client.release', clientId, requestId })
    })
  }

  except(session: SessionContext, clientId: number, exception: Exception, requestId: string): Promise<void> {
    if (exception.until < this.today()) {
      throw new AppError(
        'unprocessable',
        `例外的截止日 ${exception.until} 已过去，未保存。请选今天或以后的日期。`,
      )
    }
    return this.deps.db.withUser(session.tokenHash, async (tx) => {
      const outcome = await exceptClient(tx, clientId, exception, this.today())
      if (outcome === 'notFound') throw new AppError('not_found', NO_CLIENT)
      if (outcome === 'notManager') {
        const detail = `编号 ${exception.managerId} 不是该县网点的在岗客户经理，未保存。请从人员列表中选择。`
        throw new AppError('unprocessable', detail)
      }
      await recordOwnershipAct(tx, { action: 'client.except', clientId, requestId })
    })
  }

  endException(session: SessionContext, clientId: number, requestId: string): Promise<void> {
    return this.deps.db.withUser(session.tokenHash, async (tx) => {
      const outcome = await endException(tx, clientId, this.today())
      if (outcome === 'notFound') throw new AppError('not_found', NO_CLIENT)
      if (outcome === 'noException') {
        throw new AppError('conflict', '这位客户没有未到期的例外，无需终止。请刷新归属记录。')
      }
      await recordOwnershipAct(tx, { action: 'client.endException', clientId, requestId })
    })
  }

  private today(): string {
    return isoToday(this.deps.now())
  }

  private async requirePlans(session: SessionContext, id: number, other: number | null): Promise<void> {
    const wanted = other === null ? [id] : [id, other]
    const found = await this.deps.db.withUser(session.tokenHash, async (tx) => {
      const heads = []
      for (const plan of wanted) heads.push(await planHead(tx, plan))
      return heads
    })
    if (found.includes(null)) throw noPlan()
    for (const plan of wanted) await placeClients(this.deps.db, plan)
  }
}
