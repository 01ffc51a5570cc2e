import { z } from 'zod'
import { boxSchema } from '#server/session/contract.ts'

export const ACCURACY_LABELS: Record<string, string> = {
  official: '官方数据',
  surveyed: '实地测绘',
  derived: '由公开数据推算',
  approximate: '近似',
  schematic: '示意，未经测绘',
}

/** Sent to everyone: what the login page shows. */
const beforeLogin = z.object({
  product: z.string(),
  engine: z.enum(['embedded', 'server']),
  /** Trial mode: embedded engine, demo accounts allowed. */
  trial: z.boolean(),
  /** What trial mode does not promise; null outside of it. */
  trialNote: z.string().nullable(),
  /** Stands on every map, print and image. */
  mapNotice: z.string(),
  demoAccounts: z.array(z.object({ username: z.string(), roleLabel: z.string() })).nullable(),
  demoPassword: z.string().nullable(),
})

/** Sent only to those signed in. */
const afterLogin = z.object({
  demo: z.object({ clients: z.number().int(), seed: z.number().int(), asOf: z.string() }).nullable(),
  /** The latest month with balances; null while there are none. */
  asOf: z.string().nullable(),
  /** First days of the months with balances, oldest first. */
  months: z.array(z.string()),
  datasets: z.array(
    z.object({
      id: z.string(),
      title: z.string(),
      source: z.string(),
      licence: z.string(),
      accuracy: z.string(),
      accuracyLabel: z.string(),
    }),
  ),
  layers: z.record(z.string(), z.number().int()),
  bounds: boxSchema.nullable(),
})

export const metaSchema = beforeLogin.extend(afterLogin.partial().shape)
export type Meta = z.infer<typeof metaSchema>
export type MetaBeforeLogin = z.infer<typeof beforeLogin>
export type MetaAfterLogin = z.infer<typeof afterLogin>

export const checkSchema = z.object({ ok: z.boolean(), detail: z.string().optional() })
export const readySchema = z.object({
  ready: z.boolean(),
  checks: z.object({ database: checkSchema, schema: checkSchema, disk: checkSchema, jobs: checkSchema }),
})
export type Ready = z.infer<typeof readySchema>
