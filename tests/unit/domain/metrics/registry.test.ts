import { describe, expect, it } from 'vitest'
import { computePlanMetrics, METRICS, PLACE_METRICS, registryVersion } from '#domain/metrics/registry.ts'
import { CLIENT_KINDS, DEFAULT_VISIT_POLICY, expectedVisitHours } from '#domain/metrics/visit-hours.ts'
import { partition } from '#domain/partition/partition.ts'
import { drawn } from '../partition/lattice.ts'

describe('metric registry', () => {
  it('has each key once and says in both languages what it is', () => {
    expect(new Set(METRICS.map((metric) => metric.key)).size).toBe(METRICS.length)
    for (const metric of METRICS) {
      expect(metric.labelZh, metric.key).toMatch(/\p{Script=Han}/u)
      expect(metric.definitionZh, metric.key).toMatch(/\p{Script=Han}/u)
      expect(metric.definitionEn, metric.key).not.toMatch(/\p{Script=Han}/u)
      expect(metric.unit === 'ratio', metric.key).toBe(metric.denominator !== null)
    }
    expect(PLACE_METRICS.map((metric) => metric.key)).toEqual([
      'clients',
      'loanBalance',
      'depositBalance',
      'growthLoan',
      'depositOnly',
      'loanOnly',
      'lost',
      'visitHours',
    ])
  })

  it('its version changes with a formula, not with the order', () => {
    const first = registryVersion()
    expect(registryVersion(METRICS.toReversed())).toBe(first)
    expect(
      registryVersion(METRICS.map((metric, i) => (i === 2 ? { ...metric, version: 2 } : metric))),
    ).not.toBe(first)
    expect(registryVersion(METRICS.slice(1))).not.toBe(first)
  })

  it('plan figures by hand: a row of five for two grids is 3 against 2', () => {
    const result = partition(drawn(['11111'], 2))
    if (!result.ok) throw new Error('refused')
    const figures = computePlanMetrics(result.value.metrics)
    expect(figures.deviationUp).toBeCloseTo(0.2, 12)
    expect(figures.deviationDown).toBeCloseTo(0.2, 12)
    expect(figures.edgeCut).toBe(1)
    expect(figures.contiguousShare).toBe(1)
    // 3 by 1: perimeter 8; 2 by 1: perimeter 6.
    expect(figures.polsbyPopperWorst).toBeCloseTo((4 * Math.PI * 3) / 64, 12)
    expect(figures.polsbyPopperMean).toBeCloseTo((2 * Math.PI * 3) / 64 + (2 * Math.PI * 2) / 36, 12)
    expect(figures.movedShare).toBeNull()
  })
})

describe('visit hours', () => {
  it('a client of several kinds costs its most demanding kind; the policy is editable', () => {
    expect(expectedVisitHours(['loan'])).toBeCloseTo(4 * (0.75 + 0.3), 12)
    expect(expectedVisitHours(['loan', 'overdue'])).toBe(expectedVisitHours(['overdue']))
    expect(expectedVisitHours([])).toBe(0)
    const policy = { ...DEFAULT_VISIT_POLICY, travelHoursPerVisit: 0 }
    expect(expectedVisitHours(['depositOnly'], policy)).toBe(1)
    expect(Object.keys(DEFAULT_VISIT_POLICY.rules).sort()).toEqual([...CLIENT_KINDS].sort())
  })
})
