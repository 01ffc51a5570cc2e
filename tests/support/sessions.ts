import { createHash } from 'node:crypto'
import { sql } from 'drizzle-orm'
import type { Database } from '#db/client.ts'

/** @returns the hash (hex) of a new session of this account */
export async function sessionOf(db: Database, username: string): Promise<string> {
  const hash = createHash('sha256').update(`session of ${username}`).digest('hex')
  await db.asRole('gis_auth', (tx) =>
    tx.execute(sql`insert into auth.session (token_hash, account_id, username, display_name, role, staff_id, branch_ids, county_codes,
        idle_until, absolute_until)
      select decode(${hash}, 'hex'), id, username, display_name, role, staff_id, branch_ids, county_codes,
        now() + interval '30 minutes', now() + interval '12 hours' from auth.account where username = ${username}`),
  )
  return hash
}
