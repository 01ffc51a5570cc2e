import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRandom } from '#domain/random.ts'
import { matchUnits } from '#domain/units/match-units.ts'
import { box, made, SQUARE, street } from './drawing.ts'

const unit = (key: string, ...corners: Parameters<typeof box>) => ({ key, shape: box(...corners) })

describe('matching units after they were made again', () => {
  const before = [unit('a', 0, 0, 100, 100), unit('b', 100, 0, 200, 100), unit('c', 200, 0, 300, 100)]

  it('what did not change keeps its key, wherever its outline starts', () => {
    const turned = {
      key: 'x',
      shape: [[...before[1]!.shape[0]!].map((ring) => [...ring.slice(2), ring[1]!, ring[2]!])],
    }
    const { units, report } = matchUnits(before, [before[0]!, turned, before[2]!])
    expect(units.map(({ key, fate }) => [key, fate])).toEqual([
      ['a', 'kept'],
      ['b', 'kept'],
      ['c', 'kept'],
    ])
    expect(report).toEqual({ kept: ['a', 'b', 'c'], split: [], merged: [], new: [], gone: [] })
  })

  it('a border that shifts a little is neither split nor merger', () => {
    const { units, report } = matchUnits(before, [
      unit('p', 0, 0, 104, 100),
      unit('q', 104, 0, 200, 100),
      before[2]!,
    ])
    expect(units.map(({ key }) => key)).toEqual(['a', 'b', 'c'])
    expect(report.kept).toEqual(['a', 'b', 'c'])
    expect(units[0]!.from.map(({ key }) => key)).toEqual(['a', 'b'])
    expect(units[0]!.from[0]!.share).toBeCloseTo(100 / 104, 3)
  })

  it('of a split unit the largest part keeps the key, all parts inherit', () => {
    const { units, report } = matchUnits(before, [
      unit('a', 0, 0, 30, 100),
      unit('p', 30, 0, 100, 100),
      before[1]!,
      before[2]!,
    ])
    expect(units.slice(0, 2)).toMatchObject([
      { key: 'a-n2', fate: 'split', heirOf: 'a' },
      { key: 'a', fate: 'split', heirOf: 'a' },
    ])
    expect(report.split).toEqual([{ key: 'a', into: ['a-n2', 'a'] }])
    expect(report.gone).toEqual([])
  })

  it('merged units continue the largest', () => {
    const { units, report } = matchUnits(before, [unit('m', 0, 0, 150, 100), unit('r', 150, 0, 300, 100)])
    expect(units).toMatchObject([
      { key: 'a', fate: 'reshaped', heirOf: 'a' },
      { key: 'c', fate: 'reshaped', heirOf: 'c' },
    ])
    expect(report.split).toEqual([{ key: 'b', into: ['a', 'c'] }])
    const all = matchUnits(before, [unit('m', 0, 0, 300, 100)])
    expect(all.units[0]).toMatchObject({ fate: 'merged' })
    expect(all.report.merged[0]!.from).toEqual(['a', 'b', 'c'])
  })

  it('names what is new and what is gone', () => {
    const { units, report } = matchUnits(before, [before[0]!, unit('d', 0, 200, 100, 300)])
    expect(units[1]).toEqual({ key: 'd', fate: 'new', heirOf: null, from: [] })
    expect(report).toMatchObject({ kept: ['a'], new: ['d'], gone: ['b', 'c'] })
  })

  it('property: after a street is added keys stay unique, shares add up, untouched blocks are kept', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), (seed) => {
        const random = createRandom(seed)
        const lines = [80, 160, 240, 320].flatMap((x) => [
          street([x, 0], [x + 20 * random.next(), 400]),
          street([0, x], [400, x + 20 * random.next()]),
        ])
        const old = made({ district: SQUARE, lines })
        const x = 400 * random.next()
        const after = made({
          district: SQUARE,
          lines: [...lines, street([x, 0], [400 * random.next(), 400])],
        })
        const { units, report } = matchUnits(old.units, after.units)
        expect(new Set(units.map(({ key }) => key)).size).toBe(units.length)
        expect(report.gone).toEqual([])
        for (const { from } of units)
          expect(from.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 4)
        const oldKeys = new Set(old.units.map(({ key }) => key))
        after.units.forEach(({ key }, i) => {
          if (oldKeys.has(key) && units[i]!.fate === 'kept') expect(units[i]!.key).toBe(key)
        })
        expect(report.kept.length).toBeGreaterThanOrEqual(10)
      }),
      { numRuns: 30, seed: 21 },
    )
  })
})
