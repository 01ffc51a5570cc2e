import { createRoute } from '@hono/zod-openapi'
import type { Deps } from '#server/deps.ts'
import { ROLES } from '#server/auth/permissions.ts'
import { access } from '#server/http/access.ts'
import { createRouter, jsonBody, jsonRequest, problems } from '#server/http/validate.ts'
import { loginSchema, meSchema } from './contract.ts'
import { giveToken, readToken, takeToken } from './cookie.ts'
import { tokenHashOf } from './token.ts'

const login = createRoute({
  ...access('public'),
  method: 'post',
  path: '/api/session',
  summary: '登录',
  request: { body: jsonRequest(loginSchema) },
  responses: {
    200: jsonBody(meSchema, '已登录；会话 Cookie 随应答返回'),
    ...problems('bad_request', 'too_large'),
  },
})

const show = createRoute({
  ...access(ROLES),
  method: 'get',
  path: '/api/session',
  summary: '当前登录人及其权限',
  responses: { 200: jsonBody(meSchema, '当前登录人'), ...problems() },
})

const logout = createRoute({
  ...access(ROLES),
  method: 'delete',
  path: '/api/session',
  summary: '退出登录',
  responses: { 204: { description: '已退出' }, ...problems() },
})

export function sessionRoutes(deps: Deps) {
  const { sessions, trustProxy } = deps
  return createRouter()
    .openapi(login, async (c) => {
      const caller = { address: c.get('clientIp'), requestId: c.get('requestId') }
      const token = await sessions.login(c.req.valid('json'), caller, readToken(c, trustProxy))
      giveToken(c, trustProxy, token)
      return c.json(await sessions.view(tokenHashOf(token)), 200)
    })
    .openapi(show, async (c) => c.json(await sessions.view(c.get('session').tokenHash), 200))
    .openapi(logout, async (c) => {
      await sessions.logout(c.get('session'), { address: c.get('clientIp'), requestId: c.get('requestId') })
      takeToken(c, trustProxy)
      return c.body(null, 204)
    })
}
