import type { Deps } from './deps.ts'
import { clientRoutes } from './clients/routes.ts'
import { governanceRoutes } from './governance/routes.ts'
import { ownershipRoutes } from './governance/ownership-routes.ts'
import { exchangeRoutes } from './exchange/routes.ts'
import { editRoutes } from './grids/edits/routes.ts'
import { gridRoutes } from './grids/routes.ts'
import { jsonOnly, limitBody, sameOriginOnly } from './http/guards.ts'
import { notFound, onError } from './http/errors.ts'
import { securityHeaders } from './http/headers.ts'
import { limitRate } from './http/rate-limit.ts'
import { requestLog } from './http/request-log.ts'
import { declaredRoutes, enforceAccess, identify } from './http/route-access.ts'
import { serveStatic } from './http/static-files.ts'
import { createRouter } from './http/validate.ts'
import { jobRoutes } from './jobs/routes.ts'
import { metaRoutes } from './meta/routes.ts'
import { metricRoutes } from './metrics/routes.ts'
import { placeRoutes } from './places/routes.ts'
import { sessionRoutes } from './session/routes.ts'
import { tileRoutes } from './tiles/routes.ts'

const STATIC = '/*'

/** The whole application without a process around it: middleware in the order in which a request meets it, then routes. */
export function createApp(deps: Deps) {
  const { trustProxy } = deps
  const app = createRouter()
  app.onError(onError(deps.log))
  app.notFound(notFound)
  app.use(requestLog(deps.log, trustProxy))
  app.use(securityHeaders(trustProxy))
  app.use(sameOriginOnly(trustProxy))
  app.use(jsonOnly)
  app.use(limitBody)
  app.use(identify(deps.sessions, { trustProxy }))
  app.use(limitRate(deps.limits))
  app.use(enforceAccess({ routes: () => declaredRoutes(app), staticPattern: STATIC }))

  const describe = () =>
    app.getOpenAPI31Document({
      openapi: '3.1.0',
      info: {
        title: '赣格 GanGrid',
        version: '0.1.0',
        description: '错误一律为 RFC 9457 problem JSON，code 稳定，detail 为中文说明。',
      },
    }) as unknown as Record<string, unknown>

  const routes = app
    .route('/', sessionRoutes(deps))
    .route('/', metaRoutes(deps, describe))
    .route('/', placeRoutes(deps))
    .route('/', tileRoutes(deps))
    .route('/', clientRoutes(deps))
    .route('/', metricRoutes(deps))
    .route('/', gridRoutes(deps))
    .route('/', governanceRoutes(deps))
    .route('/', ownershipRoutes(deps))
    .route('/', editRoutes(deps))
    .route('/', exchangeRoutes(deps))
    .route('/', jobRoutes(deps))
  app.get(STATIC, serveStatic(deps.webFolder))
  return routes
}

export type AppType = ReturnType<typeof createApp>
