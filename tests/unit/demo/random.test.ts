import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DemoRandom, SUBJECT, cumulate, pickByWeight } from '#db/demo/random.ts'

test('a sequence does not depend on what was drawn before', () => {
  fc.assert(
    fc.property(fc.integer(), fc.nat(), fc.nat(50), (seed, thing, drawnBefore) => {
      const fresh = new DemoRandom().at(seed, thing, SUBJECT.loans)
      const used = new DemoRandom().at(seed + 1, thing + 3, SUBJECT.visits)
      for (let i = 0; i < drawnBefore; i++) used.bits()
      used.at(seed, thing, SUBJECT.loans)
      for (let i = 0; i < 5; i++) expect(used.bits()).toBe(fresh.bits())
    }),
  )
})

test('seed, thing and subject each change the sequence', () => {
  const first = (seed: number, thing: number, subject: 1 | 2) =>
    new DemoRandom().at(seed, thing, subject).bits()
  const base = first(1, 1, 1)
  expect([first(2, 1, 1), first(1, 2, 1), first(1, 1, 2)]).not.toContain(base)
})

test('draws for neighbouring clients are uniform and uncorrelated', () => {
  const random = new DemoRandom()
  const count = 20_000
  const draws = Array.from({ length: count }, (_, i) => random.at(1, i, SUBJECT.profile).next())
  const mean = draws.reduce((a, b) => a + b, 0) / count
  const covariance =
    draws.slice(1).reduce((sum, draw, i) => sum + (draw - mean) * (draws[i]! - mean), 0) / count
  // Four standard errors: 4 / sqrt(12 n) and 4 / (12 sqrt(n)).
  expect(Math.abs(mean - 0.5)).toBeLessThan(0.0082)
  expect(Math.abs(covariance)).toBeLessThan(0.0024)
})

test('a weight of 1, 0 and 3 is met at its shares and never at 0', () => {
  const cumulative = cumulate([1, 0, 3])
  expect([0, 0.2499, 0.25, 0.999].map((share) => pickByWeight(cumulative, share))).toEqual([0, 0, 2, 2])
})
