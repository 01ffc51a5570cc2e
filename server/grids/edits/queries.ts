import { sql } from 'drizzle-orm'
import type { Tx } from '#db/client.ts'
import { arrayLiteral, rowsOf } from '#db/rows.ts'
import type { EditKind, ManagerChange } from '#domain/plan-edit/changes.ts'
import type { LoggedEdit as HistoryEntry } from '#domain/plan-edit/history.ts'

export interface PlanHead {
  version: number
  state: string
  lastSeq: number
}

/** Null when the session sees no such plan. */
export async function planHead(tx: Tx, planId: number): Promise<PlanHead | null> {
  const [row] = rowsOf<PlanHead>(
    await tx.execute(sql`select p.version, p.state,
        coalesce((select max(e.seq) from app.plan_edit e where e.plan_id = p.id), 0)::int as "lastSeq"
      from app.grid_plan p where p.id = ${planId}`),
  )
  return row ?? null
}

export interface UnitState {
  idx: number
  grid: number
  locked: boolean
}

export async function unitStates(tx: Tx, planId: number, units: readonly number[]): Promise<UnitState[]> {
  return rowsOf<UnitState>(
    await tx.execute(sql`select idx, coalesce(grid_no, -1) as grid, locked from app.unit
      where plan_id = ${planId} and idx = any (${arrayLiteral(units)}::integer[])`),
  )
}

export interface GridState {
  no: number
  managerId: number | null
  locked: boolean
}

export async function gridStates(tx: Tx, planId: number): Promise<GridState[]> {
  return rowsOf<GridState>(
    await tx.execute(
      sql`select no, manager_id as "managerId", locked from app.grid where plan_id = ${planId} order by no`,
    ),
  )
}

export async function insertGrids(tx: Tx, planId: number, numbers: readonly number[]): Promise<void> {
  await tx.execute(sql`insert into app.grid (plan_id, no, name)
    select ${planId}, no, '网格 ' || (no + 1) from unnest(${arrayLiteral(numbers)}::integer[]) no`)
}

export async function moveUnits(
  tx: Tx,
  planId: number,
  units: readonly number[],
  to: readonly number[],
): Promise<void> {
  await tx.execute(sql`update app.unit u set grid_no = nullif(r.grid_no, -1)
    from unnest(${arrayLiteral(units)}::integer[], ${arrayLiteral(to)}::integer[]) as r(idx, grid_no)
    where u.plan_id = ${planId} and u.idx = r.idx`)
}

/** In two steps: a manager has at most one grid of a plan at any moment. */
export async function setManagers(tx: Tx, planId: number, changes: readonly ManagerChange[]): Promise<void> {
  await tx.execute(sql`update app.grid set manager_id = null
    where plan_id = ${planId} and no = any (${arrayLiteral(changes.map(({ no }) => no))}::integer[])`)
  const given = changes.flatMap(({ no, to }) => (to === null ? [] : [{ no, to }]))
  if (given.length === 0) return
  await tx.execute(sql`update app.grid g set manager_id = r.manager_id
    from unnest(${arrayLiteral(given.map(({ no }) => no))}::integer[],
      ${arrayLiteral(given.map(({ to }) => to))}::integer[]) as r(no, manager_id)
    where g.plan_id = ${planId} and g.no = r.no`)
}

/** After an edit the stored figures of the last solve no longer hold; they are measured again when read. */
export async function markEdited(tx: Tx, planId: number): Promise<number> {
  const [row] = rowsOf<{ version: number }>(
    await tx.execute(sql`update app.grid_plan set version = version + 1, updated_at = now(), reasons = '[]',
      metrics = case when metrics is null then null else metrics || '{"stale": true}' end,
      grid_count = (select nullif(count(*), 0)::int from app.grid g where g.plan_id = ${planId} and (g.manager_id is not null
        or exists (select from app.unit u where u.plan_id = g.plan_id and u.grid_no = g.no)))
      where id = ${planId} returning version`),
  )
  return row!.version
}

export interface EditRow {
  seq: number
  id: string
  accountId: number
  author: string
  at: string
  kind: EditKind
  units: number[]
  from: number[]
  to: number[]
  managers: ManagerChange[]
  undoes: number | null
  version: number
}

const editColumns = sql`seq, edit_id as id, account_id as "accountId", author,
  to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at, kind, units, from_grids as "from", to_grids as "to",
  managers, undoes, version`

