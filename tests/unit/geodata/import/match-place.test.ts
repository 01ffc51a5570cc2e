import { describe, expect, it } from 'vitest'
import { PlaceIndex, codeKeyOf, matchPlace, normalizedName } from '#geodata/import/match-place.ts'
import type { ImportLevel, SourceFeature } from '#geodata/import/types.ts'
import { readPrepared } from '#geodata/read-prepared.ts'
import { aPlace, box, multi } from './fixtures.ts'

const { places, aliases } = readPrepared()
const index = (level: ImportLevel) => new PlaceIndex(places, aliases, level)
const feature = (properties: Record<string, unknown>): SourceFeature => ({
  index: 1,
  label: '要素 1',
  properties,
  geometry: null,
})

function match(
  level: ImportLevel,
  properties: Record<string, unknown>,
  geometry: ReturnType<typeof multi> | null = null,
) {
  const own = feature(properties)
  const result = matchPlace(own, codeKeyOf([own], level), index(level), geometry)
  return result.ok ? [result.place.code, result.note?.code ?? null] : result.reason
}

describe('by code', () => {
  it.each([
    ['county', { adcode: 360702 }, '360702000000'],
    ['county', { gb: '360702000000' }, '360702000000'],
    ['township', { code9: '360702105' }, '360702105000'],
    ['township', { XZQDM: '360702105000' }, '360702105000'],
    ['village', { code: '360702001001' }, '360702001001'],
  ] as const)('%s %o', (level, properties, code) => {
    expect(match(level, properties)).toEqual([code, null])
  })

  it('follows old codes of counties, also below the county', () => {
    expect(match('county', { adcode: 360727, name: '龙南县' })).toEqual(['360783000000', 'former-code'])
    expect(match('county', { adcode: 360721 })).toEqual(['360704000000', 'former-code'])
    expect(match('county', { adcode: 360782, name: '南康市' })).toEqual(['360703000000', 'former-code'])
    expect(match('township', { code: '360727101', name: '武当镇' })).toEqual(['360783101000', 'former-code'])
  })

  it('takes the column of the right level when there are several', () => {
    expect(match('township', { county_code: 360702, code9: '360702105' })).toEqual(['360702105000', null])
  })

  it('refuses unknown codes and codes that contradict the name', () => {
    expect(match('county', { adcode: 360799 })).toBe('code-unknown')
    expect(match('county', { adcode: 360702, name: '南康区' })).toBe('code-name-conflict')
    expect(match('county', { adcode: 360702, name: '某某' })).toEqual(['360702000000', 'name-differs'])
    expect(match('county', { adcode: 360799, name: '崇义县' })).toEqual(['360725000000', 'matched-by-name'])
  })
})

describe('by name', () => {
  it.each([
    ['county', '江西省赣州市章贡区', '360702000000'],
    ['county', '龙南县', '360783000000'],
    ['county', '赣县', '360704000000'],
    ['township', '水西', '360702105000'],
    ['township', '解放街道办事处', '360702001000'],
    ['township', '水西镇（托管）', '360702105000'],
    ['township', '岗面乡', '360781203000'],
    ['village', '西津路社区居委会', '360702001001'],
  ] as const)('%s %s', (level, name, code) => {
    expect(match(level, { name })).toEqual([code, 'matched-by-name'])
  })

  it('does not strip a name to one character', () => {
    expect(normalizedName('赣县', 'county')).toBe('赣县')
    expect(normalizedName('于都县', 'county')).toBe('于都')
  })

  it('refuses names that several places carry, unless county code, exact name or position decides', () => {
    const two = [
      aPlace({ code: '360702100000', name: '龙华镇', level: 'township', seat: [115, 25] }),
      aPlace({ code: '360703100000', name: '龙华镇', level: 'township', seat: [116, 26] }),
    ]
    const own = new PlaceIndex(two, [], 'township')
    const run = (properties: Record<string, unknown>, geometry: ReturnType<typeof multi> | null = null) => {
      const result = matchPlace(feature(properties), null, own, geometry)
      return result.ok ? result.place.code : result.reason
    }
    expect(run({ name: '龙华镇' })).toBe('name-ambiguous')
    expect(run({ name: '龙华镇', county: 360703 })).toBe('360703100000')
    expect(run({ name: '龙华镇' }, multi(box(115.9, 25.9, 116.1, 26.1)))).toBe('360703100000')
  })
})

describe('by location', () => {
  const grid = [
    aPlace({
      code: '360702100000',
      name: '甲镇',
      level: 'township',
      geometry: multi(box(115, 25, 115.1, 25.1)),
    }),
    aPlace({
      code: '360702101000',
      name: '乙镇',
      level: 'township',
      geometry: multi(box(115.1, 25, 115.2, 25.1)),
    }),
  ]
  const own = new PlaceIndex(grid, [], 'township')
  const run = (west: number, east: number) => {
    const result = matchPlace(feature({}), null, own, multi(box(west, 25, east, 25.1)))
    return result.ok ? [result.place.code, result.note?.code] : result.reason
  }
  it('takes the place with most of the area and says so', () => {
    expect(run(115, 115.11)).toEqual(['360702100000', 'matched-by-location'])
  })
  it('refuses when no place has three quarters, or none is there', () => {
    expect(run(115.05, 115.15)).toBe('location-ambiguous')
    expect(run(117, 117.1)).toBe('no-match')
    expect(match('township', {})).toBe('no-match')
  })
})
