import { DrizzleQueryError } from 'drizzle-orm'

/** What the database says went wrong, without the values it was about: safe to log and to map to an answer. */
export class DatabaseError extends Error {
  readonly code: string
  readonly constraint?: string
  readonly table?: string

  constructor(message: string, fields: { code: string; constraint?: string; table?: string }) {
    super(message)
    this.name = 'DatabaseError'
    this.code = fields.code
    this.constraint = fields.constraint
    this.table = fields.table
  }
}

/** No connection came free in time; try again in a moment. */
export class DatabaseBusy extends DatabaseError {
  constructor() {
    super('no database connection came free in time', { code: '53300' })
    this.name = 'DatabaseBusy'
  }
}

/** The session is unknown, expired or revoked. */
export class NoSession extends Error {
  constructor() {
    super('no valid session')
    this.name = 'NoSession'
  }
}

/** The database cannot be opened for a reason the operator can act on; the message is in Chinese and is shown as it is. */
export class CannotOpen extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'CannotOpen'
  }
}

/** Code of an answer that PostGIS cut short without an error (see embedded/pglite-worker.ts). */
export const SILENT_FAILURE = 'GG001'
/** A statement would have changed a locked unit or grid of a plan (db/migrations/0007_plan_edits.sql). */
export const LOCK_HELD = 'GG002'
/** Code of a query ended by the watchdog; the same as PostgreSQL's own statement timeout. */
export const QUERY_CANCELLED = '57014'

// An error of the program's own (ENOENT, a refusal) passes through untouched.
const SQLSTATE = /^(?=.*\d)[0-9A-Z]{5}$/

interface DriverError {
  message?: string
  code?: string
  constraint?: string
  constraint_name?: string
  table?: string
  table_name?: string
}

// drizzle wraps a driver's error in one whose message holds the statement and its parameters: personal data.
export function toDatabaseError(error: unknown): unknown {
  const inner = error instanceof DrizzleQueryError ? error.cause : error
  if (inner instanceof DatabaseError) return inner
  const { code } = (inner ?? {}) as DriverError
  return typeof code === 'string' && SQLSTATE.test(code) ? fromDriver(inner as DriverError) : inner
}

/** An error as a driver gives it, less the values that its message may quote. */
export function fromDriver(inner: DriverError): DatabaseError {
  return new DatabaseError(withoutValues(inner), {
    code: inner.code ?? 'XX000',
    constraint: inner.constraint ?? inner.constraint_name,
    table: inner.table ?? inner.table_name,
  })
}

function withoutValues(error: DriverError): string {
  const dataException = error.code?.startsWith('22')
  return dataException ? `data exception ${error.code}` : String(error.message)
}
