/**
 * Purpose: phone and identity numbers that look right and are nobody's, and their masks.
 * Guarantees: a phone starts with 100, and no mobile number in China starts with 10; an identity number or credit code carries the
 * region 360799, which no county has, with a valid check digit, so that checks of form pass and no person or firm is hit.
 * Limits: masks repeat the rules the server's own display follows (names 张* 李*明 欧阳**, 4 digits kept at both ends of an identity
 * number, 3 and 4 of a phone).
 * Source: GB 11643-1999 (identity number), GB 32100-2015 (credit code).
 */
import { isoDay } from './calendar.ts'
import type { DemoRandom } from './random.ts'

const NOBODYS_REGION = '360799'
const NOBODYS_PREFIX = '100'
const ID_WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
const CREDIT_ALPHABET = '0123456789ABCDEFGHJKLMNPQRTUWXY'
const CREDIT_WEIGHTS = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28]
const ORGANISATION_WEIGHTS = [3, 7, 9, 10, 5, 8, 4, 2]

const COMPOUND_SURNAMES = ['欧阳', '上官', '司徒']

export function phoneNumber(random: DemoRandom): string {
  return NOBODYS_PREFIX + String(random.int(100_000_000)).padStart(8, '0')
}

/** @param asOf day on which the person is 20 to 69 years old */
export function identityNumber(asOf: number, random: DemoRandom): string {
  const birthday = birthText(asOf, random)
  const body = NOBODYS_REGION + birthday + String(random.int(1000)).padStart(3, '0')
  let sum = 0
  for (let i = 0; i < 17; i++) sum += (body.charCodeAt(i) - 48) * ID_WEIGHTS[i]!
  return body + '10X98765432'[sum % 11]
}

function birthText(asOf: number, random: DemoRandom): string {
  const year = Number(isoDay(asOf).slice(0, 4)) - 20 - random.int(50)
  const month = 1 + random.int(12)
  const day = 1 + random.int(28)
  return `${year}${String(month).padStart(2, '0')}${String(day).padStart(2, '0')}`
}

export function creditCode(random: DemoRandom): string {
  let organisation = ''
  for (let i = 0; i < 8; i++) organisation += CREDIT_ALPHABET[random.int(CREDIT_ALPHABET.length)]
  let check = 0
  for (let i = 0; i < 8; i++) check += valueOf36(organisation[i]!) * ORGANISATION_WEIGHTS[i]!
  organisation += '0123456789X'[(11 - (check % 11)) % 11]
  const body = `92${NOBODYS_REGION}${organisation}`
  let sum = 0
  for (let i = 0; i < 17; i++) sum += CREDIT_ALPHABET.indexOf(body[i]!) * CREDIT_WEIGHTS[i]!
  return body + CREDIT_ALPHABET[(31 - (sum % 31)) % 31]
}

function valueOf36(letter: string): number {
  return letter <= '9' ? Number(letter) : letter.charCodeAt(0) - 55
}

export function maskPhone(phone: string): string {
  return `${phone.slice(0, 3)}****${phone.slice(-4)}`
}

export function maskIdentity(id: string): string {
  return `${id.slice(0, 4)}**********${id.slice(-4)}`
}

/** Of a person; firms are shown in full. */
export function maskPerson(name: string): string {
  if (COMPOUND_SURNAMES.includes(name.slice(0, 2))) return name.slice(0, 2) + '*'.repeat(name.length - 2)
  return name.length === 2 ? `${name[0]}*` : `${name[0]}${'*'.repeat(name.length - 2)}${name.at(-1)}`
}
