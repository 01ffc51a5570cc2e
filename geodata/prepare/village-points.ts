/**
 * One schematic point for each village and community.
 *
 * Inputs: names and codes, township cells, township seats.
 * Guarantees: inside the township cell (villages of a statistical unit: inside the county, around the unit's point), pairwise
 * different, deterministic. Communities lie around the seat, villages spread over the rest of the cell.
 * Limits: no village location is known; a point says to which township a village belongs and nothing more.
 * Cost: some seconds for 4,000 villages.
 * Source: rule of this file.
 */
import type { MultiPolygon } from 'geojson'
import { areaKm2, distanceM } from '../geometry/ring.ts'
import type { Point } from './place-points.ts'
import { candidatesInside, seededRandom, spiralPoints, spreadPoints } from './place-points.ts'
import type { TownshipName, TownshipSeat } from './township-seats.ts'

export interface VillagePoint {
  code: string
  name: string
  kind: '社区' | '村' | '统计单元'
  townshipCode: string
  statistical: boolean
  point: Point
}

/**
 * Positions 10-12 of the code: below 200 residents' committee (community), below 400 villagers' committee, else statistical; a
 * unit with such a high number and the name of a real committee counts as what its name says (360728104400 is one).
 */
export function villageKind({ code, name }: TownshipName): VillagePoint['kind'] {
  const position = Number(code.slice(9))
  if (position < 200) return '社区'
  if (position < 400) return '村'
  if (name.includes('虚拟')) return '统计单元'
  return /(居委会|居民委员会|社区)$/.test(name) ? '社区' : '村'
}

export function villagePoints(
  names: readonly TownshipName[],
  townships: readonly TownshipSeat[],
  areaOf: (township: TownshipSeat) => MultiPolygon,
): VillagePoint[] {
  const byTownship = new Map<string, TownshipName[]>()
  for (const village of names) {
    const township = `${village.code.slice(0, 9)}000`
    const own = byTownship.get(township)
    if (own) own.push(village)
    else byTownship.set(township, [village])
  }
  const result: VillagePoint[] = []
  for (const township of townships) {
    const own = byTownship.get(township.code) ?? []
    byTownship.delete(township.code)
    const area = areaOf(township)
    const near = own.filter((village) => township.statistical || villageKind(village) !== '村')
    const far = own.filter((village) => !near.includes(village))
    const spacingM = Math.min(450, 450 * Math.sqrt(areaKm2(area) / Math.max(1, own.length)))
    const nearPoints = spiralPoints(township.seat, area, [township.seat], near.length, spacingM)
    const farPoints = villagesOver(area, township, nearPoints, far.length)
    const add = (village: TownshipName, point: Point) => {
      const kind = villageKind(village)
      const statistical = township.statistical || kind === '统计单元'
      result.push({ ...village, kind, townshipCode: township.code, statistical, point })
    }
    near.forEach((village, i) => add(village, nearPoints[i]!))
    far.forEach((village, i) => add(village, farPoints[i]!))
  }
  if (byTownship.size > 0)
    throw new Error(`villages of unknown townships: ${[...byTownship.keys()].join(', ')}`)
  return result.sort((a, b) => (a.code < b.code ? -1 : 1))
}

function villagesOver(
  area: MultiPolygon,
  township: TownshipSeat,
  taken: readonly Point[],
  count: number,
): Point[] {
  if (count === 0) return []
  const candidates = candidatesInside(area, 40 * count + 100, seededRandom(Number(township.code.slice(0, 9))))
  const points = spreadPoints(candidates, [township.seat, ...taken], count)
  // Low codes usually lie near the seat; nothing better is known.
  return points.sort((a, b) => distanceM(a, township.seat) - distanceM(b, township.seat))
}
