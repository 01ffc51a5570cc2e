import { randomUUID } from 'node:crypto'
import type { MiddlewareHandler } from 'hono'
import type { Logger } from 'pino'
import type { AppEnv } from './env.ts'
import { clientIpOf } from './origin.ts'
import { routeOf } from './route-access.ts'

/**
 * Gives the request its id and writes one line about it: the route's pattern, never the address itself, no query, no
 * body, and of the caller only the account's number. An id from outside is not taken: it would end up in our log.
 */
export function requestLog(log: Logger, trustProxy: boolean): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    const requestId = randomUUID()
    c.set('requestId', requestId)
    c.set('clientIp', clientIpOf(c, trustProxy))
    const startedAt = performance.now()
    await next()
    c.res.headers.set('x-request-id', requestId)
    log.info({
      requestId,
      method: c.req.method,
      route: routeOf(c) ?? 'none',
      status: c.res.status,
      ms: Math.round((performance.now() - startedAt) * 10) / 10,
      accountId: c.get('session')?.me.accountId,
    })
  }
}
