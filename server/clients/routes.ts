import { createRoute } from '@hono/zod-openapi'
import type { Deps } from '#server/deps.ts'
import { rolesWith } from '#server/auth/permissions.ts'
import { access } from '#server/http/access.ts'
import { createRouter, jsonBody, jsonRequest, problems } from '#server/http/validate.ts'
import { todayInChina } from '#server/snapshot/today.ts'
import { binaryResponse } from '#server/tiles/binary-response.ts'
import {
  balancesSchema,
  clientHitsSchema,
  clientListSchema,
  clientParams,
  clientSchema,
  filterQuery,
  legendQuery,
  legendSchema,
  listQuery,
  REVEAL_SECONDS,
  revealRequest,
  revealSchema,
  searchQuery,
} from './contract.ts'
import { filterOfRequest } from './filter-request.ts'
import { ClientOverlay } from './overlay-service.ts'
import { ClientService } from './service.ts'

const readers = rolesWith('clients.read')
const named = rolesWith('clients.names')

const columns = createRoute({
  ...access(readers),
  method: 'get',
  path: '/api/clients/columns',
  summary: '本人范围内全部客户点（列式二进制，至多 6 万户）',
  request: { query: filterQuery },
  responses: {
    200: {
      description: '格式见 columns-format.ts',
      content: { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } },
    },
    304: { description: '内容未变' },
    ...problems('bad_request', 'scope_too_large'),
  },
})

const legend = createRoute({
  ...access(rolesWith('aggregates.read')),
  method: 'get',
  path: '/api/clients/legend',
  summary: '图例计数：按状态的户数与余额',
  request: { query: legendQuery },
  responses: { 200: jsonBody(legendSchema, '合计与各状态'), ...problems('bad_request') },
})

const search = createRoute({
  ...access(named),
  method: 'get',
  path: '/api/clients/search',
  summary: '按姓名或客户号查找客户',
  request: { query: searchQuery },
  responses: { 200: jsonBody(clientHitsSchema, '查到的客户'), ...problems('bad_request') },
})

const list = createRoute({
  ...access(readers),
  method: 'get',
  path: '/api/clients',
  summary: '客户列表',
  request: { query: listQuery },
  responses: { 200: jsonBody(clientListSchema, '一页客户与总数'), ...problems('bad_request') },
})

const show = createRoute({
  ...access(readers),
  method: 'get',
  path: '/api/clients/{id}',
  summary: '客户详情（按角色脱敏；查看留痕）',
  request: { params: clientParams },
  responses: { 200: jsonBody(clientSchema, '客户'), ...problems('bad_request', 'not_found') },
})

const balances = createRoute({
  ...access(named),
  method: 'get',
  path: '/api/clients/{id}/balances',
  summary: '客户各月余额',
  request: { params: clientParams },
  responses: {
    200: jsonBody(balancesSchema, '各月余额，按月份升序'),
    ...problems('bad_request', 'not_found'),
  },
})

const reveal = createRoute({
  ...access(rolesWith('clients.reveal')),
  method: 'post',
  path: '/api/clients/{id}/reveal',
  summary: '查看完整电话或身份证号（须写明原因；留痕）',
  request: { params: clientParams, body: jsonRequest(revealRequest) },
  responses: {
    200: jsonBody(revealSchema, '明文，界面应在到期后收起'),
    ...problems('bad_request', 'not_found'),
  },
})

export function clientRoutes(deps: Pick<Deps, 'db' | 'snapshots' | 'polygons' | 'contactKey' | 'now'>) {
  const service = new ClientService(deps)
  const overlay = new ClientOverlay(deps)
  const today = () => todayInChina(deps.now())
  return createRouter()
    .openapi(columns, async (c) => {
      const { me } = c.get('session')
      const content = await overlay.columns(me, filterOfRequest(c.req.valid('query').filter, me), today())
      return binaryResponse(c, content, 'application/octet-stream')
    })
    .openapi(legend, async (c) => {
      const { me } = c.get('session')
      const { filter, box } = c.req.valid('query')
      return c.json(await overlay.legend(me, filterOfRequest(filter, me), today(), box), 200)
    })
    .openapi(search, async (c) => {
      const { q, limit } = c.req.valid('query')
      return c.json({ clients: await service.search(c.get('session'), q, limit) }, 200)
    })
    .openapi(list, async (c) => {
      const session = c.get('session')
      const query = c.req.valid('query')
      const filter = filterOfRequest(query.filter, session.me)
      return c.json(await service.list(session, { ...query, filter, today: today() }), 200)
    })
    .openapi(show, async (c) => {
      c.header('cache-control', 'no-store')
      return c.json(await service.show(c.get('session'), c.req.valid('param').id, c.get('requestId')), 200)
    })
    .openapi(balances, async (c) =>
      c.json({ months: await service.balances(c.get('session'), c.req.valid('param').id) }, 200),
    )
    .openapi(reveal, async (c) => {
      c.header('cache-control', 'no-store')
      const value = await service.reveal(
        c.get('session'),
        c.req.valid('param').id,
        c.req.valid('json'),
        c.get('requestId'),
      )
      return c.json({ value, expiresInS: REVEAL_SECONDS }, 200)
    })
}
