import { api, whenUnauthenticated } from '#web/api/client.ts'
import type { ApiError } from '#web/api/call.ts'
import type { Me, Meta } from '#web/api/types.ts'

export type SessionState =
  | { kind: 'starting' }
  | { kind: 'unreachable'; error: ApiError }
  | { kind: 'anonymous'; expired: boolean }
  | { kind: 'signedIn'; me: Me }

class Session {
  state = $state.raw<SessionState>({ kind: 'starting' })
  meta = $state.raw<Meta | null>(null)
  me = $derived(this.state.kind === 'signedIn' ? this.state.me : null)

  /** Known before login by the demo accounts, afterwards by the data itself. */
  demo = $derived(Boolean(this.meta?.demo) || (this.meta?.demoAccounts ?? []).length > 0)

  async start(): Promise<void> {
    whenUnauthenticated(() => {
      if (this.state.kind === 'signedIn') this.state = { kind: 'anonymous', expired: true }
    })
    this.state = { kind: 'starting' }
    const [meta, me] = await Promise.all([api.meta(), api.me()])
    if (meta.ok) this.meta = meta.data
    if (me.ok) this.state = { kind: 'signedIn', me: me.data }
    else if (me.error.status === 401) this.state = { kind: 'anonymous', expired: false }
    else this.state = { kind: 'unreachable', error: me.error }
  }

  async login(username: string, password: string): Promise<ApiError | null> {
    const outcome = await api.login(username, password)
    if (!outcome.ok) return outcome.error
    // The full description of the installation is only sent to people who are logged in.
    const meta = await api.meta()
    if (meta.ok) this.meta = meta.data
    this.state = { kind: 'signedIn', me: outcome.data }
    return null
  }

  async logout(): Promise<ApiError | null> {
    const outcome = await api.logout()
    if (!outcome.ok && outcome.error.status !== 401) return outcome.error
    this.state = { kind: 'anonymous', expired: false }
    return null
  }

  can(permission: string): boolean {
    return this.me?.can.includes(permission) ?? false
  }
}

export const session = new Session()
