import { randomUUID } from 'node:crypto'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { rowsOf } from '#db/rows.ts'
import { createRandom } from '#domain/random.ts'
import type { Problem } from '#contract/errors.ts'
import type { Board, Checks, EditList, EditResult, HistoryView } from '#server/grids/edits/contract.ts'
import type { Plan } from '#server/grids/contract.ts'
import {
  callerAs,
  callerOf,
  finishedJob,
  insertPlanner,
  openTestApi,
  type Caller,
  type TestApi,
} from '../support/api.ts'
import { testEngine } from '../support/database.ts'
import { insertLatticePlan } from '../support/lattice-plan.ts'

/* A plan of 12 by 10 square units in 章贡, cut into 4 vertical strips of 3 columns: grid 0 holds columns 0 to 2, and so on. */
const COUNTY = '360702000000'
const COLUMNS = 12
const UNITS = 120
let api: TestApi
let planner: Caller
let colleague: Caller
let foreign: Caller
let head: Caller
let plan: number

beforeAll(async () => {
  api = await openTestApi()
  await insertPlanner(api.db, 'toy.planner-2', COUNTY)
  await insertPlanner(api.db, 'toy.planner-3', '360722000000')
  await api.db.asOwner((tx) =>
    tx.execute(sql`insert into auth.account (username, display_name, password_hash, role, staff_id, branch_ids, county_codes)
      values ('toy.head-2', 'x', 'none', 'branch_head', 104, '{20}', array[${COUNTY}])`),
  )
  planner = await callerAs(api, 'planner')
  colleague = await callerOf(api, 'toy.planner-2')
  foreign = await callerOf(api, 'toy.planner-3')
  head = await callerOf(api, 'toy.head-2')
})
afterAll(async () => {
  await api?.[Symbol.asyncDispose]()
})
beforeEach(async () => {
  plan = await newPlan()
})

const newPlan = () =>
  insertLatticePlan(api.db, {
    countyCode: COUNTY,
    columns: COLUMNS,
    rows: 10,
    grids: 4,
    west: 114.941,
    south: 25.841,
    side: 0.0015,
  })
const post = (path: string, body: unknown, call = planner) =>
  call(`/api/grid-plans/${plan}/${path}`, { method: 'POST', body })
const get = async <T>(path: string, call = planner) =>
  (await (await call(`/api/grid-plans/${plan}${path}`)).json()) as T
const board = (call = planner) => get<Board>('/board', call)

type Change = [unit: number, from: number | null, to: number | null]
const paint = (changes: Change[], more: object = {}) => ({
  id: randomUUID(),
  basedOn: 1,
  kind: 'paint',
  units: changes.map(([unit]) => unit),
  from: changes.map(([, from]) => from),
  to: changes.map(([, , to]) => to),
  ...more,
})
async function done(answer: Promise<Response>): Promise<EditResult> {
  const response = await answer
  const body = (await response.json()) as EditResult & Problem
  expect([response.status, body.detail]).toEqual([200, undefined])
  return body
}
async function refused(answer: Promise<Response>, status: number, code: string): Promise<Problem> {
  const response = await answer
  const problem = (await response.json()) as Problem
  expect([response.status, problem.code]).toEqual([status, code])
  expect(problem.detail).toMatch(/[一-鿿]{4}/)
  return problem
}
const undo = (seq: number, call = planner) =>
  post('edits', { id: randomUUID(), basedOn: 1, undoes: seq }, call)

