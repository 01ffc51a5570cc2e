import type { Database } from '#db/client.ts'
import type { Client, ClientHits, ClientRow } from './contract.ts'
import { filterSql } from './filter-sql.ts'
import * as queries from './queries.ts'
import type { NameView, SortKey } from './queries.ts'
import type { Filter } from '#domain/filter/types.ts'
import { openContact } from '#server/auth/contact-cipher.ts'
import type { SessionContext } from '#server/http/env.ts'
import { AppError } from '#server/http/errors.ts'
import type { SnapshotStore } from '#server/snapshot/snapshot-store.ts'
import type { Snapshot } from '#server/snapshot/snapshot.ts'

const LAST_VISITS = 10
const NOT_FOUND = '没有这位客户，或该客户不在您的管辖范围内。请返回列表重新选择。'

/** How a role sees names; a role that is not listed sees no client. */
const NAME_VIEW: Record<string, NameView> = {
  manager: 'full',
  branch_head: 'mask',
  township_head: 'mask',
  planner: 'none',
}

export function nameViewOf(role: string): NameView {
  const view = NAME_VIEW[role]
  if (!view) throw new AppError('forbidden', '您的角色不能查看客户明细，可使用汇总数据。')
  return view
}

interface Needs {
  db: Database
  snapshots: SnapshotStore
  contactKey: Buffer
}

export class ClientService {
  private readonly needs: Needs

  constructor(needs: Needs) {
    this.needs = needs
  }

  async list(
    session: SessionContext,
    query: {
      filter: Filter | null
      today: number
      sort?: SortKey
      order: 'asc' | 'desc'
      offset: number
      limit: number
    },
  ): Promise<{ total: number; clients: ClientRow[] }> {
    const view = nameViewOf(session.me.role)
    if (view === 'none' && query.sort !== undefined && query.sort !== 'lastVisit') {
      throw new AppError('forbidden', '您的角色只能按最近走访日期（lastVisit）排序。请更换排序后重试。')
    }
    const sort = query.sort ?? (view === 'none' ? 'lastVisit' : 'loanBalance')
    const where = filterSql(query.filter, query.today)
    const snapshot = await this.needs.snapshots.current()
    return this.needs.db.withUser(session.tokenHash, async (tx) => {
      const total = await queries.countClients(tx, where)
      const { offset, limit } = query
      const rows = await queries.listClients(tx, {
        where,
        view,
        sort,
        descending: query.order === 'desc',
        offset,
        limit,
      })
      return { total, clients: rows.map((row) => ({ ...row, size: sizeOf(snapshot, row.id) })) }
    })
  }

  /** Looking at a client leaves a trace; so does asking for one outside one's scope. */
  async show(session: SessionContext, id: number, requestId: string): Promise<Client> {
    const view = nameViewOf(session.me.role)
    const snapshot = await this.needs.snapshots.current()
    const client = await this.needs.db.withUser(session.tokenHash, async (tx) => {
      const row = await queries.findClient(tx, id, view)
      await queries.recordAudit(tx, {
        action: 'client.view',
        clientId: id,
        outcome: row ? 'ok' : 'refused',
        requestId,
      })
      if (!row) return null
      const hangsOn = view !== 'none'
      return toClient(row, {
        size: sizeOf(snapshot, id),
        loans: hangsOn ? await queries.loansOf(tx, id) : [],
        visits: hangsOn ? await queries.lastVisitsOf(tx, id, LAST_VISITS) : [],
      })
    })
    if (!client) throw new AppError('not_found', NOT_FOUND)
    return client
  }

  async balances(
    session: SessionContext,
    id: number,
  ): Promise<{ month: string; deposit: string; loan: string }[]> {
    if (nameViewOf(session.me.role) === 'none') throw new AppError('forbidden', '您的角色不能查看客户余额。')
    return this.needs.db.withUser(session.tokenHash, async (tx) => {
      if (!(await queries.isVisible(tx, id))) throw new AppError('not_found', NOT_FOUND)
      return queries.balancesOf(tx, id)
    })
  }

  async reveal(
    session: SessionContext,
    id: number,
    request: { field: 'phone' | 'id'; reason: string },
    requestId: string,
  ): Promise<string> {
    const found = await this.needs.db.withUser(session.tokenHash, async (tx) => {
      if (!(await queries.isVisible(tx, id))) {
        await queries.recordAudit(tx, {
          action: 'client.reveal',
          clientId: id,
          outcome: 'refused',
          requestId,
        })
        return { visible: false, bytes: null }
      }
      return {
        visible: true,
        bytes: await queries.revealContact(tx, id, request.field, request.reason, requestId),
      }
    })
    if (!found.visible) throw new AppError('not_found', NOT_FOUND)
    if (found.bytes === null) {
      const what = request.field === 'phone' ? '电话号码' : '身份证号'
      throw new AppError('not_found', `该客户没有登记${what}。请在核心系统补录后重试。`)
    }
    return openContact(this.needs.contactKey, found.bytes)
  }

  async search(session: SessionContext, text: string, limit: number): Promise<ClientHits['clients']> {
    const view = nameViewOf(session.me.role)
    if (view === 'none') throw new AppError('forbidden', '您的角色不能按姓名查找客户。')
    const rows = await this.needs.db.withUser(session.tokenHash, (tx) =>
      queries.searchClients(tx, text, view, limit),
    )
    return rows.map(({ lng, lat, ...row }) => ({ ...row, position: positionOf(lng, lat) }))
  }
}

function sizeOf(snapshot: Snapshot, id: number): number | null {
  const row = snapshot.rowOf(id)
  return row < 0 ? null : snapshot.columns.size[row]
}

function positionOf(lng: number | null, lat: number | null): [number, number] | null {
  return lng === null || lat === null ? null : [lng, lat]
}

function toClient(row: queries.ClientDetailRow, more: Pick<Client, 'size' | 'loans' | 'visits'>): Client {
  const {
    county,
    countyCode,
    township,
    townshipCode,
    village,
    villageCode,
    branch,
    branchId,
    managerId,
    managerName,
    lng,
    lat,
    ...rest
  } = row
  return {
    ...rest,
    ...more,
    place: {
      county: { code: countyCode, name: county },
      township: { code: townshipCode, name: township },
      village: villageCode === null || village === null ? null : { code: villageCode, name: village },
    },
    branch: { id: branchId, name: branch },
    manager: managerId === null || managerName === null ? null : { id: managerId, name: managerName },
    position: positionOf(lng, lat),
  }
}
