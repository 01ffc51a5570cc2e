import { createRoute } from '@hono/zod-openapi'
import type { Deps } from '#server/deps.ts'
import { rolesWith } from '#server/auth/permissions.ts'
import { access } from '#server/http/access.ts'
import { createRouter, jsonBody, problems } from '#server/http/validate.ts'
import { todayInChina } from '#server/snapshot/today.ts'
import { metricListSchema, placeValuesQuery, placeValuesSchema } from './contract.ts'
import { MetricService } from './service.ts'

const readers = rolesWith('aggregates.read')

const registry = createRoute({
  ...access(readers),
  method: 'get',
  path: '/api/metrics',
  summary: '指标登记表：名称、单位、口径',
  responses: { 200: jsonBody(metricListSchema, '全部指标'), ...problems() },
})

const placeValues = createRoute({
  ...access(readers),
  method: 'get',
  path: '/api/metrics/places',
  summary: '各区划的指标值与分级',
  request: { query: placeValuesQuery },
  responses: {
    200: jsonBody(placeValuesSchema, '本人范围内的区划'),
    ...problems('bad_request', 'not_found', 'unprocessable'),
  },
})

export function metricRoutes(deps: Pick<Deps, 'snapshots' | 'polygons' | 'now'>) {
  const service = new MetricService(deps)
  return createRouter()
    .openapi(registry, (c) => c.json(service.registry(), 200))
    .openapi(placeValues, async (c) =>
      c.json(
        await service.placeValues(c.get('session').me, c.req.valid('query'), todayInChina(deps.now())),
        200,
      ),
    )
}
