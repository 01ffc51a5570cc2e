import type { Database } from '#db/client.ts'
import { permissionsOf, ROLE_LABELS, isRole } from '#server/auth/permissions.ts'
import type { SessionContext } from '#server/http/env.ts'
import { AppError } from '#server/http/errors.ts'
import type { Login, MeView } from './contract.ts'
import { LoginGuard } from './login-guard.ts'
import { PasswordQueueFull, verifyPassword } from './password.ts'
import {
  deleteEndedSessions,
  findAccount,
  findLiveSession,
  insertSession,
  readScope,
  recordEvent,
  revokeSession,
  touchSession,
  type Account,
  type SessionEvent,
} from './queries.ts'
import { isToken, newToken, tokenHashOf } from './token.ts'

interface Caller {
  address: string
  requestId: string
}

const USERNAME = /^[a-z0-9_.-]{2,40}$/

/** Who is calling: login, logout, and the check of every request. */
export class SessionService {
  private readonly db: Database
  private readonly guard = new LoginGuard()

  constructor(db: Database) {
    this.db = db
  }

  /** @returns a fresh token; the caller's previous session, if any, ends. @throws AppError */
  async login(login: Login, caller: Caller, previousToken: string | null): Promise<string> {
    const waitS = await this.guard.enter(caller.address)
    if (waitS > 0) throw tooMany(waitS, '登录请求过于频繁')
    const username = login.username.trim().toLowerCase()
    const account = USERNAME.test(username)
      ? await this.db.asRole('gis_auth', (tx) => findAccount(tx, username))
      : null
    const guardedName = username.slice(0, 100)
    const blockedS = await this.guard.blockedFor(guardedName, caller.address)
    if (blockedS > 0) {
      await this.record(account, 'session.login', 'refused', { reason: 'blocked' }, caller)
      throw tooMany(blockedS, '密码错误次数过多，该用户名已暂停登录')
    }
    const reason = await this.refusalOf(account, login.password)
    if (reason !== null || account === null) {
      await this.record(account, 'session.login', 'refused', { reason: reason ?? 'unknown' }, caller)
      const nowBlockedS = await this.guard.failed(guardedName, caller.address)
      if (nowBlockedS > 0) throw tooMany(nowBlockedS, '密码错误次数过多，该用户名已暂停登录')
      throw new AppError('invalid_credentials', '用户名或密码不正确，请核对后重试。')
    }
    await this.guard.succeeded(guardedName, caller.address)
    const token = newToken()
    await this.db.asRole('gis_auth', async (tx) => {
      await deleteEndedSessions(tx)
      if (previousToken !== null && isToken(previousToken))
        await revokeSession(tx, tokenHashOf(previousToken))
      await insertSession(tx, tokenHashOf(token), account.id)
      await recordEvent(tx, eventOf(account, 'session.login', 'ok', {}, caller))
    })
    return token
  }

  // Every way to be refused costs one password check, so that time does not tell them apart.
  private async refusalOf(account: Account | null, password: string): Promise<string | null> {
    let matches: boolean
    try {
      matches = await verifyPassword(account?.passwordHash ?? null, password)
    } catch (error) {
      if (error instanceof PasswordQueueFull)
        throw new AppError('busy', '登录人数过多，请稍后重试。', { retryAfterS: 3 })
      throw error
    }
    if (account === null) return 'unknown'
    if (!matches) return 'password'
    if (account.disabled) return 'disabled'
    if (account.demo && this.db.engine === 'server') return 'demo'
    return null
  }

  /** Null when the token is unknown, expired, revoked, or its account was changed since. */
  async authenticate(token: string): Promise<SessionContext | null> {
    if (!isToken(token)) return null
    return this.check(tokenHashOf(token), true)
  }

  /** The same check for a stream that is already open; does not count as activity. */
  async isLive(tokenHash: string): Promise<boolean> {
    return (await this.check(tokenHash, false)) !== null
  }

  private check(tokenHash: string, isActivity: boolean): Promise<SessionContext | null> {
    return this.db.asRole('gis_auth', async (tx) => {
      const found = await findLiveSession(tx, tokenHash)
      if (!found) return null
      const { outdated, touchDue, ...me } = found
      if (outdated) {
        await revokeSession(tx, tokenHash)
        return null
      }
      if (touchDue && isActivity) await touchSession(tx, tokenHash)
      return { tokenHash, me }
    })
  }

  async logout(session: SessionContext, caller: Caller): Promise<void> {
    const { me } = session
    await this.db.asRole('gis_auth', async (tx) => {
      await revokeSession(tx, session.tokenHash)
      await recordEvent(tx, eventOf({ ...me, id: me.accountId }, 'session.logout', 'ok', {}, caller))
    })
  }

  view(tokenHash: string): Promise<MeView> {
    return this.db.withUser(tokenHash, async (tx, me) => {
      const scope = await readScope(tx, me)
      return {
        username: me.username,
        displayName: me.displayName,
        role: me.role,
        roleLabel: isRole(me.role) ? ROLE_LABELS[me.role] : me.role,
        staffId: me.staffId,
        branches: scope.branches,
        counties: scope.counties,
        can: permissionsOf(me.role),
        scopeBox: scope.box,
        idleUntil: scope.idleUntil,
      } satisfies MeView
    })
  }

  private record(
    account: Account | null,
    action: SessionEvent['action'],
    outcome: SessionEvent['outcome'],
    detail: Record<string, string>,
    caller: Caller,
  ): Promise<void> {
    return this.db.asRole('gis_auth', (tx) =>
      recordEvent(tx, eventOf(account, action, outcome, detail, caller)),
    )
  }
}

// A name that is no account is not kept: people type their password into the wrong field.
function eventOf(
  account: { id: number; username: string; role: string } | null,
  action: SessionEvent['action'],
  outcome: SessionEvent['outcome'],
  detail: Record<string, string>,
  caller: Caller,
): SessionEvent {
  return {
    account: account && { id: account.id, username: account.username, role: account.role },
    action,
    outcome,
    detail: { ...detail, address: caller.address },
    requestId: caller.requestId,
  }
}

function tooMany(waitS: number, what: string): AppError {
  const wait = waitS >= 60 ? `${Math.ceil(waitS / 60)} 分钟` : `${waitS} 秒`
  return new AppError('rate_limited', `${what}，请在 ${wait}后重试。`, { retryAfterS: waitS })
}
