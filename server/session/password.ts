import { hash, verify } from '@node-rs/argon2'
import { randomBytes } from 'node:crypto'

/** The floor for argon2id (this library's default) that OWASP gives: 19 MiB, 2 passes, 1 lane. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }
const AT_ONCE = 4
const QUEUE = 100

let running = 0
const waiting: (() => void)[] = []
let dummy: Promise<string> | null = null

/** Too many logins wait already. */
export class PasswordQueueFull extends Error {}

export function hashPassword(password: string): Promise<string> {
  return limited(() => hash(password, COST))
}

/** With `stored` null (unknown user) it does the same work against a hash nobody has the password of. */
export async function verifyPassword(stored: string | null, password: string): Promise<boolean> {
  dummy ??= hash(randomBytes(32), COST)
  const against = stored ?? (await dummy)
  const matches = await limited(() => verify(against, password))
  return matches && stored !== null
}

// Each hash takes 19 MiB and a core: without a limit a burst of logins would starve everything else.
async function limited<T>(work: () => Promise<T>): Promise<T> {
  if (running < AT_ONCE) running++
  else {
    if (waiting.length >= QUEUE) throw new PasswordQueueFull()
    await new Promise<void>((enter) => waiting.push(enter))
  }
  try {
    return await work()
  } finally {
    const next = waiting.shift()
    if (next) next()
    else running--
  }
}
