import { createHash, randomBytes } from 'node:crypto'

/** 256 random bits; only its hash is ever stored. */
export function newToken(): string {
  return randomBytes(32).toString('base64url')
}

export function isToken(value: string): boolean {
  return /^[A-Za-z0-9_-]{43}$/.test(value)
}

export function tokenHashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}
