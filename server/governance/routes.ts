import { createRoute } from '@hono/zod-openapi'
import { z } from 'zod'
import { rolesWith } from '#server/auth/permissions.ts'
import type { Deps } from '#server/deps.ts'
import { etagOf, versionOf } from '#server/grids/if-match.ts'
import { access } from '#server/http/access.ts'
import { createRouter, jsonBody, jsonRequest, problems } from '#server/http/validate.ts'
import { CompareService } from './compare-service.ts'
import {
  approveSchema,
  commentedSchema,
  compareClientsQuery,
  compareQuery,
  comparisonSchema,
  copySchema,
  edgeCheckSchema,
  faultsSchema,
  lifecycleSchema,
  locationDebtSchema,
  movedClientsSchema,
  pageQuery,
  permitSchema,
  planParams,
  receiptSchema,
  rejectSchema,
  scheduleSchema,
} from './contract.ts'
import { GovernanceService } from './service.ts'

const READERS = rolesWith('grids.read')
const EDITORS = rolesWith('grids.edit')
const APPROVERS = rolesWith('grids.approve')
const SCHEDULERS = [...EDITORS, ...APPROVERS]
const lived = jsonBody(lifecycleSchema, '方案现在的状态、历史与下一步；ETag 为版本号')
const stepProblems = problems(
  'bad_request',
  'not_found',
  'conflict',
  'stale',
  'unprocessable',
  'precondition_required',
)
const readProblems = problems('bad_request', 'not_found')

const lifecycle = createRoute({
  ...access(READERS),
  method: 'get',
  path: '/api/grid-plans/{id}/lifecycle',
  summary: '方案的状态、历史与下一步',
  request: { params: planParams },
  responses: { 200: lived, ...readProblems },
})
const faults = createRoute({
  ...access(READERS),
  method: 'get',
  path: '/api/grid-plans/{id}/faults',
  summary: '妨碍生效的问题，逐条列出位置',
  request: { params: planParams },
  responses: { 200: jsonBody(faultsSchema, '问题；有例外理由的不妨碍生效'), ...readProblems },
})
const permit = createRoute({
  ...access(EDITORS),
  method: 'post',
  path: '/api/grid-plans/{id}/permits',
  summary: '为一处问题登记例外理由',
  request: { params: planParams, body: jsonRequest(permitSchema) },
  responses: { 200: jsonBody(faultsSchema, '登记后的问题列表'), ...stepProblems },
})
const submit = createRoute({
  ...access(EDITORS),
  method: 'post',
  path: '/api/grid-plans/{id}/submit',
  summary: '提交审批，并给每位客户经理出具告知单',
  request: { params: planParams, body: jsonRequest(commentedSchema) },
  responses: { 200: lived, ...stepProblems },
})
const withdraw = createRoute({
  ...access(EDITORS),
  method: 'post',
  path: '/api/grid-plans/{id}/withdraw',
  summary: '撤回到草稿',
  request: { params: planParams, body: jsonRequest(commentedSchema) },
  responses: { 200: lived, ...stepProblems },
})
const approve = createRoute({
  ...access(APPROVERS),
  method: 'post',
  path: '/api/grid-plans/{id}/approve',
  summary: '批准（提交人不能批准自己的方案），可同时定生效日',
  request: { params: planParams, body: jsonRequest(approveSchema) },
  responses: { 200: lived, ...stepProblems },
})
const reject = createRoute({
  ...access(APPROVERS),
  method: 'post',
  path: '/api/grid-plans/{id}/reject',
  summary: '退回修改，须写明意见',
  request: { params: planParams, body: jsonRequest(rejectSchema) },
  responses: { 200: lived, ...stepProblems },
})
const schedule = createRoute({
  ...access(SCHEDULERS),
  method: 'post',
  path: '/api/grid-plans/{id}/schedule',
  summary: '定生效日；今天则立即生效',
  request: { params: planParams, body: jsonRequest(scheduleSchema) },
  responses: { 200: lived, ...stepProblems },
})
const rollback = createRoute({
  ...access(APPROVERS),
  method: 'post',
  path: '/api/grid-plans/{id}/rollback',
  summary: '整体回退：客户归属恢复到生效之前，须写明原因',
  request: { params: planParams, body: jsonRequest(rejectSchema) },
  responses: { 200: lived, ...stepProblems },
})
const copy = createRoute({
  ...access(EDITORS),
  method: 'post',
  path: '/api/grid-plans/{id}/copy',
  summary: '复制成新的草稿，不带锁定',
  request: { params: planParams, body: jsonRequest(copySchema) },
  responses: { 201: jsonBody(z.object({ planId: z.number().int() }), '新草稿'), ...readProblems },
})
const compare = createRoute({
  ...access(READERS),
  method: 'get',
  path: '/api/grid-plans/{id}/compare',
  summary: '与现行归属或另一方案比较：客户从谁到谁',
  request: { params: planParams, query: compareQuery },
  responses: {
    200: jsonBody(comparisonSchema, '按原、新客户经理汇总'),
    ...problems('bad_request', 'not_found', 'unprocessable'),
  },
})
const moved = createRoute({
  ...access(READERS),
  method: 'get',
  path: '/api/grid-plans/{id}/compare/clients',
  summary: '比较中换手的客户（本人可见的）',
  request: { params: planParams, query: compareClientsQuery },
  responses: {
    200: jsonBody(movedClientsSchema, '一页客户与总数'),
    ...problems('bad_request', 'not_found', 'unprocessable'),
  },
})
const receipts = createRoute({
  ...access(rolesWith('receipts.read')),
  method: 'get',
  path: '/api/grid-plans/{id}/receipts',
  summary: '各客户经理的告知单与答复',
  request: { params: planParams },
  responses: { 200: jsonBody(z.object({ receipts: z.array(receiptSchema) }), '告知单'), ...readProblems },
})
const edgeCheck = createRoute({
  ...access(READERS),
  method: 'get',
  path: '/api/grid-plans/{id}/edge-check',
  summary: '坐标系若弄错会换网格的客户',
  request: { params: planParams, query: pageQuery },
  responses: { 200: jsonBody(edgeCheckSchema, '一页客户与总数'), ...readProblems },
})
const locationDebt = createRoute({
  ...access(READERS),
  method: 'get',
  path: '/api/grid-plans/{id}/location-debt',
  summary: '位置欠账：各网格、乡镇按位置精度的客户数',
  request: { params: planParams },
  responses: { 200: jsonBody(locationDebtSchema, '按网格与乡镇'), ...readProblems },
})

