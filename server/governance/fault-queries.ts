import { sql } from 'drizzle-orm'
import type { Tx } from '#db/client.ts'
import { rowsOf } from '#db/rows.ts'
import type { Permit } from './contract.ts'

export interface PlanUnit {
  gridNo: number | null
  key: string
  clients: number
  position: [number, number]
}

/** In the order of idx, which is 0, 1, 2, … */
export async function planUnits(tx: Tx, id: number): Promise<PlanUnit[]> {
  const rows = rowsOf<Omit<PlanUnit, 'position'> & { lng: number; lat: number }>(
    await tx.execute(sql`select u.grid_no as "gridNo", u.key, coalesce(n.clients, 0)::int as clients,
        st_x(st_centroid(u.geom)) as lng, st_y(st_centroid(u.geom)) as lat
      from app.unit u left join (select unit_idx, count(*) as clients from app.plan_client
        where plan_id = ${id} and spot = 'client' group by unit_idx) n on n.unit_idx = u.idx
      where u.plan_id = ${id} order by u.idx`),
  )
  return rows.map(({ lng, lat, ...row }) => ({ ...row, position: [lng, lat] }))
}

/** Borders over which a grid may reach: all but absolute walls. */
export async function openEdges(tx: Tx, id: number): Promise<{ a: number; b: number }[]> {
  return rowsOf(
    await tx.execute(
      sql`select distinct a, b from app.unit_edge where plan_id = ${id} and not absolute order by a, b`,
    ),
  )
}

export interface PlanGridManager {
  no: number
  name: string
  managerId: number | null
  managerName: string | null
  left: boolean
  /** Another effective plan, one that this plan does not replace, in which the manager has a grid. */
  elsewhere: string | null
}

export async function gridManagers(tx: Tx, id: number): Promise<PlanGridManager[]> {
  return rowsOf<PlanGridManager>(
    await tx.execute(sql`select g.no, g.name, g.manager_id as "managerId", s.name as "managerName",
        coalesce(s.left_on is not null or s.duty <> 'manager', false) as left,
        (select min(p.name) from app.grid o join app.grid_plan p on p.id = o.plan_id and p.state = 'effective' and p.id <> ${id}
          where o.manager_id = g.manager_id and p.id not in (select r.plan_id from app.plans_replaced_by(${id}::integer) r)) as elsewhere
      from app.grid g left join org.staff s on s.id = g.manager_id where g.plan_id = ${id} order by g.no`),
  )
}

export interface StoredPermit extends Permit {
  by: string | null
}

export async function permitsOf(tx: Tx, id: number): Promise<StoredPermit[]> {
  return rowsOf<StoredPermit>(
    await tx.execute(sql`select p.kind, p.subject, p.because,
        (select e.actor_name from app.plan_event e where e.plan_id = p.plan_id and e.action = 'permit'
          and e.account_id = p.account_id order by e.id desc limit 1) as by
      from app.plan_permit p where p.plan_id = ${id}`),
  )
}

/** @returns false when there is one already */
export async function insertPermit(tx: Tx, id: number, permit: Permit): Promise<boolean> {
  const rows = rowsOf(
    await tx.execute(sql`insert into app.plan_permit (plan_id, kind, subject, because, account_id)
      values (${id}, ${permit.kind}, ${permit.subject}, ${permit.because}, app.my_account()) on conflict do nothing returning kind`),
  )
  return rows.length > 0
}
