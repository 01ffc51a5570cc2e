/**
 * Says in which coordinate system a file probably is, by trying each system against the stored county outlines.
 *
 * Inputs: polygons as in the file; reference outlines in EPSG:4326.
 * Guarantees: `certain` only when the best system fits within 300 m, the next best fits at least 1.8 times worse and 150 m worse, and at
 * least 50 reference points were compared. GCJ-02 lies about 480 m east and 345 m south, BD-09 about 1,130 m east and 320 m
 * north, so files of other origin (borders differ by 50 to 150 m) are told apart.
 * Limits: a file without any county border is `unknown`; zones without prefix (4547, 4548) are told apart only by the outline.
 * Cost: a second for 100,000 vertices and eight systems at most.
 * Source: shifts measured for Ganzhou with gcoord.
 */
import type { MultiPolygon, Polygon, Position } from 'geojson'
import { METRES_PER_DEGREE, polygonsOf } from '../geometry/ring.ts'
import { EdgeIndex, median, pointsAlong } from './outline-fit.ts'
import { polygonToWgs84, toWgs84 } from './transform.ts'
import type { CrsGuess, CrsId } from './types.ts'

interface Candidate {
  crs: CrsId
  swapped: boolean
}

interface Range {
  crs: CrsId[]
  x: [number, number]
  y: [number, number]
}

/** Ganzhou with a margin, in each system. */
const RANGES: readonly Range[] = [
  { crs: ['WGS84', 'GCJ02', 'BD09'], x: [112.5, 118], y: [23.5, 28] },
  { crs: ['EPSG:4526'], x: [38_350_000, 38_900_000], y: [2_600_000, 3_100_000] },
  { crs: ['EPSG:4527'], x: [39_050_000, 39_600_000], y: [2_600_000, 3_100_000] },
  { crs: ['EPSG:4547', 'EPSG:4548'], x: [50_000, 900_000], y: [2_600_000, 3_100_000] },
  { crs: ['EPSG:3857'], x: [12_520_000, 13_140_000], y: [2_690_000, 3_250_000] },
]

const NAMES: Readonly<Record<CrsId, string>> = {
  WGS84: 'WGS-84/CGCS2000 经纬度',
  GCJ02: 'GCJ-02（高德、腾讯）',
  BD09: 'BD-09（百度）',
  'EPSG:4526': 'CGCS2000 三度带 38 带（EPSG:4526）',
  'EPSG:4527': 'CGCS2000 三度带 39 带（EPSG:4527）',
  'EPSG:4547': 'CGCS2000 三度带，中央经线 114°（EPSG:4547）',
  'EPSG:4548': 'CGCS2000 三度带，中央经线 117°（EPSG:4548）',
  'EPSG:3857': 'Web 墨卡托（EPSG:3857）',
}

export function crsName(crs: CrsId): string {
  return NAMES[crs]
}

export function detectCrs(
  polygons: readonly (Polygon | MultiPolygon)[],
  reference: readonly MultiPolygon[],
): CrsGuess {
  const positions = polygons
    .flatMap(polygonsOf)
    .flat(2)
    .filter((p) => p.every(Number.isFinite))
  const nothing = { guess: null, swapped: false, confidence: 'unknown', medianShiftM: null } as const
  if (positions.length === 0) return { ...nothing, possible: [], evidence: ['文件里没有可用的坐标'] }
  const middle: Position = [median(positions.map((p) => p[0]!)), median(positions.map((p) => p[1]!))]
  const candidates = candidatesFor(middle)
  if (candidates.length === 0) {
    return {
      ...nothing,
      possible: [],
      evidence: [
        `坐标中位数 (${middle.map((v) => v.toFixed(3)).join(', ')}) 不在赣州范围内，也不像任何支持的投影坐标`,
      ],
    }
  }
  const points = pointsAlong(reference, 600, 3000)
  const fits = compare(polygons, candidates, points)
  return judge(fits, middle)
}

