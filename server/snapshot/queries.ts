import { sql, type SQL } from 'drizzle-orm'
import type { Tx } from '#db/client.ts'
import { arrayLiteral, rowsOf } from '#db/rows.ts'

/** Bytes of one client in a chunk; the layout is decoded in decode-chunk.ts. */
export const RECORD_BYTES = 96

export interface Months {
  /** First days of the months with balances, ISO, ascending. */
  all: string[]
  latest: string | null
  previous: string | null
  /** Last December before the latest month. */
  yearStart: string | null
}

/** Words whose number in the list stands for them in a chunk. */
export interface Vocabularies {
  statuses: readonly string[]
  kinds: readonly string[]
  lostReasons: string[]
  industries: string[]
}

export async function layerVersion(tx: Tx, layer: string): Promise<number> {
  const [row] = rowsOf<{ version: number }>(
    await tx.execute(sql`select version from geo.layer_version where layer = ${layer}`),
  )
  return Number(row?.version ?? 0)
}

export interface OwnerNow {
  id: number
  managerId: number | null
}

/**
 * Clients that changed hands after one version of the layer and up to another; null when some version in between was made by
 * anything else. Versions of ownership are given out in the order of commits, so none up to `to` is still to come.
 */
export async function ownersChanged(tx: Tx, from: number, to: number): Promise<OwnerNow[] | null> {
  const [made] = rowsOf<{ versions: number }>(
    await tx.execute(sql`select count(*)::int as versions from (
      select opened_version from app.ownership where opened_version > ${from} and opened_version <= ${to}
      union select ended_version from app.ownership where ended_version > ${from} and ended_version <= ${to}) v`),
  )
  if (made!.versions !== to - from) return null
  return rowsOf<OwnerNow>(
    await tx.execute(sql`select c.id, c.manager_id as "managerId" from app.client c where c.id in (
      select client_id from app.ownership where opened_version > ${from} and opened_version <= ${to}
      union select client_id from app.ownership where ended_version > ${from} and ended_version <= ${to})`),
  )
}

export interface IdRange {
  first: number
  last: number
}

export async function idRange(tx: Tx): Promise<IdRange | null> {
  const [row] = rowsOf<{ first: number | null; last: number | null }>(
    await tx.execute(sql`select min(id) as first, max(id) as last from app.client`),
  )
  return row?.first == null || row.last == null ? null : { first: row.first, last: row.last }
}

/** The months that clients have balances for, newest known first by stepping back from the newest. */
export async function balanceMonths(tx: Tx): Promise<Months> {
  const rows = rowsOf<{ month: string }>(
    await tx.execute(sql`select month::text as month from app.balance_month group by month order by 1`),
  )
  const all = rows.map((row) => row.month)
  const latest = all.at(-1) ?? null
  const yearStart = latest === null ? null : `${Number(latest.slice(0, 4)) - 1}-12-01`
  return {
    all,
    latest,
    previous: all.at(-2) ?? null,
    yearStart: yearStart !== null && all.includes(yearStart) ? yearStart : null,
  }
}

/** Words of free text columns that are in use now. */
export async function wordsInUse(tx: Tx): Promise<Pick<Vocabularies, 'lostReasons' | 'industries'>> {
  const [row] = rowsOf<Pick<Vocabularies, 'lostReasons' | 'industries'>>(
    await tx.execute(sql`select
      array(select lost_reason from app.client where lost_reason is not null group by 1 order by 1) as "lostReasons",
      array(select industry from app.client where industry is not null group by 1 order by 1) as industries`),
  )
  return row
}

/** Clients with ids in [from, to), as records of RECORD_BYTES; words as their place in the lists given. */
export async function clientChunk(
  tx: Tx,
  from: number,
  to: number,
  words: Vocabularies,
): Promise<Buffer | null> {
  // Compiling the statement costs more than it saves on a chunk of this size.
  await tx.execute(sql`select set_config('jit', 'off', true)`)
  const [row] = rowsOf<{ data: Buffer | null }>(
    await tx.execute(sql`
      select string_agg(
          int4send(p.id)
          || int4send(array_position(${arrayLiteral(words.statuses)}::text[], p.status) - 1
            | ((array_position(${arrayLiteral(words.kinds)}::text[], p.kind) - 1) << 4)
            | (p.acquiring::int << 8) | (p.payroll::int << 9) | (coalesce(p.risk_class, 0)::int << 12))
          || float8send(coalesce(st_x(p.geom), 'NaN')) || float8send(coalesce(st_y(p.geom), 'NaN'))
          || int8send(p.county_code::bigint) || int8send(p.township_code::bigint) || int8send(coalesce(p.village_code::bigint, -1))
          || int4send(p.branch_id) || int4send(coalesce(p.manager_id, -1))
          || int4send(${position(words.lostReasons, sql`p.lost_reason`)}) || int4send(${position(words.industries, sql`p.industry`)})
          || int8send((p.deposit_balance * 100)::bigint) || int8send((p.loan_balance * 100)::bigint)
          || int4send(coalesce(p.opened_on - date '1970-01-01', -2147483648))
          || int4send(coalesce(p.next_due_on - date '1970-01-01', -2147483648))
          || int4send(coalesce(p.last_visit_on - date '1970-01-01', -2147483648))
          || int4send(coalesce(p.lost_on - date '1970-01-01', -2147483648)),
          ''::bytea) as data
      from app.client p where p.id >= ${from} and p.id < ${to}`),
  )
  return row.data
}

// -1: no value. -2: a value that was not there when the words were read.
function position(words: readonly string[], column: SQL): SQL {
  return sql`case when ${column} is null then -1 else coalesce(array_position(${arrayLiteral(words)}::text[], ${column}) - 1, -2) end`
}

export const BALANCE_BYTES = 20

/** Balances of one month for a range of clients: id int4, deposit and loan in cents int8. */
export async function balanceChunk(tx: Tx, month: string, from: number, to: number): Promise<Buffer | null> {
  const [row] = rowsOf<{ data: Buffer | null }>(
    await tx.execute(sql`
      select string_agg(int4send(b.client_id) || int8send((b.deposit * 100)::bigint) || int8send((b.loan * 100)::bigint), ''::bytea) as data
      from app.balance_month b where b.month = ${month}::date and b.client_id >= ${from} and b.client_id < ${to}`),
  )
  return row.data
}

export const LOAN_BYTES = 16

/** Loans of several months at once: id int4, place of the month in the list int4, loan in cents int8. */
export async function loanChunk(tx: Tx, months: string[], from: number, to: number): Promise<Buffer | null> {
  const list = sql`${arrayLiteral(months)}::date[]`
  const [row] = rowsOf<{ data: Buffer | null }>(
    await tx.execute(sql`
      select string_agg(int4send(b.client_id) || int4send(array_position(${list}, b.month) - 1) || int8send((b.loan * 100)::bigint), ''::bytea) as data
      from app.balance_month b where b.month = any (${list}) and b.client_id >= ${from} and b.client_id < ${to}`),
  )
  return row.data
}