describe('an edit', () => {
  it('moves units, says what the grids hold now, and is in the log', async () => {
    const result = await done(
      post(
        'edits',
        paint([
          [3, 1, 0],
          [15, 1, null],
        ]),
      ),
    )
    expect(result).toMatchObject({
      version: 2,
      missed: [],
      unassigned: 1,
      edit: { seq: 1, kind: 'paint', undoes: null },
    })
    const { assignment, version, lastSeq } = await board()
    expect([assignment[3], assignment[15], version, lastSeq]).toEqual([0, null, 2, 1])
    const shown = await get<Plan>('')
    expect(shown.unassigned).toBe(1)
    for (const { no, totals, units, deviation } of result.grids) {
      expect(shown.grids[no]).toMatchObject({ totals, units })
      expect(shown.grids[no]!.deviation.clients).toBe(deviation.clients)
    }
    const log = await get<EditList>('/edits?after=0')
    expect(log.edits).toEqual([result.edit])
    expect(log.edits[0]).toMatchObject({ units: [3, 15], from: [1, 1], to: [0, null], author: 'planner' })
  })

  it('measures the plan anew: a bridge taken away makes a grid fall apart', async () => {
    const row = Array.from({ length: 3 }, (_, i): Change => [4 * COLUMNS + i, 0, 1])
    await done(post('edits', paint(row)))
    const { grids, metrics } = await get<Plan>('')
    expect(grids.map(({ contiguous }) => contiguous)).toEqual([false, true, true, true])
    expect(metrics!.contiguousShare).toBe(0.75)
    // Grid 2 is untouched: 3 by 10 cells of 150.1 by 166.8 m.
    const [width, height] = [3 * 150.1, 10 * 166.8]
    expect(grids[2]!.polsbyPopper).toBeCloseTo(
      (4 * Math.PI * width * height) / (2 * (width + height)) ** 2,
      2,
    )
  })

  it('is stored once however often it is sent', async () => {
    const body = paint([[3, 1, 0]])
    const first = await done(post('edits', body))
    const again = await done(post('edits', body))
    expect(again.edit).toEqual(first.edit)
    expect((await get<EditList>('/edits')).edits).toHaveLength(1)
    await refused(post('edits', body, colleague), 409, 'conflict')
  })

  it('is merged with the edits of others that touch other units, and tells of them', async () => {
    const other = await done(post('edits', paint([[3, 1, 0]]), colleague))
    const mine = await done(post('edits', paint([[40, 1, 2]])))
    expect(mine).toMatchObject({ version: 3, missed: [other.edit] })
  })

  it('is refused where another moved the unit first, with both grids', async () => {
    await done(post('edits', paint([[3, 1, 0]]), colleague))
    const problem = await refused(
      post(
        'edits',
        paint([
          [3, 1, 2],
          [4, 1, 2],
        ]),
      ),
      409,
      'conflict',
    )
    expect(problem.conflict).toEqual({
      version: 2,
      units: [{ unit: 3, expected: 1, present: 0 }],
      locked: [],
      grids: [],
    })
    expect((await board()).assignment[4]).toBe(1)
  })

  it('may open the next grid number and no other', async () => {
    await done(post('edits', paint([[0, 0, 4]], { kind: 'split' })))
    expect((await get<Plan>('')).grids.map(({ name, units }) => [name, units])[4]).toEqual(['网格 5', 1])
    await refused(post('edits', paint([[1, 0, 9]])), 422, 'unprocessable')
  })

  it.each([
    ['no body', undefined, 400],
    ['a number that is no UUID', { id: '7' }, 400],
    ['lists of different lengths', { units: [1, 2] }, 400],
    ['a unit twice', { units: [1, 1], from: [0, 0], to: [1, 1] }, 400],
    ['nothing at all', { units: [], from: [], to: [] }, 400],
    ['the kind of a solve', { kind: 'solve' }, 400],
    ['an unknown key', { owner: 1 }, 400],
    ['a unit that is none', { units: [UNITS], from: [0], to: [1] }, 422],
    ['a change of nothing', { units: [1], from: [0], to: [0] }, 422],
  ])('with %s is refused', async (_, change, status) => {
    const body = change === undefined ? undefined : { ...paint([[3, 1, 0]]), ...change }
    await refused(post('edits', body), status as number, status === 400 ? 'bad_request' : 'unprocessable')
  })

  it('belongs to those who plan in the county', async () => {
    await refused(post('edits', paint([[3, 1, 0]]), foreign), 404, 'not_found')
    await refused(post('edits', paint([[3, 1, 0]]), head), 403, 'forbidden')
    await refused(post('edits', paint([[3, 1, 0]]), await callerAs(api, 'manager')), 403, 'forbidden')
    for (const path of ['/board', '/edits', '/locks', '/checks'])
      expect((await head(`/api/grid-plans/${plan}${path}`)).status).toBe(200)
    for (const path of ['/board', '/edits', '/history', '/locks', '/checks'])
      expect((await foreign(`/api/grid-plans/${plan}${path}`)).status).toBe(404)
  })
})

