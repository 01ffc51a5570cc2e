/**
 * Purpose: the only source of randomness in the domain. Inputs: an integer seed.
 * Guarantees: the same seed gives the same sequence on every machine (32-bit integer arithmetic only).
 * Limits: not for secrets. Cost: about 2 ns a draw.
 * Source: sfc32 (Chris Doty-Humphrey, PractRand, public domain), seeded through splitmix32.
 */

export interface Random {
  /** Uniform in [0, 1), 32 bits. */
  next(): number
  /** Uniform integer in [0, limit); limit must be at least 1. */
  int(limit: number): number
}

export function createRandom(seed: number): Random {
  let mix = seed | 0
  const splitmix = (): number => {
    mix = (mix + 0x9e3779b9) | 0
    let z = mix ^ (mix >>> 16)
    z = Math.imul(z, 0x21f0aaad)
    z ^= z >>> 15
    z = Math.imul(z, 0x735a2d97)
    return (z ^ (z >>> 15)) | 0
  }
  let a = splitmix()
  let b = splitmix()
  let c = splitmix()
  let counter = 1
  const bits = (): number => {
    const sum = (((a + b) | 0) + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (c << 21) | (c >>> 11)
    c = (c + sum) | 0
    return sum >>> 0
  }
  // The first outputs still show the seed; twelve rounds are the author's recommendation.
  for (let i = 0; i < 12; i++) bits()
  return {
    next: () => bits() / 4294967296,
    int: (limit) => Math.floor((bits() / 4294967296) * limit),
  }
}

/** An independent seed for a named sub-task, so that adding a draw in one task does not shift another. */
export function subSeed(seed: number, task: number): number {
  return (Math.imul(seed | 0, 0x85ebca6b) ^ Math.imul(task + 1, 0xc2b2ae35)) | 0
}
