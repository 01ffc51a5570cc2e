import gcoord from 'gcoord'
import type { MultiPolygon, Position } from 'geojson'
import { describe, expect, it } from 'vitest'
import { decideCrs } from '#geodata/import/decide-crs.ts'
import { detectByAnchors } from '#geodata/import/detect-by-anchors.ts'
import { detectCrs } from '#geodata/import/detect-crs.ts'
import { ZONES, gaussKrugerForward } from '#geodata/import/transform.ts'
import { readPrepared } from '#geodata/read-prepared.ts'
import { box, multi } from './fixtures.ts'

const { places } = readPrepared()
const outlines = places.flatMap(({ level, geometry }) => (level === 'county' && geometry ? [geometry] : []))
/** The western counties lie in zone 38, so both zones see real numbers. */
const some = outlines.slice(0, 6)

function moved(polygons: readonly MultiPolygon[], move: (p: Position) => Position): MultiPolygon[] {
  return polygons.map(({ coordinates }) => ({
    type: 'MultiPolygon',
    coordinates: coordinates.map((rings) => rings.map((ring) => ring.map(move))),
  }))
}
const to = (crs: Parameters<typeof gcoord.transform>[2]) => (p: Position) =>
  gcoord.transform([p[0]!, p[1]!], gcoord.WGS84, crs) as Position
/** 120 m to the north-east, as far apart as two published outlines may be. */
const otherOrigin = (p: Position): Position => [p[0]! + 0.00085, p[1]! + 0.00077]

describe('detectCrs', () => {
  it.each([
    ['WGS84', (p: Position) => p, [0, 0]],
    ['GCJ02', to(gcoord.GCJ02), [482, -345]],
    ['BD09', to(gcoord.BD09), [1130, 325]],
  ] as const)('is certain about %s and names the shift', (expected, move, [east, north]) => {
    const guess = detectCrs(moved(some, move), outlines)
    expect(guess).toMatchObject({ guess: expected, swapped: false, confidence: 'certain' })
    expect(Math.abs(guess.medianShiftM![0] - east)).toBeLessThan(40)
    expect(Math.abs(guess.medianShiftM![1] - north)).toBeLessThan(40)
  })

  it('still tells them apart for outlines of other origin', () => {
    expect(detectCrs(moved(outlines, otherOrigin), outlines)).toMatchObject({
      guess: 'WGS84',
      confidence: 'certain',
    })
    const gcj = to(gcoord.GCJ02)
    expect(
      detectCrs(
        moved(outlines, (p) => gcj(otherOrigin(p))),
        outlines,
      ),
    ).toMatchObject({ guess: 'GCJ02', confidence: 'certain' })
  })

  it.each(Object.entries(ZONES))('recognises %s', (crs, zone) => {
    const guess = detectCrs(
      moved(some, (p) => gaussKrugerForward(p[0]!, p[1]!, zone)),
      outlines,
    )
    expect(guess).toMatchObject({ guess: crs, swapped: false, confidence: 'certain' })
  })

  it('recognises web mercator and swapped order', () => {
    const mercator = detectCrs(moved(some, to(gcoord.EPSG3857)), outlines)
    expect(mercator).toMatchObject({ guess: 'EPSG:3857', confidence: 'certain' })
    const swapped = detectCrs(
      moved(some, ([x, y]) => [y!, x!]),
      outlines,
    )
    expect(swapped).toMatchObject({ guess: 'WGS84', swapped: true, confidence: 'certain' })
  })

  it('does not guess without a county border to compare with, or elsewhere', () => {
    const inner = detectCrs([multi(box(114.93, 25.2, 114.935, 25.205))], outlines)
    expect(inner).toMatchObject({ guess: null, confidence: 'unknown' })
    const beijing = detectCrs([multi(box(116.3, 39.9, 116.4, 40))], outlines)
    expect(beijing).toMatchObject({ guess: null, confidence: 'unknown', possible: [] })
    expect(detectCrs([], outlines)).toMatchObject({ guess: null, confidence: 'unknown' })
  })
})

describe('decideCrs', () => {
  const gcj = moved(some, to(gcoord.GCJ02))
  it('asks about anything but certain WGS-84', () => {
    expect(decideCrs(some, outlines, null, {})).toMatchObject({ ok: true, crs: 'WGS84' })
    expect(decideCrs(gcj, outlines, null, {})).toMatchObject({ ok: false, reason: 'crs-unconfirmed' })
    expect(decideCrs([multi(box(114.93, 25.2, 114.935, 25.205))], outlines, null, {})).toMatchObject({
      ok: false,
    })
  })
  it('takes the word of the user, or the consent', () => {
    expect(decideCrs(gcj, outlines, null, { crs: 'GCJ02' })).toMatchObject({ ok: true, crs: 'GCJ02' })
    expect(decideCrs(gcj, outlines, null, { acceptDetected: true })).toMatchObject({ ok: true, crs: 'GCJ02' })
  })
  it('does not believe a file that says WGS-84 and lies 590 m off', () => {
    expect(decideCrs(gcj, outlines, 'WGS84', {})).toMatchObject({ ok: false, reason: 'crs-unconfirmed' })
  })
  it('believes a stated system that nothing contradicts', () => {
    expect(decideCrs([multi(box(114.93, 25.2, 114.935, 25.205))], outlines, 'WGS84', {})).toMatchObject({
      ok: true,
    })
  })
  it('refuses a choice that the numbers rule out', () => {
    expect(decideCrs(some, outlines, null, { crs: 'EPSG:4547' })).toMatchObject({
      ok: false,
      reason: 'crs-out-of-region',
    })
  })
})

describe('detectByAnchors', () => {
  const seats = places.filter(({ level }) => level === 'county').map(({ seat }) => seat)
  const pairs = (move: (p: Position) => Position) =>
    seats.map((known) => ({ known, file: move(known) as [number, number] }))
  it('names the system whose shift the anchors show', () => {
    expect(detectByAnchors(pairs((p) => p))).toMatchObject({ guess: 'WGS84', confidence: 'certain' })
    expect(detectByAnchors(pairs(to(gcoord.GCJ02)))).toMatchObject({ guess: 'GCJ02', confidence: 'certain' })
    expect(detectByAnchors(pairs(to(gcoord.BD09)))).toMatchObject({ guess: 'BD09', confidence: 'certain' })
    expect(detectByAnchors(pairs(([x, y]) => [y!, x!]))).toMatchObject({ guess: 'WGS84', swapped: true })
  })
  it('outvotes a few wrong pairs, and does not guess from four pairs or an unknown shift', () => {
    const wrong = pairs(to(gcoord.GCJ02)).map((pair, i) =>
      i < 4 ? { ...pair, file: [114, 25] as [number, number] } : pair,
    )
    expect(detectByAnchors(wrong)).toMatchObject({ guess: 'GCJ02' })
    expect(detectByAnchors(pairs((p) => p).slice(0, 4))).toMatchObject({ guess: null })
    expect(detectByAnchors(pairs(([x, y]) => [x! + 0.003, y! + 0.01]))).toMatchObject({
      guess: null,
      confidence: 'unknown',
    })
  })
})
