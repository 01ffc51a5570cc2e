/**
 * The coordinate system of points whose true place is known (branches, township halls).
 *
 * Inputs: pairs of the position in the file and the known position in EPSG:4326, both longitude first.
 * Guarantees: needs five pairs; takes the median shift and compares it with the shift of each system at the same place; within
 * 60 m it is `certain`, within 150 m `likely`, else nothing is guessed.
 * Limits: anchors known only to 0.01 degree blur the answer; a wrong pairing is outvoted as long as most pairs are right.
 */
import { METRES_PER_DEGREE } from '../geometry/ring.ts'
import { crsName } from './detect-crs.ts'
import { median } from './outline-fit.ts'
import { toWgs84 } from './transform.ts'
import type { CrsGuess, CrsId } from './types.ts'

export interface AnchorPair {
  file: readonly [number, number]
  known: readonly [number, number]
}

const SYSTEMS: readonly CrsId[] = ['WGS84', 'GCJ02', 'BD09']

export function detectByAnchors(pairs: readonly AnchorPair[]): CrsGuess {
  const nothing = { guess: null, swapped: false, confidence: 'unknown', medianShiftM: null } as const
  if (pairs.length < 5)
    return { ...nothing, possible: [...SYSTEMS], evidence: [`对照点只有 ${pairs.length} 个，至少需要 5 个`] }
  const swapped = median(pairs.map(({ file }) => file[0])) < 60
  const shiftOf = (crs: CrsId): [number, number] => {
    const offsets = pairs.map(({ file, known }) => {
      const [lng, lat] = toWgs84(file, crs, swapped)
      return [
        (lng - known[0]) * METRES_PER_DEGREE * Math.cos((known[1] * Math.PI) / 180),
        (lat - known[1]) * METRES_PER_DEGREE * 0.9965,
      ] as const
    })
    return [median(offsets.map((o) => o[0])), median(offsets.map((o) => o[1]))]
  }
  const rests = SYSTEMS.map((crs) => ({ crs, rest: Math.hypot(...shiftOf(crs)) })).sort(
    (a, b) => a.rest - b.rest,
  )
  const best = rests[0]!
  const shift = shiftOf('WGS84')
  const fits = best.rest <= 150
  return {
    guess: fits ? best.crs : null,
    swapped,
    confidence: best.rest <= 60 ? 'certain' : fits ? 'likely' : 'unknown',
    possible: [...SYSTEMS],
    medianShiftM: shift,
    evidence: [
      `${pairs.length} 个对照点中位偏移 东 ${Math.round(shift[0])} 米、北 ${Math.round(shift[1])} 米`,
      fits
        ? `与${crsName(best.crs)}一致，剩余 ${Math.round(best.rest)} 米`
        : '与 WGS-84、GCJ-02、BD-09 都不一致',
    ],
  }
}
