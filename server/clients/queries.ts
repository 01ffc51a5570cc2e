import { sql, type SQL } from 'drizzle-orm'
import type { Tx } from '#db/client.ts'
import { rowsOf } from '#db/rows.ts'

/*
 * Everything here runs inside withUser: row-level security decides which clients there are, column grants which columns
 * may be named. A planner's statements must not even mention a name or an amount, so those columns depend on the role.
 */
export type NameView = 'full' | 'mask' | 'none'

export interface ClientListRow {
  id: number
  clientNo: string | null
  name: string | null
  kind: string
  status: string
  depositBalance: string | null
  loanBalance: string | null
  lastVisitOn: string | null
  nextDueOn: string | null
  township: string
  village: string | null
  managerName: string | null
}

export interface ClientDetailRow extends ClientListRow {
  phoneMask: string | null
  idMask: string | null
  address: string | null
  industry: string | null
  countyCode: string
  county: string
  townshipCode: string
  villageCode: string | null
  branchId: number
  branch: string
  managerId: number | null
  acquiring: boolean
  payroll: boolean
  riskClass: number | null
  openedOn: string | null
  lostOn: string | null
  lostReason: string | null
  locationAccuracy: string
  lng: number | null
  lat: number | null
}

export type SortKey = 'loanBalance' | 'depositBalance' | 'name' | 'lastVisit'

function nameColumn(view: NameView): SQL {
  return view === 'full' ? sql`c.name` : view === 'mask' ? sql`c.name_mask` : sql`null::text`
}

function rowColumns(view: NameView): SQL {
  const shown = view !== 'none'
  return sql`c.id, ${shown ? sql`c.client_no` : sql`null::text`} as "clientNo", ${nameColumn(view)} as name, c.kind, c.status,
    ${shown ? sql`c.deposit_balance::text` : sql`null::text`} as "depositBalance",
    ${shown ? sql`c.loan_balance::text` : sql`null::text`} as "loanBalance",
    c.last_visit_on::text as "lastVisitOn", c.next_due_on::text as "nextDueOn",
    township.name as township, village.name as village, manager.name as "managerName"`
}

const JOINS = sql`join geo.place township on township.code = c.township_code
  left join geo.place village on village.code = c.village_code
  left join org.staff manager on manager.id = c.manager_id`

const SORT_COLUMN: Record<SortKey, (view: NameView) => SQL> = {
  loanBalance: () => sql`c.loan_balance`,
  depositBalance: () => sql`c.deposit_balance`,
  name: nameColumn,
  lastVisit: () => sql`c.last_visit_on`,
}

export async function countClients(tx: Tx, where: SQL): Promise<number> {
  const [row] = rowsOf<{ total: number }>(
    await tx.execute(sql`select count(*)::int as total from app.client c where ${where}`),
  )
  return row.total
}

export async function listClients(
  tx: Tx,
  options: { where: SQL; view: NameView; sort: SortKey; descending: boolean; offset: number; limit: number },
): Promise<ClientListRow[]> {
  const direction = options.descending ? sql`desc nulls last` : sql`asc nulls last`
  return rowsOf<ClientListRow>(
    await tx.execute(sql`select ${rowColumns(options.view)} from app.client c ${JOINS} where ${options.where}
      order by ${SORT_COLUMN[options.sort](options.view)} ${direction}, c.id limit ${options.limit} offset ${options.offset}`),
  )
}

export async function findClient(tx: Tx, id: number, view: NameView): Promise<ClientDetailRow | null> {
  const shown = view !== 'none'
  const only = (column: SQL, type: SQL) => (shown ? column : sql`null::${type}`)
  const [row] = rowsOf<ClientDetailRow>(
    await tx.execute(sql`select ${rowColumns(view)}, ${only(sql`c.phone_mask`, sql`text`)} as "phoneMask",
      ${only(sql`c.id_mask`, sql`text`)} as "idMask", ${only(sql`c.address`, sql`text`)} as address, c.industry,
      county.code as "countyCode", county.name as county, township.code as "townshipCode", village.code as "villageCode",
      branch.id as "branchId", branch.name as branch, manager.id as "managerId", c.acquiring, c.payroll,
      ${only(sql`c.risk_class`, sql`integer`)} as "riskClass", c.opened_on::text as "openedOn", c.lost_on::text as "lostOn",
      c.lost_reason as "lostReason", c.location_accuracy as "locationAccuracy", st_x(c.geom) as lng, st_y(c.geom) as lat
      from app.client c ${JOINS}
        join geo.place county on county.code = c.county_code
        join org.branch branch on branch.id = c.branch_id
      where c.id = ${id}`),
  )
  return row ?? null
}

