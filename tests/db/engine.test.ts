import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { copyInto, copyLine } from '#db/copy.ts'
import { openDatabase } from '#db/client.ts'
import { DatabaseError } from '#db/errors.ts'
import { findCatalogueFaults } from '#db/lints.ts'
import { migrate, readMigrations, splitStatements } from '#db/migrate.ts'
import { arrayLiteral, rowsOf } from '#db/rows.ts'
import { openTestDatabase, testEngine } from '../support/database.ts'
import type { TestDatabase } from '../support/database.ts'

let opened: TestDatabase
beforeAll(async () => {
  opened = await openTestDatabase()
})
afterAll(() => opened?.[Symbol.asyncDispose]())

const BOWTIES = sql`select st_intersection('POLYGON((0 0,1 1,1 0,0 1,0 0))'::geometry, 'POLYGON((0 0,1 1,1 0,0 1,0 0.5,0 0))'::geometry)`

describe(`the ${testEngine} engine`, () => {
  test('gives the same types for the same columns as the other engine', async () => {
    const rows = await opened.db.asOwner((tx) =>
      tx.execute(sql`select 12345678901::int8 as big, 1.50::numeric(18,2) as money, date '2026-02-03' as day, '{1,2}'::int[] as ints,
        array['a','b c'] as texts, '{"a": [1]}'::jsonb as json, decode('00ff', 'hex') as bytes, true as yes, 0.5::float8 as half`),
    )
    const [row] = rowsOf<Record<string, unknown>>(rows)
    expect({ ...row, bytes: [...(row.bytes as Buffer)] }).toEqual({
      big: 12345678901,
      money: '1.50',
      day: '2026-02-03',
      ints: [1, 2],
      texts: ['a', 'b c'],
      json: { a: [1] },
      bytes: [0, 255],
      yes: true,
      half: 0.5,
    })
  })

  test('binds arrays as literals', async () => {
    const texts = ['a', 'b"c', 'd\\e', '赣州,市']
    const rows = await opened.db.asOwner((tx) =>
      tx.execute(sql`select unnest(${arrayLiteral(texts)}::text[]) as t`),
    )
    expect(rowsOf<{ t: string }>(rows).map((row) => row.t)).toEqual(texts)
  })

  test('an overlay of invalid polygons raises an error and the transaction changes nothing', async () => {
    const work = opened.db.asOwner(async (tx) => {
      await tx.execute(sql`insert into app.setting values ('half', '1')`)
      await tx.execute(BOWTIES)
    })
    await expect(work).rejects.toBeInstanceOf(DatabaseError)
    expect(
      rowsOf(await opened.db.asOwner((tx) => tx.execute(sql`select * from app.setting where key = 'half'`))),
    ).toEqual([])
  })

  test('a runaway query is ended, and the next one is answered', async () => {
    const endless = opened.db.asRole(
      'gis_auth',
      (tx) => tx.execute(sql`select count(*) from generate_series(1, 20000000000)`),
      400,
    )
    await expect(endless).rejects.toMatchObject({ code: '57014' })
    expect(
      rowsOf<{ one: number }>(await opened.db.asRole('gis_auth', (tx) => tx.execute(sql`select 1 as one`)))[0]
        .one,
    ).toBe(1)
    const bare = opened.db.asRole('gis_auth', (tx) => tx.execute(sql`select * from app.client`))
    await expect(bare).rejects.toMatchObject({ code: '42501' })
  })

  test('using the handle inside its own transaction is reported, not waited for', async () => {
    const nested = opened.db.asOwner(() => opened.db.asOwner(async () => 1))
    await expect(nested).rejects.toThrow('pass tx on')
  })

  test('an error tells the constraint but never a value', async () => {
    const insert = () =>
      opened.db.asOwner((tx) => tx.execute(sql`insert into app.setting values ('手机号13800000000', '1')`))
    await insert()
    const error = (await insert().catch((e: unknown) => e)) as DatabaseError
    expect(error).toMatchObject({ code: '23505', constraint: 'setting_pkey', table: 'setting' })
    expect(JSON.stringify(error) + error.message).not.toContain('13800000000')
    const bad = (await opened.db
      .asOwner((tx) => tx.execute(sql`select ${'tel 13800000000'}::text::int`))
      .catch((e: unknown) => e)) as DatabaseError
    expect(bad.code).toBe('22P02')
    expect(JSON.stringify(bad) + bad.message).not.toContain('13800000000')
  })

  test('COPY carries every awkward character, and a failed COPY leaves the connection whole', async () => {
    const texts = ['tab\there', 'line\nbreak', 'back\\slash', '\\N', '', '𠮷野家', 'quote\'"']
    await opened.db.asOwner((tx) =>
      copyInto(
        tx,
        'app.setting (key, value)',
        texts.map((text, i) => copyLine([`copy${i}`, JSON.stringify(text)])),
      ),
    )
    const rows = await opened.db.asOwner((tx) =>
      tx.execute(sql`select value from app.setting where key like 'copy%' order by key`),
    )
    expect(rowsOf<{ value: string }>(rows).map((row) => row.value)).toEqual(texts)

    const broken = opened.db.asOwner((tx) =>
      copyInto(
        tx,
        'app.setting (key, value)',
        Array.from({ length: 500 }, (_, i) => copyLine([`more${i}`, i < 400 ? '1' : '{broken'])),
      ),
    )
    await expect(broken).rejects.toBeInstanceOf(DatabaseError)
    for (let i = 0; i < 20; i++) {
      const after = await opened.db.asOwner((tx) =>
        tx.execute(sql`select count(*)::int as n from app.setting where key like 'more%'`),
      )
      expect(after).toBeDefined()
      expect(rowsOf<{ n: number }>(after)).toEqual([{ n: 0 }])
    }
  })

  test('opening again finds nothing to migrate and keeps the rows', async () => {
    await opened.db.asOwner((tx) => tx.execute(sql`insert into app.setting values ('kept', '42')`))
    await opened.db.close()
    const again = await openDatabase(opened.options)
    opened.db = again
    expect(
      rowsOf<{ value: number }>(
        await again.asOwner((tx) => tx.execute(sql`select value from app.setting where key = 'kept'`)),
      )[0].value,
    ).toBe(42)
  })
})