describe('undo and redo', () => {
  it('take back own edits only, once, while nobody moved the units on', async () => {
    const { edit } = await done(
      post(
        'edits',
        paint([
          [3, 1, 0],
          [4, 1, 0],
        ]),
      ),
    )
    await refused(undo(edit.seq, colleague), 403, 'forbidden')
    await refused(undo(99), 404, 'not_found')
    await done(post('edits', paint([[4, 0, 2]]), colleague))
    const problem = await refused(undo(edit.seq), 409, 'conflict')
    expect(problem.conflict!.units).toEqual([{ unit: 4, expected: 0, present: 2 }])
    await done(undo(2, colleague))
    await done(undo(edit.seq))
    await refused(undo(edit.seq), 409, 'conflict')
    expect((await board()).assignment[3]).toBe(1)
  })

  it(
    '100 undos and 100 redos lead back to the identical plan, also through the log alone',
    { timeout: 300_000 },
    async () => {
      await api.db.asOwner((tx) =>
        tx.execute(sql`update app.grid set manager_id = 104 where plan_id = ${plan} and no = 1`),
      )
      const random = createRandom(5)
      const start = await board()
      let now = start.assignment
      for (let i = 0; i < 99; i++) {
        const unit = random.int(UNITS)
        const to = random.int(5) === 4 ? null : random.int(4)
        const target = to === now[unit] ? (to === null ? 0 : (to + 1) % 4) : to
        await done(post('edits', paint([[unit, now[unit]!, target]])))
        now = now.map((grid, u) => (u === unit ? target : grid))
      }
      await done(
        post('edits', {
          ...paint([], { kind: 'swap' }),
          managers: [
            { no: 1, from: 104, to: null },
            { no: 2, from: null, to: 104 },
          ],
        }),
      )
      const end = await board()
      const planAtEnd = await get<Plan>('')
      for (let i = 0; i < 100; i++) await done(undo((await get<HistoryView>('/history')).undo.at(-1)!))
      expect(await get<HistoryView>('/history')).toMatchObject({ undo: [], redo: { length: 100 } })
      expect((await board()).assignment).toEqual(start.assignment)
      expect((await get<Plan>('')).grids[1]!.managerId).toBe(104)
      for (let i = 0; i < 100; i++) await done(undo((await get<HistoryView>('/history')).redo.at(-1)!))
      expect((await board()).assignment).toEqual(end.assignment)
      const { grids, metrics } = await get<Plan>('')
      expect({ grids, metrics }).toEqual({ grids: planAtEnd.grids, metrics: planAtEnd.metrics })
    },
  )

  it('cover a solve too', async () => {
    const before = (await board()).assignment
    const job = await finishedJob(
      api,
      planner,
      await planner(`/api/grid-plans/${plan}/solve`, {
        method: 'POST',
        body: { gridCount: 3, weights: [{ key: 'clients', importance: 1 }], tolerance: 0.2, seed: 7 },
        headers: { 'if-match': '"v1"' },
      }),
    )
    expect(job.state).toBe('done')
    const log = await get<EditList>('/edits')
    expect(log.edits.map(({ kind, version }) => [kind, version])).toEqual([['solve', 2]])
    await done(undo(1))
    expect((await board()).assignment).toEqual(before)
    expect((await get<Plan>('')).grids).toHaveLength(4)
  })
})

