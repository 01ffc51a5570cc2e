import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Sql } from 'postgres'
import type { EmbeddedClient } from './embedded/embedded-engine.ts'
import type { Tx } from './engine.ts'

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
    else if (typeof value === 'string') line += /[\\\t\n\r]/.test(value) ? value.replace(/[\\\t\n\r]/g, (c) => ESCAPES[c]) : value
    else if (typeof value === 'boolean') line += value ? 't' : 'f'
    else line += value
  }
  return line + '\n'
}

/**
 * Loads rows with COPY inside `tx`. Only inside a transaction: after a failed COPY the connection is good for nothing
 * else until its ROLLBACK.
 * @param target fixed text of our own, "schema.table (column, ...)"
 * @param lines copyLine results, in pieces of any size
 */
export async function copyInto(tx: Tx, target: string, lines: Iterable<string> | AsyncIterable<string>): Promise<void> {
  const { client } = (tx as unknown as { session: { client: EmbeddedClient | Sql } }).session
  if ('copyFrom' in client) return copyEmbedded(client, target, lines)
  const sink = await client.unsafe(`copy ${target} from stdin`).writable()
  await pipeline(Readable.from(lines, { objectMode: true, highWaterMark: 64 }), sink)
}

async function copyEmbedded(client: EmbeddedClient, target: string, lines: Iterable<string> | AsyncIterable<string>): Promise<void> {
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
