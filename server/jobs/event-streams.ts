import type { SSEStreamingApi } from 'hono/streaming'
import type { Deps } from '#server/deps.ts'
import type { SessionContext } from '#server/http/env.ts'
import { AppError, describeFault } from '#server/http/errors.ts'

const PER_SESSION = 4
const HEARTBEAT_MS = 20_000
/** A reader this far behind is gone or stuck. */
const UNSENT_LIMIT = 500

type Parts = Pick<Deps, 'events' | 'sessions' | 'log'>

/** The open event streams. A stream ends with its session: the session is checked at every heartbeat. */
export class EventStreams {
  private readonly parts: Parts
  private readonly open = new Map<string, number>()

  constructor(parts: Parts) {
    this.parts = parts
  }

  admit({ tokenHash }: SessionContext): void {
    if ((this.open.get(tokenHash) ?? 0) >= PER_SESSION) {
      const detail = `同一登录最多打开 ${PER_SESSION} 个实时连接，请关闭其他标签页后重试。`
      throw new AppError('rate_limited', detail, { retryAfterS: 30 })
    }
    this.open.set(tokenHash, (this.open.get(tokenHash) ?? 0) + 1)
  }

  async serve(session: SessionContext, stream: SSEStreamingApi): Promise<void> {
    const { events } = this.parts
    let unsent = 0
    let end = (): void => {}
    const ended = new Promise<void>((resolve) => (end = resolve))
    const send = (name: string, data: string): void => {
      if (++unsent > UNSENT_LIMIT) return end()
      void stream.writeSSE({ event: name, data }).finally(() => unsent--)
    }
    const unsubscribe = events.subscribe(
      session.me.accountId,
      ({ name, data }) => send(name, JSON.stringify(data)),
      end,
    )
    stream.onAbort(end)
    const heartbeat = setInterval(() => {
      send('heartbeat', '{}')
      void this.isLive(session.tokenHash).then((live) => live || end())
    }, HEARTBEAT_MS)
    send('heartbeat', '{}')
    try {
      await ended
    } finally {
      clearInterval(heartbeat)
      unsubscribe()
      this.leave(session.tokenHash)
    }
  }

  // A database that is busy for a moment must not end every stream.
  private async isLive(tokenHash: string): Promise<boolean> {
    try {
      return await this.parts.sessions.isLive(tokenHash)
    } catch (error) {
      this.parts.log.warn({ event: 'stream_check_failed', fault: describeFault(error) })
      return true
    }
  }

  private leave(tokenHash: string): void {
    const left = (this.open.get(tokenHash) ?? 1) - 1
    if (left > 0) this.open.set(tokenHash, left)
    else this.open.delete(tokenHash)
  }
}
