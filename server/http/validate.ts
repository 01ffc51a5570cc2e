import { OpenAPIHono } from '@hono/zod-openapi'
import { z } from 'zod'
import type { FieldError } from '#contract/errors.ts'
import { ERROR_STATUS, problemSchema, type ErrorCode } from '#contract/errors.ts'
import type { AppEnv } from './env.ts'
import { AppError } from './errors.ts'

z.config(z.locales.zhCN())

const SHOWN_ERRORS = 20
const WHERE: Record<string, string> = {
  json: '请求内容',
  query: '查询参数',
  param: '地址',
  header: '请求头',
  form: '表单',
}

interface Issue {
  path: PropertyKey[]
  message: string
}

export function fieldErrors(issues: readonly Issue[]): FieldError[] {
  return issues
    .slice(0, SHOWN_ERRORS)
    .map(({ path, message }) => ({ path: path.map(String).join('.'), message }))
}

/** The one answer to a request that does not fit its contract: which field, what is wrong with it. */
export function invalidRequest(issues: readonly Issue[], target: string): AppError {
  const errors = fieldErrors(issues)
  const [first] = errors
  const where = WHERE[target] ?? '请求'
  const field = first?.path ? `“${first.path.slice(0, 80)}”` : ''
  const more = issues.length > 1 ? `（另有 ${issues.length - 1} 处）` : ''
  return new AppError(
    'bad_request',
    `${where}${field}有误：${first?.message ?? '格式不符'}${more}。请修改后重试。`,
    { errors },
  )
}

/** Every module's router: validates with the contract and answers a uniform 400. */
export function createRouter(): OpenAPIHono<AppEnv> {
  return new OpenAPIHono<AppEnv>({
    defaultHook: (result) => {
      if (!result.success) throw invalidRequest(result.error.issues, result.target)
    },
  })
}

const DESCRIPTIONS: Record<number, string> = {
  400: '请求不符合约定',
  401: '未登录或登录已失效',
  403: '没有权限',
  404: '不存在或不在本人范围内',
  409: '与现有数据冲突',
  412: '数据已被他人修改',
  413: '内容超过上限',
  415: '内容类型不支持',
  422: '内容无法处理',
  428: '缺少 If-Match 版本号',
  429: '请求过于频繁',
  500: '服务器内部错误',
  503: '服务繁忙，稍后重试',
}

const problemContent = { content: { 'application/problem+json': { schema: problemSchema } } }

/** The failures every signed-in route can have, and those named. */
export function problems<Code extends ErrorCode>(...codes: Code[]) {
  const all = new Set<number>([401, 403, 429, 500, 503, ...codes.map((code) => ERROR_STATUS[code])])
  return Object.fromEntries(
    [...all].map((status) => [status, { description: DESCRIPTIONS[status]!, ...problemContent }]),
  ) as unknown as Record<never, never>
}

export function jsonBody<Schema extends z.ZodType>(schema: Schema, description: string) {
  return { description, content: { 'application/json': { schema } } }
}

/** A request body that must be there: without `required` an empty request would skip its validation. */
export function jsonRequest<Schema extends z.ZodType>(schema: Schema) {
  return { required: true, content: { 'application/json': { schema } } } as const
}
