import { z } from 'zod'

const LOG_LEVELS = ['silent', 'fatal', 'error', 'warn', 'info', 'debug'] as const
const postgresUrl = z.url({ protocol: /^postgres(ql)?$/, error: '应为 postgres://用户:密码@主机:端口/库名' })

/** Every variable the server reads. `.env.example` lists the same ones; a test compares them. */
export const envSchema = z.object({
  PORT: z.coerce
    .number('应为数字')
    .int('应为整数')
    .min(0, '应为 0 到 65535')
    .max(65_535, '应为 0 到 65535')
    .default(5180),
  HOST: z
    .string()
    .regex(/^[A-Za-z0-9_.:-]+$/, '应为主机名或 IP 地址')
    .default('127.0.0.1'),
  GANGRID_DATA: z.string().default('.gangrid'),
  DATABASE_URL: postgresUrl.optional(),
  DATABASE_OWNER_URL: postgresUrl.optional(),
  GANGRID_DEMO: z.enum(['off', 'small', 'city'], '应为 off、small 或 city').optional(),
  GANGRID_LOG: z.enum(LOG_LEVELS, `应为 ${LOG_LEVELS.join('、')} 之一`).default('info'),
  GANGRID_TRUST_PROXY: z
    .enum(['0', '1'], '应为 0 或 1')
    .default('0')
    .transform((value) => value === '1'),
})
export type Env = z.infer<typeof envSchema>

export type ParsedEnv = { ok: true; env: Env } | { ok: false; faults: string[] }

/** An empty variable counts as absent, as in a compose file that names it without a value. */
export function parseEnv(variables: Record<string, string | undefined>): ParsedEnv {
  const given = Object.fromEntries(
    Object.keys(envSchema.shape).map((name) => [name, variables[name]?.trim() || undefined]),
  )
  const parsed = envSchema.safeParse(given)
  if (!parsed.success) {
    return {
      ok: false,
      faults: parsed.error.issues.map(({ path, message }) => `环境变量 ${path.join('.')} 有误：${message}`),
    }
  }
  if (parsed.data.DATABASE_OWNER_URL && !parsed.data.DATABASE_URL) {
    return { ok: false, faults: ['环境变量 DATABASE_OWNER_URL 有误：只有设置了 DATABASE_URL 才能使用'] }
  }
  return { ok: true, env: parsed.data }
}
