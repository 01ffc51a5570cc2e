import type { Context } from 'hono'
import { HTTPException } from 'hono/http-exception'
import type { Logger } from 'pino'
import { ERROR_STATUS, type ErrorCode, type FieldError, type Problem } from '#contract/errors.ts'
import {
  DatabaseBusy,
  DatabaseError,
  LOCK_HELD,
  NoSession,
  QUERY_CANCELLED,
  SILENT_FAILURE,
} from '#db/errors.ts'
import type { AppEnv } from './env.ts'

interface AppErrorOptions {
  errors?: FieldError[]
  headers?: Record<string, string>
  retryAfterS?: number
  currentVersion?: number
  conflict?: Problem['conflict']
}

/** An expected failure of a request. `detail` is shown to the user: Chinese, what, where, what to do next. */
export class AppError extends Error {
  // Not `code`: by that name db/errors.ts knows what a database driver reports, and would take this error for one.
  readonly problemCode: ErrorCode
  readonly detail: string
  readonly options: AppErrorOptions

  constructor(code: ErrorCode, detail: string, options: AppErrorOptions = {}) {
    super(code)
    this.name = 'AppError'
    this.problemCode = code
    this.detail = detail
    this.options = options
  }
}

const TITLES: Record<ErrorCode, string> = {
  bad_request: '请求有误',
  unauthenticated: '未登录',
  invalid_credentials: '登录失败',
  forbidden: '没有权限',
  not_found: '未找到',
  conflict: '与现有数据冲突',
  scope_too_large: '范围过大',
  stale: '数据已被修改',
  too_large: '内容过大',
  unsupported_media_type: '内容类型不支持',
  unprocessable: '内容无法处理',
  precondition_required: '缺少版本号',
  rate_limited: '请求过于频繁',
  internal: '服务器内部错误',
  busy: '服务繁忙',
}

const BUSY_RETRY_S = 3

/** Database error codes that are an answer to the caller; every other code is a fault of ours. */
function fromDatabase(error: DatabaseError): AppError | null {
  if (error instanceof DatabaseBusy) return busy('数据库连接繁忙，请稍后重试。')
  switch (error.code) {
    case '23505':
      return new AppError('conflict', '已存在相同的数据，未保存。请刷新后检查是否重复提交。')
    case LOCK_HELD:
      return new AppError('conflict', '有单元或网格已被锁定，锁定的内容不会改动，未保存。请解锁后重试。')
    case '42501':
      return new AppError('forbidden', '您的角色无权执行此操作。如需权限，请联系管理员。')
    case '55000':
      return new AppError('conflict', '方案已不是草稿，不能修改或删除。请复制成新的草稿后修改。')
    case QUERY_CANCELLED:
      return busy('查询超过时间限制，已中止。请缩小范围或增加筛选条件后重试。')
    case SILENT_FAILURE:
      return new AppError('unprocessable', '几何图形无法计算，未保存。请检查图形是否自相交，修正后重试。')
    case '40001':
    case '40P01':
      return busy('与其他人的修改同时发生，未保存。请稍后重试。')
    case '53100':
      return busy('服务器磁盘空间不足，暂时不能保存。请联系管理员清理磁盘。')
  }
  if (
    error.code === '23503' ||
    error.code === '23514' ||
    error.code === '23502' ||
    error.code.startsWith('22')
  ) {
    return new AppError('unprocessable', '提交的内容不符合数据规则，未保存。请检查各项取值后重试。')
  }
  if (error.code.startsWith('08') || error.code.startsWith('57') || error.code.startsWith('53')) {
    return busy('数据库暂时不可用，请稍后重试。')
  }
  return null
}

function busy(detail: string): AppError {
  return new AppError('busy', detail, { retryAfterS: BUSY_RETRY_S })
}

function fromHttpException(error: HTTPException): AppError | null {
  switch (error.status) {
    case 400:
      return new AppError('bad_request', '请求内容不是有效的 JSON，请检查格式后重新提交。')
    case 413:
      return new AppError('too_large', '请求内容超过 1 MB 的上限，请减少内容后重新提交。')
    case 415:
      return new AppError(
        'unsupported_media_type',
        '只接受 JSON 内容，请以 Content-Type: application/json 提交。',
      )
    default:
      return null
  }
}

/** Null when the error is not an answer to the caller but a fault of the program. */
export function toAppError(error: unknown): AppError | null {
  if (error instanceof AppError) return error
  if (error instanceof NoSession) return new AppError('unauthenticated', '登录已失效，请重新登录。')
  if (error instanceof DatabaseError) return fromDatabase(error)
  if (error instanceof HTTPException) return fromHttpException(error)
  return null
}

export function problemOf(error: AppError, traceId: string): Problem {
  const { errors, retryAfterS, currentVersion, conflict } = error.options
  return {
    type: 'about:blank',
    title: TITLES[error.problemCode],
    status: ERROR_STATUS[error.problemCode],
    code: error.problemCode,
    detail: error.detail,
    traceId,
    ...(errors && { errors }),
    ...(retryAfterS !== undefined && { retryAfterS }),
    ...(currentVersion !== undefined && { currentVersion }),
    ...(conflict && { conflict }),
  }
}

export function problemResponse(error: AppError, traceId: string): Response {
  const problem = problemOf(error, traceId)
  const headers = new Headers({
    ...error.options.headers,
    'content-type': 'application/problem+json; charset=utf-8',
  })
  if (error.options.retryAfterS !== undefined) headers.set('retry-after', String(error.options.retryAfterS))
  return new Response(JSON.stringify(problem), { status: problem.status, headers })
}

/** The last handler of every failed request. Nothing of the error itself reaches the caller. */
export function onError(log: Logger): (error: Error, c: Context<AppEnv>) => Response {
  return (error, c) => {
    const traceId = c.get('requestId')
    const known = toAppError(error)
    if (error instanceof DatabaseError && error.code === '42501') {
      log.error({
        requestId: traceId,
        alert: 'permission_denied',
        accountId: c.get('session')?.me.accountId,
        dbCode: error.code,
      })
    }
    if (known) return problemResponse(known, traceId)
    log.error({ requestId: traceId, fault: describeFault(error) })
    const detail = `服务器处理时出错，未完成操作。请稍后重试；如再次出现，请把编号 ${traceId} 告诉管理员。`
    return problemResponse(new AppError('internal', detail), traceId)
  }
}

/** For the log: where it happened and which kind it is. Messages of database errors may quote values, so only their code. */
export function describeFault(error: unknown): { name: string; message: string; stack?: string } {
  if (error instanceof DatabaseError) {
    return {
      name: error.name,
      message: `${error.code} ${error.table ?? ''} ${error.constraint ?? ''}`.trim(),
      stack: frames(error),
    }
  }
  if (error instanceof Error) return { name: error.name, message: error.message, stack: frames(error) }
  return { name: 'unknown', message: typeof error }
}

function frames(error: Error): string | undefined {
  return error.stack
    ?.split('\n')
    .filter((line) => line.trimStart().startsWith('at '))
    .slice(0, 8)
    .join('\n')
}

export function notFound(c: Context<AppEnv>): Response {
  const detail = '没有这个接口或页面，请检查地址是否正确。'
  return problemResponse(new AppError('not_found', detail), c.get('requestId'))
}
