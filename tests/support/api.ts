import { sql } from 'drizzle-orm'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import type { Database } from '#db/client.ts'
import { rowsOf } from '#db/rows.ts'
import { createApp } from '#server/app.ts'
import { sealContact } from '#server/auth/contact-cipher.ts'
import { createDeps, type Deps } from '#server/deps.ts'
import { newToken, tokenHashOf } from '#server/session/token.ts'
import { openTestDatabase } from './database.ts'
import { insertToyBank, type ToyRole } from './toy-bank.ts'

export const TEST_KEY = Buffer.alloc(32, 7)
/** Written where a test's answers must never show it. */
export const TOY_PHONE = (id: number) => `1390797${String(id).padStart(4, '0')}`
export const TOY_IDENTITY = (id: number) => `36072219800101${String(id).padStart(4, '0')}`

export interface TestApi extends AsyncDisposable {
  db: Database
  deps: Deps
  app: ReturnType<typeof createApp>
  /** The log lines written so far. */
  logLines: string[]
  [Symbol.asyncDispose](): Promise<void>
}

/** The toy bank with sealed contacts behind the real application, without a socket. */
export async function openTestApi(changes: Partial<Deps> = {}): Promise<TestApi> {
  const opened = await openTestDatabase()
  const { db } = opened
  const dataFolder = mkdtempSync(join(tmpdir(), 'gangrid-api-'))
  await insertToyBank(db)
  await db.asOwner(async (tx) => {
    const clients = rowsOf<{ id: number }>(
      await tx.execute(sql`select client_id as id from app.client_contact`),
    )
    for (const { id } of clients) {
      await tx.execute(sql`update app.client_contact set phone_enc = ${sealContact(TEST_KEY, TOY_PHONE(id))},
        id_enc = ${sealContact(TEST_KEY, TOY_IDENTITY(id))} where client_id = ${id}`)
    }
    await tx.execute(sql`select geo.bump_layer('client')`)
  })
  const logLines: string[] = []
  const log = pino({ base: null }, { write: (line: string) => void logLines.push(line) })
  const deps = createDeps({
    db,
    log,
    contactKey: TEST_KEY,
    dataFolder,
    now: () => new Date('2026-11-23T02:00:00Z'),
    limits: { apiPerMinute: 1_000_000, tilesPerMinute: 1_000_000 },
    ...changes,
  })
  const app = createApp(deps)
  return {
    db,
    deps,
    app,
    logLines,
    [Symbol.asyncDispose]: async () => {
      await deps.jobs.close()
      await opened[Symbol.asyncDispose]()
      rmSync(dataFolder, { recursive: true, force: true })
    },
  }
}

export interface Call {
  method?: string
  /** Sent as JSON; a file (Uint8Array) as it is. */
  body?: unknown
  headers?: Record<string, string>
}

export type Caller = (path: string, call?: Call) => Promise<Response>

/** Calls the application as somebody with this token (null: nobody). */
export function callerWith(api: Pick<TestApi, 'app'>, token: string | null): Caller {
  return async (path, { method = 'GET', body, headers = {} } = {}) =>
    api.app.request(path, {
      method,
      headers: {
        ...(token !== null && { cookie: `sid=${token}` }),
        ...(body !== undefined && {
          'content-type': body instanceof Uint8Array ? 'application/octet-stream' : 'application/json',
        }),
        ...headers,
      },
      body: body === undefined ? undefined : body instanceof Uint8Array ? body.slice() : JSON.stringify(body),
    })
}

/** Opens a session of an account and calls with it. */
export async function callerOf(api: TestApi, username: string): Promise<Caller> {
  const token = newToken()
  await api.db.asRole('gis_auth', (tx) =>
    tx.execute(sql`insert into auth.session (token_hash, account_id, username, display_name, role, staff_id, branch_ids, county_codes,
        idle_until, absolute_until)
      select decode(${tokenHashOf(token)}, 'hex'), id, username, display_name, role, staff_id, branch_ids, county_codes,
        now() + interval '30 minutes', now() + interval '12 hours' from auth.account where username = ${username}`),
  )
  return callerWith(api, token)
}

export function callerAs(api: TestApi, role: ToyRole): Promise<Caller> {
  return callerOf(api, `toy.${role}`.replace('_', '-'))
}

/** One more planner, of another county than the toy bank's. */
export async function insertPlanner(db: Database, username: string, countyCode: string): Promise<void> {
  await db.asOwner((tx) =>
    tx.execute(sql`insert into auth.account (username, display_name, password_hash, role, county_codes)
      values (${username}, ${username}, 'none', 'planner', array[${countyCode}])`),
  )
}

/** Waits for the job an answer 202 names, and reads it. */
export async function finishedJob(
  api: TestApi,
  call: Caller,
  accepted: Response,
): Promise<{ state: string; result: unknown; error: { code: string; message: string } | null }> {
  const { jobId } = (await accepted.json()) as { jobId: string }
  await api.deps.jobs.settled(jobId)
  return (await call(`/api/jobs/${jobId}`)).json() as Promise<never>
}
