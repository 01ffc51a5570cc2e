import { describe, expect, test } from 'vitest'
import { filterMask } from '#domain/filter/predicate.ts'
import { dayOf, isoOf, type Filter } from '#domain/filter/types.ts'
import { columnsOf } from '../tiles/columns-of.ts'

const today = dayOf('2026-11-23')
const columns = columnsOf([
  {
    id: 1,
    position: [114.9, 25.8],
    status: 0,
    deposit: 100,
    loan: 0.01,
    nextDueOn: today,
    lastVisitOn: today - 90,
    manager: 0,
    riskClass: 1,
  },
  {
    id: 2,
    position: [114.9, 25.8],
    status: 3,
    deposit: 99.99,
    nextDueOn: today + 30,
    lastVisitOn: today - 91,
    manager: 1,
  },
  { id: 3, position: null, status: 4, nextDueOn: today - 1 },
])

const ids = (filter: Filter) => {
  const mask = filterMask(filter, columns, today)
  return [...columns.id].filter((_, row) => mask[row] === 1).sort()
}

describe('which clients pass', () => {
  test('days', () => {
    expect([dayOf('1970-01-02'), isoOf(today)]).toEqual([1, '2026-11-23'])
  })

  test.each<[string, Filter, number[]]>([
    ['money includes its ends, to the cent', { field: 'depositBalance', gte: 99.99, lte: 100 }, [1, 2]],
    ['... and not a cent more', { field: 'depositBalance', gte: 100 }, [1]],
    ['due within 30 days counts today and the 30th', { field: 'nextDueOn', withinDays: 30 }, [1, 2]],
    ['... but not the 30th within 29, nor what was due', { field: 'nextDueOn', withinDays: 29 }, [1]],
    ['visited within 90 days', { field: 'lastVisitOn', withinDays: 90 }, [1]],
    [
      'not visited for more than 90 days: also who never was',
      { field: 'lastVisitOn', olderThanDays: 90 },
      [2, 3],
    ],
    [
      '... unless an earliest day is given',
      { field: 'lastVisitOn', olderThanDays: 90, from: '2020-01-01' },
      [2],
    ],
    ['not: unknown is not within', { op: 'not', of: { field: 'nextDueOn', withinDays: 29 } }, [2, 3]],
    ['not: no manager is not manager 101', { op: 'not', of: { field: 'manager', in: [101] } }, [2, 3]],
    ['unknown', { field: 'manager', isNull: true }, [3]],
    ['known', { field: 'riskClass', isNull: false }, [1]],
    ['a place means everything inside it', { field: 'place', in: ['360722000000'] }, [1, 2, 3]],
    ['... the prefecture too', { field: 'place', in: ['360700000000'] }, [1, 2, 3]],
    ['... another prefecture not', { field: 'place', in: ['360800000000'] }, []],
    ['the village', { field: 'place', in: ['360722100201'] }, [1, 2, 3]],
    [
      'and',
      {
        op: 'and',
        of: [
          { field: 'status', in: ['active', 'prospect'] },
          { field: 'depositBalance', gte: 1 },
        ],
      },
      [1],
    ],
    [
      'or',
      {
        op: 'or',
        of: [
          { field: 'status', in: ['lost'] },
          { field: 'nextDueOn', to: '2026-11-22' },
        ],
      },
      [2, 3],
    ],
  ])('%s', (_, filter, expected) => {
    expect(ids(filter)).toEqual(expected)
  })
})
