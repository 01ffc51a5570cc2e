import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { FILTER_LIMITS, parseFilter, printFilter } from '#contract/filter.ts'
import { KINDS, STATUSES } from '#domain/filter/client-columns.ts'
import { filters } from './random-filter.ts'

const issuesOf = (value: unknown) => {
  const parsed = parseFilter(typeof value === 'string' ? value : JSON.stringify(value))
  return parsed.ok ? null : parsed.issues
}

describe('parsing a filter', () => {
  test('nothing is no filter', () => {
    expect([undefined, '', '  '].map((text) => parseFilter(text))).toEqual(
      Array(3).fill({ ok: true, filter: null }),
    )
  })

  test('whatever is printed comes back', () => {
    fc.assert(
      fc.property(filters, (filter) => {
        expect(parseFilter(printFilter(filter))).toEqual({ ok: true, filter })
      }),
    )
  })

  test('every status and kind of the columns is known, and short place codes are filled up', () => {
    expect(issuesOf({ field: 'status', in: STATUSES })).toBeNull()
    expect(issuesOf({ field: 'kind', in: KINDS })).toBeNull()
    expect(parseFilter('{"field":"place","in":["360722","360722100","3607"]}')).toEqual({
      ok: true,
      filter: { field: 'place', in: ['360722000000', '360722100000', '360700000000'] },
    })
  })

  test.each([
    ['{', 'filter', '不是有效的 JSON'],
    ['[]', 'filter', '应为'],
    ['null', 'filter', '应为'],
    ['{"field":"secret","in":[1]}', 'filter', '不认识的字段 secret'],
    ['{"op":"and","of":[]}', 'filter', '应为'],
    [
      '{"op":"and","of":[{"field":"acquiring","is":true},{"op":"not","of":{"field":"status","in":["x"]}}]}',
      'filter.of[1].of',
      'status',
    ],
    ['{"field":"status","in":[]}', 'filter', '至少要有一项'],
    ['{"field":"loanBalance","gte":-1}', 'filter', '金额不能为负'],
    ['{"field":"loanBalance","gte":1.005}', 'filter', '最多两位小数'],
    ['{"field":"loanBalance"}', 'filter', '请给出 gte 或 lte'],
    ['{"field":"nextDueOn","from":"2026-02-30"}', 'filter', '日期格式'],
    ['{"field":"nextDueOn","withinDays":1.5}', 'filter', '整数'],
    ['{"field":"lostOn"}', 'filter', '请给出 from'],
    ['{"field":"place","in":["36072"]}', 'filter', '区划代码'],
    ['{"field":"branch","in":["1); drop table app.client --"]}', 'filter', '整数'],
    ['{"field":"acquiring","is":true,"extra":1}', 'filter', '不认识的键 extra'],
    ['{"field":"status","isNull":true}', 'filter', 'status'],
  ])('%s is refused with where and why', (text, path, message) => {
    const issues = issuesOf(text)
    expect(issues).toEqual([{ path, message: expect.stringContaining(message) }])
  })

  test('too long, too deep, too many conditions: refused without being walked', () => {
    expect(issuesOf('x'.repeat(FILTER_LIMITS.characters + 1))![0].message).toContain('过长')
    let deep: unknown = { field: 'payroll', is: true }
    for (let i = 0; i < FILTER_LIMITS.depth; i++) deep = { op: 'not', of: deep }
    expect(issuesOf(deep)![0].message).toContain('嵌套过深')
    const many = { op: 'or', of: Array(FILTER_LIMITS.nodes).fill({ field: 'payroll', is: true }) }
    expect(issuesOf(many)![0].message).toContain('过多')
  })

  test('no text makes it throw', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => void parseFilter(text)),
      { numRuns: 500 },
    )
  })
})
