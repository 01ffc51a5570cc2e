import { sql, type SQL } from 'drizzle-orm'
import type { Tx } from '#db/client.ts'
import { rowsOf } from '#db/rows.ts'
import { RENEWAL_DAYS } from '#domain/metrics/visit-kinds.ts'
import type { Comparison, Lifecycle, ManagerFigures, MovedClients, OwnershipPeriod } from './contract.ts'

const isoTime = (column: SQL) => sql`to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`

export interface PlanHead {
  id: number
  name: string
  state: string
  version: number
  countyCode: string
  submittedBy: number | null
  submittedAt: string | null
  effectiveOn: string | null
  appliedOn: string | null
}

export async function planHead(tx: Tx, id: number): Promise<PlanHead | null> {
  const [row] = rowsOf<PlanHead>(
    await tx.execute(sql`select p.id, p.name, p.state, p.version, p.county_code as "countyCode", p.submitted_by as "submittedBy",
        ${isoTime(sql`p.submitted_at`)} as "submittedAt", p.effective_on::text as "effectiveOn", p.applied_on::text as "appliedOn"
      from app.grid_plan p where p.id = ${id}`),
  )
  return row ?? null
}

export async function planEvents(tx: Tx, id: number): Promise<Lifecycle['events']> {
  return rowsOf(
    await tx.execute(sql`select action, comment, detail, actor_name as "actorName", actor_role as "actorRole", ${isoTime(sql`at`)} as at
      from app.plan_event where plan_id = ${id} order by id desc limit 200`),
  )
}

export async function plansReplaced(tx: Tx, id: number): Promise<Lifecycle['replaces']> {
  return rowsOf(
    await tx.execute(sql`select plan_id as "planId", name from app.plans_replaced_by(${id}::integer)`),
  )
}

export async function hasGrids(tx: Tx, id: number): Promise<boolean> {
  return rowsOf(await tx.execute(sql`select from app.grid where plan_id = ${id} limit 1`)).length > 0
}

export type Step =
  | { to: 'submitted' }
  | { to: 'draft' }
  | { to: 'approved'; effectiveOn: string | null }
  | { to: 'same'; effectiveOn: string }

/** The step of a plan's life, as the session's own act; the database refuses steps that this role does not take. */
export async function takeStep(tx: Tx, id: number, step: Step): Promise<void> {
  const next = sql`version = version + 1, updated_at = now()`
  switch (step.to) {
    case 'submitted':
      await tx.execute(sql`update app.grid_plan set state = 'submitted', submitted_by = app.my_account(), submitted_at = now(),
        approved_by = null, effective_on = null, ${next} where id = ${id}`)
      return
    case 'draft':
      await tx.execute(
        sql`update app.grid_plan set state = 'draft', approved_by = null, effective_on = null, ${next} where id = ${id}`,
      )
      return
    case 'approved':
      await tx.execute(sql`update app.grid_plan set state = 'approved', approved_by = app.my_account(),
        effective_on = ${step.effectiveOn}::date, ${next} where id = ${id}`)
      return
    case 'same':
      await tx.execute(
        sql`update app.grid_plan set effective_on = ${step.effectiveOn}::date, ${next} where id = ${id}`,
      )
  }
}

export async function recordPlanEvent(
  tx: Tx,
  event: { planId: number; action: string; comment: string | null; detail?: Record<string, unknown> },
): Promise<void> {
  await tx.execute(sql`select app.record_plan_event(${event.planId}::integer, ${event.action}, ${event.comment}::text,
    ${JSON.stringify(event.detail ?? {})}::jsonb)`)
}

export async function rollbackPlan(
  tx: Tx,
  id: number,
  today: string,
  comment: string,
): Promise<number | null> {
  const [row] = rowsOf<{ moved: number | null }>(
    await tx.execute(sql`select app.rollback_plan(${id}::integer, ${today}::date, ${comment}) as moved`),
  )
  return row!.moved
}

/** An unlocked draft with the same units, borders, grids and managers. */
export async function copyPlan(tx: Tx, id: number, name: string): Promise<number> {
  const [row] = rowsOf<{ id: number }>(
    await tx.execute(sql`insert into app.grid_plan (name, county_code, area, unit_source, cell_size_m, grid_count, weights, tolerance, seed,
        solved_at, metrics, reasons, clients_outside, created_by, copied_from)
      select ${name}, county_code, area, unit_source, cell_size_m, grid_count, weights, tolerance, seed, solved_at, metrics, reasons,
        clients_outside, app.my_account(), id
      from app.grid_plan where id = ${id} returning id`),
  )
  const copy = row!.id
  await tx.execute(sql`insert into app.grid (plan_id, no, name, manager_id)
    select ${copy}, no, name, manager_id from app.grid where plan_id = ${id}`)
  await tx.execute(sql`insert into app.unit (plan_id, idx, key, kind, township_code, grid_no, area_m2, water_m2, weights, geom)
    select ${copy}, idx, key, kind, township_code, grid_no, area_m2, water_m2, weights, geom from app.unit where plan_id = ${id}`)
  await tx.execute(sql`insert into app.unit_edge (plan_id, a, b, length_m, crosses, absolute, bridges)
    select ${copy}, a, b, length_m, crosses, absolute, bridges from app.unit_edge where plan_id = ${id}`)
  return copy
}

