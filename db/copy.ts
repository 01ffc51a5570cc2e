import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { sql } from 'drizzle-orm'
import type { Sql } from 'postgres'
import type { EmbeddedClient } from './embedded/embedded-engine.ts'
import type { Tx } from './engine.ts'
import { rowsOf } from './rows.ts'

export type CopyValue = string | number | boolean | null

const EMBEDDED_CHUNK = 4_000_000
const ESCAPES: Record<string, string> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' }

/** One line of COPY's text format. */
export function copyLine(values: CopyValue[]): string {
  let line = ''
  for (let i = 0; i < values.length; i++) {
    if (i > 0) line += '\t'
    const value = values[i]
    if (value === null) line += '\\N'
    else if (typeof value === 'string')
      line += /[\\\t\n\r]/.test(value) ? value.replace(/[\\\t\n\r]/g, (c) => ESCAPES[c]) : value
    else if (typeof value === 'boolean') line += value ? 't' : 'f'
    else line += value
  }
  return line + '\n'
}

/**
 * Loads rows with COPY inside a transaction of Database.asOwner. COPY refuses tables with row-level security, so it runs
 * as gis_loader. Only inside a transaction: after a failed COPY the connection is good for nothing until its ROLLBACK.
 * @param target fixed text of our own, "schema.table (column, ...)"
 * @param lines copyLine results, in pieces of any size
 */
export async function copyInto(
  tx: Tx,
  target: string,
  lines: Iterable<string> | AsyncIterable<string>,
): Promise<void> {
  const { client } = (tx as unknown as { session: { client: EmbeddedClient | Sql } }).session
  const embedded = 'copyFrom' in client
  // The embedded engine reads "/dev/blob", which counts as a server file: only its superuser may.
  const [{ role }] = rowsOf<{ role: string }>(
    await tx.execute(
      sql`select current_setting('role') as role, set_config('role', ${embedded ? 'none' : 'gis_loader'}, true)`,
    ),
  )
  if (embedded) await copyPieces(client, target, lines)
  else await copyThroughSocket(client, target, lines)
  await tx.execute(sql`select set_config('role', ${role}, true)`)
}

async function copyPieces(
  client: EmbeddedClient,
  target: string,
  lines: Iterable<string> | AsyncIterable<string>,
): Promise<void> {
  const statement = `copy ${target} from '/dev/blob'`
  let piece = ''
  for await (const line of lines) {
    piece += line
    if (piece.length >= EMBEDDED_CHUNK) {
      await client.copyFrom(statement, Buffer.from(piece))
      piece = ''
    }
  }
  if (piece) await client.copyFrom(statement, Buffer.from(piece))
}

// postgres.js resolves a COPY with its stream and then drops the error that the server answers at the end, leaving the
// stream open for ever: listen for the error on the query itself.
async function copyThroughSocket(
  client: Sql,
  target: string,
  lines: Iterable<string> | AsyncIterable<string>,
): Promise<void> {
  const query = client.unsafe(`copy ${target} from stdin`)
  const failure = new Promise<never>((_, reject) => {
    const settle = query as unknown as { reject: (error: Error) => void }
    const rejectQuery = settle.reject
    settle.reject = (error) => {
      rejectQuery.call(query, error)
      reject(error)
    }
  })
  failure.catch(() => {})
  const sink = await query.writable()
  const ended = new AbortController()
  try {
    await Promise.race([
      pipeline(Readable.from(lines, { objectMode: true }), sink, { signal: ended.signal }),
      failure,
    ])
  } catch (error) {
    ended.abort()
    throw error
  }
}
