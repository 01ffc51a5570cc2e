import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { dayOf } from '#db/demo/calendar.ts'
import {
  creditCode,
  identityNumber,
  maskIdentity,
  maskPerson,
  maskPhone,
  phoneNumber,
} from '#db/demo/contact.ts'
import { DemoRandom, SUBJECT } from '#db/demo/random.ts'

const asOf = dayOf('2026-11-01')
const from = (seed: number) => new DemoRandom().at(seed, 7, SUBJECT.contact)

/** ISO 7064 MOD 11-2 as the standard words it: weights 2^(18-i) mod 11, the whole number leaves 1. */
function isValidIdentity(id: string): boolean {
  let sum = 0
  for (let i = 0; i < 18; i++)
    sum += (id[i] === 'X' ? 10 : Number(id[i])) * Number(2n ** BigInt(17 - i) % 11n)
  return sum % 11 === 1
}

/** ISO 7064 MOD 31: weights 3^i mod 31; check plus weighted sum leaves 0. */
function isValidCreditCode(code: string): boolean {
  const alphabet = '0123456789ABCDEFGHJKLMNPQRTUWXY'
  let sum = 0
  for (let i = 0; i < 17; i++) sum += alphabet.indexOf(code[i]!) * Number(3n ** BigInt(i) % 31n)
  return (sum + alphabet.indexOf(code[17]!)) % 31 === 0
}

test('the checks used here accept numbers published as examples', () => {
  expect(isValidIdentity('11010519491231002X')).toBe(true)
  expect(isValidIdentity('110105194912310021')).toBe(false)
  expect(isValidCreditCode('91350100M000100Y43')).toBe(true)
  expect(isValidCreditCode('91350100M000100Y44')).toBe(false)
})

describe('numbers of nobody', () => {
  test('identity numbers are valid in form and of a region that no county has', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const id = identityNumber(asOf, from(seed))
        expect(id).toMatch(/^360799(19|20)\d{2}(0[1-9]|1[0-2])(0[1-9]|1\d|2[0-8])\d{3}[\dX]$/)
        expect(isValidIdentity(id)).toBe(true)
        expect(2026 - Number(id.slice(6, 10))).toBeGreaterThanOrEqual(20)
      }),
    )
  })

  test('credit codes are valid in form and of the same region', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const code = creditCode(from(seed))
        expect(code.slice(2, 8)).toBe('360799')
        expect(isValidCreditCode(code)).toBe(true)
      }),
    )
  })

  test('phones have 11 digits and a prefix without mobile numbers', () => {
    fc.assert(fc.property(fc.integer(), (seed) => void expect(phoneNumber(from(seed))).toMatch(/^100\d{8}$/)))
  })
})

test.each([
  ['张三', '张*'],
  ['李小明', '李*明'],
  ['欧阳明华', '欧阳**'],
  ['欧阳明', '欧阳*'],
])('the mask of %s is %s', (name, mask) => expect(maskPerson(name)).toBe(mask))

test('masks of numbers keep what the rule says', () => {
  expect(maskPhone('10012341234')).toBe('100****1234')
  expect(maskIdentity('360799198001011234')).toBe('3607**********1234')
})
