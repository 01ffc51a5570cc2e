import { describe, expect, it } from 'vitest'
import { validateCoverage } from '#geodata/import/validate-coverage.ts'
import { box, multi } from './fixtures.ts'

const item = (code: string, ring: ReturnType<typeof box>) => ({
  code,
  name: `${code}镇`,
  label: `要素“${code}镇”`,
  geometry: multi(ring),
})
const a = item('a', box(115, 25, 115.1, 25.1))
const b = item('b', box(115.1, 25, 115.2, 25.1))

describe('validateCoverage', () => {
  it('finds nothing in a clean coverage', () => {
    expect(validateCoverage([a, b], false).findings).toEqual([])
    expect(validateCoverage([a, b], true).findings).toEqual([])
  })

  it('names an overlap with both places, position and size', () => {
    // 0.001 degree of longitude at 25.05 N is 100.9 m, 0.1 degree of latitude 11.08 km: about 1.118 km2.
    const { findings } = validateCoverage([a, item('b', box(115.099, 25, 115.2, 25.1))], false)
    expect(findings).toMatchObject([{ code: 'overlap', severity: 'error', places: ['a', 'b'] }])
    expect(findings[0]!.sizeM2! / 1e6).toBeCloseTo(1.118, 2)
    expect(findings[0]!.message).toContain('“a镇”与“b镇”重叠 1.12 平方公里')
  })

  it('calls an overlap of one metre a sliver and does not refuse it', () => {
    const { findings } = validateCoverage([a, item('b', box(115.09999, 25, 115.2, 25.1))], false)
    expect(findings).toMatchObject([{ code: 'sliver', severity: 'warning' }])
  })

  it('names a gap that is closed on all sides', () => {
    const ring = [
      item('s', box(115, 25, 115.3, 25.1)),
      item('n', box(115, 25.2, 115.3, 25.3)),
      item('w', box(115, 25.1, 115.1, 25.2)),
      item('e', box(115.2, 25.1, 115.3, 25.2)),
    ]
    const { findings } = validateCoverage(ring, false)
    expect(findings).toMatchObject([{ code: 'gap', severity: 'warning' }])
    expect(findings[0]!.sizeM2! / 1e6).toBeCloseTo(111.7, 0)
  })

  it('joins edges that miss each other by centimetres, and says so', () => {
    const off = item('b', [
      [115.1000001, 25],
      [115.2, 25],
      [115.2, 25.1],
      [115.0999999, 25.1],
      [115.10000012, 25.05],
      [115.1000001, 25],
    ])
    const { items, findings } = validateCoverage([a, off], true)
    expect(findings).toMatchObject([{ code: 'sliver', repaired: true }])
    expect(items[0]!.geometry.coordinates[0]![0]).toContainEqual([115.1, 25.05])
    expect(validateCoverage(items, false).findings).toEqual([])
  })
})
