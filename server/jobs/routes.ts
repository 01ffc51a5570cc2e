import { createRoute } from '@hono/zod-openapi'
import { streamSSE } from 'hono/streaming'
import { z } from 'zod'
import { ROLES, rolesWith } from '#server/auth/permissions.ts'
import type { Deps } from '#server/deps.ts'
import { access } from '#server/http/access.ts'
import { createRouter, jsonBody, problems } from '#server/http/validate.ts'
import { jobSchema } from './contract.ts'
import { EventStreams } from './event-streams.ts'
import { cancelJob, readJob } from './service.ts'

const params = z.object({ id: z.uuid('任务编号应为 UUID') })

const show = createRoute({
  ...access(rolesWith('grids.edit')),
  method: 'get',
  path: '/api/jobs/{id}',
  summary: '任务状态',
  request: { params },
  responses: { 200: jsonBody(jobSchema, '任务'), ...problems('bad_request', 'not_found') },
})

const cancel = createRoute({
  ...access(rolesWith('grids.edit')),
  method: 'delete',
  path: '/api/jobs/{id}',
  summary: '取消任务',
  request: { params },
  responses: { 204: { description: '已取消，或此前已结束' }, ...problems('bad_request', 'not_found') },
})

const events = createRoute({
  ...access(ROLES),
  method: 'get',
  path: '/api/events',
  summary: '本人任务与图层版本的变化（server-sent events）',
  responses: {
    200: {
      description:
        'event: job {id,state,progress,message}；event: layer {layer,version}；event: plan {planId,version,lastSeq,people}；event: heartbeat',
      content: { 'text/event-stream': { schema: z.string() } },
    },
    ...problems(),
  },
})

export function jobRoutes(deps: Deps) {
  const { db, jobs } = deps
  const streams = new EventStreams(deps)
  return createRouter()
    .openapi(show, async (c) => c.json(await readJob(db, c.get('session'), c.req.valid('param').id), 200))
    .openapi(cancel, async (c) => {
      await cancelJob(db, jobs, c.get('session'), c.req.valid('param').id)
      return c.body(null, 204)
    })
    .openapi(events, (c) => {
      // A HEAD request would leave behind a stream that nobody reads.
      if (c.req.method === 'HEAD') return c.body(null, 200)
      const session = c.get('session')
      streams.admit(session)
      c.header('x-accel-buffering', 'no')
      return streamSSE(c, (stream) => streams.serve(session, stream))
    })
}
