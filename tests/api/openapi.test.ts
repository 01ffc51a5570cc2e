import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { declaredRoutes } from '#server/http/route-access.ts'
import { ROLES, type Role } from '#server/auth/permissions.ts'
import { ERROR_STATUS } from '#contract/errors.ts'
import { callerAs, openTestApi, type Caller, type TestApi } from '../support/api.ts'

interface Operation {
  summary?: string
  'x-roles'?: 'public' | Role[]
  parameters?: { name: string; in: string }[]
  requestBody?: { required?: boolean; content: Record<string, unknown> }
  responses: Record<string, { description: string; content?: Record<string, unknown> }>
}
interface Document {
  openapi: string
  paths: Record<string, Record<string, Operation>>
}

let api: TestApi
let operations: { method: string; path: string; operation: Operation }[]

beforeAll(async () => {
  api = await openTestApi()
  const document = (await (await api.app.request('/api/openapi.json')).json()) as Document
  expect(document.openapi).toBe('3.1.0')
  operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  )
})
afterAll(async () => {
  await api?.[Symbol.asyncDispose]()
})

/** An address of the route, with something in the place of every parameter. */
const addressOf = (path: string) =>
  path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    name === 'y' ? '0.mvt' : name === 'layer' ? 'county' : '1',
  )

describe('the description of the API', () => {
  it('names every route of the application, and no other', () => {
    const served = api.app.routes
      .filter(({ method, path }) => method !== 'ALL' && path !== '/*')
      .map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`)
    const described = operations.map(({ method, path }) => `${method} ${path}`)
    // One handler of a route is one entry; its validators are entries of the same name.
    expect([...new Set(served)].sort()).toEqual(described.sort())
    expect(described.length).toBeGreaterThan(25)
  })

  it('holds the endpoints that outside checks rely on', () => {
    const described = operations.map(({ method, path }) => `${method} ${path}`)
    expect(described).toEqual(
      expect.arrayContaining([
        'GET /livez',
        'GET /readyz',
        'POST /api/session',
        'DELETE /api/session',
        'GET /api/openapi.json',
        'GET /tiles/{layer}/{z}/{x}/{y}',
      ]),
    )
  })

  it('gives every route roles, a Chinese summary and a described answer', () => {
    for (const { method, path, operation } of operations) {
      const roles = operation['x-roles']
      const where = `${method} ${path}`
      expect(roles, where).toBeDefined()
      if (roles !== 'public') {
        expect(roles!.length, where).toBeGreaterThan(0)
        for (const role of roles!) expect(ROLES, where).toContain(role)
        expect(operation.responses['401'], where).toBeDefined()
      }
      expect(operation.summary, where).toMatch(/[一-鿿]/)
      for (const response of Object.values(operation.responses))
        expect(response.description, where).not.toBe('')
      if (operation.requestBody) {
        expect(operation.requestBody.required, where).toBe(true)
        const type = /\/import(\/preview)?$/.test(path) ? 'application/octet-stream' : 'application/json'
        expect(Object.keys(operation.requestBody.content), where).toEqual([type])
      }
    }
  })

  it('leaves only what must be public open', () => {
    const open = operations
      .filter(({ operation }) => operation['x-roles'] === 'public')
      .map(({ method, path }) => `${method} ${path}`)
    expect(open.sort()).toEqual([
      'GET /api/meta',
      'GET /api/openapi.json',
      'GET /livez',
      'GET /readyz',
      'POST /api/session',
    ])
  })

  it('uses only statuses that the closed list of codes has', () => {
    const known = new Set<string>(Object.values(ERROR_STATUS).map(String))
    for (const { method, path, operation } of operations) {
      for (const status of Object.keys(operation.responses)) {
        if (Number(status) >= 400) expect(known, `${method} ${path}`).toContain(status)
      }
    }
  })
})

describe('roles', () => {
  it('are enforced as declared, on every route, for every role and for nobody', async () => {
    const callers = new Map<Role, Caller>()
    for (const role of ROLES) callers.set(role, await callerAs(api, role))
    const wrong: string[] = []
    for (const { method, path, operation } of operations) {
      const roles = operation['x-roles']!
      if (roles === 'public' || path === '/api/events' || (method === 'DELETE' && path === '/api/session'))
        continue
      const call = { method, ...(operation.requestBody && { body: {} }) }
      const nobody = await api.app.request(addressOf(path), {
        method,
        ...(operation.requestBody && { body: '{}', headers: { 'content-type': 'application/json' } }),
      })
      if (nobody.status !== 401) wrong.push(`nobody ${method} ${path} ${nobody.status}`)
      for (const [role, caller] of callers) {
        const { status } = await caller(addressOf(path), call)
        const refused = status === 403 || status === 401
        if (refused === roles.includes(role)) wrong.push(`${role} ${method} ${path} ${status}`)
      }
    }
    expect(wrong).toEqual([])
  })

  it('deny a route that declares none', async () => {
    const declared = declaredRoutes(api.app)
    expect(declared.filter(({ access }) => access === undefined)).toEqual([])
    const { createRouter } = await import('#server/http/validate.ts')
    const { enforceAccess } = await import('#server/http/route-access.ts')
    const { onError } = await import('#server/http/errors.ts')
    const bare = createRouter()
    bare.onError(onError(api.deps.log))
    bare.use(enforceAccess({ routes: () => declaredRoutes(bare), staticPattern: '/*' }))
    bare.get('/forgotten', (c) => c.text('secret'))
    const answer = await bare.request('/forgotten')
    expect(answer.status).toBe(403)
    expect(await answer.text()).not.toContain('secret')
  })
})
