import { createHash, randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import postgres from 'postgres'
import { openDatabase } from '#db/client.ts'
import type { Database } from '#db/client.ts'
import { readMigrations } from '#db/migrate.ts'

/** Superuser URL of a scratch PostgreSQL cluster that trusts local logins; unset: the embedded engine. */
const CLUSTER = process.env.TEST_DATABASE_URL
export const testEngine = CLUSTER ? 'server' : 'embedded'
export const cacheFolder = join(new URL('../../node_modules/.cache/gangrid', import.meta.url).pathname)

export interface TestDatabase extends AsyncDisposable {
  db: Database
  /** Options that open the same database again. */
  options: Parameters<typeof openDatabase>[0]
  /** Closes and deletes it. */
  [Symbol.asyncDispose](): Promise<void>
}

/** A new, migrated, empty database on the engine under test. The caller disposes of it. */
export async function openTestDatabase(): Promise<TestDatabase> {
  return CLUSTER ? openOnCluster(CLUSTER) : openInFolder()
}

async function openInFolder(): Promise<TestDatabase> {
  const folder = mkdtempSync(join(tmpdir(), 'gangrid-test-'))
  const options = { folder: join(folder, 'db'), cacheFolder }
  const db = await openDatabase(options)
  return {
    db,
    options,
    [Symbol.asyncDispose]: async () => {
      await db.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function openOnCluster(cluster: string): Promise<TestDatabase> {
  const name = `gangrid_test_${randomBytes(6).toString('hex')}`
  const admin = postgres(cluster, { max: 1, onnotice: () => {} })
  const template = await templateDatabase(admin, cluster)
  await admin.unsafe(`create database ${name} template ${template}`)
  const owner = new URL(cluster)
  owner.pathname = `/${name}`
  const login = new URL(owner)
  login.username = 'gis_login'
  const options = { folder: '', cacheFolder, url: login.toString(), ownerUrl: owner.toString() }
  const db = await openDatabase(options)
  return {
    db,
    options,
    [Symbol.asyncDispose]: async () => {
      await db.close()
      await admin.unsafe(`drop database ${name} with (force)`)
      await admin.end()
    },
  }
}

async function templateDatabase(admin: postgres.Sql, cluster: string): Promise<string> {
  const hash = createHash('sha256')
  for (const migration of readMigrations()) hash.update(migration.sha256)
  const name = `gangrid_template_${hash.digest('hex').slice(0, 12)}`
  await admin`select pg_advisory_lock(7360701)`
  try {
    const [existing] = await admin`select from pg_database where datname = ${name}`
    if (!existing) {
      await admin.unsafe(`create database ${name}_new`)
      const url = new URL(cluster)
      url.pathname = `/${name}_new`
      await (await openDatabase({ folder: '', cacheFolder, url: url.toString() })).close()
      await admin.unsafe(`alter database ${name}_new rename to ${name}`)
    }
  } finally {
    await admin`select pg_advisory_unlock(7360701)`
  }
  return name
}
