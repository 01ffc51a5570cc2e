import { createRoute } from '@hono/zod-openapi'
import { z } from 'zod'
import { rolesWith } from '#server/auth/permissions.ts'
import type { Deps } from '#server/deps.ts'
import { access } from '#server/http/access.ts'
import { createRouter, jsonBody, jsonRequest, problems } from '#server/http/validate.ts'
import { planIdSchema } from '../contract.ts'
import {
  boardSchema,
  checksSchema,
  editListSchema,
  editResultSchema,
  editSchema,
  editsQuerySchema,
  historySchema,
  lockListSchema,
  locksSchema,
  presenceListSchema,
  presenceSchema,
} from './contract.ts'
import { EditService } from './service.ts'

const READERS = rolesWith('grids.read')
const EDITORS = rolesWith('grids.edit')
const params = z.object({ id: planIdSchema })

const board = createRoute({
  ...access(READERS),
  method: 'get',
  path: '/api/grid-plans/{id}/board',
  summary: '编辑所需的底图数据：单元归属、相邻边、锁定、所属客户经理',
  request: { params },
  responses: { 200: jsonBody(boardSchema, '同一时刻的数据'), ...problems('bad_request', 'not_found') },
})

const edit = createRoute({
  ...access(EDITORS),
  method: 'post',
  path: '/api/grid-plans/{id}/edits',
  summary: '保存一次编辑，或撤销（重做）自己的一次编辑',
  description:
    '每个单元须仍在 from 所写的网格中：都在则保存，即使方案在 basedOn 之后又有了别的编辑（合并）；否则 409，conflict 列出冲突的单元及其现在的网格。同一 id 重复提交只保存一次。锁定的单元与网格不变。',
  request: { params, body: jsonRequest(editSchema) },
  responses: {
    200: jsonBody(editResultSchema, '已保存的编辑、其间他人的编辑、各网格的新合计'),
    ...problems('bad_request', 'not_found', 'conflict', 'too_large', 'unprocessable'),
  },
})

const edits = createRoute({
  ...access(READERS),
  method: 'get',
  path: '/api/grid-plans/{id}/edits',
  summary: '编辑日志：某次编辑之后的编辑',
  request: { params, query: editsQuerySchema },
  responses: { 200: jsonBody(editListSchema, '按先后排列'), ...problems('bad_request', 'not_found') },
})

const history = createRoute({
  ...access(EDITORS),
  method: 'get',
  path: '/api/grid-plans/{id}/history',
  summary: '本人可撤销、可重做的编辑',
  request: { params },
  responses: { 200: jsonBody(historySchema, '最近的在后'), ...problems('bad_request', 'not_found') },
})

const lock = createRoute({
  ...access(EDITORS),
  method: 'post',
  path: '/api/grid-plans/{id}/locks',
  summary: '锁定或解锁网格、单元',
  description: '锁定的网格既不失去也不得到单元，锁定的单元留在原处，任何工具都一样。复制方案时不带锁定。',
  request: { params, body: jsonRequest(locksSchema) },
  responses: {
    200: jsonBody(lockListSchema, '现在锁定的网格与单元'),
    ...problems('bad_request', 'not_found', 'conflict'),
  },
})

const locks = createRoute({
  ...access(READERS),
  method: 'get',
  path: '/api/grid-plans/{id}/locks',
  summary: '锁定的网格与单元',
  request: { params },
  responses: { 200: jsonBody(lockListSchema, '锁定'), ...problems('bad_request', 'not_found') },
})

const checks = createRoute({
  ...access(READERS),
  method: 'get',
  path: '/api/grid-plans/{id}/checks',
  summary: '检查：未分配、孤岛、空洞、网格外客户、归属不一致',
  request: { params },
  responses: { 200: jsonBody(checksSchema, '计数与逐个情形'), ...problems('bad_request', 'not_found') },
})

const presence = createRoute({
  ...access(READERS),
  method: 'post',
  path: '/api/grid-plans/{id}/presence',
  summary: '报到或离开；答复方案中还有谁、方案到了第几版',
  request: { params, body: jsonRequest(presenceSchema) },
  responses: { 200: jsonBody(presenceListSchema, '在场的人'), ...problems('bad_request', 'not_found') },
})

export function editRoutes(deps: Deps) {
  const service = new EditService(deps)
  return createRouter()
    .openapi(board, async (c) => c.json(await service.board(c.get('session'), c.req.valid('param').id), 200))
    .openapi(edit, async (c) =>
      c.json(
        await service.edit(
          c.get('session'),
          c.req.valid('param').id,
          c.req.valid('json'),
          c.get('requestId'),
        ),
        200,
      ),
    )
    .openapi(edits, async (c) => {
      const { after, limit } = c.req.valid('query')
      return c.json(await service.edits(c.get('session'), c.req.valid('param').id, after, limit), 200)
    })
    .openapi(history, async (c) =>
      c.json(await service.history(c.get('session'), c.req.valid('param').id), 200),
    )
    .openapi(lock, async (c) =>
      c.json(
        await service.lock(
          c.get('session'),
          c.req.valid('param').id,
          c.req.valid('json'),
          c.get('requestId'),
        ),
        200,
      ),
    )
    .openapi(locks, async (c) => c.json(await service.locks(c.get('session'), c.req.valid('param').id), 200))
    .openapi(checks, async (c) =>
      c.json(await service.checks(c.get('session'), c.req.valid('param').id), 200),
    )
    .openapi(presence, async (c) =>
      c.json(await service.presence(c.get('session'), c.req.valid('param').id, c.req.valid('json')), 200),
    )
}
