import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { createAdaptorServer } from '@hono/node-server'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DatabaseBusy, DatabaseError, NoSession } from '#db/errors.ts'
import { createApp } from '#server/app.ts'
import { callerAs, callerWith, openTestApi, TOY_PHONE, type Caller, type TestApi } from '../support/api.ts'

let api: TestApi

beforeAll(async () => {
  api = await openTestApi()
})
afterAll(async () => {
  await api?.[Symbol.asyncDispose]()
})

interface Problem {
  code: string
  detail: string
  traceId: string
}

describe('the headers of every answer', () => {
  it.each(['/livez', '/api/meta', '/api/session', '/api/nothing', '/nothing', '/tiles/county/0/0/0.mvt'])(
    'of %s are strict',
    async (path) => {
      const { headers, status } = await api.app.request(path)
      const policy = headers.get('content-security-policy')!
      expect(policy).toMatch(/^default-src 'none'; script-src 'self'; style-src 'self'; /)
      expect(policy).not.toMatch(/unsafe|\*|https?:|report/)
      for (const directive of [
        "object-src 'none'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "worker-src 'self'",
        "form-action 'self'",
      ]) {
        expect(policy.split('; ')).toContain(directive)
      }
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect(headers.get('referrer-policy')).toBe('no-referrer')
      expect(headers.get('cross-origin-opener-policy')).toBe('same-origin')
      expect(headers.get('cross-origin-resource-policy')).toBe('same-origin')
      expect(headers.get('permissions-policy')).toContain('geolocation=(self)')
      expect(headers.get('strict-transport-security')).toBeNull()
      expect(headers.get('access-control-allow-origin')).toBeNull()
      if (path.startsWith('/api/') || status >= 400) expect(headers.get('cache-control')).toBe('no-store')
    },
  )

  it('carry an id made here, whatever the caller sends', async () => {
    const sent = 'forged"\n{"level":60}'
    const { headers } = await api.app.request('/livez', {
      headers: { 'x-request-id': encodeURIComponent(sent) },
    })
    expect(headers.get('x-request-id')).toMatch(/^[0-9a-f]{8}-[0-9a-f-]{27}$/)
  })

  it('of an error name the same id as the log', async () => {
    const response = await api.app.request('/api/session')
    const { traceId } = (await response.json()) as Problem
    expect(response.headers.get('x-request-id')).toBe(traceId)
    expect(api.logLines.some((line) => line.includes(traceId) && line.includes('"status":401'))).toBe(true)
  })
})

