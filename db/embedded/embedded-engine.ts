import type { PGlite, Results } from '@electric-sql/pglite'
import { sql } from 'drizzle-orm'
import { existsSync, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseError } from '../errors.ts'
import type { Db, Engine, Tx } from '../engine.ts'
import { lockFolder } from './folder-lock.ts'
import { slimPostgisBundle } from './slim-bundle.ts'
import { WorkerClient } from './worker-client.ts'

interface QueryOptions {
  rowMode?: 'array' | 'object'
}

/** What drizzle's PGlite driver and db/copy.ts need of a client, answered by the worker. */
export interface EmbeddedClient {
  query: (sql: string, params?: unknown[], options?: QueryOptions) => Promise<{ rows: unknown[] }>
  copyFrom: (sql: string, data: Uint8Array) => Promise<void>
  transaction: <T>(work: (client: EmbeddedClient) => Promise<T>) => Promise<T>
}

interface EmbeddedOptions {
  folder: string
  cacheFolder: string
  /** Puts a database into `folder` when it is absent; without it the engine makes an empty one. */
  seed?: (folder: string) => Promise<void>
}

/** Locks the folder and starts the engine on it. @throws CannotOpen */
export async function openEmbedded(options: EmbeddedOptions): Promise<Engine> {
  mkdirSync(dirname(options.folder), { recursive: true })
  const unlock = lockFolder(options.folder)
  try {
    if (options.seed && !existsSync(options.folder)) await options.seed(options.folder)
    return await startEngine(options, unlock)
  } catch (error) {
    unlock()
    throw error
  }
}

async function startEngine(options: EmbeddedOptions, unlock: () => void): Promise<Engine> {
  const worker = new WorkerClient({
    folder: options.folder,
    postgisBundle: slimPostgisBundle(options.cacheFolder),
  })
  let timeoutMs = 0

  const client = (generation: number | null): EmbeddedClient => ({
    query: async (sql, params = [], { rowMode = 'object' } = {}) => {
      if (generation !== null && generation !== worker.generation) {
        throw new DatabaseError('the transaction ended with its engine', { code: '25P02' })
      }
      return restoreBuffers(await worker.request<Results>({ kind: 'query', sql, params, rowMode }, timeoutMs))
    },
    copyFrom: async (sql, data) => void (await worker.request({ kind: 'copy', sql, data }, 0)),
    transaction: async (work) => {
      await worker.request({ kind: 'query', sql: 'begin', params: [], rowMode: 'object' }, timeoutMs)
      const begun = worker.generation
      const tx = client(begun)
      try {
        const result = await work(tx)
        await tx.query('commit')
        return result
      } catch (error) {
        if (begun === worker.generation) await tx.query('rollback')
        throw error
      }
    },
  })

  // The engine starts in its thread while this one loads drizzle's driver, which brings a copy of PGlite along.
  const started = worker.request({ kind: 'script', sql: 'select 1' }, 0)
  const [{ drizzle }, { schema }] = await Promise.all([
    import('drizzle-orm/pglite'),
    import('../schema/index.ts'),
    started,
  ])
  const db = drizzle(client(null) as unknown as PGlite, { schema }) as unknown as Db

  return {
    kind: 'embedded',
    location: options.folder,
    places: 1,
    waitMs: 15_000,
    transaction: async (limitMs, work) => {
      timeoutMs = limitMs
      return db.transaction((tx) => work(tx as Tx))
    },
    ownerTransaction: async (work) => {
      timeoutMs = 0
      return db.transaction(async (tx) => {
        await tx.execute(sql`select set_config('role', 'none', true)`)
        return work(tx as Tx)
      })
    },
    script: async (sql) => void (await worker.request({ kind: 'script', sql }, 0)),
    dump: () => worker.request<Buffer>({ kind: 'dump' }, 0),
    close: async () => {
      await worker.close()
      unlock()
    },
  }
}

const BYTEA = 17

// A Buffer crosses between threads as a plain Uint8Array.
function restoreBuffers(result: Results): Results {
  const columns = result.fields.flatMap((field, i) =>
    field.dataTypeID === BYTEA ? [{ name: field.name, i }] : [],
  )
  if (columns.length === 0) return result
  for (const row of result.rows as Record<string | number, Uint8Array | null>[]) {
    for (const { name, i } of columns) {
      const key = Array.isArray(row) ? i : name
      const bytes = row[key]
      if (bytes) row[key] = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    }
  }
  return result
}
