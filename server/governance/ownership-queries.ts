import { sql } from 'drizzle-orm'
import type { Tx } from '#db/client.ts'
import { rowsOf } from '#db/rows.ts'
import { CLAIMS_AT_ONCE, type Exception, type PoolClient } from './contract.ts'

const POOL_SHOWN = 500

export async function listPool(tx: Tx): Promise<PoolClient[]> {
  const rows = rowsOf<Omit<PoolClient, 'position'> & { lng: number | null; lat: number | null }>(
    await tx.execute(sql`select client_id as id, kind, status, county_code as "countyCode", township_code as "townshipCode", lng, lat
      from app.pool(${POOL_SHOWN}::integer)`),
  )
  return rows.map(({ lng, lat, ...row }) => ({
    ...row,
    position: lng === null || lat === null ? null : [lng, lat],
  }))
}

export interface ClaimOutcome {
  outcome: 'claimed' | 'notFound' | 'mine' | 'owned' | 'tooMany'
  holder: string | null
  until: string | null
}

export async function claimClient(tx: Tx, id: number, today: string, until: string): Promise<ClaimOutcome> {
  const [row] = rowsOf<ClaimOutcome>(
    await tx.execute(sql`select outcome, holder, holds_until::text as until
      from app.claim_client(${id}::integer, ${today}::date, ${until}::date, ${CLAIMS_AT_ONCE}::integer)`),
  )
  return row!
}

export async function releaseClaim(tx: Tx, id: number, today: string): Promise<boolean> {
  const [row] = rowsOf<{ done: boolean }>(
    await tx.execute(sql`select app.release_claim(${id}::integer, ${today}::date) as done`),
  )
  return row!.done
}

export async function exceptClient(
  tx: Tx,
  id: number,
  { managerId, because, until }: Exception,
  today: string,
): Promise<'done' | 'notFound' | 'notManager'> {
  const [row] = rowsOf<{ outcome: 'done' | 'notFound' | 'notManager' }>(
    await tx.execute(
      sql`select app.except_client(${id}::integer, ${managerId}::integer, ${because}, ${today}::date, ${until}::date) as outcome`,
    ),
  )
  return row!.outcome
}

export async function endException(
  tx: Tx,
  id: number,
  today: string,
): Promise<'done' | 'notFound' | 'noException'> {
  const [row] = rowsOf<{ outcome: 'done' | 'notFound' | 'noException' }>(
    await tx.execute(sql`select app.end_exception(${id}::integer, ${today}::date) as outcome`),
  )
  return row!.outcome
}

export async function recordOwnershipAct(
  tx: Tx,
  act: { action: string; clientId: number; requestId: string },
): Promise<void> {
  await tx.execute(
    sql`select audit.record(${act.action}, 'client', ${String(act.clientId)}, 'ok', '{}'::jsonb, ${act.requestId})`,
  )
}
