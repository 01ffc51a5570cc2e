import { createRoute } from '@hono/zod-openapi'
import { rolesWith } from '#server/auth/permissions.ts'
import type { Deps } from '#server/deps.ts'
import { access } from '#server/http/access.ts'
import { createRouter, jsonBody, jsonRequest, problems } from '#server/http/validate.ts'
import {
  claimedSchema,
  clientParams,
  compareClientsQuery,
  compareQuery,
  comparisonSchema,
  exceptSchema,
  figuresQuery,
  managerFiguresSchema,
  movedClientsSchema,
  ownershipSchema,
  planParams,
  poolSchema,
} from './contract.ts'
import { OwnershipService } from './ownership-service.ts'

const READERS = rolesWith('grids.read')
const DECIDERS = rolesWith('ownership.decide')

const compare = createRoute({
  ...access(READERS),
  method: 'get',
  path: '/api/grid-plans/{id}/compare',
  summary: '与现归属或另一方案比较：谁的客户转给谁',
  request: { params: planParams, query: compareQuery },
  responses: {
    200: jsonBody(comparisonSchema, '从谁到谁的户数、余额与到期'),
    ...problems('bad_request', 'not_found'),
  },
})
const compareClients = createRoute({
  ...access(READERS),
  method: 'get',
  path: '/api/grid-plans/{id}/compare/clients',
  summary: '比较中换人的客户（按角色可见）',
  request: { params: planParams, query: compareClientsQuery },
  responses: { 200: jsonBody(movedClientsSchema, '一页客户'), ...problems('bad_request', 'not_found') },
})
const figures = createRoute({
  ...access(rolesWith('figures.read')),
  method: 'get',
  path: '/api/managers/figures',
  summary: '客户经理月末业绩与排名，按当时归属',
  request: { query: figuresQuery },
  responses: { 200: jsonBody(managerFiguresSchema, '各客户经理'), ...problems('bad_request') },
})
const history = createRoute({
  ...access(rolesWith('clients.read')),
  method: 'get',
  path: '/api/clients/{id}/ownership',
  summary: '客户的归属记录',
  request: { params: clientParams },
  responses: { 200: jsonBody(ownershipSchema, '归属，新的在前'), ...problems('bad_request', 'not_found') },
})
const pool = createRoute({
  ...access(rolesWith('pool.read')),
  method: 'get',
  path: '/api/pool',
  summary: '公共池：本机构没有归属的客户',
  responses: { 200: jsonBody(poolSchema, '至多 500 户'), ...problems() },
})
const claim = createRoute({
  ...access(rolesWith('pool.claim')),
  method: 'post',
  path: '/api/clients/{id}/claim',
  summary: '从公共池认领客户（30 天到期）',
  request: { params: clientParams },
  responses: {
    200: jsonBody(claimedSchema, '认领成功'),
    ...problems('bad_request', 'not_found', 'conflict'),
  },
})
const release = createRoute({
  ...access(rolesWith('pool.claim')),
  method: 'delete',
  path: '/api/clients/{id}/claim',
  summary: '放弃认领',
  request: { params: clientParams },
  responses: { 204: { description: '已放回公共池' }, ...problems('bad_request', 'not_found') },
})
const except = createRoute({
  ...access(DECIDERS),
  method: 'put',
  path: '/api/clients/{id}/exception',
  summary: '例外：客户在截止日前归指定客户经理，网格不变',
  request: { params: clientParams, body: jsonRequest(exceptSchema) },
  responses: {
    204: { description: '已登记' },
    ...problems('bad_request', 'not_found', 'unprocessable'),
  },
})
const endException = createRoute({
  ...access(DECIDERS),
  method: 'delete',
  path: '/api/clients/{id}/exception',
  summary: '提前终止例外',
  request: { params: clientParams },
  responses: { 204: { description: '已终止' }, ...problems('bad_request', 'not_found', 'conflict') },
})

export function ownershipRoutes(deps: Deps) {
  const service = new OwnershipService(deps)
  return createRouter()
    .openapi(compare, async (c) => {
      const { with: other } = c.req.valid('query')
      return c.json(await service.compare(c.get('session'), c.req.valid('param').id, other), 200)
    })
    .openapi(compareClients, async (c) => {
      const { with: other, ...page } = c.req.valid('query')
      const { id } = c.req.valid('param')
      return c.json(await service.comparedClients(c.get('session'), id, other, page), 200)
    })
    .openapi(figures, async (c) => {
      const { month } = c.req.valid('query')
      return c.json({ month, managers: await service.figures(c.get('session'), month) }, 200)
    })
    .openapi(history, async (c) =>
      c.json({ periods: await service.history(c.get('session'), c.req.valid('param').id) }, 200),
    )
    .openapi(pool, async (c) => c.json({ clients: await service.pool(c.get('session')) }, 200))
    .openapi(claim, async (c) => {
      const { id } = c.req.valid('param')
      return c.json(
        { clientId: id, until: await service.claim(c.get('session'), id, c.get('requestId')) },
        200,
      )
    })
    .openapi(release, async (c) => {
      await service.release(c.get('session'), c.req.valid('param').id, c.get('requestId'))
      return c.body(null, 204)
    })
    .openapi(except, async (c) => {
      const { id } = c.req.valid('param')
      await service.except(c.get('session'), id, c.req.valid('json'), c.get('requestId'))
      return c.body(null, 204)
    })
    .openapi(endException, async (c) => {
      await service.endException(c.get('session'), c.req.valid('param').id, c.get('requestId'))
      return c.body(null, 204)
    })
}
