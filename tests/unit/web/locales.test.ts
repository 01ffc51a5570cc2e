import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ERROR_CODES } from '#contract/errors.ts'
import { KINDS, STATUSES } from '#domain/filter/client-columns.ts'
import { en } from '#web/locales/en.ts'
import { zh } from '#web/locales/zh.ts'

const WEB = new URL('../../../web/', import.meta.url).pathname
const sources = readdirSync(WEB, { recursive: true, encoding: 'utf8' })
  .filter(
    (file) =>
      /\.(svelte|ts)$/.test(file) &&
      !file.startsWith('dist') &&
      !/^locales\/(zh|en)(-\w+)?\.ts$/.test(file),
  )
  .map((file) => ({ file, text: readFileSync(join(WEB, file), 'utf8') }))
const keys = Object.keys(zh)
const holes = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort()

describe('texts', () => {
  test('Chinese and English have the same keys, none empty', () => {
    expect(Object.keys(en).sort()).toEqual([...keys].sort())
    for (const key of keys) {
      expect(zh[key as keyof typeof zh], key).not.toBe('')
      expect(en[key as keyof typeof en], key).not.toBe('')
    }
  })

  test('both languages fill in the same names', () => {
    for (const key of keys) {
      expect(holes(en[key as keyof typeof en]), key).toEqual(holes(zh[key as keyof typeof zh]))
    }
  })

  test('every value of a closed vocabulary has a word', () => {
    const wanted = [
      ...STATUSES.flatMap((status) => [`status.${status}`, `status.${status}.about`]),
      ...KINDS.map((kind) => `kind.${kind}`),
      ...['interested', 'applied', 'signed', 'follow_up', 'not_met', 'refused', 'moved', 'closed'].map(
        (o) => `outcome.${o}`,
      ),
      ...['official', 'surveyed', 'derived', 'approximate', 'schematic'].map((a) => `accuracy.${a}`),
      ...['count', 'yuan', 'ratio', 'hours', 'metres', 'squareMetres'].map((unit) => `unit.${unit}`),
      ...[1, 2, 3, 4, 5].map((n) => `riskClass.${n}`),
    ]
    expect(wanted.filter((key) => !keys.includes(key))).toEqual([])
  })

  test('our own words for error codes are codes that exist', () => {
    const ours = ['unknown', 'network', 'unreadable', 'trace']
    const coded = keys.filter((key) => key.startsWith('error.')).map((key) => key.slice('error.'.length))
    expect(coded.filter((code) => !ours.includes(code) && !ERROR_CODES.includes(code as never))).toEqual([])
  })

  test('no text is left over from a screen that is gone', () => {
    const all = sources.map(({ text }) => text).join('\n')
    const prefixes = [
      ...[...all.matchAll(/`([a-z][\w.-]*\.)\$\{/g)].map(([, prefix]) => prefix),
      ...[...all.matchAll(/word\('(\w+)'/g)].map(([, prefix]) => `${prefix}.`),
      ...[...all.matchAll(/word\(([a-z]+\.\w+)/g)].flatMap(() => [
        'lostReason.',
        'industry.',
        'kind.',
        'status.',
        'riskClass.',
      ]),
    ]
    const unused = keys.filter(
      (key) => !all.includes(`'${key}'`) && !prefixes.some((prefix) => key.startsWith(prefix)),
    )
    expect(unused).toEqual([])
  })

  test('no Chinese sentence stands in the code instead of the locale files', () => {
    const withChinese = sources.filter(({ text }) =>
      /[\u4e00-\u9fff]/.test(text.replaceAll('赣格', '').replaceAll('中文', '')),
    )
    expect(withChinese.map(({ file }) => file)).toEqual([])
  })
})

describe('what the content security policy forbids', () => {
  test.each(sources.filter(({ file }) => file.endsWith('.svelte')))('$file', ({ text }) => {
    expect(text).not.toMatch(/\{@html/)
    // A static style attribute becomes markup and is blocked; style: directives go through the object model.
    expect(text).not.toMatch(/\sstyle="/)
  })

  test('only the API client talks HTTP', () => {
    const talkers = sources.filter(({ text }) => /\bfetch\(|new EventSource|XMLHttpRequest/.test(text))
    expect(talkers.map(({ file }) => file)).toEqual(['api/client.ts'])
  })
})
