import { sql } from 'drizzle-orm'
import type { Tx } from './engine.ts'
import { CannotOpen } from './errors.ts'
import { rowsOf } from './rows.ts'

/**
 * Checks of the catalogue that must hold before anything is served: a slip in a later migration stops the start instead
 * of opening a hole. L8 (the viewport query must use its index) has no subject here: map reads do not go through SQL.
 * L9 (every policy has a test on both sides) is checked by the test suite.
 */
const LINTS = [
  {
    code: 'L1',
    fault: '表未启用并强制行级安全',
    find: sql`select n.nspname || '.' || c.relname as what from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where c.relkind in ('r', 'p') and n.nspname in ('app', 'auth', 'audit') and not (c.relrowsecurity and c.relforcerowsecurity)`,
  },
  {
    code: 'L2',
    fault: '视图未声明 security_invoker',
    find: sql`select n.nspname || '.' || c.relname as what from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where c.relkind = 'v' and n.nspname in ('app', 'auth', 'audit', 'org', 'geo')
        and not coalesce(c.reloptions @> array['security_invoker=true'], false)`,
  },
  {
    code: 'L3',
    fault: '业务角色可读取物化视图',
    find: sql`select n.nspname || '.' || c.relname as what from pg_class c join pg_namespace n on n.oid = c.relnamespace,
      pg_roles r where c.relkind = 'm' and n.nspname in ('app', 'auth', 'audit') and r.rolname like 'gis\\_%'
        and r.rolname not in ('gis_owner', 'gis_reader') and has_table_privilege(r.oid, c.oid, 'select')`,
  },
  {
    code: 'L4',
    fault: 'security definer 函数未固定 search_path',
    find: sql`select p.oid::regprocedure::text as what from pg_proc p join pg_namespace n on n.oid = p.pronamespace
      where p.prosecdef and n.nspname in ('app', 'auth', 'audit', 'org', 'geo')
        and not exists (select from unnest(p.proconfig) s where s like 'search_path=%')`,
  },
  {
    code: 'L5',
    fault: '数据库角色权限过大',
    find: sql`select rolname as what from pg_roles where rolname like 'gis\\_%'
      and (rolsuper or rolcreaterole or rolcreatedb or rolreplication or (rolbypassrls and rolname not in ('gis_reader', 'gis_loader', 'gis_backup')))`,
  },
  {
    code: 'L6',
    fault: '登录角色直接持有表权限',
    find: sql`select r.rolname || ' → ' || n.nspname || '.' || c.relname as what
      from pg_class c join pg_namespace n on n.oid = c.relnamespace, pg_roles r
      where c.relkind in ('r', 'p', 'v', 'm') and n.nspname in ('app', 'auth', 'audit', 'org', 'geo')
        and r.rolname in ('gis_login', 'gis_none') and has_table_privilege(r.oid, c.oid, 'select, insert, update, delete')`,
  },
  {
    code: 'L7',
    fault: '函数可被任何人执行',
    find: sql`select p.oid::regprocedure::text as what from pg_proc p join pg_namespace n on n.oid = p.pronamespace
      where n.nspname in ('app', 'auth', 'audit') and p.prosecdef
        and exists (select from aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a where a.grantee = 0)`,
  },
] as const

/** @returns one line per slip, empty when all is well */
export async function findCatalogueFaults(tx: Tx): Promise<string[]> {
  const faults: string[] = []
  for (const lint of LINTS) {
    for (const row of rowsOf<{ what: string }>(await tx.execute(lint.find)))
      faults.push(`${lint.code} ${lint.fault}：${row.what}`)
  }
  return faults
}

export async function lintCatalogue(tx: Tx): Promise<void> {
  const faults = await findCatalogueFaults(tx)
  if (faults.length > 0) throw new CannotOpen(`数据库权限检查未通过，已停止启动：\n${faults.join('\n')}`)
}
