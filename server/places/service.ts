import type { Place, PlaceHit, PlaceSummary } from './contract.ts'
import { searchPlaces } from './search.ts'
import { AppError } from '#server/http/errors.ts'
import type { PlaceLevel, PlaceSet, PolygonStore } from '#server/tiles/polygon-store.ts'
import type { PlaceRow } from '#server/tiles/queries.ts'

/** Degrees around the seat that stand for the bounds of a place without an outline: about 2 km. */
const SEAT_MARGIN = 0.02

/** Reference data of places, answered from memory; every signed-in role may read it. */
export class PlaceService {
  private readonly polygons: PolygonStore

  constructor(polygons: PolygonStore) {
    this.polygons = polygons
  }

  /** Places of a level, in the order of their codes; `parent` may be any place above that level. */
  async list(level: PlaceLevel, parent: string | undefined): Promise<PlaceSummary[]> {
    const { places, byCode } = await this.polygons.places()
    if (parent !== undefined && !byCode.has(parent)) throw unknownPlace(parent)
    return places
      .filter((place) => place.level === level && (parent === undefined || isInside(place, parent)))
      .map(toSummary)
  }

  async show(code: string): Promise<Place> {
    const set = await this.polygons.places()
    const place = set.byCode.get(code)
    if (!place) throw unknownPlace(code)
    const { areaKm2, population, industries, formerNames, formerCodes, source } = place
    return {
      ...toSummary(place),
      areaKm2,
      population,
      industries,
      formerNames,
      formerCodes,
      source,
      path: pathOf(set, place).map(({ code, name, level }) => ({ code, name, level })),
      bounds:
        place.west === null || place.south === null || place.east === null || place.north === null
          ? [
              place.lng - SEAT_MARGIN,
              place.lat - SEAT_MARGIN,
              place.lng + SEAT_MARGIN,
              place.lat + SEAT_MARGIN,
            ]
          : [place.west, place.south, place.east, place.north],
    }
  }

  async search(text: string, limit: number): Promise<PlaceHit[]> {
    const set = await this.polygons.places()
    return searchPlaces(set.places, text, limit).map(({ place, match }) => ({
      ...toSummary(place),
      match,
      context: pathOf(set, place)
        .slice(0, -1)
        .filter(({ level }) => level !== 'prefecture')
        .map(({ name }) => name)
        .join(' '),
    }))
  }
}

export function isInside(place: PlaceRow, ancestor: string): boolean {
  return (
    place.parentCode === ancestor ||
    place.countyCode === ancestor ||
    place.townshipCode === ancestor ||
    (ancestor.endsWith('00000000') && place.code !== ancestor && place.code.startsWith(ancestor.slice(0, 4)))
  )
}

/** From the top down to the place itself. */
function pathOf(set: PlaceSet, place: PlaceRow): PlaceRow[] {
  const path = [place]
  while (path.length < 5) {
    const above = path[0].parentCode === null ? undefined : set.byCode.get(path[0].parentCode)
    if (!above) break
    path.unshift(above)
  }
  return path
}

function toSummary(place: PlaceRow): PlaceSummary {
  const { code, level, name, kind, parentCode, countyCode, accuracy, statistical } = place
  return {
    code,
    level,
    name,
    kind,
    parentCode,
    countyCode,
    accuracy,
    statistical,
    seat: [place.lng, place.lat],
  }
}

function unknownPlace(code: string): AppError {
  return new AppError('not_found', `没有代码为 ${code} 的区划。请检查代码，或先导入该区划。`)
}
