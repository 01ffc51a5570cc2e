/**
 * One seat point for each township and statistical unit, inside its county.
 *
 * Inputs: names and codes, known seats (rounded to 0.01 degree), county outlines.
 * Guarantees: every seat is inside its county, no two coincide; the flag says where it comes from:
 * `approximate` = known to 0.01 degree (or 0.001 for county seats), possibly pulled inside, `schematic` = placed by rule.
 * Limits: schematic seats carry no information about the real place; street offices and parks are drawn near the county seat.
 * Cost: seconds.
 * Source: own fact tables in `facts/`.
 */
import type { MultiPolygon } from 'geojson'
import { inside, nearestOnOutline } from '../geometry/point-in-polygon.ts'
import { distanceM } from '../geometry/ring.ts'
import type { Point } from './place-points.ts'
import { candidatesInside, pullInside, seededRandom, spreadPoints } from './place-points.ts'

export interface TownshipName {
  code: string
  name: string
}

export interface TownshipSeat extends TownshipName {
  kind: '街道' | '镇' | '乡' | '民族乡' | '统计单元'
  statistical: boolean
  seat: Point
  seatAccuracy: 'approximate' | 'schematic'
  seatNote: '' | 'pulled-inside' | 'county-seat' | 'placed-by-rule'
}

const URBAN_RADIUS_M = 6_000
const MARGIN_M = 150

export function townshipKind(code: string, name: string): TownshipSeat['kind'] {
  if (code[6] === '4' || code[6] === '5') return '统计单元'
  if (name.endsWith('街道')) return '街道'
  if (name.endsWith('镇')) return '镇'
  if (name.endsWith('族乡')) return '民族乡'
  if (name.endsWith('乡')) return '乡'
  throw new Error(`township ${code} ${name}: kind not recognised`)
}

export function townshipSeats(
  names: readonly TownshipName[],
  known: ReadonlyMap<string, Point>,
  countySeats: ReadonlyMap<string, { seat: Point; township: string }>,
  counties: ReadonlyMap<string, MultiPolygon>,
): TownshipSeat[] {
  const result: TownshipSeat[] = []
  for (const [county, outline] of counties) {
    const own = names.filter(({ code }) => code.startsWith(county.slice(0, 6)))
    const centre = countySeats.get(county)
    if (!centre) throw new Error(`county ${county} has no seat`)
    const seats = new Map<string, TownshipSeat>()
    for (const { code, name } of own) {
      const kind = townshipKind(code, name)
      const statistical = kind === '统计单元'
      const isCountySeat = name === centre.township
      const point = isCountySeat ? centre.seat : known.get(code)
      if (!point) continue
      const near = nearestOnOutline(point, outline).distanceM
      const ok = inside(point, outline) && near >= MARGIN_M
      seats.set(code, {
        code,
        name,
        kind,
        statistical,
        seat: ok ? point : pullInside(point, outline, MARGIN_M),
        seatAccuracy: 'approximate',
        seatNote: ok ? (isCountySeat ? 'county-seat' : '') : 'pulled-inside',
      })
    }
    placeBlanks(own, seats, centre.seat, outline, Number(county.slice(0, 6)))
    separate([...seats.values()], outline)
    result.push(...own.map(({ code }) => seats.get(code)!))
  }
  return result.sort((a, b) => (a.code < b.code ? -1 : 1))
}

function placeBlanks(
  own: readonly TownshipName[],
  seats: Map<string, TownshipSeat>,
  centre: Point,
  outline: MultiPolygon,
  seed: number,
): void {
  const all = candidatesInside(outline, 2500, seededRandom(seed))
  const urban = all.filter(({ point }) => distanceM(point, centre) < URBAN_RADIUS_M)
  const blanks = own.filter(({ code }) => !seats.has(code))
  // Real townships first: a statistical unit must not push one aside.
  for (const { code, name } of [...blanks].sort((a, b) => rank(a) - rank(b) || (a.code < b.code ? -1 : 1))) {
    const kind = townshipKind(code, name)
    const statistical = kind === '统计单元'
    const nearTown = kind === '街道' || code[6] === '4'
    const taken = [centre, ...[...seats.values()].map(({ seat }) => seat)]
    const seat = spreadPoints(nearTown && urban.length > 0 ? urban : all, taken, 1)[0]!
    seats.set(code, {
      code,
      name,
      kind,
      statistical,
      seat,
      seatAccuracy: 'schematic',
      seatNote: 'placed-by-rule',
    })
  }
}

function rank({ code }: TownshipName): number {
  return code[6] === '4' || code[6] === '5' ? 1 : 0
}

/** Seats rounded to the same 0.01 degree would have no cell of their own: the later one moves half a kilometre. */
function separate(seats: readonly TownshipSeat[], outline: MultiPolygon): void {
  seats.forEach((own, i) => {
    for (const other of seats.slice(0, i)) {
      if (distanceM(own.seat, other.seat) >= 300) continue
      own.seat = pullInside(other.seat, outline, 500)
      own.seatNote = 'pulled-inside'
    }
  })
}