export async function insertEdit(tx: Tx, planId: number, edit: Omit<EditRow, 'at'>): Promise<EditRow> {
  const [row] = rowsOf<EditRow>(
    await tx.execute(sql`insert into app.plan_edit (plan_id, seq, edit_id, account_id, author, kind, units, from_grids, to_grids,
        managers, undoes, version)
      values (${planId}, ${edit.seq}, ${edit.id}::uuid, ${edit.accountId}, ${edit.author}, ${edit.kind},
        ${arrayLiteral(edit.units)}::integer[], ${arrayLiteral(edit.from)}::integer[], ${arrayLiteral(edit.to)}::integer[],
        ${JSON.stringify(edit.managers)}::jsonb, ${edit.undoes}, ${edit.version}) returning ${editColumns}`),
  )
  return row!
}

export async function editById(tx: Tx, planId: number, id: string): Promise<EditRow | null> {
  const [row] = rowsOf<EditRow>(
    await tx.execute(
      sql`select ${editColumns} from app.plan_edit where plan_id = ${planId} and edit_id = ${id}::uuid`,
    ),
  )
  return row ?? null
}

export async function editBySeq(tx: Tx, planId: number, seq: number): Promise<EditRow | null> {
  const [row] = rowsOf<EditRow>(
    await tx.execute(
      sql`select ${editColumns} from app.plan_edit where plan_id = ${planId} and seq = ${seq}`,
    ),
  )
  return row ?? null
}

export async function isUndone(tx: Tx, planId: number, seq: number): Promise<boolean> {
  return (
    rowsOf(await tx.execute(sql`select from app.plan_edit where plan_id = ${planId} and undoes = ${seq}`))
      .length > 0
  )
}

export async function editsAfter(tx: Tx, planId: number, after: number, limit: number): Promise<EditRow[]> {
  return rowsOf<EditRow>(
    await tx.execute(sql`select ${editColumns} from app.plan_edit where plan_id = ${planId} and seq > ${after}
      order by seq limit ${limit}`),
  )
}

/** Edits that made the versions after `version`. */
export async function editsSinceVersion(
  tx: Tx,
  planId: number,
  version: number,
  limit: number,
): Promise<EditRow[]> {
  return rowsOf<EditRow>(
    await tx.execute(sql`select ${editColumns} from app.plan_edit where plan_id = ${planId} and version > ${version}
      order by seq limit ${limit}`),
  )
}

export async function ownEdits(tx: Tx, planId: number, accountId: number): Promise<HistoryEntry[]> {
  return rowsOf<HistoryEntry>(
    await tx.execute(sql`select seq, undoes from app.plan_edit
      where plan_id = ${planId} and account_id = ${accountId} order by seq`),
  )
}

export async function setLocks(
  tx: Tx,
  planId: number,
  { grids, units, locked }: { grids: readonly number[]; units: readonly number[]; locked: boolean },
): Promise<void> {
  await tx.execute(sql`update app.grid set locked = ${locked}
    where plan_id = ${planId} and no = any (${arrayLiteral(grids)}::integer[])`)
  await tx.execute(sql`update app.unit set locked = ${locked}
    where plan_id = ${planId} and idx = any (${arrayLiteral(units)}::integer[])`)
}

export async function lockedNow(tx: Tx, planId: number): Promise<{ grids: number[]; units: number[] }> {
  const [row] = rowsOf<{ grids: number[]; units: number[] }>(
    await tx.execute(sql`select
      coalesce((select array_agg(no order by no) from app.grid where plan_id = ${planId} and locked), '{}') as grids,
      coalesce((select array_agg(idx order by idx) from app.unit where plan_id = ${planId} and locked), '{}') as units`),
  )
  return row!
}

/** The solver's result as an edit of the log, written before the units change. */
export async function logSolution(
  tx: Tx,
  planId: number,
  solution: { assignment: readonly number[]; id: string; accountId: number; author: string },
): Promise<void> {
  await tx.execute(sql`insert into app.plan_edit (plan_id, seq, edit_id, account_id, author, kind, units, from_grids, to_grids, managers, version)
    select p.id, coalesce((select max(e.seq) from app.plan_edit e where e.plan_id = p.id), 0) + 1, ${solution.id}::uuid,
      ${solution.accountId}, ${solution.author}, 'solve', moved.units, moved.from_grids, moved.to_grids,
      coalesce((select jsonb_agg(jsonb_build_object('no', g.no, 'from', g.manager_id, 'to', null) order by g.no)
        from app.grid g where g.plan_id = p.id and g.manager_id is not null), '[]'), p.version + 1
    from app.grid_plan p cross join (
      select coalesce(array_agg(u.idx order by u.idx), '{}') as units,
        coalesce(array_agg(coalesce(u.grid_no, -1) order by u.idx), '{}') as from_grids,
        coalesce(array_agg(r.grid_no order by u.idx), '{}') as to_grids
      from app.unit u join unnest(${arrayLiteral(solution.assignment)}::integer[]) with ordinality as r(grid_no, place)
        on u.idx = r.place - 1
      where u.plan_id = ${planId} and u.grid_no is distinct from r.grid_no) moved
    where p.id = ${planId}`)
}
