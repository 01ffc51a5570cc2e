import type { Context } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import type { AppEnv } from '#server/http/env.ts'
import { originOf } from '#server/http/origin.ts'
import { ABSOLUTE_HOURS } from './queries.ts'

// A __Host- cookie needs Secure, which plain http on one's own machine cannot set.
const nameOn = (isHttps: boolean) => (isHttps ? '__Host-sid' : 'sid')
const attributes = (isHttps: boolean) =>
  ({ path: '/', httpOnly: true, sameSite: 'Lax', secure: isHttps }) as const

export function readToken(c: Context<AppEnv>, trustProxy: boolean): string | null {
  return getCookie(c, nameOn(originOf(c, trustProxy).isHttps)) ?? null
}

export function giveToken(c: Context<AppEnv>, trustProxy: boolean, token: string): void {
  const { isHttps } = originOf(c, trustProxy)
  setCookie(c, nameOn(isHttps), token, { ...attributes(isHttps), maxAge: ABSOLUTE_HOURS * 3600 })
}

export function takeToken(c: Context<AppEnv>, trustProxy: boolean): void {
  const { isHttps } = originOf(c, trustProxy)
  deleteCookie(c, nameOn(isHttps), attributes(isHttps))
}
