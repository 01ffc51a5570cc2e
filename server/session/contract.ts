import { z } from 'zod'

export const loginSchema = z.strictObject({
  username: z.string('请填写用户名').min(1, '请填写用户名').max(100, '用户名过长'),
  password: z.string('请填写密码').min(1, '请填写密码').max(200, '密码过长'),
})
export type Login = z.infer<typeof loginSchema>

/** West, south, east, north in degrees. */
export const boxSchema = z.tuple([z.number(), z.number(), z.number(), z.number()])

export const meSchema = z.object({
  username: z.string(),
  displayName: z.string(),
  role: z.string(),
  roleLabel: z.string(),
  staffId: z.number().int().nullable(),
  branches: z.array(
    z.object({
      id: z.number().int(),
      name: z.string(),
      kind: z.string(),
      countyCode: z.string().nullable(),
      townshipCode: z.string().nullable(),
    }),
  ),
  counties: z.array(z.object({ code: z.string(), name: z.string() })),
  /** Permission keys; see server/auth/permissions.ts. */
  can: z.array(z.string()),
  /** Where this person's work lies; the map starts here. Null while no places are loaded. */
  scopeBox: boxSchema.nullable(),
  /** When the session ends if nothing is done until then. */
  idleUntil: z.iso.datetime(),
})
export type MeView = z.infer<typeof meSchema>
