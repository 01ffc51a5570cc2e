import { drizzle } from 'drizzle-orm/postgres-js'
import { sql } from 'drizzle-orm'
import postgres from 'postgres'
import { CannotOpen } from './errors.ts'
import type { Db, Engine, Tx } from './engine.ts'
import { schema } from './schema/index.ts'

const POOL_SIZE = 10
const bigintAsNumber = { to: 20, from: [20], serialize: String, parse: Number }

/**
 * PostgreSQL through a pool. Nothing is set on a session, only on transactions, so that a pooler in transaction mode
 * may stand between. `ownerUrl` names the role that installs and migrates; without it the login does both.
 */
export async function openServer(options: { url: string; ownerUrl?: string }): Promise<Engine> {
  const pool = connect(options.url, POOL_SIZE)
  const owner = connect(options.ownerUrl ?? options.url, 2)
  const db = drizzle(pool, { schema }) as unknown as Db
  const ownerDb = drizzle(owner, { schema }) as unknown as Db
  try {
    await pool`select 1`
  } catch (error) {
    await Promise.all([pool.end({ timeout: 1 }), owner.end({ timeout: 1 })])
    throw new CannotOpen(
      `无法连接 PostgreSQL（${withoutPassword(options.url)}）：${(error as Error).message}。请检查 DATABASE_URL 与数据库是否已启动。`,
    )
  }
  return {
    kind: 'server',
    location: withoutPassword(options.url),
    places: POOL_SIZE,
    waitMs: 2_000,
    transaction: (limitMs, work) =>
      db.transaction(async (tx) => {
        await tx.execute(sql`select set_config('statement_timeout', ${String(limitMs)}, true),
          set_config('idle_in_transaction_session_timeout', '10000', true)`)
        return work(tx as Tx)
      }),
    ownerTransaction: (work) => ownerDb.transaction((tx) => work(tx as Tx)),
    script: async (text) => void (await owner.unsafe(text).simple()),
    close: async () => void (await Promise.all([pool.end({ timeout: 5 }), owner.end({ timeout: 5 })])),
  }
}

function connect(url: string, max: number): postgres.Sql<{ bigint: number }> {
  return postgres(url, {
    max,
    prepare: false,
    idle_timeout: 60,
    connect_timeout: 5,
    onnotice: () => {},
    types: { bigint: bigintAsNumber },
    connection: { application_name: 'gangrid' },
  })
}

function withoutPassword(url: string): string {
  try {
    const parsed = new URL(url)
    parsed.password = ''
    return parsed.toString()
  } catch {
    return 'DATABASE_URL'
  }
}