/** Who gets what from whom: the difference of two answers to "whose is each client". `other` null: today's owners. */
function moves(id: number, other: number | null): SQL {
  return other === null
    ? sql`(select w.client_id, w.live_manager_id as from_id, w.manager_id as to_id from app.plan_owners(${id}::integer) w
        where w.manager_id is distinct from w.live_manager_id)`
    : sql`(select d.* from (
        select coalesce(a.client_id, b.client_id) as client_id,
          case when b.client_id is null then a.live_manager_id else b.manager_id end as from_id,
          case when a.client_id is null then b.live_manager_id else a.manager_id end as to_id
        from app.plan_owners(${id}::integer) a full join app.plan_owners(${other}::integer) b on b.client_id = a.client_id) d
        where d.from_id is distinct from d.to_id)`
}

export async function compareOwners(
  tx: Tx,
  id: number,
  other: number | null,
  today: string,
): Promise<Comparison['rows']> {
  interface Row extends Omit<Comparison['rows'][number], 'from' | 'to'> {
    fromId: number | null
    fromName: string | null
    toId: number | null
    toName: string | null
  }
  const rows = rowsOf<Row>(
    await tx.execute(sql`
      select m.from_id as "fromId", f.name as "fromName", m.to_id as "toId", t.name as "toName", count(*)::int as clients,
        sum(c.deposit_balance)::float8 as "depositBalance", sum(c.loan_balance)::float8 as "loanBalance",
        (count(*) filter (where c.next_due_on between ${today}::date and ${today}::date + ${RENEWAL_DAYS}::int))::int as renewals
      from ${moves(id, other)} m join app.client c on c.id = m.client_id
      left join org.staff f on f.id = m.from_id left join org.staff t on t.id = m.to_id
      group by 1, 2, 3, 4 order by count(*) desc, m.from_id nulls first, m.to_id nulls first`),
  )
  const person = (id: number | null, name: string | null) => (id === null ? null : { id, name: name! })
  return rows.map(({ fromId, fromName, toId, toName, ...row }) => ({
    ...row,
    from: person(fromId, fromName),
    to: person(toId, toName),
  }))
}

/** The clients that change hands, as far as the session may see them. */
export async function movedClients(
  tx: Tx,
  id: number,
  other: number | null,
  page: { offset: number; limit: number; named: boolean },
): Promise<MovedClients> {
  const [count] = rowsOf<{ total: number }>(
    await tx.execute(sql`select count(*)::int as total from ${moves(id, other)} m`),
  )
  const clients = rowsOf<MovedClients['clients'][number]>(
    await tx.execute(sql`
      select c.id, ${page.named ? sql`c.name_mask` : sql`null::text`} as name, c.kind, c.status, place.name as township,
        f.name as "from", t.name as "to"
      from ${moves(id, other)} m join app.client c on c.id = m.client_id join geo.place place on place.code = c.township_code
      left join org.staff f on f.id = m.from_id left join org.staff t on t.id = m.to_id
      order by f.name nulls first, t.name nulls first, c.id limit ${page.limit} offset ${page.offset}`),
  )
  return { total: count!.total, clients }
}

export async function managerFigures(tx: Tx, month: string): Promise<ManagerFigures['managers']> {
  return rowsOf(
    await tx.execute(sql`select manager_id as "managerId", manager_name as "managerName", branch_name as "branchName",
        county_code as "countyCode", clients, deposit::text as "depositBalance", loan::text as "loanBalance", place as rank,
        managers as "of"
      from app.manager_figures(${month}::date)`),
  )
}

export async function ownershipOf(tx: Tx, clientId: number): Promise<OwnershipPeriod[] | null> {
  const [seen] = rowsOf(await tx.execute(sql`select from app.client c where c.id = ${clientId}`))
  if (!seen) return null
  return rowsOf<OwnershipPeriod>(
    await tx.execute(sql`select o.manager_id as "managerId", s.name as "managerName", o.from_on::text as "fromOn",
        o.until_on::text as "untilOn", o.reason, o.plan_id as "planId", o.note, o.expires_on::text as "expiresOn"
      from app.ownership o join org.staff s on s.id = o.manager_id
      where o.client_id = ${clientId} order by o.until_on desc nulls first, o.id desc limit 100`),
  )
}
