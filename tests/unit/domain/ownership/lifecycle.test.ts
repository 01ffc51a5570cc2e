import { describe, expect, test } from 'vitest'
import { PLAN_STATES, refusalOf, STEPS, stepsFor, type PlanState } from '#domain/ownership/lifecycle.ts'
import { ROLES } from '#server/auth/permissions.ts'

const PLANNER = { role: 'planner', accountId: 1 }
const HEAD = { role: 'branch_head', accountId: 2 }
const plan = (state: string, submittedBy: number | null = 1) => ({ state, submittedBy })

describe('the steps of a plan', () => {
  test.each<[PlanState, string[], string[]]>([
    ['draft', ['submit', 'copy'], []],
    ['submitted', ['withdraw', 'copy'], ['approve', 'reject']],
    ['approved', ['withdraw', 'schedule', 'copy'], ['schedule']],
    ['effective', ['copy'], ['rollback']],
    ['archived', ['copy'], []],
  ])('from %s are %j for the planner and %j for the head', (state, planner, head) => {
    expect(stepsFor(plan(state), PLANNER)).toEqual(planner)
    expect(stepsFor(plan(state), HEAD)).toEqual(head)
  })

  test('are nothing for any other role, in any state', () => {
    for (const role of ROLES.filter((role) => role !== 'planner' && role !== 'branch_head'))
      for (const state of PLAN_STATES) expect(stepsFor(plan(state), { role, accountId: 3 })).toEqual([])
  })

  test('need four eyes to decide: whoever submitted does not', () => {
    for (const step of ['approve', 'reject'] as const) {
      expect(refusalOf(step, plan('submitted', 2), HEAD)).toBe('own-submission')
      expect(refusalOf(step, plan('submitted', null), HEAD)).toBeNull()
    }
  })

  test('name the role before the state, and an unknown state allows nothing', () => {
    expect(refusalOf('submit', plan('effective'), HEAD)).toBe('wrong-role')
    expect(refusalOf('submit', plan('effective'), PLANNER)).toBe('wrong-state')
    for (const step of STEPS)
      expect(refusalOf(step, plan('lost'), step === 'approve' ? HEAD : PLANNER)).not.toBeNull()
  })
})