describe('swapping managers', () => {
  it('moves them between grids, and gives nobody a second grid or a first one', async () => {
    await api.db.asOwner((tx) =>
      tx.execute(sql`update app.grid set manager_id = 104 where plan_id = ${plan} and no = 1`),
    )
    const swap = (managers: object[]) => post('edits', { ...paint([], { kind: 'swap' }), managers })
    await refused(swap([{ no: 0, from: null, to: 104 }]), 422, 'unprocessable')
    await refused(swap([{ no: 0, from: 104, to: null }]), 409, 'conflict')
    const { grids } = await done(
      swap([
        { no: 1, from: 104, to: null },
        { no: 0, from: null, to: 104 },
      ]),
    )
    expect(grids.map(({ managerId }) => managerId)).toEqual([104, null, null, null])
  })
})

describe('locks', () => {
  const lock = (body: object, call = planner) => post('locks', body, call)
  it('hold a grid both ways and a unit where it is, for edits, undo, a solve and a bare statement', async () => {
    const { edit } = await done(post('edits', paint([[3, 1, 0]])))
    expect(await (await lock({ locked: true, grids: [0], units: [50] })).json()).toEqual({
      version: 3,
      grids: [0],
      units: [50],
    })
    const stays: [string, () => Promise<Response>, number[]][] = [
      ['losing', () => post('edits', paint([[0, 0, 1]])), [0]],
      ['gaining', () => post('edits', paint([[4, 1, 0]])), [4]],
      ['erasing', () => post('edits', paint([[0, 0, null]], { kind: 'erase' })), [0]],
      [
        'a locked unit',
        () =>
          post(
            'edits',
            paint([
              [50, 0, 1],
              [51, 1, 2],
            ]),
          ),
        [50],
      ],
      ['undo', () => undo(edit.seq), [3]],
    ]
    for (const [name, send, held] of stays) {
      const problem = await refused(send(), 409, 'conflict')
      expect([
        name,
        problem.conflict!.locked.length > 0 ? problem.conflict!.locked : problem.conflict!.units,
      ]).toEqual([name, held])
    }
    const solve = planner(`/api/grid-plans/${plan}/solve`, {
      method: 'POST',
      body: { gridCount: 3, weights: [{ key: 'clients', importance: 1 }], tolerance: 0.2, seed: 7 },
      headers: { 'if-match': '"v3"' },
    })
    expect((await refused(solve, 409, 'conflict')).detail).toMatch(/1 个网格、1 个单元已锁定/)
    for (const [unit, to] of [
      [0, 1],
      [4, 0],
      [50, 2],
    ] as const) {
      const statement = api.db.asOwner((tx) =>
        tx.execute(sql`update app.unit set grid_no = ${to} where plan_id = ${plan} and idx = ${unit}`),
      )
      await expect(statement).rejects.toMatchObject({ code: 'GG002' })
    }
    await lock({ locked: false, grids: [0], units: [50] })
    await done(undo(edit.seq))
  })

  it('are named exactly and kept by planners only', async () => {
    await refused(lock({ locked: true, grids: [9] }), 404, 'not_found')
    await refused(lock({ locked: true }), 400, 'bad_request')
    await refused(lock({ locked: true, grids: [0] }, head), 403, 'forbidden')
    await refused(lock({ locked: true, grids: [0] }, foreign), 404, 'not_found')
  })
})

