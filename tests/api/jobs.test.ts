import { sql } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { rowsOf } from '#db/rows.ts'
import { EventHub, type HubEvent } from '#server/jobs/event-hub.ts'
import { JobQueue, JobRefusal, type JobContext } from '#server/jobs/job-queue.ts'
import { runInWorker } from '#server/jobs/run-in-worker.ts'
import { callerAs, callerOf, insertPlanner, openTestApi, type Caller, type TestApi } from '../support/api.ts'

let api: TestApi
let planner: Caller
let otherPlanner: Caller
let accounts: { mine: number; others: number; third: number }

beforeAll(async () => {
  api = await openTestApi()
  await insertPlanner(api.db, 'toy.planner-2', '360722000000')
  await insertPlanner(api.db, 'toy.planner-3', '360722000000')
  planner = await callerAs(api, 'planner')
  otherPlanner = await callerOf(api, 'toy.planner-2')
  const rows = rowsOf<{ id: number; username: string }>(
    await api.db.asOwner((tx) =>
      tx.execute(sql`select id, username from auth.account where role = 'planner'`),
    ),
  )
  const idOf = (username: string) => rows.find((row) => row.username === username)!.id
  accounts = { mine: idOf('toy.planner'), others: idOf('toy.planner-2'), third: idOf('toy.planner-3') }
})
afterAll(async () => {
  await api?.[Symbol.asyncDispose]()
})

/** A handler whose jobs end when told to. */
function gate() {
  const running = new Map<
    string,
    { context: JobContext; finish: (result?: Record<string, unknown>) => void; fail: (error: Error) => void }
  >()
  const handler = (_: never, context: JobContext) =>
    new Promise<Record<string, unknown>>((resolve, reject) => {
      running.set(context.jobId, { context, finish: (result = {}) => resolve(result), fail: reject })
      context.signal.addEventListener('abort', () => reject(new Error('aborted')))
    }).finally(() => running.delete(context.jobId))
  return { running, handler }
}

const until = async (holds: () => boolean) => {
  for (let i = 0; i < 500 && !holds(); i++) await new Promise((next) => setTimeout(next, 10))
  expect(holds()).toBe(true)
}
const stored = async (id: string) => {
  const [row] = rowsOf<{
    state: string
    progress: number
    message: string
    result: unknown
    error: unknown
    ended: boolean
  }>(
    await api.db.asOwner((tx) =>
      tx.execute(
        sql`select state, progress, message, result, error, finished_at is not null as ended from app.job where id = ${id}::uuid`,
      ),
    ),
  )
  return row!
}

