import type { Problem } from '#contract/errors.ts'

/** An answer of the server as data: success and failure are both values; nothing here throws. */
export interface ApiError {
  /** 0 when no answer arrived at all. */
  status: number
  code: string
  detail: string
  traceId: string | null
  errors: { path: string; message: string }[]
  retryAfterS: number | null
  /** What an edit of a plan ran into. */
  conflict?: Problem['conflict']
}

export type Outcome<T> = { ok: true; data: T; etag: string | null } | { ok: false; error: ApiError }

export async function toOutcome<T>(
  response: Response,
  read: (response: Response) => Promise<T>,
): Promise<Outcome<T>> {
  if (response.ok) {
    try {
      return { ok: true, data: await read(response), etag: response.headers.get('etag') }
    } catch (cause) {
      if (isAbort(cause)) return failure(0, 'aborted', '')
      return failure(response.status, 'unreadable', '')
    }
  }
  const problem = await readProblem(response)
  const retry = Number(response.headers.get('retry-after') ?? problem.retryAfterS ?? Number.NaN)
  return {
    ok: false,
    error: {
      status: response.status,
      code: typeof problem.code === 'string' ? problem.code : `http_${response.status}`,
      detail: typeof problem.detail === 'string' ? problem.detail : '',
      traceId: typeof problem.traceId === 'string' ? problem.traceId : null,
      errors: Array.isArray(problem.errors) ? (problem.errors as ApiError['errors']) : [],
      retryAfterS: Number.isFinite(retry) ? retry : null,
      ...(problem.conflict ? { conflict: problem.conflict as Problem['conflict'] } : {}),
    },
  }
}

export function failure(status: number, code: string, detail: string): { ok: false; error: ApiError } {
  return { ok: false, error: { status, code, detail, traceId: null, errors: [], retryAfterS: null } }
}

export function isAbort(cause: unknown): boolean {
  return cause instanceof DOMException && cause.name === 'AbortError'
}

async function readProblem(response: Response): Promise<Record<string, unknown>> {
  try {
    const body: unknown = await response.json()
    return typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {}
  } catch {
    // A proxy's HTML error page carries nothing we can show; the status code still does.
    return {}
  }
}
