import type { ExtractTablesWithRelations } from 'drizzle-orm'
import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core'
import type { schema } from './schema/index.ts'

export type Schema = typeof schema
/** The one drizzle type of both engines. Inside a transaction it is the transaction. */
export type Db = PgDatabase<PgQueryResultHKT, Schema, ExtractTablesWithRelations<Schema>>
export type Tx = Db

/** What an engine must offer; only db/ sees it. */
export interface Engine {
  kind: 'embedded' | 'server'
  location: string
  /** How many transactions may run at a time. */
  places: number
  /** How long a caller waits for a place before it is told that the database is busy. */
  waitMs: number
  /** A transaction as the login role, which may read nothing of its own; statements end after limitMs (0: never). */
  transaction<T>(limitMs: number, work: (tx: Tx) => Promise<T>): Promise<T>
  /** A transaction that may act as gis_owner, for migrations and bulk loads; no time limit. */
  ownerTransaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>
  /** Several statements in one string, outside any transaction of ours. */
  script(sql: string): Promise<void>
  /** A whole copy of the data folder (embedded engine only). */
  dump?(): Promise<Buffer>
  close(): Promise<void>
}
