import { getTableColumns, is, sql } from 'drizzle-orm'
import { getTableConfig, PgTable } from 'drizzle-orm/pg-core'
import { expect, test } from 'vitest'
import { rowsOf } from '#db/rows.ts'
import { schema } from '#db/schema/index.ts'
import { openTestDatabase } from '../support/database.ts'

interface CatalogueColumn {
  table: string
  name: string
  type: string
  required: boolean
}

test('the drizzle schema and the migrated database have the same tables, columns, types and nullability', async () => {
  await using opened = await openTestDatabase()
  const catalogue = await opened.db.asOwner(async (tx) =>
    rowsOf<CatalogueColumn>(
      await tx.execute(sql`select n.nspname || '.' || c.relname as "table", a.attname as name,
          format_type(a.atttypid, a.atttypmod) as type, a.attnotnull as required
        from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
        where n.nspname in ('app', 'auth', 'audit', 'geo', 'org') and c.relkind = 'r' and a.attnum > 0 and not a.attisdropped`),
    ),
  )
  const declared = Object.values(schema)
    .filter((table) => is(table, PgTable))
    .flatMap((table) => {
      const { schema: namespace, name, primaryKeys } = getTableConfig(table)
      const inKey = new Set(primaryKeys.flatMap((key) => key.columns.map((column) => column.name)))
      return Object.values(getTableColumns(table)).map((column) => ({
        table: `${namespace}.${name}`,
        name: column.name,
        type: column.getSQLType().replace(/, /g, ','),
        required: column.notNull || inKey.has(column.name),
      }))
    })
  const lines = (columns: CatalogueColumn[]) =>
    columns.map((c) => `${c.table}.${c.name} ${c.type} ${c.required}`).sort()
  expect(lines(declared)).toEqual(lines(catalogue))
})
