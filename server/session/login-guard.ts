import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'

const FAILURES = 5
const WINDOW_S = 600
const FIRST_BLOCK_S = 600
const LONGEST_BLOCK_S = 7_200
const STRIKES_KEPT_S = 86_400
const PER_MINUTE_OF_ADDRESS = 60

/**
 * Slows password guessing: five failures in ten minutes of one account from one source block that pair, first for ten
 * minutes, then twice as long each time, up to two hours. Another source may still log in to the account, so nobody can
 * lock staff out. One address gets sixty attempts a minute whatever accounts it names.
 * Kept in memory: a restart forgives.
 */
export class LoginGuard {
  private readonly byAddress = new RateLimiterMemory({
    keyPrefix: 'address',
    points: PER_MINUTE_OF_ADDRESS,
    duration: 60,
  })
  private readonly failures = new RateLimiterMemory({
    keyPrefix: 'failures',
    points: FAILURES,
    duration: WINDOW_S,
  })
  private readonly strikes = new RateLimiterMemory({
    keyPrefix: 'strikes',
    points: 1_000_000,
    duration: STRIKES_KEPT_S,
  })

  /** @returns seconds to wait, 0 when an attempt from this address is welcome */
  async enter(address: string): Promise<number> {
    try {
      await this.byAddress.consume(address)
      return 0
    } catch (error) {
      if (error instanceof RateLimiterRes) return seconds(error)
      throw error
    }
  }

  /** @returns seconds until the pair may try again, 0 when it may now */
  async blockedFor(username: string, address: string): Promise<number> {
    const state = await this.failures.get(pair(username, address))
    return state !== null && state.consumedPoints > FAILURES ? seconds(state) : 0
  }

  /** @returns seconds the pair is now blocked for, 0 when it is not */
  async failed(username: string, address: string): Promise<number> {
    const key = pair(username, address)
    const state = await this.failures.penalty(key)
    if (state.consumedPoints < FAILURES) return 0
    const strike = await this.strikes.penalty(key)
    const blockS = Math.min(LONGEST_BLOCK_S, FIRST_BLOCK_S * 2 ** (strike.consumedPoints - 1))
    await this.failures.block(key, blockS)
    return blockS
  }

  async succeeded(username: string, address: string): Promise<void> {
    const key = pair(username, address)
    await Promise.all([this.failures.delete(key), this.strikes.delete(key)])
  }
}

function pair(username: string, address: string): string {
  return `${username} ${address}`
}

function seconds(state: RateLimiterRes): number {
  return Math.max(1, Math.ceil(state.msBeforeNext / 1000))
}
