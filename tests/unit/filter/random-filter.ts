import fc from 'fast-check'
import { KINDS, STATUSES } from '#domain/filter/client-columns.ts'
import { isoOf, type Condition, type Filter } from '#domain/filter/types.ts'

/** Values that the clients of tests/db/snapshot.test.ts have, and some that none has. */
export const VALUES = {
  places: [
    '360700000000',
    '360722000000',
    '360702000000',
    '360722100000',
    '360722101000',
    '360702001000',
    '360722100201',
    '360799000000',
  ],
  branches: [11, 12, 20, 99],
  managers: [101, 102, 103, 104, 999],
  reasons: ['利率高', '搬迁', "it's", '无'],
  industries: ['脐橙', '家具', 'a"b\\c', '无'],
  today: 20_780,
}

const some = <T>(values: readonly T[]) =>
  fc.uniqueArray(fc.constantFrom(...values), { minLength: 1, maxLength: 3 })
const yuan = fc.oneof(
  fc.integer({ min: 0, max: 1200 }),
  fc.integer({ min: 0, max: 120_000 }).map((cents) => cents / 100),
)
const day = fc.integer({ min: VALUES.today - 500, max: VALUES.today + 500 }).map(isoOf)
const days = fc.integer({ min: 0, max: 400 })

const money = fc
  .record({ gte: yuan, lte: yuan }, { requiredKeys: [] })
  .filter((range) => Object.keys(range).length > 0)
const dates = fc
  .record({ from: day, to: day, withinDays: days, olderThanDays: days }, { requiredKeys: [] })
  .filter((range) => Object.keys(range).length > 0)

const conditions: fc.Arbitrary<Condition> = fc.oneof(
  some(STATUSES).map((list): Condition => ({ field: 'status', in: list })),
  some(KINDS).map((list): Condition => ({ field: 'kind', in: list })),
  some(VALUES.places).map((list): Condition => ({ field: 'place', in: list })),
  some(VALUES.branches).map((list): Condition => ({ field: 'branch', in: list })),
  some(VALUES.managers).map((list): Condition => ({ field: 'manager', in: list })),
  some([1, 2, 3, 4, 5]).map((list): Condition => ({ field: 'riskClass', in: list })),
  some(VALUES.reasons).map((list): Condition => ({ field: 'lostReason', in: list })),
  some(VALUES.industries).map((list): Condition => ({ field: 'industry', in: list })),
  fc
    .tuple(fc.constantFrom('depositBalance', 'loanBalance'), money)
    .map(([field, range]) => ({ field, ...range }) as Condition),
  fc
    .tuple(fc.constantFrom('nextDueOn', 'lastVisitOn', 'lostOn'), dates)
    .map(([field, range]) => ({ field, ...range }) as Condition),
  fc
    .tuple(fc.constantFrom('acquiring', 'payroll'), fc.boolean())
    .map(([field, is]) => ({ field, is }) as Condition),
  fc
    .tuple(
      fc.constantFrom('manager', 'riskClass', 'lostReason', 'industry', 'nextDueOn', 'lastVisitOn', 'lostOn'),
      fc.boolean(),
    )
    .map(([field, isNull]) => ({ field, isNull }) as Condition),
)

export const filters: fc.Arbitrary<Filter> = fc.letrec<{ filter: Filter }>((tie) => ({
  filter: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    conditions,
    fc.array(tie('filter'), { minLength: 1, maxLength: 3 }).map((of): Filter => ({ op: 'and', of })),
    fc.array(tie('filter'), { minLength: 1, maxLength: 3 }).map((of): Filter => ({ op: 'or', of })),
    tie('filter').map((of): Filter => ({ op: 'not', of })),
  ),
})).filter
