import type { Me } from '#db/client.ts'

export interface SessionContext {
  /** SHA-256 of the session token, hex; what Database.withUser takes. */
  tokenHash: string
  me: Me
}

/** What the middleware has put into the context before a route's handler runs. */
export interface AppEnv {
  Variables: {
    /** Set on every route that is not public. On a public route it is there only when the caller is signed in. */
    session: SessionContext
    requestId: string
    /** Address of the caller, for limits and the audit trail. */
    clientIp: string
  }
}
