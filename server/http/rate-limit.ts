import type { MiddlewareHandler } from 'hono'
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import type { RequestLimits } from '#server/deps.ts'
import type { AppEnv } from './env.ts'
import { AppError } from './errors.ts'

/** Requests a minute of one account; of one address while not signed in. Tiles have their own, larger allowance. */
export function limitRate(limits: RequestLimits): MiddlewareHandler<AppEnv> {
  const api = new RateLimiterMemory({ keyPrefix: 'api', points: limits.apiPerMinute, duration: 60 })
  const tiles = new RateLimiterMemory({ keyPrefix: 'tiles', points: limits.tilesPerMinute, duration: 60 })
  return async (c, next) => {
    const isTile = c.req.path.startsWith('/tiles/')
    if (isTile || c.req.path.startsWith('/api/')) {
      const session = c.get('session')
      const key = session ? `account ${session.me.accountId}` : `address ${c.get('clientIp')}`
      try {
        await (isTile ? tiles : api).consume(key)
      } catch (error) {
        if (!(error instanceof RateLimiterRes)) throw error
        const waitS = Math.max(1, Math.ceil(error.msBeforeNext / 1000))
        throw new AppError('rate_limited', `请求过于频繁，请在 ${waitS} 秒后重试。`, { retryAfterS: waitS })
      }
    }
    await next()
  }
}
