import { createRoute } from '@hono/zod-openapi'
import { z } from 'zod'
import { rolesWith } from '#server/auth/permissions.ts'
import type { Deps } from '#server/deps.ts'
import { access } from '#server/http/access.ts'
import { createRouter, jsonBody, jsonRequest, problems } from '#server/http/validate.ts'
import {
  answerSchema,
  claimedSchema,
  clientParams,
  exceptSchema,
  figuresQuery,
  managerFiguresSchema,
  ownershipSchema,
  planParams,
  poolSchema,
  receiptSchema,
} from './contract.ts'
import { OwnershipService } from './ownership-service.ts'

const history = createRoute({
  ...access(rolesWith('clients.read')),
  method: 'get',
  path: '/api/clients/{id}/ownership',
  summary: '客户归属的历史',
  request: { params: clientParams },
  responses: {
    200: jsonBody(ownershipSchema, '归属期间，最近的在前'),
    ...problems('bad_request', 'not_found'),
  },
})
const except = createRoute({
  ...access(rolesWith('ownership.decide')),
  method: 'post',
  path: '/api/clients/{id}/exception',
  summary: '例外归属：不动网格边界，客户归指定客户经理到某日',
  request: { params: clientParams, body: jsonRequest(exceptSchema) },
  responses: {
    200: jsonBody(ownershipSchema, '修改后的归属'),
    ...problems('bad_request', 'not_found', 'unprocessable'),
  },
})
const endException = createRoute({
  ...access(rolesWith('ownership.decide')),
  method: 'delete',
  path: '/api/clients/{id}/exception',
  summary: '提前结束例外归属',
  request: { params: clientParams },
  responses: {
    200: jsonBody(ownershipSchema, '修改后的归属'),
    ...problems('bad_request', 'not_found', 'conflict'),
  },
})
const pool = createRoute({
  ...access(rolesWith('pool.read')),
  method: 'get',
  path: '/api/pool',
  summary: '本机构没有归属的客户，可认领',
  responses: { 200: jsonBody(poolSchema, '至多 500 户，不含姓名'), ...problems() },
})
const claim = createRoute({
  ...access(rolesWith('pool.claim')),
  method: 'post',
  path: '/api/clients/{id}/claim',
  summary: '认领一户，到期未转正自动退回',
  request: { params: clientParams },
  responses: { 200: jsonBody(claimedSchema, '已认领'), ...problems('bad_request', 'not_found', 'conflict') },
})
const release = createRoute({
  ...access(rolesWith('pool.claim')),
  method: 'delete',
  path: '/api/clients/{id}/claim',
  summary: '退回认领的客户',
  request: { params: clientParams },
  responses: { 204: { description: '已退回' }, ...problems('bad_request', 'not_found') },
})
const ownReceipts = createRoute({
  ...access(rolesWith('receipts.own')),
  method: 'get',
  path: '/api/receipts',
  summary: '本人的告知单',
  responses: {
    200: jsonBody(z.object({ receipts: z.array(receiptSchema) }), '告知单，新的在前'),
    ...problems(),
  },
})
const answer = createRoute({
  ...access(rolesWith('receipts.own')),
  method: 'post',
  path: '/api/receipts/{id}/response',
  summary: '答复告知单：接受，或提出异议并写明理由',
  request: { params: planParams, body: jsonRequest(answerSchema) },
  responses: {
    200: jsonBody(receiptSchema, '答复后的告知单'),
    ...problems('bad_request', 'not_found', 'conflict'),
  },
})
const figures = createRoute({
  ...access(rolesWith('figures.read')),
  method: 'get',
  path: '/api/managers/figures',
  summary: '某月各客户经理的客户与余额，按当月末的归属',
  request: { query: figuresQuery },
  responses: {
    200: jsonBody(managerFiguresSchema, '按县内贷款余额排名'),
    ...problems('bad_request'),
  },
})

export function ownershipRoutes(deps: Deps) {
  const service = new OwnershipService(deps)
  return createRouter()
    .openapi(history, async (c) =>
      c.json({ periods: await service.history(c.get('session'), c.req.valid('param').id) }, 200),
    )
    .openapi(except, async (c) => {
      const { id } = c.req.valid('param')
      const periods = await service.except(c.get('session'), id, c.req.valid('json'), c.get('requestId'))
      return c.json({ periods }, 200)
    })
    .openapi(endException, async (c) => {
      const { id } = c.req.valid('param')
      return c.json({ periods: await service.endException(c.get('session'), id, c.get('requestId')) }, 200)
    })
    .openapi(pool, async (c) => c.json({ clients: await service.pool(c.get('session')) }, 200))
    .openapi(claim, async (c) =>
      c.json(await service.claim(c.get('session'), c.req.valid('param').id, c.get('requestId')), 200),
    )
    .openapi(release, async (c) => {
      await service.release(c.get('session'), c.req.valid('param').id, c.get('requestId'))
      return c.body(null, 204)
    })
    .openapi(ownReceipts, async (c) => c.json({ receipts: await service.ownReceipts(c.get('session')) }, 200))
    .openapi(answer, async (c) =>
      c.json(await service.answer(c.get('session'), c.req.valid('param').id, c.req.valid('json')), 200),
    )
    .openapi(figures, async (c) =>
      c.json(await service.figures(c.get('session'), c.req.valid('query').month), 200),
    )
}
