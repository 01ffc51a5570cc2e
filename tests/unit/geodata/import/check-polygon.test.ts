import type { MultiPolygon, Position } from 'geojson'
import { describe, expect, it } from 'vitest'
import { MAX_VERTICES, checkPolygon } from '#geodata/import/check-polygon.ts'
import { box, multi } from './fixtures.ts'

const shell = box(115, 25, 115.1, 25.1)
const hole = box(115.04, 25.04, 115.06, 25.06).toReversed()

function check(geometry: MultiPolygon, repair = false) {
  const result = checkPolygon(geometry, '要素 7“水西网格”', repair)
  return {
    geometry: result.geometry,
    found: result.findings.map(({ code, severity, repaired }) => `${code}/${severity}/${repaired}`),
    findings: result.findings,
  }
}

describe('checkPolygon', () => {
  it('finds nothing in a valid polygon with a hole and changes nothing', () => {
    const result = check(multi(shell, hole), true)
    expect(result.found).toEqual([])
    expect(result.geometry).toEqual(multi(shell, hole))
  })

  it('names a crossing and its position', () => {
    const bow: Position[] = [
      [115, 25],
      [115.1, 25.1],
      [115.1, 25],
      [115, 25.1],
      [115, 25],
    ]
    // The plain bow has no area; a longer right wing gives it one.
    bow[2] = [115.2, 24.9]
    const result = check(multi(bow), true)
    const crossing = result.findings.find(({ code }) => code === 'self-intersection')
    expect(crossing).toMatchObject({ severity: 'error', repaired: false })
    expect(crossing!.at![0]).toBeCloseTo(115.05, 9)
    expect(crossing!.message).toContain('要素 7“水西网格”：边界自相交于 (115.05, 25.05)')
  })

  it('names a ring that touches itself', () => {
    const eight: Position[] = [
      [115, 25],
      [115.05, 25.05],
      [115.1, 25],
      [115.1, 25.1],
      [115.05, 25.05],
      [115, 25.1],
      [115, 25],
    ]
    expect(check(multi(eight)).findings.find(({ code }) => code === 'self-intersection')?.at).toEqual([
      115.05, 25.05,
    ])
  })

  it('closes rings, drops repeated points and spikes, turns rings, only when asked', () => {
    const messy: Position[] = [
      [115, 25],
      [115, 25.1],
      [115, 25.1],
      [115.1, 25.1],
      [115.2, 25.2],
      [115.1, 25.1],
      [115.1, 25],
    ]
    const kept = check(multi(messy))
    expect(kept.found).toEqual(
      expect.arrayContaining(['ring-not-closed/error/false', 'duplicate-point/warning/false']),
    )
    const mended = check(multi(messy), true)
    expect(mended.found.sort()).toEqual([
      'duplicate-point/warning/true',
      'ring-not-closed/warning/true',
      'ring-orientation/warning/true',
      'spike/warning/true',
    ])
    expect(mended.geometry!.coordinates[0]![0]!.length).toBe(5)
    expect(check(mended.geometry!, true).found).toEqual([])
  })

  it('fills holes below 100 m2 when asked, keeps larger ones', () => {
    const micro = box(115.05, 25.05, 115.05005, 25.05005).toReversed()
    expect(check(multi(shell, micro)).found).toEqual(['micro-hole/warning/false'])
    const mended = check(multi(shell, micro, box(115.02, 25.02, 115.03, 25.03).toReversed()), true)
    expect(mended.found).toEqual(['micro-hole/warning/true'])
    expect(mended.geometry!.coordinates[0]!.length).toBe(2)
  })

  it('refuses holes outside, even with repair', () => {
    expect(check(multi(shell, box(115.2, 25, 115.3, 25.1).toReversed()), true).found).toEqual([
      'hole-outside/error/false',
    ])
  })

  it('refuses zero area, too few points, numbers that are none, too many points', () => {
    expect(
      check(
        multi([
          [115, 25],
          [115.1, 25.1],
          [115.2, 25.2],
          [115, 25],
        ]),
        true,
      ).found,
    ).toContain('zero-area/error/false')
    expect(
      check(
        multi([
          [115, 25],
          [115.1, 25.1],
          [115, 25],
        ]),
        true,
      ).found,
    ).toContain('ring-too-short/error/false')
    expect(
      check(
        multi([
          [115, 25],
          [Infinity, 25],
          [115.1, 25.1],
          [115, 25],
        ]),
      ).found,
    ).toEqual(['coordinate-not-finite/error/false'])
    const round = Array.from({ length: MAX_VERTICES + 1 }, (_, i): Position => {
      const angle = (2 * Math.PI * i) / MAX_VERTICES
      return [115 + 0.1 * Math.cos(angle), 25 + 0.1 * Math.sin(angle)]
    })
    expect(check(multi(round)).found).toEqual(['too-many-vertices/error/false'])
  })

  it('sees parts of one feature that overlap', () => {
    const two: MultiPolygon = {
      type: 'MultiPolygon',
      coordinates: [[shell], [box(115.05, 25.05, 115.2, 25.2)]],
    }
    expect(check(two, true).found).toContain('self-intersection/error/false')
  })
})