function candidatesFor([x, y]: Position): Candidate[] {
  const within = (value: number, [low, high]: [number, number]) => value >= low && value <= high
  return RANGES.flatMap((range) => {
    const straight = within(x!, range.x) && within(y!, range.y)
    const swapped = !straight && within(y!, range.x) && within(x!, range.y)
    return straight || swapped ? range.crs.map((crs) => ({ crs, swapped })) : []
  })
}

interface Fit extends Candidate {
  medianM: number
  points: number
  residual: [number, number]
}

function compare(
  polygons: readonly (Polygon | MultiPolygon)[],
  candidates: readonly Candidate[],
  points: readonly [number, number][],
): Fit[] {
  const indexes = candidates.map(
    ({ crs, swapped }) =>
      new EdgeIndex(
        polygons.map((polygon) => polygonToWgs84(polygon, crs, swapped)),
        25.85,
      ),
  )
  const distances = points.map((point) =>
    indexes.map((index) => {
      const offset = index.nearest(point)
      return offset ? Math.hypot(...offset) : Infinity
    }),
  )
  // Points that no candidate comes near lie outside the file's area and say nothing.
  const relevant = points.filter((_, i) => Math.min(...distances[i]!) < 1000)
  const rows = distances.filter((row) => Math.min(...row) < 1000)
  return candidates
    .map((candidate, k) => ({
      ...candidate,
      medianM: median(rows.map((row) => Math.min(1500, row[k]!))),
      points: relevant.length,
      residual: relevant.length > 0 ? indexes[k]!.residualShift(relevant) : ([0, 0] as [number, number]),
    }))
    .sort((a, b) => a.medianM - b.medianM)
}

function judge(fits: readonly Fit[], middle: Position): CrsGuess {
  const best = fits[0]!
  const possible = fits.map(({ crs }) => crs)
  const evidence = best.swapped ? ['坐标顺序是纬度（北）在前、经度（东）在后'] : []
  if (best.points < 50 || !Number.isFinite(best.medianM)) {
    evidence.push(`可与已存县界比较的点只有 ${best.points} 个，少于 50 个，无法比较`)
    const only = fits.length === 1 ? best.crs : null
    if (only) evidence.push(`坐标数值只可能是${crsName(only)}`)
    return {
      guess: only,
      swapped: best.swapped,
      confidence: only ? 'likely' : 'unknown',
      possible,
      medianShiftM: null,
      evidence,
    }
  }
  for (const fit of fits) {
    evidence.push(`按${crsName(fit.crs)}理解：${fit.points} 个县界点的中位偏离 ${Math.round(fit.medianM)} 米`)
  }
  const second = fits[1]?.medianM ?? 1500
  const certain = best.medianM <= 300 && second >= 1.8 * best.medianM && second - best.medianM >= 150
  const likely = best.medianM <= 700 && second >= 1.3 * best.medianM
  const shift = shiftBefore(best, middle)
  if (shift) evidence.push(`文件相对已存县界：东 ${Math.round(shift[0])} 米、北 ${Math.round(shift[1])} 米`)
  return {
    guess: best.crs,
    swapped: best.swapped,
    possible,
    confidence: certain ? 'certain' : likely ? 'likely' : 'unknown',
    medianShiftM: shift,
    evidence,
  }
}

function shiftBefore(fit: Fit, middle: Position): [number, number] | null {
  if (fit.crs.startsWith('EPSG')) return null
  const raw = toWgs84(middle, 'WGS84', fit.swapped)
  const converted = toWgs84(middle, fit.crs, fit.swapped)
  const eastM = METRES_PER_DEGREE * Math.cos((raw[1] * Math.PI) / 180)
  return [
    fit.residual[0] + (raw[0] - converted[0]) * eastM,
    fit.residual[1] + (raw[1] - converted[1]) * METRES_PER_DEGREE * 0.9965,
  ]
}
