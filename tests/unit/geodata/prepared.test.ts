import { describe, expect, it } from 'vitest'
import { readFileSync } from 'node:fs'
import Papa from 'papaparse'
import { DATASETS, PREFECTURE_AREA_KM2, PREFECTURE_CODE } from '#geodata/catalog.ts'
import { checkCoverageEdges } from '#geodata/coverage/check-coverage-edges.ts'
import { polygonsToLattice } from '#geodata/coverage/lattice.ts'
import { inside } from '#geodata/geometry/point-in-polygon.ts'
import { areaKm2 } from '#geodata/geometry/ring.ts'
import { readPrepared } from '#geodata/read-prepared.ts'
import type { Place } from '#geodata/schema.ts'

const { places, aliases, managementUnits } = readPrepared()
const byCode = new Map(places.map((place) => [place.code, place]))
const ofLevel = (level: Place['level']) => places.filter((place) => place.level === level)
const counties = ofLevel('county')
const townships = ofLevel('township')
const villages = ofLevel('village')

function latticeOf(list: readonly Place[]) {
  return list.flatMap(({ code, geometry }) =>
    geometry ? polygonsToLattice(geometry).map((polygon) => ({ code, polygon })) : [],
  )
}

describe('prepared places', () => {
  it('has the counts of the catalogue', () => {
    const expected = Object.fromEntries(DATASETS.map(({ id, expected: counts }) => [id, counts]))
    expect(ofLevel('prefecture').length).toBe(expected.counties!.prefecture)
    expect(counties.length).toBe(expected.counties!.county)
    expect(townships.filter(({ statistical }) => !statistical).length).toBe(expected.townships!.township)
    expect(townships.filter(({ statistical }) => statistical).length).toBe(expected.townships!.statistical)
    expect(villages.length).toBe(expected.villages!.village)
    expect(villages.filter(({ statistical }) => statistical).length).toBe(expected.villages!.statistical)
  })

  it('has current codes, each once, and a parent before every child', () => {
    expect(byCode.size).toBe(places.length)
    expect(byCode.get('360704000000')?.name).toBe('赣县区')
    expect(byCode.get('360783000000')?.name).toBe('龙南市')
    expect(byCode.get('360703000000')?.name).toBe('南康区')
    for (const old of ['360721000000', '360727000000', '360782000000']) expect(byCode.has(old)).toBe(false)
    const seen = new Set<string>()
    for (const { code, parentCode } of places) {
      if (parentCode !== null) expect(seen.has(parentCode)).toBe(true)
      seen.add(code)
    }
  })

  it('covers about 39,400 km2, and every level covers the same', () => {
    const total = areaKm2(byCode.get(PREFECTURE_CODE)!.geometry!)
    expect(total).toBeGreaterThan(PREFECTURE_AREA_KM2[0])
    expect(total).toBeLessThan(PREFECTURE_AREA_KM2[1])
    for (const level of [counties, townships]) {
      const sum = level.reduce((km2, { geometry }) => km2 + (geometry ? areaKm2(geometry) : 0), 0)
      expect(Math.abs(sum - total)).toBeLessThan(0.01)
    }
    for (const county of counties) {
      const sum = townships
        .filter(({ countyCode }) => countyCode === county.code)
        .reduce((km2, { areaKm2: own }) => km2 + (own ?? 0), 0)
      expect(Math.abs(sum / county.areaKm2! - 1)).toBeLessThan(0.001)
    }
  })

  it.each([
    ['counties', counties],
    ['townships', townships],
  ])('%s tile the prefecture: no gap, no overlap, no crossing edge, one outline', (_, level) => {
    const { faults, outerEdges } = checkCoverageEdges(latticeOf(level))
    expect(faults).toEqual([])
    const outline = polygonsToLattice(byCode.get(PREFECTURE_CODE)!.geometry!)
    expect(outline.length).toBe(1)
    expect(outline[0]!.length).toBe(1)
    // Inner gaps would add outer edges beyond those of the one outline.
    expect(outerEdges).toBe(outline[0]![0]!.length)
  })

  it('agrees with published county areas within 4 %, except where the border moved in 2013-14', () => {
    const facts = Papa.parse<Record<string, string>>(
      readFileSync(new URL('../../../geodata/prepared/counties.csv', import.meta.url), 'utf8'),
      { header: true, skipEmptyLines: true },
    ).data
    for (const { code, area_official_km2: official } of facts) {
      if (code === '360702000000' || code === '360703000000') continue
      expect(Math.abs(byCode.get(code!)!.areaKm2! / Number(official) - 1), code).toBeLessThan(0.04)
    }
  })

  it('has the neighbours of the fact table', () => {
    const rows = Papa.parse<Record<string, string>>(
      readFileSync(new URL('../../../geodata/prepare/facts/county-adjacency.csv', import.meta.url), 'utf8'),
      { header: true, skipEmptyLines: true },
    ).data
    const expected = rows.map((row) => `${row.code_a}|${row.code_b}`).sort()
    const owner = new Map<string, string>()
    const found = new Set<string>()
    for (const { code, polygon } of latticeOf(counties)) {
      polygon[0]!.forEach((p, i) => owner.set(`${p}>${polygon[0]![(i + 1) % polygon[0]!.length]!}`, code))
    }
    for (const [key, code] of owner) {
      const other = owner.get(key.split('>').toReversed().join('>'))
      if (other && code < other) found.add(`${code}|${other}`)
    }
    expect([...found].sort()).toEqual(expected)
  })

  it('keeps every seat in its own place and every village in its township', () => {
    for (const place of places) {
      if (place.geometry) expect(inside(place.seat, place.geometry), place.code).toBe(true)
    }
    for (const village of villages) {
      const home = byCode.get(village.townshipCode!)!
      const area = home.geometry ?? byCode.get(village.countyCode!)!.geometry!
      expect(inside(village.seat, area), village.code).toBe(true)
    }
    expect(new Set(villages.map(({ seat }) => seat.join())).size).toBe(villages.length)
  })

  it('never claims more accuracy than a place has', () => {
    expect(new Set(counties.map(({ accuracy }) => accuracy))).toEqual(new Set(['derived']))
    expect(new Set(villages.map(({ accuracy }) => accuracy))).toEqual(new Set(['schematic']))
    const unknown = byCode.get('360704101000')!
    expect(unknown.name).toBe('王母渡镇')
    expect(unknown.accuracy).toBe('schematic')
    expect(townships.every(({ accuracy }) => accuracy === 'approximate' || accuracy === 'schematic')).toBe(
      true,
    )
    for (const place of places) expect(place.geometry === null && place.level === 'county').toBe(false)
  })

  it('has search keys, former names and industries', () => {
    expect(byCode.get('360702000000')).toMatchObject({ pinyin: 'zhanggongqu', initials: 'zgq' })
    expect(byCode.get('360726204000')).toMatchObject({ pinyin: 'chongshixiang', initials: 'csx' })
    expect(byCode.get('360783000000')).toMatchObject({
      formerCodes: ['360727000000'],
      formerNames: ['龙南县'],
    })
    expect(byCode.get('360781203000')?.formerNames).toEqual(['岗面乡'])
    expect(byCode.get('360735000000')?.industries).toContain('白莲')
    expect(byCode.get('360729000000')?.industries).toEqual([])
    expect(aliases.map(({ old_code }) => old_code)).toEqual(
      expect.arrayContaining(['360721', '360727', '360782']),
    )
  })

  it('keeps management units apart from places', () => {
    expect(managementUnits.map(({ name }) => name)).toEqual(['赣州经开区', '蓉江新区'])
    for (const { members } of managementUnits) {
      for (const { code, name } of members) expect(byCode.get(code)?.name).toBe(name)
    }
  })

  it('tells villages from communities by code, and by name where the code lies', () => {
    expect(byCode.get('360702001001')?.kind).toBe('社区')
    expect(byCode.get('360728104400')).toMatchObject({ kind: '社区', statistical: false })
    expect(byCode.get('360702400498')).toMatchObject({ kind: '统计单元', statistical: true })
    expect(byCode.get('360783500200')).toMatchObject({ kind: '村', statistical: true })
  })
})
