import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { sql } from 'drizzle-orm'
import type { Engine } from './engine.ts'
import { CannotOpen } from './errors.ts'
import { rowsOf } from './rows.ts'

export interface Migration {
  name: string
  sql: string
  sha256: string
}

const FOLDER = new URL('./migrations/', import.meta.url)
/** First line of the migrations that need a superuser; all others run as gis_owner. */
const INSTALLER_MARK = '-- as: installer'
const LOCK = 7_360_700

/** @returns the migrations of this release, in order */
export function readMigrations(): Migration[] {
  return readdirSync(FOLDER)
    .filter((name) => name.endsWith('.sql'))
    .sort()
    .map((name) => {
      const text = readFileSync(new URL(name, FOLDER), 'utf8')
      return { name, sql: text, sha256: createHash('sha256').update(text).digest('hex') }
    })
}

/**
 * Applies what is pending, all in one transaction under an advisory lock: either the database is wholly of this release
 * or it is untouched. Refuses a database that is newer than the program or whose applied migrations were edited.
 */
export async function migrate(engine: Engine, migrations = readMigrations()): Promise<string[]> {
  return engine.ownerTransaction(async (tx) => {
    await tx.execute(sql`select pg_advisory_xact_lock(${LOCK})`)
    await tx.execute(sql`create table if not exists public.gangrid_migration (
      name text primary key, sha256 text not null, applied_at timestamptz not null default now())`)
    const applied = new Map(
      rowsOf<{ name: string; sha256: string }>(
        await tx.execute(sql`select name, sha256 from public.gangrid_migration`),
      ).map((row) => [row.name, row.sha256]),
    )
    for (const [name, sha256] of applied) {
      const known = migrations.find((migration) => migration.name === name)
      if (!known)
        throw new CannotOpen(
          `数据库由更新版本的程序建立（含迁移 ${name}）。请升级本程序，或恢复升级前的备份。`,
        )
      if (known.sha256 !== sha256)
        throw new CannotOpen(`迁移 ${name} 与数据库中已执行的内容不一致，已停止启动。请使用发布的原始文件。`)
    }
    const pending = migrations.filter((migration) => !applied.has(migration.name))
    for (const migration of pending) {
      const asInstaller = migration.sql.startsWith(INSTALLER_MARK)
      await tx.execute(sql`select set_config('role', ${asInstaller ? 'none' : 'gis_owner'}, true)`)
      for (const statement of splitStatements(migration.sql)) await tx.execute(sql.raw(statement))
      await tx.execute(sql`select set_config('role', 'none', true)`)
      await tx.execute(
        sql`insert into public.gangrid_migration (name, sha256) values (${migration.name}, ${migration.sha256})`,
      )
    }
    return pending.map((migration) => migration.name)
  })
}

/** Splits at semicolons outside of quotes, dollar quotes and line comments. Block comments are not used in migrations. */
export function splitStatements(text: string): string[] {
  const statements: string[] = []
  const token = /--[^\n]*|'(?:[^']|'')*'|(\$\w*\$)[\s\S]*?\1|;/g
  let start = 0
  for (let match = token.exec(text); match; match = token.exec(text)) {
    if (match[0] !== ';') continue
    statements.push(text.slice(start, match.index).trim())
    start = token.lastIndex
  }
  const rest = text
    .slice(start)
    .replace(/--[^\n]*/g, '')
    .trim()
  if (rest) throw new Error(`a migration ends without a semicolon: ${rest.slice(0, 60)}`)
  return statements.filter(Boolean)
}
