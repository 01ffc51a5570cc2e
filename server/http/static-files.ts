import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { extname, join, relative, sep } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import type { Context } from 'hono'
import type { AppEnv } from './env.ts'
import { notFound } from './errors.ts'

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.webmanifest': 'application/manifest+json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.webp': 'image/webp',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
  '.pbf': 'application/x-protobuf',
}
const COMPRESSIBLE = new Set([
  '.html',
  '.js',
  '.mjs',
  '.css',
  '.json',
  '.webmanifest',
  '.svg',
  '.txt',
  '.wasm',
  '.pbf',
])
const WORTH_COMPRESSING = 1_024
/** Addresses that are pages of the application and all begin at index.html. */
const PAGES = new Set(['/', '/m'])
/** Vite puts a content hash into every name in this folder. */
const HASHED_FOLDER = '/assets/'

const toBrotli = promisify(brotliCompress)
const toGzip = promisify(gzip)

type Encoding = 'br' | 'gzip'

interface StaticFile {
  path: string
  type: string
  etag: string
  isHashed: boolean
  isCompressible: boolean
  identity: Buffer | null
  encoded: Map<Encoding, Promise<Buffer>>
}

/**
 * Serves the built web files. The folder is listed once at the start and only listed files can be named, so no address
 * leads anywhere else. Compressed forms are read where the build made them, else made once and kept.
 */
export function serveStatic(folder: string | null): (c: Context<AppEnv>) => Promise<Response> {
  const files = folder === null ? new Map<string, StaticFile>() : listFiles(folder)
  return async (c) => {
    const file = files.get(PAGES.has(c.req.path) ? '/index.html' : c.req.path)
    return file ? answer(c, file) : notFound(c)
  }
}

function listFiles(folder: string): Map<string, StaticFile> {
  const files = new Map<string, StaticFile>()
  if (!existsSync(folder)) return files
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const extension = extname(entry.name)
    if (!entry.isFile() || extension === '.br' || extension === '.gz' || extension === '.map') continue
    const path = join(entry.parentPath, entry.name)
    const address = `/${relative(folder, path).split(sep).join('/')}`
    files.set(address, {
      path,
      type: TYPES[extension] ?? 'application/octet-stream',
      etag: `"${createHash('sha256').update(readFileSync(path)).digest('base64url').slice(0, 22)}"`,
      isHashed: address.startsWith(HASHED_FOLDER),
      isCompressible: COMPRESSIBLE.has(extension) && statSync(path).size >= WORTH_COMPRESSING,
      identity: null,
      encoded: new Map(),
    })
  }
  return files
}

async function answer(c: Context<AppEnv>, file: StaticFile): Promise<Response> {
  const encoding = file.isCompressible ? chooseEncoding(c.req.header('accept-encoding')) : null
  const etag = encoding === null ? file.etag : file.etag.replace(/"$/, `-${encoding}"`)
  const headers: Record<string, string> = {
    'content-type': file.type,
    'cache-control': file.isHashed ? 'public, max-age=31536000, immutable' : 'no-cache',
    etag,
    vary: 'Accept-Encoding',
    ...(encoding !== null && { 'content-encoding': encoding }),
  }
  const known = c.req
    .header('if-none-match')
    ?.split(',')
    .map((tag) => tag.trim())
  if (known?.includes(etag)) return new Response(null, { status: 304, headers })
  const body = encoding === null ? identityOf(file) : await encodedAs(file, encoding)
  return new Response(new Uint8Array(body), { status: 200, headers })
}

function identityOf(file: StaticFile): Buffer {
  file.identity ??= readFileSync(file.path)
  return file.identity
}

function encodedAs(file: StaticFile, encoding: Encoding): Promise<Buffer> {
  let body = file.encoded.get(encoding)
  if (!body) {
    body = encode(file, encoding)
    body.catch(() => file.encoded.delete(encoding))
    file.encoded.set(encoding, body)
  }
  return body
}

async function encode(file: StaticFile, encoding: Encoding): Promise<Buffer> {
  const made = `${file.path}.${encoding === 'br' ? 'br' : 'gz'}`
  if (existsSync(made) && statSync(made).mtimeMs >= statSync(file.path).mtimeMs) return readFileSync(made)
  const bytes = identityOf(file)
  if (encoding === 'gzip') return toGzip(bytes, { level: 9 })
  return toBrotli(bytes, {
    params: { [constants.BROTLI_PARAM_QUALITY]: 9, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
  })
}

/** Brotli where it is accepted, else gzip, else plain. */
function chooseEncoding(header: string | undefined): Encoding | null {
  const accepted = new Set(
    (header ?? '').split(',').flatMap((part) => {
      const [name, ...parameters] = part.trim().toLowerCase().split(';')
      return parameters.some((parameter) => /^\s*q=0(\.0*)?\s*$/.test(parameter)) ? [] : [name!.trim()]
    }),
  )
  return accepted.has('br') ? 'br' : accepted.has('gzip') ? 'gzip' : null
}