export interface LoanRow {
  id: number
  product: string
  principal: string
  balance: string
  annualRate: string
  startedOn: string
  maturesOn: string
  riskClass: number
}

export async function loansOf(tx: Tx, clientId: number): Promise<LoanRow[]> {
  return rowsOf<LoanRow>(
    await tx.execute(sql`select id, product, principal::text as principal, balance::text as balance, annual_rate::text as "annualRate",
      started_on::text as "startedOn", matures_on::text as "maturesOn", risk_class as "riskClass"
      from app.loan where client_id = ${clientId} order by (closed_on is null) desc, matures_on, id`),
  )
}

export interface VisitRow {
  id: string
  visitedAt: string
  outcome: string
  managerName: string
  note: string | null
}

export async function lastVisitsOf(tx: Tx, clientId: number, limit: number): Promise<VisitRow[]> {
  return rowsOf<VisitRow>(
    await tx.execute(sql`select v.id::text as id, to_char(v.visited_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as "visitedAt",
      v.outcome, s.name as "managerName", v.note
      from app.visit v join org.staff s on s.id = v.manager_id where v.client_id = ${clientId}
      order by v.visited_at desc, v.id limit ${limit}`),
  )
}

export async function balancesOf(
  tx: Tx,
  clientId: number,
): Promise<{ month: string; deposit: string; loan: string }[]> {
  return rowsOf(
    await tx.execute(sql`select month::text as month, deposit::text as deposit, loan::text as loan
      from app.balance_month where client_id = ${clientId} order by month`),
  )
}

export async function isVisible(tx: Tx, clientId: number): Promise<boolean> {
  return rowsOf(await tx.execute(sql`select 1 from app.client c where c.id = ${clientId}`)).length > 0
}

export interface SearchRow {
  id: number
  name: string
  kind: string
  status: string
  township: string
  lng: number | null
  lat: number | null
}

/** Full names are searched by part only where the caller may read them; elsewhere the whole name must be known. */
export async function searchClients(
  tx: Tx,
  text: string,
  view: NameView,
  limit: number,
): Promise<SearchRow[]> {
  const byName = view === 'full' ? sql`position(${text} in c.name) > 0` : sql`c.name = ${text}`
  return rowsOf<SearchRow>(
    await tx.execute(sql`select c.id, ${nameColumn(view)} as name, c.kind, c.status, township.name as township,
      st_x(c.geom) as lng, st_y(c.geom) as lat
      from app.client c join geo.place township on township.code = c.township_code
      where ${byName} or starts_with(c.client_no, ${text})
      order by (c.client_no = ${text}) desc, (c.name = ${text}) desc, c.id limit ${limit}`),
  )
}

export async function revealContact(
  tx: Tx,
  clientId: number,
  field: string,
  reason: string,
  requestId: string,
): Promise<Buffer | null> {
  const [row] = rowsOf<{ value: Buffer | null }>(
    await tx.execute(
      sql`select app.reveal_contact(${clientId}::integer, ${field}, ${reason}, ${requestId}) as value`,
    ),
  )
  return row.value
}

export async function recordAudit(
  tx: Tx,
  event: { action: string; clientId: number; outcome: 'ok' | 'refused'; requestId: string },
): Promise<void> {
  await tx.execute(
    sql`select audit.record(${event.action}, 'client', ${String(event.clientId)}, ${event.outcome}, '{}'::jsonb, ${event.requestId})`,
  )
}
