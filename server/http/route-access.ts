import type { OpenAPIHono } from '@hono/zod-openapi'
import type { Context, MiddlewareHandler } from 'hono'
import { matchedRoutes } from 'hono/route'
import type { Role } from '#server/auth/permissions.ts'
import { readToken } from '#server/session/cookie.ts'
import type { SessionService } from '#server/session/service.ts'
import type { Access } from './access.ts'
import type { AppEnv } from './env.ts'
import { AppError } from './errors.ts'

export interface DeclaredRoute {
  method: string
  /** Router pattern, as in /api/jobs/:id. */
  pattern: string
  access: Access | undefined
}

/** Every route of the contracts with its declared access; undefined where the declaration is missing. */
export function declaredRoutes(app: OpenAPIHono<AppEnv>): DeclaredRoute[] {
  return app.openAPIRegistry.definitions.flatMap((definition) => {
    if (definition.type !== 'route') return []
    const { method, path } = definition.route
    const access = (definition.route as { 'x-roles'?: Access })['x-roles']
    return [{ method: method.toUpperCase(), pattern: path.replaceAll(/\/{(.+?)}/g, '/:$1'), access }]
  })
}

/** The pattern of the route that answers; null for an address that is none. */
export function routeOf(c: Context<AppEnv>): string | null {
  return handlerRoute(c)?.path ?? null
}

function handlerRoute(c: Context<AppEnv>) {
  return matchedRoutes(c).find((route) => route.method !== 'ALL')
}

interface Options {
  /** Read when the first request comes: routes are added after the middleware. */
  routes: () => DeclaredRoute[]
  /** Pattern of the handler of static files, which is public and no part of the API. */
  staticPattern: string
}

/** Puts the caller's session into the context, where there is a valid one. Health checks and static files ask for none. */
export function identify(
  sessions: SessionService,
  options: { trustProxy: boolean },
): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    const route = routeOf(c)
    const token = route && /^\/(api|tiles)\//.test(route) ? readToken(c, options.trustProxy) : null
    const session = token === null ? null : await sessions.authenticate(token)
    if (session) c.set('session', session)
    await next()
  }
}

/** Lets a request pass to its route only if the route's own declaration names the caller's role. Denied by default. */
export function enforceAccess({ routes, staticPattern }: Options): MiddlewareHandler<AppEnv> {
  let table: Map<string, Access | undefined> | null = null
  return async (c, next) => {
    const route = handlerRoute(c)
    if (!route || (route.path === staticPattern && route.method === 'GET')) return next()
    table ??= new Map(routes().map(({ method, pattern, access }) => [`${method} ${pattern}`, access]))
    const access = table.get(`${route.method} ${route.path}`)
    if (access === undefined)
      throw new AppError('forbidden', '此接口没有声明访问角色，已拒绝。请联系管理员。')
    if (access === 'public') return next()
    const session = c.get('session') as AppEnv['Variables']['session'] | undefined
    if (!session) throw new AppError('unauthenticated', '尚未登录或登录已失效，请登录后重试。')
    if (!access.includes(session.me.role as Role)) {
      throw new AppError('forbidden', '您的角色无权使用此功能。如需权限，请联系管理员。')
    }
    return next()
  }
}
