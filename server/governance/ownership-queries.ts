import { sql } from 'drizzle-orm'
import type { Tx } from '#db/client.ts'
import { rowsOf } from '#db/rows.ts'
import type { PoolClient } from './contract.ts'

/** The functions called here decide by the session who may do what; see db/migrations/0008_ownership_and_lifecycle.sql. */
export interface ClaimOutcome {
  outcome: 'claimed' | 'mine' | 'owned' | 'tooMany' | 'notFound'
  holder: string | null
  until: string | null
}

export async function claimClient(
  tx: Tx,
  clientId: number,
  claim: { today: string; lastDay: string; most: number },
): Promise<ClaimOutcome> {
  const [row] = rowsOf<ClaimOutcome>(
    await tx.execute(sql`select outcome, holder, holds_until::text as until
      from app.claim_client(${clientId}::integer, ${claim.today}::date, ${claim.lastDay}::date, ${claim.most}::integer)`),
  )
  return row!
}

export async function releaseClaim(tx: Tx, clientId: number, today: string): Promise<boolean> {
  const [row] = rowsOf<{ released: boolean }>(
    await tx.execute(sql`select app.release_claim(${clientId}::integer, ${today}::date) as released`),
  )
  return row!.released
}

export async function exceptClient(
  tx: Tx,
  clientId: number,
  exception: { managerId: number; because: string; today: string; lastDay: string },
): Promise<'done' | 'notFound' | 'notManager'> {
  const [row] = rowsOf<{ outcome: 'done' | 'notFound' | 'notManager' }>(
    await tx.execute(sql`select app.except_client(${clientId}::integer, ${exception.managerId}::integer, ${exception.because},
      ${exception.today}::date, ${exception.lastDay}::date) as outcome`),
  )
  return row!.outcome
}

export async function endException(
  tx: Tx,
  clientId: number,
  today: string,
): Promise<'done' | 'notFound' | 'noException'> {
  const [row] = rowsOf<{ outcome: 'done' | 'notFound' | 'noException' }>(
    await tx.execute(sql`select app.end_exception(${clientId}::integer, ${today}::date) as outcome`),
  )
  return row!.outcome
}

export async function poolClients(tx: Tx, most: number): Promise<PoolClient[]> {
  const rows = rowsOf<Omit<PoolClient, 'position'> & { lng: number | null; lat: number | null }>(
    await tx.execute(sql`select p.client_id as id, p.kind, p.status, p.township_code as "townshipCode", t.name as township,
        v.name as village, p.lng, p.lat
      from app.pool(${most}::integer) p join geo.place t on t.code = p.township_code left join geo.place v on v.code = p.village_code`),
  )
  return rows.map(({ lng, lat, ...row }) => ({
    ...row,
    position: lng === null || lat === null ? null : [lng, lat],
  }))
}