describe('the queue', () => {
  let queue: JobQueue
  let work: ReturnType<typeof gate>
  let seen: HubEvent[]
  beforeEach(() => {
    const events = new EventHub()
    seen = []
    events.subscribe(
      accounts.mine,
      (event) => seen.push(event),
      () => {},
    )
    queue = new JobQueue({ ...api.deps, events })
    work = gate()
    queue.register('test', work.handler)
  })
  afterEach(() => queue.close())
  const enqueue = (accountId: number, input: unknown = {}) =>
    queue.enqueue({ kind: 'test', input, accountId })
  const states = () => seen.flatMap((event) => (event.name === 'job' ? [event.data.state] : []))

  it('takes a job through its states, stores them, and tells its owner only', async () => {
    const id = await enqueue(accounts.mine, { a: 1 })
    await until(() => work.running.has(id))
    expect(await stored(id)).toMatchObject({ state: 'running', progress: 0, ended: false })
    work.running.get(id)!.context.progress(0.5, '一半')
    work.running.get(id)!.context.progress(0.25, '不会倒退')
    const other = await enqueue(accounts.others)
    await until(() => work.running.has(other))
    work.running.get(other)!.finish()
    work.running.get(id)!.finish({ planId: 3 })
    await queue.settled(id)
    expect(await stored(id)).toMatchObject({
      state: 'done',
      progress: 1,
      message: '已完成',
      result: { planId: 3 },
      error: null,
      ended: true,
    })
    expect(states()).toEqual(['queued', 'running', 'running', 'done'])
    expect(seen.find((event) => event.name === 'job' && event.data.progress === 0.5)).toMatchObject({
      data: { id, message: '一半' },
    })
  })

  it('runs one job of each account and two in all, in the order of arrival', async () => {
    const mine = [await enqueue(accounts.mine), await enqueue(accounts.mine)]
    const others = await enqueue(accounts.others)
    const third = await enqueue(accounts.third)
    await until(() => work.running.size === 2)
    expect([...work.running.keys()].sort()).toEqual([mine[0], others].sort())
    work.running.get(mine[0]!)!.finish()
    await until(() => work.running.has(mine[1]!))
    expect(work.running.has(third)).toBe(false)
    work.running.get(others)!.finish()
    await until(() => work.running.has(third))
    expect(await stored(mine[0]!)).toMatchObject({ state: 'done' })
  })

  it('lets an account have five jobs waiting', async () => {
    for (let i = 0; i < 6; i++) await enqueue(accounts.mine)
    await expect(enqueue(accounts.mine)).rejects.toMatchObject({ problemCode: 'rate_limited' })
    await enqueue(accounts.others)
  })

  it('shows the reason of a refusal, and of a fault only its number', async () => {
    const [refused, broken] = [await enqueue(accounts.mine), await enqueue(accounts.others)]
    await until(() => work.running.size === 2)
    work.running.get(refused)!.fail(new JobRefusal('zero-weight', '合计为零，请换一项指标。'))
    work.running.get(broken)!.fail(new Error('password=secret at file.ts:1'))
    await Promise.all([queue.settled(refused), queue.settled(broken)])
    expect(await stored(refused)).toMatchObject({
      state: 'failed',
      error: { code: 'zero-weight', message: '合计为零，请换一项指标。' },
      ended: true,
    })
    const fault = await stored(broken)
    expect(fault).toMatchObject({ state: 'failed', error: { code: 'internal' } })
    expect(JSON.stringify(fault)).toContain(broken)
    expect(JSON.stringify(fault)).not.toMatch(/secret|file\.ts/)
  })

  it('cancels a waiting and a running job, for their owner only', async () => {
    const [running, waiting] = [await enqueue(accounts.mine), await enqueue(accounts.mine)]
    await until(() => work.running.has(running))
    expect(await queue.cancel(running, accounts.others)).toBe(false)
    expect(await queue.cancel(waiting, accounts.others)).toBe(false)
    expect(await queue.cancel(waiting, accounts.mine)).toBe(true)
    expect(await queue.cancel(running, accounts.mine)).toBe(true)
    for (const id of [running, waiting])
      expect(await stored(id)).toMatchObject({ state: 'cancelled', error: null, ended: true })
    expect(await queue.cancel(running, accounts.mine)).toBe(false)
  })

  it('cancels everything when it closes and takes nothing more', async () => {
    const ids = [await enqueue(accounts.mine), await enqueue(accounts.mine), await enqueue(accounts.others)]
    await until(() => work.running.size === 2)
    await queue.close()
    for (const id of ids) expect(await stored(id)).toMatchObject({ state: 'cancelled' })
    await expect(enqueue(accounts.mine)).rejects.toMatchObject({ problemCode: 'busy' })
    expect(queue.accepting).toBe(false)
  })

  it('fails at the next start what a dead process left', async () => {
    await api.db.asOwner((tx) =>
      tx.execute(sql`insert into app.job (id, kind, state, input, created_by) values
        ('00000000-0000-4000-8000-000000000001', 'test', 'running', '{}', ${accounts.mine}),
        ('00000000-0000-4000-8000-000000000002', 'test', 'queued', '{}', ${accounts.mine})`),
    )
    expect(await queue.recover()).toBe(2)
    expect(await stored('00000000-0000-4000-8000-000000000001')).toMatchObject({
      state: 'failed',
      error: { code: 'interrupted' },
      ended: true,
    })
    expect(await queue.recover()).toBe(0)
  })

  it('stores progress at most once a second', async () => {
    const id = await enqueue(accounts.mine)
    await until(() => work.running.has(id))
    const { context, finish } = work.running.get(id)!
    for (let i = 1; i <= 1_000; i++) context.progress(i / 1_000, `第 ${i} 步`)
    const shown = states().length
    expect(shown).toBeLessThan(5)
    finish()
    await queue.settled(id)
    expect(states().at(-1)).toBe('done')
  })
})

describe('/api/jobs', () => {
  const body = { name: '方案', countyCode: '360702000000', cellSizeM: 500 }
  const start = async () =>
    ((await (await planner('/api/grid-plans', { method: 'POST', body })).json()) as { jobId: string }).jobId

  it('shows a job to its owner only', async () => {
    const id = await start()
    await api.deps.jobs.settled(id)
    expect(await (await planner(`/api/jobs/${id}`)).json()).toEqual({
      id,
      kind: 'gridPlan.create',
      state: 'done',
      progress: 1,
      message: '已完成',
      result: { planId: expect.any(Number) },
      error: null,
    })
    expect((await otherPlanner(`/api/jobs/${id}`)).status).toBe(404)
    expect((await otherPlanner(`/api/jobs/${id}`, { method: 'DELETE' })).status).toBe(404)
    expect((await (await callerAs(api, 'manager'))(`/api/jobs/${id}`)).status).toBe(403)
    expect((await planner('/api/jobs/17')).status).toBe(400)
    expect((await planner('/api/jobs/00000000-0000-4000-8000-00000000abcd')).status).toBe(404)
  })

  it('cancels a plan in the making: no plan is left behind', async () => {
    const plans = async () =>
      ((await (await planner('/api/grid-plans')).json()) as { plans: unknown[] }).plans.length
    const before = await plans()
    const id = await start()
    expect((await planner(`/api/jobs/${id}`, { method: 'DELETE' })).status).toBe(204)
    expect(await (await planner(`/api/jobs/${id}`)).json()).toMatchObject({ state: 'cancelled' })
    expect(await plans()).toBe(before)
    // Once more changes nothing.
    expect((await planner(`/api/jobs/${id}`, { method: 'DELETE' })).status).toBe(204)
  })
})

