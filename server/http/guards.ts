import type { MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { FILE_LIMIT_BYTES } from '#server/exchange/contract.ts'
import type { AppEnv } from './env.ts'
import { AppError } from './errors.ts'
import { originOf } from './origin.ts'

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS'])
const JSON_TYPE = /^application\/json\s*(;\s*charset=utf-8\s*)?$/i
const BODY_LIMIT = 1_048_576
/** Routes that take a file as it is. No form can post this type either without being asked for permission first. */
const FILE_ROUTE = /^\/api\/grid-plans\/\d+\/import(\/preview)?$/
export const FILE_TYPE = /^application\/octet-stream$/i

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

/** Bodies are JSON, on a few routes a file, or absent: a form post, which needs no permission of this site, can carry nothing. */
export const jsonOnly: MiddlewareHandler<AppEnv> = async (c, next) => {
  if (!SAFE.has(c.req.method)) {
    const type = c.req.header('content-type')
    const hasBody = c.req.raw.body !== null && c.req.header('content-length') !== '0'
    const takesFile = FILE_ROUTE.test(c.req.path)
    const fits = type !== undefined && (JSON_TYPE.test(type) || (takesFile && FILE_TYPE.test(type)))
    if ((type !== undefined || hasBody) && !fits) {
      throw new AppError(
        'unsupported_media_type',
        '只接受 JSON 内容，请以 Content-Type: application/json 提交。',
      )
    }
  }
  await next()
}

const limitJson: MiddlewareHandler<AppEnv> = bodyLimit({
  maxSize: BODY_LIMIT,
  onError: () => {
    throw new AppError('too_large', '请求内容超过 1 MB 的上限，请减少内容后重新提交。')
  },
})
const limitFile: MiddlewareHandler<AppEnv> = bodyLimit({
  maxSize: FILE_LIMIT_BYTES,
  onError: () => {
    throw new AppError(
      'too_large',
      `文件超过 ${FILE_LIMIT_BYTES / 1_048_576} MB 的上限。请按乡镇拆分后分别导入。`,
    )
  },
})

export const limitBody: MiddlewareHandler<AppEnv> = (c, next) =>
  (FILE_ROUTE.test(c.req.path) ? limitFile : limitJson)(c, next)
