import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import type { Context } from 'hono'
import type { AppEnv } from '#server/http/env.ts'

const uncompress = promisify(gunzip)

/**
 * Answers bytes that are kept gzipped: 304 when the caller has them, 204 when there are none, unzipped for a caller that
 * cannot unzip. Never stored by a shared cache; asked for again each time, which costs a 304.
 */
export async function binaryResponse(
  c: Context<AppEnv>,
  content: { body: Buffer | null; etag: string },
  contentType: string,
): Promise<Response> {
  const zipped = content.body !== null && acceptsGzip(c.req.header('accept-encoding'))
  // A strong tag names the bytes sent, and zipped bytes are other bytes.
  const etag = zipped ? content.etag.replace(/"$/, '-gzip"') : content.etag
  const headers = { etag, 'cache-control': 'private, no-cache', vary: 'Accept-Encoding, Cookie' }
  if (matches(c.req.header('if-none-match'), etag)) return c.body(null, 304, headers)
  if (content.body === null) return c.body(null, 204, headers)
  const bytes = zipped ? content.body : await uncompress(content.body)
  return c.body(new Uint8Array(bytes), 200, {
    ...headers,
    'content-type': contentType,
    'content-length': String(bytes.length),
    ...(zipped && { 'content-encoding': 'gzip' }),
  })
}

function matches(header: string | undefined, etag: string): boolean {
  if (!header) return false
  return header.split(',').some((part) => part.trim() === '*' || part.trim().replace(/^W\//, '') === etag)
}

function acceptsGzip(header: string | undefined): boolean {
  return /\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))/i.test(header ?? '')
}