describe('/api/events', () => {
  /** Reads a stream of events as it comes. */
  async function listen(call: Caller) {
    const response = await call('/api/events')
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toContain('text/event-stream')
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
    let text = ''
    const read = (async () => {
      for (let part = await reader.read(); !part.done; part = await reader.read()) text += part.value
    })()
    return { response, text: () => text, ended: read, stop: () => reader.cancel() }
  }

  it('carries own jobs and layer versions, not the jobs of others', async () => {
    const [mine, others] = [await listen(planner), await listen(otherPlanner)]
    expect(mine.response.headers.get('x-accel-buffering')).toBe('no')
    expect(mine.response.headers.get('cache-control')).toBe('no-store')
    await until(() => mine.text().includes('event: heartbeat') && others.text().includes('event: heartbeat'))
    await api.deps.layers.check()
    const response = await planner('/api/grid-plans', {
      method: 'POST',
      body: { name: '方案', countyCode: '360702000000', cellSizeM: 500 },
    })
    const { jobId } = (await response.json()) as { jobId: string }
    await api.deps.jobs.settled(jobId)
    await api.db.asOwner((tx) => tx.execute(sql`select geo.bump_layer('barrier')`))
    await api.deps.layers.check()
    await until(() => mine.text().includes('"state":"done"') && others.text().includes('event: layer'))
    expect(mine.text()).toMatch(new RegExp(`event: job\\ndata: {"id":"${jobId}","state":"running"`))
    expect(others.text()).toMatch(/event: layer\ndata: {"layer":"barrier","version":\d+}/)
    expect(others.text()).not.toContain(jobId)
    await Promise.all([mine.stop(), others.stop()])
    await until(() => api.deps.events.subscribers === 0)
  })

  it('allows four streams a session, and ends all when the server stops', async () => {
    const call = await callerAs(api, 'auditor')
    const streams = await Promise.all(Array.from({ length: 4 }, () => listen(call)))
    const fifth = await call('/api/events')
    expect([fifth.status, fifth.headers.get('retry-after')]).toEqual([429, '30'])
    await streams[0]!.stop()
    await until(() => api.deps.events.subscribers === 3)
    streams[0] = await listen(call)
    api.deps.events.close()
    await Promise.all(streams.slice(1).map((stream) => stream.ended))
    await until(() => api.deps.events.subscribers === 0)
  })

  it('asks for a login, and a HEAD request takes no place', async () => {
    expect((await api.app.request('/api/events')).status).toBe(401)
    const call = await callerAs(api, 'secadmin')
    for (let i = 0; i < 6; i++) expect((await call('/api/events', { method: 'HEAD' })).status).toBe(200)
    expect(api.deps.events.subscribers).toBe(0)
  })
})

describe('the planning thread', () => {
  const square = (n: number) => ({
    units: Array.from({ length: n * n }, (_, i) => ({
      id: String(i),
      weights: [1],
      x: (i % n) * 100,
      y: Math.floor(i / n) * 100,
      areaM2: 10_000,
    })),
    edges: Array.from({ length: n * n }, (_, i) => [
      ...(i % n < n - 1 ? [{ a: i, b: i + 1, lengthM: 100 }] : []),
      ...(i < n * (n - 1) ? [{ a: i, b: i + n, lengthM: 100 }] : []),
    ]).flat(),
    weights: [{ name: 'w', toleranceUp: 0.1, toleranceDown: 0.1 }],
    k: 4,
    seed: 1,
  })

  it('answers what the domain answers, and stops when cancelled', async () => {
    const options = { signal: new AbortController().signal, onProgress: () => {} }
    const result = await runInWorker('partition', square(8), options)
    expect(result.ok && result.value.withinTolerance).toBe(true)
    const refused = await runInWorker('partition', { ...square(2), k: 9 }, options)
    expect(refused).toMatchObject({ ok: false, reason: { code: 'k-exceeds-units' } })

    const abort = new AbortController()
    let reported = 0
    const long = runInWorker(
      'partition',
      { ...square(40), proposals: 2_000_000_000 },
      {
        signal: abort.signal,
        onProgress: () => {
          if (++reported === 2) abort.abort(new Error('enough'))
        },
      },
    )
    await expect(long).rejects.toThrow('enough')
  })
})
