/**
 * Purpose: writing millions of rows with COPY inside one transaction.
 * Guarantees: the tables' keys, foreign keys to and from them, and their other indexes are taken off, and put back under their own
 * names from the catalogue's own definitions with every row checked; when the work fails, the transaction's rollback leaves all as
 * it was. Checks of single rows and row-level security stay on.
 * Limits: the tables are locked against every reader until the transaction ends.
 * Cost: rebuilding an index or checking a key reads its table once.
 */
import { sql } from 'drizzle-orm'
import type { Tx } from '../engine.ts'
import { arrayLiteral, rowsOf } from '../rows.ts'

interface Part {
  drop: string
  restore: string
}

export async function inBulkMode<T>(tx: Tx, tables: readonly string[], work: () => Promise<T>): Promise<T> {
  const ofTables = sql`${arrayLiteral(tables)}::text[]::regclass[]`
  const foreignKeys = await constraints(
    tx,
    sql`k.contype = 'f' and (k.conrelid = any (${ofTables}) or k.confrelid = any (${ofTables}))`,
  )
  const keys = await constraints(tx, sql`k.contype in ('p', 'u', 'x') and k.conrelid = any (${ofTables})`)
  const indexes = await plainIndexes(tx, ofTables)
  for (const { drop } of [...foreignKeys, ...keys, ...indexes]) await tx.execute(sql.raw(drop))
  const result = await work()
  for (const { restore } of [...keys, ...indexes, ...foreignKeys]) await tx.execute(sql.raw(restore))
  return result
}

async function constraints(tx: Tx, which: ReturnType<typeof sql>): Promise<Part[]> {
  return rowsOf<Part>(
    await tx.execute(sql`
      select format('alter table %I.%I drop constraint %I', n.nspname, c.relname, k.conname) as drop,
        format('alter table %I.%I add constraint %I %s', n.nspname, c.relname, k.conname, pg_get_constraintdef(k.oid)) as restore
      from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace
      where ${which} order by 1`),
  )
}

async function plainIndexes(tx: Tx, ofTables: ReturnType<typeof sql>): Promise<Part[]> {
  return rowsOf<Part>(
    await tx.execute(sql`
      select format('drop index %I.%I', n.nspname, c.relname) as drop, pg_get_indexdef(i.indexrelid) as restore
      from pg_index i join pg_class c on c.oid = i.indexrelid join pg_namespace n on n.oid = c.relnamespace
      where i.indrelid = any (${ofTables}) and not exists (select from pg_constraint k where k.conindid = i.indexrelid) order by 1`),
  )
}
