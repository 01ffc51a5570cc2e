import { createRoute } from '@hono/zod-openapi'
import { z } from 'zod'
import { rolesWith } from '#server/auth/permissions.ts'
import type { Deps } from '#server/deps.ts'
import { etagOf, versionOf } from '#server/grids/if-match.ts'
import { access } from '#server/http/access.ts'
import { createRouter, jsonBody, jsonRequest, problems } from '#server/http/validate.ts'
import {
  answerSchema,
  approveSchema,
  commentedSchema,
  copySchema,
  faultsSchema,
  lifecycleSchema,
  permitSchema,
  planParams,
  receiptSchema,
  rejectSchema,
  scheduleSchema,
} from './contract.ts'
import { GovernanceService } from './service.ts'

const READERS = rolesWith('grids.read')
const PLANNERS = rolesWith('grids.edit')
const HEADS = rolesWith('grids.approve')
const stepProblems = problems(
  'bad_request',
  'not_found',
  'conflict',
  'stale',
  'unprocessable',
  'precondition_required',
)
const lifecycleBody = jsonBody(lifecycleSchema, '方案的状态与经过；ETag 为版本号')
const step = <Body extends z.ZodType>(name: string, roles: typeof READERS, summary: string, body: Body) =>
  createRoute({
    ...access(roles),
    method: 'post',
    path: `/api/grid-plans/{id}/${name}` as `/api/grid-plans/{id}/${string}`,
    summary,
    request: { params: planParams, body: jsonRequest(body) },
    responses: { 200: lifecycleBody, ...stepProblems },
  })

const lifecycle = createRoute({
  ...access(READERS),
  method: 'get',
  path: '/api/grid-plans/{id}/lifecycle',
  summary: '方案的状态、经过与下一步',
  request: { params: planParams },
  responses: { 200: lifecycleBody, ...problems('bad_request', 'not_found') },
})
const faults = createRoute({
  ...access(READERS),
  method: 'get',
  path: '/api/grid-plans/{id}/faults',
  summary: '妨碍方案提交的问题',
  request: { params: planParams },
  responses: {
    200: jsonBody(faultsSchema, '问题，至多 200 处'),
    ...problems('bad_request', 'not_found'),
  },
})
const permit = createRoute({
  ...access(PLANNERS),
  method: 'post',
  path: '/api/grid-plans/{id}/permits',
  summary: '为一处问题写明例外理由',
  request: { params: planParams, body: jsonRequest(permitSchema) },
  responses: {
    200: jsonBody(faultsSchema, '余下的问题'),
    ...problems('bad_request', 'not_found', 'conflict', 'unprocessable'),
  },
})
const submit = step('submit', PLANNERS, '提交审批，并生成各客户经理的公平回执', commentedSchema)
const withdraw = step('withdraw', PLANNERS, '撤回为草稿', commentedSchema)
const approve = step('approve', HEADS, '批准，可同时定生效日', approveSchema)
const reject = step('reject', HEADS, '退回为草稿并写明意见', rejectSchema)
const schedule = step('schedule', rolesWith('ownership.decide'), '定生效日', scheduleSchema)
const rollback = step('rollback', HEADS, '整体回退已生效的方案', rejectSchema)
const copy = createRoute({
  ...access(PLANNERS),
  method: 'post',
  path: '/api/grid-plans/{id}/copy',
  summary: '复制成新的草稿',
  request: { params: planParams, body: jsonRequest(copySchema) },
  responses: {
    201: jsonBody(z.object({ planId: z.number().int() }), '新草稿'),
    ...problems('bad_request', 'not_found'),
  },
})
const receipts = createRoute({
  ...access(rolesWith('receipts.read')),
  method: 'get',
  path: '/api/grid-plans/{id}/receipts',
  summary: '各客户经理的公平回执与答复',
  request: { params: planParams },
  responses: {
    200: jsonBody(z.object({ receipts: z.array(receiptSchema) }), '回执'),
    ...problems('bad_request', 'not_found'),
  },
})
const ownReceipts = createRoute({
  ...access(rolesWith('receipts.own')),
  method: 'get',
  path: '/api/receipts',
  summary: '本人的公平回执',
  responses: {
    200: jsonBody(z.object({ receipts: z.array(receiptSchema) }), '回执，新的在前'),
    ...problems(),
  },
})
const answer = createRoute({
  ...access(rolesWith('receipts.own')),
  method: 'put',
  path: '/api/receipts/{id}',
  summary: '答复本人的公平回执：接受或提出异议',
  request: { params: planParams, body: jsonRequest(answerSchema) },
  responses: {
    200: jsonBody(receiptSchema, '答复后的回执'),
    ...problems('bad_request', 'not_found', 'conflict'),
  },
})

export function governanceRoutes(deps: Deps) {
  const service = new GovernanceService(deps)
  type StepContext = Parameters<Parameters<ReturnType<typeof createRouter>['openapi']>[1]>[0]
  const act = (c: Pick<StepContext, 'req' | 'get'>, id: number) => ({
    id,
    version: versionOf(c.req.header('if-match')),
    requestId: c.get('requestId'),
  })
  return createRouter()
    .openapi(lifecycle, async (c) => {
      const life = await service.lifecycle(c.get('session'), c.req.valid('param').id)
      c.header('etag', etagOf(life.version))
      return c.json(life, 200)
    })
    .openapi(faults, async (c) =>
      c.json(await service.faults(c.get('session'), c.req.valid('param').id), 200),
    )
    .openapi(permit, async (c) => {
      const { id } = c.req.valid('param')
      return c.json(await service.permit(c.get('session'), id, c.req.valid('json'), c.get('requestId')), 200)
    })
    .openapi(submit, async (c) => {
      const given = act(c, c.req.valid('param').id)
      return c.json(await service.submit(c.get('session'), given, c.req.valid('json').comment), 200)
    })
    .openapi(withdraw, async (c) => {
      const given = act(c, c.req.valid('param').id)
      return c.json(await service.withdraw(c.get('session'), given, c.req.valid('json').comment), 200)
    })
    .openapi(approve, async (c) => {
      const given = act(c, c.req.valid('param').id)
      return c.json(await service.approve(c.get('session'), given, c.req.valid('json')), 200)
    })
    .openapi(reject, async (c) => {
      const given = act(c, c.req.valid('param').id)
      return c.json(await service.reject(c.get('session'), given, c.req.valid('json').comment), 200)
    })
    .openapi(schedule, async (c) => {
      const given = act(c, c.req.valid('param').id)
      return c.json(await service.schedule(c.get('session'), given, c.req.valid('json').effectiveOn), 200)
    })
    .openapi(rollback, async (c) => {
      const given = act(c, c.req.valid('param').id)
      return c.json(await service.rollback(c.get('session'), given, c.req.valid('json').comment), 200)
    })
    .openapi(copy, async (c) => {
      const { id } = c.req.valid('param')
      const planId = await service.copy(c.get('session'), id, c.req.valid('json').name, c.get('requestId'))
      return c.json({ planId }, 201)
    })
    .openapi(receipts, async (c) =>
      c.json({ receipts: await service.receipts(c.get('session'), c.req.valid('param').id) }, 200),
    )
    .openapi(ownReceipts, async (c) => c.json({ receipts: await service.ownReceipts(c.get('session')) }, 200))
    .openapi(answer, async (c) => {
      const { id } = c.req.valid('param')
      return c.json(await service.answer(c.get('session'), id, c.req.valid('json'), c.get('requestId')), 200)
    })
}