describe('the checks', () => {
  it('find what was broken on purpose, with the client counts of the units', async () => {
    const inner = 5 * COLUMNS + 4
    const island = 2 * COLUMNS + 10
    await done(
      post(
        'edits',
        paint([
          [inner, 1, null],
          [island, 3, 0],
        ]),
      ),
    )
    const checks = await get<Checks>('/checks')
    const clients = (unit: number) => 1 + (unit % 7)
    expect(checks).toMatchObject({
      unassignedUnits: { withClients: 1, withoutClients: 0 },
      islands: 1,
      holes: 1,
      clientsOutside: { inNoGrid: clients(inner) },
    })
    expect(checks.cases.map(({ kind, units, repairTo }) => [kind, units, repairTo])).toEqual([
      ['unassigned', [inner], 1],
      ['island', [island], 3],
      ['hole', [inner], 1],
    ])
    const [w, s, e, n] = checks.cases[0]!.bounds
    expect([e - w, n - s]).toEqual([expect.closeTo(0.0015, 9), expect.closeTo(0.0015, 9)])
  })

  it('find clients whose manager is not that of their grid', async () => {
    // Clients 6 and 7 of the toy bank lie at 114.951 and 114.952, 25.85: row 6, columns 6 and 7, in grid 2; theirs is 104.
    const sent = (no: number) =>
      api.db.asOwner(async (tx) => {
        await tx.execute(sql`update app.grid set manager_id = null where plan_id = ${plan}`)
        await tx.execute(sql`update app.grid set manager_id = 104 where plan_id = ${plan} and no = ${no}`)
        await tx.execute(sql`insert into org.staff (id, staff_no, name, branch_id, duty, joined_on)
          values (106, 'G106', '员工106', 20, 'manager', '2015-01-01') on conflict do nothing`)
        await tx.execute(
          sql`update app.grid set manager_id = 106 where plan_id = ${plan} and no = ${no === 2 ? 1 : 2}`,
        )
      })
    await sent(2)
    expect(await get<Checks>('/checks')).toMatchObject({ disagreeingClients: 0 })
    await sent(1)
    const checks = await get<Checks>('/checks')
    expect(checks.disagreeingClients).toBe(2)
    expect(
      checks.cases
        .filter(({ kind }) => kind === 'disagreement')
        .flatMap(({ units, repairTo }) => units.map((u) => [u, repairTo])),
    ).toEqual(expect.arrayContaining([[6 * COLUMNS + 6, 1]]))
  })
})

describe('totals', () => {
  it('after 200 random edits equal a fresh sum of the units', { timeout: 300_000 }, async () => {
    const random = createRandom(11)
    let { assignment } = await board()
    let last: EditResult | null = null
    for (let i = 0; i < 200; i++) {
      const units = [...new Set(Array.from({ length: 1 + random.int(6) }, () => random.int(UNITS)))]
      const to = random.int(6) === 5 ? null : random.int(4)
      const changes = units.flatMap((u): Change[] => (assignment[u] === to ? [] : [[u, assignment[u]!, to]]))
      if (changes.length === 0) continue
      last = await done(post('edits', paint(changes)))
      assignment = assignment.map((grid, u) => (changes.some(([unit]) => unit === u) ? to : grid))
    }
    expect((await board()).assignment).toEqual(assignment)
    const fresh = rowsOf<{ no: number; units: number; clients: number; hours: number }>(
      await api.db.asOwner((tx) =>
        tx.execute(sql`select grid_no as no, count(*)::int as units, sum(weights[1])::float8 as clients, sum(weights[4])::float8 as hours
          from app.unit where plan_id = ${plan} and grid_no is not null group by grid_no order by grid_no`),
      ),
    )
    expect(
      last!.grids.map(({ no, units, totals }) => ({
        no,
        units,
        clients: totals.clients,
        hours: totals.visitHours,
      })),
    ).toEqual(fresh)
  })
})