export function governanceRoutes(deps: Deps) {
  const service = new GovernanceService(deps)
  const comparison = new CompareService(deps)
  return createRouter()
    .openapi(lifecycle, async (c) => {
      const plan = await service.lifecycle(c.get('session'), c.req.valid('param').id)
      c.header('etag', etagOf(plan.version))
      return c.json(plan, 200)
    })
    .openapi(faults, async (c) =>
      c.json(await service.faults(c.get('session'), c.req.valid('param').id), 200),
    )
    .openapi(permit, async (c) => {
      const act = actOf(c, c.req.valid('param').id)
      return c.json(await service.permit(c.get('session'), act, c.req.valid('json')), 200)
    })
    .openapi(submit, async (c) => {
      const act = { ...actOf(c, c.req.valid('param').id), ...c.req.valid('json') }
      const plan = await service.submit(c.get('session'), act)
      c.header('etag', etagOf(plan.version))
      return c.json(plan, 200)
    })
    .openapi(withdraw, async (c) => {
      const act = { ...actOf(c, c.req.valid('param').id), ...c.req.valid('json') }
      const plan = await service.withdraw(c.get('session'), act)
      c.header('etag', etagOf(plan.version))
      return c.json(plan, 200)
    })
    .openapi(approve, async (c) => {
      const { comment, effectiveOn } = c.req.valid('json')
      const act = { ...actOf(c, c.req.valid('param').id), comment }
      const plan = await service.approve(c.get('session'), act, effectiveOn ?? null)
      c.header('etag', etagOf(plan.version))
      return c.json(plan, 200)
    })
    .openapi(reject, async (c) => {
      const act = { ...actOf(c, c.req.valid('param').id), ...c.req.valid('json') }
      const plan = await service.reject(c.get('session'), act)
      c.header('etag', etagOf(plan.version))
      return c.json(plan, 200)
    })
    .openapi(schedule, async (c) => {
      const act = actOf(c, c.req.valid('param').id)
      const plan = await service.schedule(c.get('session'), act, c.req.valid('json').effectiveOn)
      c.header('etag', etagOf(plan.version))
      return c.json(plan, 200)
    })
    .openapi(rollback, async (c) => {
      const act = { ...actOf(c, c.req.valid('param').id), ...c.req.valid('json') }
      const plan = await service.rollback(c.get('session'), act)
      c.header('etag', etagOf(plan.version))
      return c.json(plan, 200)
    })
    .openapi(copy, async (c) => {
      const { id } = c.req.valid('param')
      const planId = await service.copy(c.get('session'), id, c.req.valid('json').name, c.get('requestId'))
      return c.json({ planId }, 201)
    })
    .openapi(compare, async (c) => {
      const { id } = c.req.valid('param')
      return c.json(await comparison.compare(c.get('session'), id, c.req.valid('query').with), 200)
    })
    .openapi(moved, async (c) => {
      const { id } = c.req.valid('param')
      return c.json(await comparison.moved(c.get('session'), id, c.req.valid('query')), 200)
    })
    .openapi(receipts, async (c) =>
      c.json({ receipts: await comparison.receipts(c.get('session'), c.req.valid('param').id) }, 200),
    )
    .openapi(edgeCheck, async (c) => {
      const { id } = c.req.valid('param')
      return c.json(await comparison.edgeCheck(c.get('session'), id, c.req.valid('query')), 200)
    })
    .openapi(locationDebt, async (c) =>
      c.json(await comparison.locationDebt(c.get('session'), c.req.valid('param').id), 200),
    )
}

interface ActContext {
  req: { header(name: string): string | undefined }
  get(name: 'requestId'): string
}

/** An act on the version the caller has read. */
function actOf(c: ActContext, id: number) {
  return { id, version: versionOf(c.req.header('if-match')), requestId: c.get('requestId') }
}