describe('requests that change something', () => {
  const HOST = 'gis.bank.example:5180'
  const OWN = `http://${HOST}`
  /** Headers, and whether the request passes (400: it reached the validation of its empty body). */
  const TABLE: [Record<string, string>, boolean][] = [
    [{}, true],
    [{ origin: OWN }, true],
    [{ origin: OWN.toUpperCase() }, true],
    [{ origin: OWN, 'sec-fetch-site': 'same-origin' }, true],
    [{ 'sec-fetch-site': 'same-origin' }, true],
    [{ origin: 'null' }, false],
    [{ origin: '' }, false],
    [{ origin: 'https://evil.example' }, false],
    [{ origin: 'https://gis.bank.example:5180' }, false],
    [{ origin: 'http://gis.bank.example' }, false],
    [{ origin: 'http://gis.bank.example:5181' }, false],
    [{ origin: 'http://gis.bank.example:5180.evil.example' }, false],
    [{ origin: 'http://evil.example/http://gis.bank.example:5180' }, false],
    [{ origin: 'http://sub.gis.bank.example:5180' }, false],
    [{ origin: `${OWN}, ${OWN}` }, false],
    [{ 'sec-fetch-site': 'cross-site' }, false],
    [{ 'sec-fetch-site': 'same-site' }, false],
    [{ 'sec-fetch-site': 'none' }, false],
    [{ 'sec-fetch-site': '' }, false],
    [{ 'sec-fetch-site': 'SAME-ORIGIN' }, false],
    [{ origin: OWN, 'sec-fetch-site': 'cross-site' }, false],
    [{ origin: 'https://evil.example', 'sec-fetch-site': 'same-origin' }, false],
    [{ origin: OWN, 'x-forwarded-host': 'evil.example' }, true],
    [{ origin: 'http://evil.example', 'x-forwarded-host': 'evil.example' }, false],
    [{ origin: `https://${HOST}`, 'x-forwarded-proto': 'https' }, false],
    [{ referer: 'https://evil.example/' }, true],
  ]
  const send = (headers: Record<string, string>, app = api.app, method = 'POST') =>
    app.request('/api/session', {
      method,
      headers: { host: HOST, ...(method === 'POST' && { 'content-type': 'application/json' }), ...headers },
      ...(method === 'POST' && { body: '{}' }),
    })

  it.each(TABLE)('with %j pass: %s', async (headers, passes) => {
    expect((await send(headers)).status).toBe(passes ? 400 : 403)
    // The same rule for a method without a body; nobody is signed in.
    expect((await send(headers, api.app, 'DELETE')).status).toBe(passes ? 401 : 403)
    expect((await send(headers, api.app, 'GET')).status).toBe(401)
  })

  it('are judged by the address the trusted proxy tells', async () => {
    const proxied = createApp({ ...api.deps, trustProxy: true })
    const forwarded = { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'gis.bank.example' }
    expect((await send({ ...forwarded, origin: 'https://gis.bank.example' }, proxied)).status).toBe(400)
    expect((await send({ ...forwarded, origin: OWN }, proxied)).status).toBe(403)
    // The nearest proxy's word is the last one in the list.
    expect(
      (
        await send(
          {
            ...forwarded,
            'x-forwarded-host': 'evil.example, gis.bank.example',
            origin: 'https://evil.example',
          },
          proxied,
        )
      ).status,
    ).toBe(403)
  })

  it.each([
    ['application/json', 400],
    ['application/json; charset=utf-8', 400],
    ['APPLICATION/JSON;charset=UTF-8', 400],
    ['application/json; charset=gbk', 415],
    ['text/plain', 415],
    ['application/x-www-form-urlencoded', 415],
    ['multipart/form-data; boundary=x', 415],
    ['text/json', 415],
    ['application/jsonp', 415],
    ['application/json, text/plain', 415],
    ['', 415],
  ])('as %j get %i', async (type, status) => {
    const response = await api.app.request('/api/session', {
      method: 'POST',
      headers: { 'content-type': type },
      body: '{}',
    })
    expect(response.status).toBe(status)
  })

  it('without a content type are refused when they have a body', async () => {
    const response = await api.app.request('/api/session', {
      method: 'POST',
      body: new TextEncoder().encode('{}'),
    })
    expect(response.status).toBe(415)
  })

  it('are refused above 1 MB, also when the length is not told', async () => {
    const big = JSON.stringify({ username: 'a', password: 'x'.repeat(1_048_576) })
    const headers = { 'content-type': 'application/json' }
    const told = await api.app.request('/api/session', {
      method: 'POST',
      headers: { ...headers, 'content-length': String(big.length) },
      body: big,
    })
    const stream = new Blob([big]).stream()
    const untold = await api.app.request('/api/session', {
      method: 'POST',
      headers,
      body: stream,
      duplex: 'half',
    } as RequestInit)
    for (const response of [told, untold]) {
      expect(response.status).toBe(413)
      expect(((await response.json()) as Problem).code).toBe('too_large')
    }
  })

  it.each([
    '{',
    '',
    'null',
    '[]',
    '"x"',
    '{"username":"a","password":"b"}}',
    `${'['.repeat(50_000)}${']'.repeat(50_000)}`,
  ])('with the body %# are answered 400', async (body) => {
    const response = await api.app.request('/api/session', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    })
    expect(response.status).toBe(400)
    expect(((await response.json()) as Problem).detail).toMatch(/[一-鿿]/)
  })
})

describe('limits', () => {
  it('stop an account, not its neighbour, and say for how long', async () => {
    const app = createApp({ ...api.deps, limits: { apiPerMinute: 5, tilesPerMinute: 8 } })
    const call = async (caller: Caller, path: string) => (await caller(path)).status
    const limited = { ...api, app }
    const [manager, auditor] = [await callerAs(limited, 'manager'), await callerAs(limited, 'auditor')]
    for (let i = 0; i < 5; i++) expect(await call(manager, '/api/session')).toBe(200)
    const refused = await manager('/api/session')
    expect(refused.status).toBe(429)
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(50)
    expect(await refused.json()).toMatchObject({ code: 'rate_limited', retryAfterS: expect.any(Number) })
    expect(await call(auditor, '/api/session')).toBe(200)
    // Tiles have their own allowance.
    for (let i = 0; i < 8; i++) expect(await call(manager, '/tiles/county/0/0/0.mvt')).not.toBe(429)
    expect(await call(manager, '/tiles/county/0/0/0.mvt')).toBe(429)
    const nobody = callerWith(limited, null)
    for (let i = 0; i < 5; i++) expect(await call(nobody, '/api/meta')).toBe(200)
    expect(await call(nobody, '/api/meta')).toBe(429)
    expect(await call(nobody, '/livez')).toBe(200)
  })
})

