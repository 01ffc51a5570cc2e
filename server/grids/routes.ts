import { createRoute } from '@hono/zod-openapi'
import { z } from 'zod'
import { rolesWith } from '#server/auth/permissions.ts'
import type { Deps } from '#server/deps.ts'
import { access } from '#server/http/access.ts'
import { createRouter, jsonBody, jsonRequest, problems } from '#server/http/validate.ts'
import { jobAcceptedSchema } from '#server/jobs/contract.ts'
import {
  changeGridSchema,
  createPlanSchema,
  gridNoSchema,
  planIdSchema,
  planSchema,
  planSummarySchema,
  renamePlanSchema,
  solveSchema,
  staffMemberSchema,
  staffQuerySchema,
  unitCollectionSchema,
} from './contract.ts'
import { etagOf, versionOf } from './if-match.ts'
import { registerGridJobs } from './jobs.ts'
import { GridService } from './service.ts'

const READERS = rolesWith('grids.read')
const EDITORS = rolesWith('grids.edit')
const id = z.object({ id: planIdSchema })
const idAndNo = z.object({ id: planIdSchema, no: gridNoSchema })
const accepted = jsonBody(jobAcceptedSchema, '已受理；进度与结果见 /api/jobs/{id}')
const editProblems = problems(
  'bad_request',
  'not_found',
  'stale',
  'too_large',
  'unprocessable',
  'precondition_required',
)

const list = createRoute({
  ...access(READERS),
  method: 'get',
  path: '/api/grid-plans',
  summary: '管辖范围内的网格方案',
  responses: {
    200: jsonBody(z.object({ plans: z.array(planSummarySchema) }), '方案列表，最近修改的在前'),
    ...problems(),
  },
})

const create = createRoute({
  ...access(EDITORS),
  method: 'post',
  path: '/api/grid-plans',
  summary: '建立网格方案：划分单元并计入客户',
  request: { body: jsonRequest(createPlanSchema) },
  responses: { 202: accepted, ...problems('bad_request', 'too_large', 'unprocessable') },
})

const show = createRoute({
  ...access(READERS),
  method: 'get',
  path: '/api/grid-plans/{id}',
  summary: '方案与其网格',
  request: { params: id },
  responses: { 200: jsonBody(planSchema, '方案；ETag 为版本号'), ...problems('bad_request', 'not_found') },
})

const units = createRoute({
  ...access(READERS),
  method: 'get',
  path: '/api/grid-plans/{id}/units',
  summary: '方案的单元（GeoJSON）',
  request: { params: id },
  responses: {
    200: jsonBody(unitCollectionSchema, '单元；ETag 为方案版本号'),
    304: { description: '自 If-None-Match 的版本以来没有变化' },
    ...problems('bad_request', 'not_found'),
  },
})

const solve = createRoute({
  ...access(EDITORS),
  method: 'post',
  path: '/api/grid-plans/{id}/solve',
  summary: '求解：把单元划成均衡、连片的网格',
  request: { params: id, body: jsonRequest(solveSchema) },
  responses: { 202: accepted, ...problems('conflict'), ...editProblems },
})

const rename = createRoute({
  ...access(EDITORS),
  method: 'patch',
  path: '/api/grid-plans/{id}',
  summary: '方案改名',
  request: { params: id, body: jsonRequest(renamePlanSchema) },
  responses: { 200: jsonBody(planSchema, '修改后的方案'), ...editProblems },
})

const changeGrid = createRoute({
  ...access(EDITORS),
  method: 'patch',
  path: '/api/grid-plans/{id}/grids/{no}',
  summary: '网格改名、指派客户经理',
  request: { params: idAndNo, body: jsonRequest(changeGridSchema) },
  responses: { 200: jsonBody(planSchema, '修改后的方案'), ...problems('conflict'), ...editProblems },
})

const remove = createRoute({
  ...access(EDITORS),
  method: 'delete',
  path: '/api/grid-plans/{id}',
  summary: '删除方案',
  request: { params: id },
  responses: { 204: { description: '已删除' }, ...editProblems },
})

const staff = createRoute({
  ...access(READERS),
  method: 'get',
  path: '/api/staff',
  summary: '一个县（市、区）的在岗客户经理',
  request: { query: staffQuerySchema },
  responses: {
    200: jsonBody(z.object({ staff: z.array(staffMemberSchema) }), '客户经理'),
    ...problems('bad_request'),
  },
})

export function gridRoutes(deps: Deps) {
  const service = new GridService(deps)
  registerGridJobs(deps)
  return createRouter()
    .openapi(list, async (c) => c.json({ plans: await service.plans(c.get('session')) }, 200))
    .openapi(create, async (c) =>
      c.json({ jobId: await service.create(c.get('session'), c.req.valid('json'), c.get('requestId')) }, 202),
    )
    .openapi(show, async (c) => {
      const plan = await service.plan(c.get('session'), c.req.valid('param').id)
      c.header('etag', etagOf(plan.version))
      return c.json(plan, 200)
    })
    .openapi(units, async (c) => {
      const known = c.req.header('if-none-match')
      const unlessVersion =
        known === undefined ? null : Number(/^"v(\d{1,9})"$/.exec(known)?.[1] ?? Number.NaN)
      const { version, collection } = await service.units(
        c.get('session'),
        c.req.valid('param').id,
        unlessVersion,
      )
      c.header('etag', etagOf(version))
      if (collection === null) return c.body(null, 304)
      return c.json(collection, 200)
    })
    .openapi(solve, async (c) => {
      const version = versionOf(c.req.header('if-match'))
      const jobId = await service.solve(
        c.get('session'),
        c.req.valid('param').id,
        version,
        c.req.valid('json'),
        c.get('requestId'),
      )
      return c.json({ jobId }, 202)
    })
    .openapi(rename, async (c) => {
      const version = versionOf(c.req.header('if-match'))
      const { name } = c.req.valid('json')
      const plan = await service.rename(
        c.get('session'),
        c.req.valid('param').id,
        version,
        name,
        c.get('requestId'),
      )
      c.header('etag', etagOf(plan.version))
      return c.json(plan, 200)
    })
    .openapi(changeGrid, async (c) => {
      const version = versionOf(c.req.header('if-match'))
      const { id: planId, no } = c.req.valid('param')
      const plan = await service.changeGrid(
        c.get('session'),
        planId,
        no,
        version,
        c.req.valid('json'),
        c.get('requestId'),
      )
      c.header('etag', etagOf(plan.version))
      return c.json(plan, 200)
    })
    .openapi(remove, async (c) => {
      const version = versionOf(c.req.header('if-match'))
      await service.delete(c.get('session'), c.req.valid('param').id, version, c.get('requestId'))
      return c.body(null, 204)
    })
    .openapi(staff, async (c) =>
      c.json({ staff: await service.managers(c.get('session'), c.req.valid('query').countyCode) }, 200),
    )
}
