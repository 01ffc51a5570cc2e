import { sql } from 'drizzle-orm'
import type { Me, Tx } from '#db/client.ts'
import { arrayLiteral, rowsOf } from '#db/rows.ts'

export interface Account {
  id: number
  username: string
  displayName: string
  passwordHash: string
  role: string
  staffId: number | null
  branchIds: number[]
  countyCodes: string[]
  demo: boolean
  disabled: boolean
}

export const IDLE_MINUTES = 30
export const ABSOLUTE_HOURS = 12

export async function findAccount(tx: Tx, username: string): Promise<Account | null> {
  const [row] = rowsOf<Account>(
    await tx.execute(sql`select id, username, display_name as "displayName", password_hash as "passwordHash", role,
      staff_id as "staffId", branch_ids as "branchIds", county_codes as "countyCodes", demo, disabled_at is not null as disabled
      from auth.account where username = ${username}`),
  )
  return row ?? null
}

/** Role and scope are copied: what a session may do is fixed when it begins. */
export async function insertSession(tx: Tx, tokenHash: string, accountId: number): Promise<void> {
  await tx.execute(sql`
    insert into auth.session (token_hash, account_id, username, display_name, role, staff_id, branch_ids, county_codes,
      idle_until, absolute_until)
    select decode(${tokenHash}, 'hex'), id, username, display_name, role, staff_id, branch_ids, county_codes,
      now() + make_interval(mins => ${IDLE_MINUTES}), now() + make_interval(hours => ${ABSOLUTE_HOURS})
    from auth.account where id = ${accountId}`)
}

export interface LiveSession extends Me {
  /** The account was disabled, or its role or scope changed, after the session began. */
  outdated: boolean
  touchDue: boolean
}

export async function findLiveSession(tx: Tx, tokenHash: string): Promise<LiveSession | null> {
  const [row] = rowsOf<LiveSession>(
    await tx.execute(sql`
      select s.account_id as "accountId", s.username, s.display_name as "displayName", s.role, s.staff_id as "staffId",
        s.branch_ids as "branchIds", s.county_codes as "countyCodes",
        a.disabled_at is not null or a.role <> s.role or a.staff_id is distinct from s.staff_id
          or a.branch_ids <> s.branch_ids or a.county_codes <> s.county_codes as outdated,
        s.last_seen < now() - interval '1 minute' as "touchDue"
      from auth.session s join auth.account a on a.id = s.account_id
      where s.token_hash = decode(${tokenHash}, 'hex') and s.revoked_at is null
        and now() < least(s.idle_until, s.absolute_until)`),
  )
  return row ?? null
}

export async function touchSession(tx: Tx, tokenHash: string): Promise<void> {
  await tx.execute(sql`
    update auth.session set last_seen = now(),
      idle_until = least(now() + make_interval(mins => ${IDLE_MINUTES}), absolute_until)
    where token_hash = decode(${tokenHash}, 'hex')`)
}

export async function revokeSession(tx: Tx, tokenHash: string): Promise<void> {
  await tx.execute(sql`update auth.session set revoked_at = now()
    where token_hash = decode(${tokenHash}, 'hex') and revoked_at is null`)
}

export async function deleteEndedSessions(tx: Tx): Promise<void> {
  await tx.execute(sql`delete from auth.session where absolute_until < now() - interval '7 days'`)
}

export interface SessionEvent {
  account: { id: number; username: string; role: string } | null
  action: 'session.login' | 'session.logout'
  outcome: 'ok' | 'refused'
  detail: Record<string, string>
  requestId: string
}

export async function recordEvent(tx: Tx, event: SessionEvent): Promise<void> {
  const { account } = event
  await tx.execute(sql`
    insert into audit.event (account_id, username, role, action, object_type, object_id, outcome, detail, request_id)
    values (${account?.id ?? null}, ${account?.username ?? null}, ${account?.role ?? null}, ${event.action}, 'account',
      ${account ? String(account.id) : null}, ${event.outcome}, ${JSON.stringify(event.detail)}::jsonb, ${event.requestId})`)
}

export interface ScopeView {
  branches: {
    id: number
    name: string
    kind: string
    countyCode: string | null
    townshipCode: string | null
  }[]
  counties: { code: string; name: string }[]
  idleUntil: string
  box: [number, number, number, number] | null
}

export async function readScope(tx: Tx, me: Me): Promise<ScopeView> {
  const branches = rowsOf<ScopeView['branches'][number]>(
    await tx.execute(sql`select id, name, kind, county_code as "countyCode", township_code as "townshipCode"
      from org.branch where id = any (${arrayLiteral(me.branchIds)}::integer[]) order by id`),
  )
  const counties = rowsOf<{ code: string; name: string }>(
    await tx.execute(sql`select code, name from geo.place
      where level = 'county' and code = any (${arrayLiteral(me.countyCodes)}::text[]) order by code`),
  )
  const townships = branches.flatMap((branch) => (branch.townshipCode ? [branch.townshipCode] : []))
  const inTownships = branches.length > 0 && townships.length === branches.length
  const codes = inTownships ? townships : me.countyCodes
  const [row] = rowsOf<{ idleUntil: string; w: number | null; s: number; e: number; n: number }>(
    await tx.execute(sql`
      with extent as (
        select st_extent(coalesce(geom, seat)) as box from geo.place
        where code = any (${arrayLiteral(codes)}::text[]) or (${codes.length} = 0 and level in ('prefecture', 'county'))
      )
      select to_char(m.idle_until at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as "idleUntil",
        st_xmin(box) as w, st_ymin(box) as s, st_xmax(box) as e, st_ymax(box) as n
      from app.me() m, extent`),
  )
  return {
    branches,
    counties,
    idleUntil: row!.idleUntil,
    box: row!.w === null ? null : [row!.w, row!.s, row!.e, row!.n],
  }
}