describe('faults of the database', () => {
  const SECRET = 'insert into app.client values (张三, 13900001111)'
  const fault = (code: string) =>
    new DatabaseError(SECRET, { code, table: 'client', constraint: 'client_client_no_key' })
  const answerTo = async (error: Error) => {
    const lines: string[] = []
    const log = Object.assign(Object.create(api.deps.log), {
      error: (entry: unknown) => lines.push(JSON.stringify(entry)),
    }) as typeof api.deps.log
    const sessions = Object.assign(Object.create(api.deps.sessions), {
      view: () => Promise.reject(error),
    }) as typeof api.deps.sessions
    const app = createApp({ ...api.deps, log, sessions })
    const response = await (await callerAs({ ...api, app }, 'manager'))('/api/session')
    return { response, problem: (await response.json()) as Problem, lines: lines.join('\n') }
  }

  it.each([
    ['23505', 409, 'conflict'],
    ['23503', 422, 'unprocessable'],
    ['23514', 422, 'unprocessable'],
    ['22P02', 422, 'unprocessable'],
    ['GG001', 422, 'unprocessable'],
    ['GG002', 409, 'conflict'],
    ['42501', 403, 'forbidden'],
    ['57014', 503, 'busy'],
    ['57P01', 503, 'busy'],
    ['08006', 503, 'busy'],
    ['53100', 503, 'busy'],
    ['40001', 503, 'busy'],
    ['42P01', 500, 'internal'],
    ['XX000', 500, 'internal'],
  ])('%s become %i %s, without a word of the database', async (code, status, expected) => {
    const { response, problem, lines } = await answerTo(fault(code))
    expect([response.status, problem.code]).toEqual([status, expected])
    expect(response.headers.get('retry-after')).toBe(status === 503 ? '3' : null)
    expect(JSON.stringify(problem)).not.toMatch(/insert|client|张三|1390/)
    expect(lines).not.toMatch(/insert|张三|1390/)
    expect(lines.includes('permission_denied')).toBe(code === '42501')
    expect(lines.includes(problem.traceId)).toBe(status === 500 || code === '42501')
  })

  it('tell a full queue, an ended session and a bug apart', async () => {
    expect((await answerTo(new DatabaseBusy())).response.status).toBe(503)
    expect((await answerTo(new NoSession())).problem.code).toBe('unauthenticated')
    const bug = await answerTo(
      new TypeError(`Cannot read properties of undefined (reading 'x') in service.ts:10`),
    )
    expect(bug.response.status).toBe(500)
    expect(JSON.stringify(bug.problem)).not.toMatch(/undefined|service\.ts|at /)
    expect(bug.problem.detail).toContain(bug.problem.traceId)
    expect(bug.lines).toContain('TypeError')
  })
})

