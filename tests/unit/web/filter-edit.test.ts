import { describe, expect, test } from 'vitest'
import { parseFilter } from '#contract/filter.ts'
import type { Filter } from '#domain/filter/types.ts'
import {
  conditionFor,
  conditionsOf,
  statusesShown,
  toggleStatus,
  withCondition,
} from '#web/format/filter-edit.ts'
import { filterSentence } from '#web/format/filter-sentence.ts'

const placeName = (code: string) => ({ '360722000000': '信丰县' })[code] ?? code
const accepted = (filter: Filter | null) => filter === null || parseFilter(JSON.stringify(filter)).ok

describe('editing field by field', () => {
  test('conditions come, change and go; what results is always a filter the server takes', () => {
    let filter = withCondition(null, 'status', { field: 'status', in: ['lost'] })
    expect(filter).toEqual({ field: 'status', in: ['lost'] })
    filter = withCondition(filter, 'loanBalance', { field: 'loanBalance', gte: 50_000 })
    expect(filter).toEqual({
      op: 'and',
      of: [
        { field: 'status', in: ['lost'] },
        { field: 'loanBalance', gte: 50_000 },
      ],
    })
    expect(accepted(filter)).toBe(true)
    expect(conditionFor(filter, 'loanBalance')).toEqual({ field: 'loanBalance', gte: 50_000 })
    filter = withCondition(filter, 'status', null)
    expect(filter).toEqual({ field: 'loanBalance', gte: 50_000 })
    expect(withCondition(filter, 'loanBalance', null)).toBeNull()
  })

  test('a structure that is more than "all of these" is not taken apart', () => {
    const either: Filter = { op: 'or', of: [{ field: 'payroll', is: true }] }
    const twice: Filter = {
      op: 'and',
      of: [
        { field: 'place', in: ['360722000000'] },
        { field: 'place', in: ['360702000000'] },
      ],
    }
    expect(conditionsOf(either)).toBeNull()
    expect(conditionsOf(twice)).toBeNull()
  })

  test('status chips: one off leaves four, all on leaves no condition, the last one off shows all', () => {
    const four = toggleStatus(null, 'lost')
    expect(statusesShown(four)).toEqual(['active', 'depositOnly', 'loanOnly', 'prospect'])
    expect(toggleStatus(four, 'lost')).toBeNull()
    expect(toggleStatus({ field: 'status', in: ['active'] }, 'active')).toBeNull()
    expect(accepted(four)).toBe(true)
  })
})

describe('the filter as a sentence', () => {
  test.each<[Filter | null, string]>([
    [null, '全部客户'],
    [{ field: 'status', in: ['lost', 'loanOnly'] }, '状态为流失客户、裸贷户'],
    [{ field: 'place', in: ['360722000000'] }, '所在地为信丰县'],
    [{ field: 'loanBalance', gte: 50_000, lte: 2e8 }, '贷款余额 5.0 万元 至 2.00 亿元'],
    [{ field: 'nextDueOn', withinDays: 30 }, '下次到期在 30 天内'],
    [{ field: 'lastVisitOn', olderThanDays: 90 }, '上次走访早于 90 天前'],
    [{ op: 'not', of: { field: 'payroll', is: true } }, '非（有代发）'],
    [
      {
        op: 'and',
        of: [
          { field: 'riskClass', in: [3] },
          {
            op: 'or',
            of: [
              { field: 'acquiring', is: false },
              { field: 'manager', isNull: true },
            ],
          },
        ],
      },
      '五级分类为次级，且 （无收单 或 客户经理为空）',
    ],
  ])('%j', (filter, sentence) => expect(filterSentence(filter, placeName)).toBe(sentence))
})
