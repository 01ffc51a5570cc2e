import { createRoute } from '@hono/zod-openapi'
import { z } from 'zod'
import type { Deps } from '#server/deps.ts'
import { access } from '#server/http/access.ts'
import { createRouter, jsonBody, problems } from '#server/http/validate.ts'
import { metaSchema, readySchema } from './contract.ts'
import { readMeta, readReady } from './service.ts'

const meta = createRoute({
  ...access('public'),
  method: 'get',
  path: '/api/meta',
  summary: '产品、数据与图层版本；未登录时只有登录页所需的部分',
  responses: { 200: jsonBody(metaSchema, '产品与数据概况'), ...problems() },
})

const live = createRoute({
  ...access('public'),
  method: 'get',
  path: '/livez',
  summary: '进程存活（不访问数据库）',
  responses: { 200: jsonBody(z.object({ live: z.literal(true) }), '存活') },
})

const ready = createRoute({
  ...access('public'),
  method: 'get',
  path: '/readyz',
  summary: '能否提供服务',
  responses: { 200: jsonBody(readySchema, '可以'), 503: jsonBody(readySchema, '不可以；见各项检查') },
})

const openapi = createRoute({
  ...access('public'),
  method: 'get',
  path: '/api/openapi.json',
  summary: '本接口的 OpenAPI 3.1 描述',
  responses: { 200: jsonBody(z.record(z.string(), z.unknown()), 'OpenAPI 文档') },
})

/** @param describe the OpenAPI document of the whole app */
export function metaRoutes(deps: Deps, describe: () => Record<string, unknown>) {
  return createRouter()
    .openapi(meta, async (c) => c.json(await readMeta(deps, c.get('session') !== undefined), 200))
    .openapi(live, (c) => c.json({ live: true as const }, 200))
    .openapi(ready, async (c) => {
      const body = await readReady(deps)
      return body.ready ? c.json(body, 200) : c.json(body, 503)
    })
    .openapi(openapi, (c) => c.json(describe(), 200))
}