describe('people in a plan', () => {
  it('know of each other and of every change', async () => {
    const heard: unknown[] = []
    const accountOf = async (username: string) =>
      rowsOf<{ id: number }>(
        await api.db.asOwner((tx) =>
          tx.execute(sql`select id from auth.account where username = ${username}`),
        ),
      )[0]!.id
    const stop = api.deps.events.subscribe(
      await accountOf('toy.planner'),
      (event) => heard.push(event.data),
      () => {},
    )
    const outsider: unknown[] = []
    const stopOutsider = api.deps.events.subscribe(
      await accountOf('toy.planner-3'),
      (event) => outsider.push(event),
      () => {},
    )
    await post('presence', { grid: 2 })
    const { people } = (await (await post('presence', {}, colleague)).json()) as { people: object[] }
    expect(people).toMatchObject([
      { name: 'planner', grid: 2 },
      { name: 'toy.planner-2', grid: null },
    ])
    await done(post('edits', paint([[3, 1, 0]]), colleague))
    expect(heard.at(-1)).toEqual({ planId: plan, version: 2, lastSeq: 1 })
    await post('presence', { leaving: true })
    const before = heard.length
    await done(post('edits', paint([[3, 0, 1]], { basedOn: 2 }), colleague))
    expect(heard).toHaveLength(before)
    expect(outsider).toEqual([])
    await refused(post('presence', {}, foreign), 404, 'not_found')
    stop()
    stopOutsider()
  })
})

describe(`concurrent editors (${testEngine === 'server' ? '1,000 edits by 8' : '120 edits by 4: one connection here, the full run needs PostgreSQL'})`, () => {
  it('lose no update and are told of every conflict', { timeout: 600_000 }, async () => {
    const editors = testEngine === 'server' ? 8 : 4
    const each = testEngine === 'server' ? 125 : 30
    const names = Array.from({ length: editors }, (_, i) => `toy.editor-${i}`)
    for (const name of names) await insertPlanner(api.db, name, COUNTY)
    const saved: { version: number; seq: number; changes: Change[] }[] = []
    let conflicts = 0
    await Promise.all(
      names.map(async (name, i) => {
        const call = await callerOf(api, name)
        const random = createRandom(100 + i)
        let { assignment, version } = await board(call)
        for (let k = 0; k < each; k++) {
          const to = random.int(4)
          const units = [...new Set(Array.from({ length: 3 }, () => random.int(UNITS)))]
          const changes = units.flatMap((u): Change[] =>
            assignment[u] === to ? [] : [[u, assignment[u]!, to]],
          )
          if (changes.length === 0) continue
          const response = await post('edits', paint(changes, { basedOn: version }), call)
          const body = (await response.json()) as EditResult & Problem
          if (response.status === 409) {
            conflicts++
            expect(body.conflict!.units.length).toBeGreaterThan(0)
            ;({ assignment, version } = await board(call))
            continue
          }
          expect(response.status).toBe(200)
          saved.push({ version: body.edit.version, seq: body.edit.seq, changes })
          version = body.version
          assignment = [...assignment]
          for (const { units: theirs, to: grids } of [...body.missed, body.edit].sort(
            (p, q) => p.seq - q.seq,
          ))
            theirs.forEach((u, j) => (assignment[u] = grids[j]!))
        }
      }),
    )
    // Replaying what each editor was told was saved, in the order of the log, gives what is stored: nothing lost, nothing extra.
    const replayed = Array.from({ length: UNITS }, (_, u): number | null => Math.floor((u % COLUMNS) / 3))
    saved.sort((p, q) => p.seq - q.seq)
    expect(saved.map(({ seq }) => seq)).toEqual(saved.map((_, i) => i + 1))
    for (const { changes } of saved) {
      for (const [unit, from, to] of changes) {
        expect(replayed[unit]).toBe(from)
        replayed[unit] = to
      }
    }
    expect((await board()).assignment).toEqual(replayed)
    expect(saved.length + conflicts).toBeGreaterThan(each * editors * 0.7)
    expect(conflicts).toBeGreaterThan(0)
    const twice = rowsOf(
      await api.db.asOwner((tx) =>
        tx.execute(sql`select idx from app.unit where plan_id = ${plan} group by idx having count(*) > 1`),
      ),
    )
    expect(twice).toEqual([])
  })
})
