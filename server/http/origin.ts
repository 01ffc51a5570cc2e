import type { Context } from 'hono'
import type { AppEnv } from './env.ts'

export interface Origin {
  isHttps: boolean
  /** scheme://host[:port] as the browser wrote it. */
  text: string
}

/** Where the browser thinks it is. This process speaks plain http; https exists only as told by a trusted proxy. */
export function originOf(c: Context<AppEnv>, trustProxy: boolean): Origin {
  const url = new URL(c.req.url)
  const forwarded = (name: string) => (trustProxy ? c.req.header(name)?.split(',').at(-1)?.trim() : undefined)
  const scheme = forwarded('x-forwarded-proto') ?? url.protocol.slice(0, -1)
  const host = forwarded('x-forwarded-host') ?? c.req.header('host') ?? url.host
  return { isHttps: scheme === 'https', text: `${scheme}://${host}`.toLowerCase() }
}

interface NodeBindings {
  incoming?: { socket?: { remoteAddress?: string } }
}

/** The socket's address; with a trusted proxy the address that proxy saw (the last one in the list). */
export function clientIpOf(c: Context<AppEnv>, trustProxy: boolean): string {
  const forwarded = trustProxy ? c.req.header('x-forwarded-for')?.split(',').at(-1)?.trim() : undefined
  const socket = (c.env as NodeBindings | undefined)?.incoming?.socket?.remoteAddress
  return (forwarded ?? socket ?? 'unknown').slice(0, 64)
}
