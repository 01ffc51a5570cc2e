/** The places a demo bank stands on, indexed: which townships are towns, and the settlements (villages, communities) people live in. */
import type { MultiPolygon } from 'geojson'

export interface DemoPlace {
  code: string
  level: string
  name: string
  kind: string
  countyCode: string | null
  townshipCode?: string | null
  statistical: boolean
  seat: readonly [number, number]
  geometry: MultiPolygon | null
  population: number | null
  industries: readonly string[]
}

export interface County {
  index: number
  code: string
  name: string
  /** Without 区, 县 or 市, as branches are named: 信丰. */
  shortName: string
  seat: readonly [number, number]
  population: number
  industries: readonly string[]
  townships: Township[]
}

export interface Township {
  index: number
  code: string
  name: string
  kind: string
  county: County
  seat: readonly [number, number]
  industries: readonly string[]
  /** Holds the seat of the county government, or is a street. */
  countyTown: boolean
  /** Part of the continuous city of the three districts. */
  urbanCore: boolean
  settlements: Settlement[]
}

export interface Settlement {
  index: number
  code: string
  name: string
  community: boolean
  township: Township
  seat: readonly [number, number]
  /** A point of the settlement lies in all of them: its own cell, where it has one, and the township's. */
  cells: readonly Cell[]
}

/** Rings as flat lng, lat numbers, closed; even-odd rule. */
export interface Cell {
  rings: Float64Array[]
}

export interface Gazetteer {
  counties: County[]
  townships: Township[]
  settlements: Settlement[]
  nameOf(code: string): string
}

/** The districts that make up the city of Ganzhou. */
export const URBAN_COUNTIES: readonly string[] = ['360702000000', '360703000000', '360704000000']
/** Towns this near to the seat of 章贡区 belong to the city though they are no streets. */
const CITY_RADIUS_M = 5_000
const METRES_PER_DEGREE = 111_195

/** @throws Error when the places cannot carry a bank: a county without population, a township without cell */
export function indexPlaces(places: readonly DemoPlace[]): Gazetteer {
  const names = new Map(places.map(({ code, name }) => [code, name]))
  const byCode = (a: DemoPlace, b: DemoPlace) => (a.code < b.code ? -1 : 1)
  const own = (level: string) =>
    places.filter((place) => place.level === level && !place.statistical).sort(byCode)
  const counties = own('county').map((place, index): County => {
    if (!place.population) throw new Error(`county ${place.code} ${place.name} has no population`)
    const { code, name, seat, population, industries } = place
    return {
      index,
      code,
      name,
      shortName: name.replace(/[区县市]$/, ''),
      seat,
      population,
      industries,
      townships: [],
    }
  })
  const countyOf = new Map(counties.map((county) => [county.code, county]))
  const townships = own('township').map((place, index): Township => {
    const county = countyOf.get(place.countyCode ?? '')
    if (!county) throw new Error(`township ${place.code} ${place.name} belongs to no known county`)
    const { code, name, kind, seat, industries } = place
    const countyTown = kind === '街道' || inCell(county.seat, cellOf(place))
    const nearCity = county.code === URBAN_COUNTIES[0] && metresBetween(seat, county.seat) <= CITY_RADIUS_M
    const urbanCore = URBAN_COUNTIES.includes(county.code) && (countyTown || nearCity)
    const township: Township = {
      index,
      code,
      name,
      kind,
      county,
      seat,
      industries,
      countyTown,
      urbanCore,
      settlements: [],
    }
    county.townships.push(township)
    return township
  })
  const townshipOf = new Map(townships.map((township) => [township.code, township]))
  const townshipCells = new Map(own('township').map((place) => [place.code, cellOf(place)]))
  const settlements: Settlement[] = []
  for (const place of own('village')) {
    const township = townshipOf.get(place.townshipCode ?? '')
    if (!township) continue
    const townshipCell = townshipCells.get(township.code)!
    const { code, name, kind, seat } = place
    const settlement: Settlement = {
      index: settlements.length,
      code,
      name,
      community: kind === '社区',
      township,
      seat,
      cells: place.geometry ? [cellOf(place), townshipCell] : [townshipCell],
    }
    settlements.push(settlement)
    township.settlements.push(settlement)
  }
  if (settlements.length === 0) throw new Error('there is no village or community to place clients in')
  return {
    counties,
    townships,
    settlements,
    nameOf: (code) => {
      const name = names.get(code)
      if (name === undefined) throw new Error(`unknown place ${code}`)
      return name
    },
  }
}

function cellOf(place: DemoPlace): Cell {
  if (!place.geometry) throw new Error(`${place.level} ${place.code} ${place.name} has no area`)
  return {
    rings: place.geometry.coordinates
      .flat()
      .map((ring) => Float64Array.from(ring.flatMap(([x, y]) => [x!, y!]))),
  }
}

export function inCell([x, y]: readonly [number, number], cell: Cell): boolean {
  let inside = false
  for (const ring of cell.rings) {
    let x1 = ring[0]!
    let y1 = ring[1]!
    for (let i = 2; i < ring.length; i += 2) {
      const x2 = ring[i]!
      const y2 = ring[i + 1]!
      if (y1 > y !== y2 > y && x < ((x2 - x1) * (y - y1)) / (y2 - y1) + x1) inside = !inside
      x1 = x2
      y1 = y2
    }
  }
  return inside
}

/** Plane distance, good to one percent within a county. */
export function metresBetween(a: readonly [number, number], b: readonly [number, number]): number {
  const scale = Math.cos((((a[1] + b[1]) / 2) * Math.PI) / 180)
  return METRES_PER_DEGREE * Math.hypot((a[0] - b[0]) * scale, a[1] - b[1])
}

/** The point `east` and `north` metres away, to 6 decimals. */
export function offsetM(from: readonly [number, number], east: number, north: number): [number, number] {
  const scale = Math.cos((from[1] * Math.PI) / 180)
  const round = (degrees: number) => Math.round(degrees * 1e6) / 1e6
  return [round(from[0] + east / (METRES_PER_DEGREE * scale)), round(from[1] + north / METRES_PER_DEGREE)]
}
