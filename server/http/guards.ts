import type { MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import type { AppEnv } from './env.ts'
import { AppError } from './errors.ts'
import { originOf } from './origin.ts'

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS'])
const JSON_TYPE = /^application\/json\s*(;\s*charset=utf-8\s*)?$/i
const BODY_LIMIT = 1_048_576

/**
 * Refuses a change that another site's page set off. Browsers send Origin with every unsafe request and Sec-Fetch-Site
 * where they know it; both must name this site. Programs that are no browser send neither and carry no one's cookie by
 * accident.
 */
export function sameOriginOnly(trustProxy: boolean): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    if (!SAFE.has(c.req.method)) {
      const site = c.req.header('sec-fetch-site')
      const origin = c.req.header('origin')
      const isForeignSite = site !== undefined && site !== 'same-origin'
      const isForeignOrigin = origin !== undefined && origin.toLowerCase() !== originOf(c, trustProxy).text
      if (isForeignSite || isForeignOrigin) {
        throw new AppError('forbidden', '请求来自其他网站，已拒绝。请在本系统页面内操作。')
      }
    }
    await next()
  }
}

/** Bodies are JSON or absent: a form post, which needs no permission of this site, can carry nothing. */
export const jsonOnly: MiddlewareHandler<AppEnv> = async (c, next) => {
  if (!SAFE.has(c.req.method)) {
    const type = c.req.header('content-type')
    const hasBody = c.req.raw.body !== null && c.req.header('content-length') !== '0'
    const isJson = type !== undefined && JSON_TYPE.test(type)
    if ((type !== undefined || hasBody) && !isJson) {
      throw new AppError(
        'unsupported_media_type',
        '只接受 JSON 内容，请以 Content-Type: application/json 提交。',
      )
    }
  }
  await next()
}

export const limitBody: MiddlewareHandler<AppEnv> = bodyLimit({
  maxSize: BODY_LIMIT,
  onError: () => {
    throw new AppError('too_large', '请求内容超过 1 MB 的上限，请减少内容后重新提交。')
  },
})