describe('static files', () => {
  const folder = mkdtempSync(join(tmpdir(), 'gangrid-web-'))
  const script = `export const text = ${JSON.stringify('网格 '.repeat(2_000))}`
  let app: typeof api.app
  let server: Server

  beforeAll(async () => {
    const dist = join(folder, 'dist')
    mkdirSync(join(dist, 'assets'), { recursive: true })
    writeFileSync(join(dist, 'index.html'), '<!doctype html><title>赣格</title>')
    writeFileSync(join(dist, 'icon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>')
    writeFileSync(join(dist, 'assets/main-abc123.js'), script)
    writeFileSync(join(dist, 'assets/main-abc123.js.map'), 'sources')
    writeFileSync(join(dist, '.hidden'), 'hidden but listed')
    writeFileSync(join(folder, 'secret.txt'), 'top secret')
    app = createApp({ ...api.deps, webFolder: dist })
    server = createAdaptorServer({ fetch: app.fetch }) as Server
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  })
  afterAll(async () => {
    await new Promise((closed) => server.close(closed))
    rmSync(folder, { recursive: true, force: true })
  })

  it('are kept for good when their name has a hash, and asked for again when not', async () => {
    const page = await app.request('/')
    expect([page.status, page.headers.get('cache-control'), page.headers.get('content-type')]).toEqual([
      200,
      'no-cache',
      'text/html; charset=utf-8',
    ])
    expect(await page.text()).toContain('赣格')
    const asset = await app.request('/assets/main-abc123.js')
    expect(asset.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
    expect(await asset.text()).toBe(script)
    const again = await app.request('/assets/main-abc123.js', {
      headers: { 'if-none-match': asset.headers.get('etag')! },
    })
    expect(again.status).toBe(304)
  })

  it('are compressed as the browser accepts', async () => {
    const as = async (accept: string) => {
      const response = await app.request('/assets/main-abc123.js', { headers: { 'accept-encoding': accept } })
      expect(response.headers.get('vary')).toBe('Accept-Encoding')
      return {
        encoding: response.headers.get('content-encoding'),
        etag: response.headers.get('etag'),
        bytes: Buffer.from(await response.arrayBuffer()),
      }
    }
    const [brotli, zipped, plain] = [
      await as('gzip, deflate, br'),
      await as('gzip'),
      await as('br;q=0, identity'),
    ]
    expect([brotli.encoding, zipped.encoding, plain.encoding]).toEqual(['br', 'gzip', null])
    expect(brotliDecompressSync(brotli.bytes).toString()).toBe(script)
    expect(gunzipSync(zipped.bytes).toString()).toBe(script)
    expect(brotli.bytes.length).toBeLessThan(script.length / 10)
    expect(new Set([brotli.etag, zipped.etag, plain.etag]).size).toBe(3)
  })

  it('answer the pages of the application with index.html, and no other address', async () => {
    for (const path of ['/', '/m', '/?ws=grids&plan=1'])
      expect(await (await app.request(path)).text()).toContain('赣格')
    for (const path of [
      '/index',
      '/m/',
      '/admin',
      '/assets/',
      '/assets',
      '/assets/main-abc123.js.map',
      '/api',
      '/api/x',
      '/tiles',
    ]) {
      const response = await app.request(path)
      expect([path, response.status]).toEqual([path, 404])
      expect(await response.json()).toMatchObject({ code: 'not_found' })
    }
  })

  // Through a real socket: URL parsing would tidy these addresses up before they are sent.
  it.each([
    '/../secret.txt',
    '/assets/../../secret.txt',
    '/..%2fsecret.txt',
    '/%2e%2e/secret.txt',
    '/%2e%2e%2fsecret.txt',
    '/assets/..%5c..%5csecret.txt',
    '/....//secret.txt',
    '//secret.txt',
    '/%00secret.txt',
    '/..%c0%afsecret.txt',
    '/%252e%252e%252fsecret.txt',
    '/assets/%2e%2e/%2e%2e/secret.txt',
    '/file:///etc/passwd',
    '/../../../../../../etc/passwd',
  ])('outside the folder cannot be read as %s', async (path) => {
    const { port } = server.address() as AddressInfo
    const [status, body] = await new Promise<[number, string]>((resolve, reject) => {
      request({ host: '127.0.0.1', port, path, method: 'GET' }, (response) => {
        let text = ''
        response.on('data', (part) => (text += part))
        response.on('end', () => resolve([response.statusCode!, text]))
      })
        .on('error', reject)
        .end()
    })
    expect([400, 404]).toContain(status)
    expect(body).not.toMatch(/top secret|root:/)
  })

  it('take the address of the socket, and a forwarded one only from a trusted proxy', async () => {
    const { port } = server.address() as AddressInfo
    const seen: unknown[] = []
    const sessions = Object.assign(Object.create(api.deps.sessions), {
      login: (_: unknown, caller: { address: string }) => {
        seen.push(caller.address)
        return Promise.reject(new NoSession())
      },
    }) as typeof api.deps.sessions
    const body = JSON.stringify({ username: 'a', password: 'b' })
    const headers = { 'content-type': 'application/json', 'x-forwarded-for': '6.6.6.6, 10.1.2.3' }
    for (const trustProxy of [false, true]) {
      const other = createAdaptorServer({
        fetch: createApp({ ...api.deps, sessions, trustProxy }).fetch,
      }) as Server
      await new Promise<void>((listening) => other.listen(0, '127.0.0.1', listening))
      await fetch(`http://127.0.0.1:${(other.address() as AddressInfo).port}/api/session`, {
        method: 'POST',
        headers,
        body,
      })
      await new Promise((closed) => other.close(closed))
    }
    expect(seen).toEqual(['127.0.0.1', '10.1.2.3'])
    expect(port).toBeGreaterThan(0)
  })
})

describe('the log', () => {
  it('has the route, never the address, the query, the body or a name', async () => {
    api.logLines.length = 0
    const manager = await callerAs(api, 'manager')
    await manager('/api/clients/1?note=SECRETQUERY')
    await manager('/api/clients/search?q=张三1')
    await manager('/api/clients/1/reveal', {
      method: 'POST',
      body: { field: 'phone', reason: '电话回访 SECRETBODY' },
    })
    await manager('/secret-path-77')
    const log = api.logLines.join('')
    expect(log).toContain('"route":"/api/clients/:id"')
    expect(log).toContain('"route":"/api/clients/:id/reveal"')
    expect(log).not.toMatch(/SECRET|张三|secret-path|toy\.|sid=/)
    expect(log).not.toContain(TOY_PHONE(1))
    const allowed = new Set(['accountId', 'level', 'method', 'ms', 'requestId', 'route', 'status', 'time'])
    for (const line of api.logLines) {
      expect(Object.keys(JSON.parse(line) as object).filter((key) => !allowed.has(key))).toEqual([])
    }
  })
})
