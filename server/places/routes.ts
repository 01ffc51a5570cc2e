import { createRoute } from '@hono/zod-openapi'
import type { Deps } from '#server/deps.ts'
import { rolesWith } from '#server/auth/permissions.ts'
import { access } from '#server/http/access.ts'
import { createRouter, jsonBody, problems } from '#server/http/validate.ts'
import {
  placeHitsSchema,
  placeListQuery,
  placeListSchema,
  placeParams,
  placeSchema,
  placeSearchQuery,
} from './contract.ts'
import { PlaceService } from './service.ts'

const readers = rolesWith('places.read')

const list = createRoute({
  ...access(readers),
  method: 'get',
  path: '/api/places',
  summary: '某一级的区划',
  request: { query: placeListQuery },
  responses: { 200: jsonBody(placeListSchema, '按代码排列'), ...problems('bad_request', 'not_found') },
})

const search = createRoute({
  ...access(readers),
  method: 'get',
  path: '/api/places/search',
  summary: '按名称、拼音、首字母、代码或曾用名查找区划',
  request: { query: placeSearchQuery },
  responses: { 200: jsonBody(placeHitsSchema, '最相符的在前'), ...problems('bad_request') },
})

const show = createRoute({
  ...access(readers),
  method: 'get',
  path: '/api/places/{code}',
  summary: '一个区划',
  request: { params: placeParams },
  responses: { 200: jsonBody(placeSchema, '区划'), ...problems('bad_request', 'not_found') },
})

export function placeRoutes(deps: Pick<Deps, 'polygons'>) {
  const service = new PlaceService(deps.polygons)
  return createRouter()
    .openapi(list, async (c) => {
      const { level, parent } = c.req.valid('query')
      return c.json({ places: await service.list(level, parent) }, 200)
    })
    .openapi(search, async (c) => {
      const { q, limit } = c.req.valid('query')
      return c.json({ places: await service.search(q, limit) }, 200)
    })
    .openapi(show, async (c) => c.json(await service.show(c.req.valid('param').code), 200))
}
