import { sql } from 'drizzle-orm'
import type { Tx } from '#db/client.ts'
import { rowsOf } from '#db/rows.ts'
import type { VisitFacts } from '#domain/metrics/visit-kinds.ts'
import type { ReceiptFigures } from '#domain/ownership/receipts.ts'
import type { Answer, Receipt } from './contract.ts'

export interface CountyClient extends VisitFacts {
  live: number | null
  planned: number | null
  deposit: number
  loan: number
}

/** The clients of the plan's county with their owner today and under the plan. */
export async function clientsUnderPlan(tx: Tx, planId: number, today: string): Promise<CountyClient[]> {
  return rowsOf<CountyClient>(
    await tx.execute(sql`select c.manager_id as live, case when w.client_id is null then c.manager_id else w.manager_id end as planned,
        c.deposit_balance::float8 as deposit, c.loan_balance::float8 as loan, c.status, c.loan_balance > 0 as "hasLoan",
        c.next_due_on - ${today}::date as "dueInDays", coalesce(c.risk_class, 0)::int as "riskClass"
      from app.grid_plan p join app.client c on c.county_code = p.county_code
      left join app.plan_owners(${planId}::integer) w on w.client_id = c.id where p.id = ${planId} order by c.id`),
  )
}

export async function gridHolders(tx: Tx, planId: number): Promise<{ managerId: number; gridNo: number }[]> {
  return rowsOf(
    await tx.execute(sql`select manager_id as "managerId", no as "gridNo" from app.grid
      where plan_id = ${planId} and manager_id is not null order by no`),
  )
}

export async function nplByOfficer(
  tx: Tx,
  countyCode: string,
): Promise<{ officerId: number; loans: number; balance: number }[]> {
  return rowsOf(
    await tx.execute(
      sql`select officer_id as "officerId", loans, balance::float8 as balance from app.npl_by_officer(${countyCode})`,
    ),
  )
}

/** Second places in a grid of somebody other than the client's owner under the plan. */
export async function referralsByManager(
  tx: Tx,
  planId: number,
): Promise<{ managerId: number; clients: number }[]> {
  return rowsOf(
    await tx.execute(sql`select g.manager_id as "managerId", count(*)::int as clients
      from app.plan_client pc join app.client c on c.id = pc.client_id
      join app.unit u on u.plan_id = pc.plan_id and u.idx = pc.unit_idx
      join app.grid g on g.plan_id = u.plan_id and g.no = u.grid_no and g.manager_id is not null
      left join app.plan_owners(${planId}::integer) w on w.client_id = pc.client_id
      where pc.plan_id = ${planId} and pc.spot <> 'client'
        and g.manager_id <> case when w.client_id is null then c.manager_id else w.manager_id end
      group by g.manager_id`),
  )
}

export interface NewReceipt {
  managerId: number
  gridNo: number | null
  figures: ReceiptFigures
  rounded: ReceiptFigures
}

export async function storeReceipts(tx: Tx, planId: number, receipts: readonly NewReceipt[]): Promise<void> {
  await tx.execute(sql`delete from app.receipt where plan_id = ${planId}`)
  await tx.execute(sql`insert into app.receipt (plan_id, manager_id, grid_no, figures, figures_rounded)
    select ${planId}, r."managerId", r."gridNo", r.figures, r.rounded
    from jsonb_to_recordset(${JSON.stringify(receipts)}::jsonb)
      as r("managerId" integer, "gridNo" integer, figures jsonb, rounded jsonb)`)
}

/** Exact money only for those who may see it; row-level security decides which receipts there are. */
export async function listReceipts(tx: Tx, planId: number | null, exact: boolean): Promise<Receipt[]> {
  return rowsOf<Receipt>(
    await tx.execute(sql`select r.plan_id as "planId", p.name as "planName", p.state as "planState", p.effective_on::text as "effectiveOn",
        r.manager_id as "managerId", s.name as "managerName", ${exact ? sql`r.figures` : sql`r.figures_rounded`} as figures,
        r.response, r.note, to_char(r.responded_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as "respondedAt"
      from app.receipt r join app.grid_plan p on p.id = r.plan_id join org.staff s on s.id = r.manager_id
      ${planId === null ? sql`` : sql`where r.plan_id = ${planId}`} order by r.plan_id desc, r.manager_id limit 500`),
  )
}

/** @returns false when the plan can no longer be changed */
export async function answerReceipt(tx: Tx, planId: number, answer: Answer): Promise<boolean> {
  const rows = rowsOf(
    await tx.execute(sql`update app.receipt set response = ${answer.response}, note = ${answer.note ?? null}, responded_at = now()
      where plan_id = ${planId} returning plan_id`),
  )
  return rows.length > 0
}
