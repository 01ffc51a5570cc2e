import { expect, test } from 'vitest'
import { toOutcome } from '#web/api/call.ts'

const json = (response: Response) => response.json() as Promise<unknown>
const problem = (body: unknown, status: number, headers: Record<string, string> = {}) =>
  new Response(typeof body === 'string' ? body : JSON.stringify(body), { status, headers })

test('a good answer carries its data and its ETag', async () => {
  const outcome = await toOutcome(new Response('{"a":1}', { headers: { etag: '"v3"' } }), json)
  expect(outcome).toEqual({ ok: true, data: { a: 1 }, etag: '"v3"' })
})

test('a problem carries code, sentence, trace and fields', async () => {
  const body = {
    code: 'stale',
    detail: '方案已是第 4 版。请重新读取。',
    traceId: 't1',
    errors: [{ path: 'name', message: '过长' }],
  }
  const outcome = await toOutcome(problem(body, 412), json)
  expect(outcome).toEqual({ ok: false, error: { status: 412, ...body, retryAfterS: null } })
})

test('seconds to wait come from the header or the body', async () => {
  const header = await toOutcome(problem({ code: 'rate_limited' }, 429, { 'retry-after': '30' }), json)
  const body = await toOutcome(problem({ code: 'rate_limited', retryAfterS: 12 }, 429), json)
  expect([header, body].map((outcome) => !outcome.ok && outcome.error.retryAfterS)).toEqual([30, 12])
})

test("a proxy's page is still an error with its status", async () => {
  const outcome = await toOutcome(problem('<html>Bad gateway</html>', 502), json)
  expect(outcome).toMatchObject({ ok: false, error: { status: 502, code: 'http_502', detail: '' } })
})

test('a good status with a body that cannot be read is a failure, not a crash', async () => {
  const outcome = await toOutcome(new Response('{', { status: 200 }), json)
  expect(outcome).toMatchObject({ ok: false, error: { code: 'unreadable' } })
})
