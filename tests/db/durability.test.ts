import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { sql } from 'drizzle-orm'
import { describe, expect, test } from 'vitest'
import { openDatabase } from '#db/client.ts'
import type { Database } from '#db/client.ts'
import { rowsOf } from '#db/rows.ts'
import { postgresPrograms, startCluster } from '../support/cluster.ts'
import { openTestDatabase, testEngine } from '../support/database.ts'

const root = new URL('../..', import.meta.url).pathname

function startWriter(options: unknown, env: Record<string, string> = {}) {
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', 'tests/support/batch-writer.ts', JSON.stringify(options)],
    {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  const acknowledged: number[] = []
  let stderr = ''
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk))
  const lines = createInterface({ input: child.stdout })
  const reached = (count: number) =>
    new Promise<void>((resolve, reject) => {
      const check = () => acknowledged.length >= count && resolve()
      lines.on('line', check)
      child.once('exit', () => reject(new Error(`the writer ended early: ${stderr.slice(0, 500)}`)))
      check()
    })
  lines.on('line', (line) => line !== 'open' && acknowledged.push(Number(line)))
  return { child, acknowledged, reached, stderr: () => stderr }
}

const exited = (child: ChildProcess) =>
  new Promise<number | null>((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve(child.exitCode)
    child.once('exit', (code) => resolve(code))
  })

async function batchesIn(db: Database): Promise<{ batch: number; rows: number }[]> {
  const rows = await db.asOwner((tx) =>
    tx.execute(
      sql`select split_part(key, '-', 2)::int as batch, count(*)::int as rows from app.setting where key like 'batch-%' group by 1 order by 1`,
    ),
  )
  return rowsOf(rows)
}

function expectNothingLost(stored: { batch: number; rows: number }[], acknowledged: number[]) {
  expect(stored.filter((batch) => batch.rows !== 50)).toEqual([])
  expect(acknowledged.length).toBeGreaterThan(0)
  const present = new Set(stored.map((batch) => batch.batch))
  expect(acknowledged.filter((batch) => !present.has(batch))).toEqual([])
}

test('kill -9 of the program during writes: every acknowledged row is there, and no half batch', async () => {
  const opened = await openTestDatabase()
  await opened.db.close()
  for (const wanted of [3, 11, 20]) {
    const writer = startWriter(opened.options)
    await writer.reached(wanted)
    const gone = exited(writer.child)
    writer.child.kill('SIGKILL')
    await gone
    opened.db = await openDatabase(opened.options)
    expectNothingLost(await batchesIn(opened.db), writer.acknowledged)
    await opened.db.asOwner((tx) => tx.execute(sql`delete from app.setting where key like 'batch-%'`))
    if (wanted !== 20) await opened.db.close()
  }
  await opened[Symbol.asyncDispose]()
})

describe.skipIf(testEngine !== 'server' || !postgresPrograms())(
  'a PostgreSQL cluster of our own (needs the server programs)',
  () => {
    test('crash of the database server during writes: every acknowledged row is there after recovery', async () => {
      const cluster = await startCluster()
      const options = { folder: '', cacheFolder: '', url: cluster.url }
      try {
        const writer = startWriter(options)
        await writer.reached(10)
        const gone = exited(writer.child)
        cluster.crash()
        await gone
        cluster.start()
        const db = await openDatabase(options)
        expectNothingLost(await batchesIn(db), writer.acknowledged)
        await db.close()
      } finally {
        cluster.stop()
      }
    })
  },
)

describe.skipIf(testEngine !== 'embedded')('the folder of the embedded engine', () => {
  test('a second process is refused, told who holds the folder, and changes nothing', async () => {
    await using opened = await openTestDatabase()
    const second = startWriter(opened.options)
    expect(await exited(second.child)).toBe(1)
    expect(second.stderr()).toContain(`正被进程 ${process.pid} 使用`)
    expect(second.acknowledged).toEqual([])
    expect(await batchesIn(opened.db)).toEqual([])
  })

  test('is synced to disk by each commit', async () => {
    const opened = await openTestDatabase()
    await opened.db.close()
    const log = join(dirname(opened.options.folder), 'syncs')
    writeFileSync(log, '')
    const writer = startWriter(opened.options, {
      SYNC_LOG: log,
      NODE_OPTIONS: `--require ${root}tests/support/count-syncs.cjs`,
    })
    await writer.reached(1)
    const before = statSync(log).size
    await writer.reached(21)
    const after = statSync(log).size
    const gone = exited(writer.child)
    writer.child.kill('SIGKILL')
    await gone
    expect(after - before).toBeGreaterThanOrEqual(19)
    opened.db = await openDatabase(opened.options)
    await opened[Symbol.asyncDispose]()
  })
})
