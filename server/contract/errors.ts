import { z } from 'zod'

/** The closed list of error codes and the HTTP status each one has. A client may rely on both. */
export const ERROR_STATUS = {
  bad_request: 400,
  unauthenticated: 401,
  invalid_credentials: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  scope_too_large: 409,
  stale: 412,
  too_large: 413,
  unsupported_media_type: 415,
  unprocessable: 422,
  precondition_required: 428,
  rate_limited: 429,
  internal: 500,
  busy: 503,
} as const

export type ErrorCode = keyof typeof ERROR_STATUS
export type ErrorStatus = (typeof ERROR_STATUS)[ErrorCode]

export const ERROR_CODES = Object.keys(ERROR_STATUS) as [ErrorCode, ...ErrorCode[]]

export const fieldErrorSchema = z.object({ path: z.string(), message: z.string() })
export type FieldError = z.infer<typeof fieldErrorSchema>

/** RFC 9457 problem details; `detail` is a Chinese sentence: what is wrong, where, and what to do next. */
export const problemSchema = z.object({
  type: z.literal('about:blank'),
  title: z.string(),
  status: z.number().int(),
  code: z.enum(ERROR_CODES),
  detail: z.string(),
  traceId: z.string(),
  errors: z.array(fieldErrorSchema).optional(),
  /** Seconds to wait; with rate_limited and busy. */
  retryAfterS: z.number().optional(),
  /** What an edit of a plan ran into; with conflict. */
  conflict: z
    .object({
      version: z.number().int(),
      /** Units that are elsewhere now: the grid the editor saw and the present one; null is no grid. */
      units: z.array(
        z.object({
          unit: z.number().int(),
          expected: z.number().int().nullable(),
          present: z.number().int().nullable(),
        }),
      ),
      /** Units that a lock holds. */
      locked: z.array(z.number().int()),
      /** Grids whose manager has changed. */
      grids: z.array(z.number().int()),
    })
    .optional(),
  /** The version that is stored now; with stale. */
  currentVersion: z.number().int().optional(),
})
export type Problem = z.infer<typeof problemSchema>
