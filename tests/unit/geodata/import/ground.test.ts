import { describe, expect, it } from 'vitest'
import { groundClass } from '#geodata/import/ground-class.ts'
import { planGroundImport } from '#geodata/import/plan-ground-import.ts'
import type { GroundImportOptions } from '#geodata/import/plan-ground-import.ts'
import { toWgs84 } from '#geodata/import/transform.ts'

const options = (more: Partial<GroundImportOptions> = {}): GroundImportOptions => ({
  source: '测试',
  accuracy: 'derived',
  ...more,
})
const line = (
  properties: object,
  coordinates: unknown = [
    [114.9, 25.8],
    [114.91, 25.8],
  ],
) => ({
  type: 'Feature',
  properties,
  geometry: { type: 'LineString', coordinates },
})
const bytes = (features: unknown[], more: object = {}) =>
  Buffer.from(JSON.stringify({ type: 'FeatureCollection', features, ...more }))

describe('groundClass', () => {
  it.each([
    [{ highway: 'residential' }, 'LineString', { is: 'line', kind: 'street', level: 'ground' }],
    [{ highway: 'trunk', bridge: 'yes' }, 'LineString', { is: 'line', kind: 'trunk', level: 'bridge' }],
    [
      { highway: 'motorway', tunnel: 'yes' },
      'LineString',
      { is: 'line', kind: 'expressway', level: 'tunnel' },
    ],
    [{ highway: 'footway' }, 'LineString', { is: 'skip', word: 'footway' }],
    [{ railway: 'rail' }, 'MultiLineString', { is: 'line', kind: 'railway', level: 'ground' }],
    [{ railway: 'rail', tunnel: 'yes' }, 'LineString', { is: 'skip', word: 'rail' }],
    [{ railway: 'subway' }, 'LineString', { is: 'skip', word: 'subway' }],
    [{ waterway: 'river' }, 'LineString', { is: 'line', kind: 'river', level: 'ground' }],
    [{ waterway: 'stream' }, 'LineString', { is: 'skip', word: 'stream' }],
    [{ natural: 'water' }, 'Polygon', { is: 'water' }],
    [{ natural: 'water' }, 'LineString', { is: 'skip', word: 'water' }],
    [
      { kind: 'minor_road', kind_detail: 'residential' },
      'LineString',
      { is: 'line', kind: 'street', level: 'ground' },
    ],
    [{ kind: 'path', kind_detail: 'footway' }, 'LineString', { is: 'skip', word: 'footway' }],
    [{ 类型: '国道' }, 'LineString', { is: 'line', kind: 'trunk', level: 'ground' }],
    [{ highway: 'residential' }, 'Polygon', { is: 'skip', word: 'residential' }],
    [{ highway: 'hyperloop' }, 'LineString', null],
    [{}, 'LineString', null],
  ] as const)('%j of a %s', (properties, geometry, expected) => {
    expect(groundClass(properties, geometry)).toEqual(expected)
  })
})

describe('planGroundImport', () => {
  it('takes, skips and refuses; every feature is in one of the three', () => {
    const plan = planGroundImport(
      bytes([
        line({ highway: 'residential', name: '文清路' }),
        line({ highway: 'footway' }),
        line({ highway: 'unheard-of' }),
        line({ waterway: 'river' }, [
          [114.9, 25.8],
          [114.9, 25.8],
        ]),
        { type: 'Feature', properties: { highway: 'trunk' }, geometry: null },
        line({ highway: 'trunk' }, [
          [114.9, 25.8],
          ['x', 25.9],
        ]),
        {
          type: 'Feature',
          properties: { natural: 'water' },
          geometry: {
            type: 'Polygon',
            coordinates: [
              [
                [114.9, 25.8],
                [114.91, 25.8],
                [114.91, 25.81],
                [114.9, 25.8],
              ],
            ],
          },
        },
        {
          type: 'Feature',
          properties: { natural: 'water' },
          geometry: {
            type: 'Polygon',
            coordinates: [
              [
                [114.9, 25.8],
                [114.91, 25.81],
                [114.91, 25.8],
                [114.9, 25.81],
                [114.9, 25.8],
              ],
            ],
          },
        },
      ]),
      options({ crs: 'WGS84' }),
    )
    expect(plan.ok).toBe(true)
    const { report } = plan
    expect(report).toMatchObject({
      read: 8,
      taken: 2,
      water: 1,
      lines: { street: 1 },
      skipped: { footway: 1 },
    })
    expect(report.refused.map(({ feature, reason }) => [feature, reason])).toEqual([
      [3, 'class-unknown'],
      [4, 'no-length'],
      [5, 'no-geometry'],
      [6, 'not-a-line'],
      [8, 'invalid-area'],
    ])
    const skipped = Object.values(report.skipped).reduce((sum, n) => sum + n, 0)
    expect(report.taken + skipped + report.refused.length).toBe(report.read)
  })

  it('never guesses the coordinate system of lines, and converts what it is told', () => {
    const file = bytes([line({ highway: 'residential' })])
    expect(planGroundImport(file, options())).toMatchObject({ ok: false, reason: 'crs-unconfirmed' })
    const plan = planGroundImport(file, options({ crs: 'GCJ02' }))
    const [lng, lat] = toWgs84([114.9, 25.8], 'GCJ02')
    if (!plan.ok) throw new Error(plan.message)
    expect(plan.lines[0]!.line[0]![0]).toBeCloseTo(lng, 6)
    expect(plan.lines[0]!.line[0]![1]).toBeCloseTo(lat, 6)
    expect(lng).toBeLessThan(114.897)
    const crs = { crs: { type: 'name', properties: { name: 'urn:ogc:def:crs:EPSG::4490' } } }
    expect(planGroundImport(bytes([line({ highway: 'road' })], crs), options())).toMatchObject({
      ok: true,
      report: { crs: 'WGS84' },
    })
  })

  it('refuses a file of another region as a whole, with a place in it', () => {
    const plan = planGroundImport(
      bytes([
        line({ highway: 'road' }, [
          [121.5, 31.2],
          [121.51, 31.2],
        ]),
      ]),
      options({ crs: 'WGS84' }),
    )
    expect(plan).toMatchObject({ ok: false, reason: 'crs-out-of-region' })
    expect(plan.ok || plan.message).toContain('121.5000, 31.2000')
  })

  it('a word for the whole file stands in where attributes say nothing', () => {
    const file = bytes([line({ id: 1 }), line({ id: 2 })])
    expect(planGroundImport(file, options({ crs: 'WGS84' }))).toMatchObject({
      ok: false,
      reason: 'nothing-taken',
    })
    expect(planGroundImport(file, options({ crs: 'WGS84', kind: 'railway' }))).toMatchObject({
      ok: true,
      report: { taken: 2, lines: { railway: 2 } },
    })
  })
})
