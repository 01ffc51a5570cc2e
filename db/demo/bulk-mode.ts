/**
 * Purpose: writing millions of rows with COPY inside one transaction.
 * Guarantees: foreign keys to and from the tables and their indexes that no constraint needs are taken off, and put back from the
 * catalogue's own definitions with every row checked; when the work fails, the transaction's rollback leaves all as it was.
 * Limits: the tables are locked against every reader until the transaction ends.
 * Cost: rebuilding an index or checking a key reads its table once.
 */
import { sql } from 'drizzle-orm'
import type { Tx } from '../engine.ts'
import { arrayLiteral, rowsOf } from '../rows.ts'

export async function inBulkMode<T>(tx: Tx, tables: readonly string[], work: () => Promise<T>): Promise<T> {
  const wanted = sql`${arrayLiteral(tables)}::text[]::regclass[]`
  const keys = rowsOf<{ owner: string; name: string; definition: string }>(
    await tx.execute(sql`select format('%I.%I', n.nspname, c.relname) as owner, format('%I', k.conname) as name,
        pg_get_constraintdef(k.oid) as definition
      from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace
      where k.contype = 'f' and (k.conrelid = any (${wanted}) or k.confrelid = any (${wanted})) order by 1, 2`),
  )
  const indexes = rowsOf<{ name: string; definition: string }>(
    await tx.execute(sql`select format('%I.%I', n.nspname, c.relname) as name, pg_get_indexdef(i.indexrelid) as definition
      from pg_index i join pg_class c on c.oid = i.indexrelid join pg_namespace n on n.oid = c.relnamespace
      where i.indrelid = any (${wanted}) and not exists (select from pg_constraint k where k.conindid = i.indexrelid) order by 1`),
  )
  for (const { owner, name } of keys)
    await tx.execute(sql.raw(`alter table ${owner} drop constraint ${name}`))
  for (const { name } of indexes) await tx.execute(sql.raw(`drop index ${name}`))
  const result = await work()
  for (const { definition } of indexes) await tx.execute(sql.raw(definition))
  for (const { owner, name, definition } of keys) {
    await tx.execute(sql.raw(`alter table ${owner} add constraint ${name} ${definition}`))
  }
  return result
}
