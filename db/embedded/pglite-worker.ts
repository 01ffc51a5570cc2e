import { PGlite, types } from '@electric-sql/pglite'
import type { Results } from '@electric-sql/pglite'
import fs from 'node:fs'
import { pathToFileURL } from 'node:url'
import { parentPort, workerData } from 'node:worker_threads'
import { SILENT_FAILURE } from '../errors.ts'
import type { Answer, Request, WorkerSettings } from './protocol.ts'

/*
 * Runs PGlite in its own thread, since a query blocks the thread it runs on.
 * Three faults of the engine are made good here: it never syncs to disk, it reports a GEOS error as an empty success
 * (which would let the transaction commit), and its date and bytea parsers differ from the server engine's.
 */
const settings = workerData as WorkerSettings
const port = parentPort!
const asText = (value: string) => value
const TEXT_TYPES = [
  types.TIMESTAMP,
  types.TIMESTAMPTZ,
  types.INTERVAL,
  types.DATE,
  1231,
  1115,
  1185,
  1187,
  1182,
]
const parsers = {
  ...Object.fromEntries(TEXT_TYPES.map((type) => [type, asText])),
  [types.INT8]: Number,
  [types.BYTEA]: (value: string) => Buffer.from(value.slice(2), 'hex'),
}

const pg = await PGlite.create({
  dataDir: settings.folder,
  extensions: {
    postgis: { name: 'postgis', setup: async () => ({ bundlePath: pathToFileURL(settings.postgisBundle) }) },
  },
  parsers,
  startParams: [
    ...PGlite.defaultStartParams.filter((param) => param !== '-F'),
    '-c',
    'wal_sync_method=fsync',
  ],
})
restoreSync()
await pg.exec(
  `do $$ begin if exists (select from pg_roles where rolname = 'gis_none') then set role gis_none; end if; end $$`,
)
port.postMessage({ kind: 'ready' })

interface NodeStream {
  node: object
  /** Absent for a directory. */
  nfd?: number
}
interface EmscriptenFs {
  filesystems: {
    NODEFS: { realPath(node: object): string; stream_ops: { fsync?: (stream: NodeStream) => number } }
  }
}

const EIO = 29

// PostgreSQL asks for fsync, Emscripten's NODEFS has none and answers "done": give it one. It must not throw: an
// exception inside the engine's commit leaves it spinning.
function restoreSync(): void {
  const { NODEFS } = (pg as unknown as { Module: { FS: EmscriptenFs } }).Module.FS.filesystems
  NODEFS.stream_ops.fsync = (stream) => {
    try {
      if (stream.nfd === undefined) syncDirectory(NODEFS.realPath(stream.node))
      else fs.fdatasyncSync(stream.nfd)
      return 0
    } catch {
      return EIO
    }
  }
}

function syncDirectory(path: string): void {
  const directory = fs.openSync(path, 'r')
  try {
    fs.fsyncSync(directory)
  } finally {
    fs.closeSync(directory)
  }
}

function checked<T>(result: Results<T>): Results<T> {
  if ((result as { command?: string }).command === undefined) {
    throw Object.assign(new Error('PostGIS could not compute this geometry'), { code: SILENT_FAILURE })
  }
  return result
}

async function answer(request: Request): Promise<unknown> {
  switch (request.kind) {
    case 'query':
      return checked(await pg.query(request.sql, request.params, { rowMode: request.rowMode }))
    case 'script':
      for (const result of await pg.exec(request.sql)) checked(result)
      return null
    case 'copy':
      return checked(
        await pg.query(request.sql, [], { blob: new Blob([request.data as Uint8Array<ArrayBuffer>]) }),
      )
    case 'dump':
      return Buffer.from(await (await pg.dumpDataDir('gzip')).arrayBuffer())
    case 'close':
      await pg.close()
      return null
  }
}

interface PgError {
  message?: string
  code?: string
  constraint?: string
  table?: string
}

port.on('message', async (request: Request) => {
  let reply: Answer
  try {
    reply = { kind: 'answer', id: request.id, value: await answer(request) }
  } catch (error) {
    const { message, code, constraint, table } = error as PgError
    reply = {
      kind: 'refusal',
      id: request.id,
      error: { message: message ?? 'unknown', code: code ?? 'XX000', constraint, table },
    }
  }
  port.postMessage(reply)
})