describe('catalogue lints', () => {
  test.each([
    ['L1', sql`create table app.forgotten (id int)`],
    ['L2', sql`create view app.loose as select id from app.client`],
    ['L4', sql`create function app.unpinned() returns int language sql security definer as 'select 1'`],
    ['L6', sql`grant select on app.client to gis_none`],
    [
      'L7',
      sql`create function app.open_to_all() returns int language sql security definer set search_path = pg_catalog as 'select 1'`,
    ],
  ])('%s finds its slip', async (code, slip) => {
    class Undo extends Error {}
    let found: string[] = []
    await opened.db
      .asOwner(async (tx) => {
        expect(await findCatalogueFaults(tx)).toEqual([])
        await tx.execute(slip)
        found = await findCatalogueFaults(tx)
        throw new Undo()
      })
      .catch((error: unknown) => {
        if (!(error instanceof Undo)) throw error
      })
    expect(found.some((fault) => fault.startsWith(code))).toBe(true)
  })
})

describe('migrations', () => {
  test('are split at the right semicolons', () => {
    expect(splitStatements(`select ';'; do $$ begin; end $$;\n-- a; comment\nselect 1;`)).toEqual([
      `select ';'`,
      `do $$ begin; end $$`,
      `-- a; comment\nselect 1`,
    ])
    expect(() => splitStatements('select 1')).toThrow('without a semicolon')
  })

  test('refuse a newer database and an edited migration', async () => {
    const engine = {
      ownerTransaction: <T>(work: (tx: never) => Promise<T>) =>
        opened.db.asOwner((tx) => asInstaller(tx, work)),
    }
    const asInstaller = async <T>(
      tx: { execute: (q: ReturnType<typeof sql>) => unknown },
      work: (tx: never) => Promise<T>,
    ) => {
      await tx.execute(sql`select set_config('role', 'none', true)`)
      return work(tx as never)
    }
    const known = readMigrations()
    await expect(migrate(engine as never, known.slice(0, -1))).rejects.toThrow('更新版本')
    const edited = known.map((migration, i) => (i === 2 ? { ...migration, sha256: 'other' } : migration))
    await expect(migrate(engine as never, edited)).rejects.toThrow('不一致')
  })
})
