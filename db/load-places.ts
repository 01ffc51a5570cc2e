import { sql } from 'drizzle-orm'
import { DATASETS } from '#geodata/catalog.ts'
import { areaKm2 } from '#geodata/geometry/ring.ts'
import { readPrepared } from '#geodata/read-prepared.ts'
import type { Place } from '#geodata/schema.ts'
import { villageCells } from '#geodata/village-cells.ts'
import type { Database } from './client.ts'
import { copyInto, copyLine } from './copy.ts'
import { multiPolygonHex, pointHex } from './ewkb.ts'
import { arrayLiteral, rowsOf } from './rows.ts'

const COLUMNS = `code, level, name, kind, parent_code, county_code, township_code, class_code, statistical, pinyin, initials, seat,
  seat_accuracy, geom, area_km2, population, industries, former_codes, former_names, accuracy, source, source_crs, dataset_id`

/**
 * Loads the prepared geography into an empty geo.place, in one transaction, and moves the version of layer 'place' on.
 * Villages get schematic cells made from their points.
 * @returns how many places were loaded: 0 when there were some already
 */
export async function loadPlaces(db: Database): Promise<number> {
  const before = await db.asOwner((tx) => tx.execute(sql`select exists (select from geo.place) as filled`))
  if (rowsOf<{ filled: boolean }>(before)[0]!.filled) return 0
  const places = placesWithVillageCells()
  return db.asOwner(async (tx) => {
    await tx.execute(sql`lock table geo.place in share row exclusive mode`)
    const [again] = rowsOf<{ filled: boolean }>(
      await tx.execute(sql`select exists (select from geo.place) as filled`),
    )
    if (again!.filled) return 0
    await copyInto(
      tx,
      'geo.dataset (id, title, source, licence, accuracy, source_crs, features)',
      datasetLines(places),
    )
    await copyInto(tx, `geo.place (${COLUMNS})`, placeLines(places))
    await tx.execute(sql`analyze geo.place`)
    await tx.execute(sql`select geo.bump_layer('place')`)
    return places.length
  })
}

/** The prepared places, parents before children, villages with their schematic cells. */
export function placesWithVillageCells(): Place[] {
  const { places } = readPrepared()
  const villages = places
    .filter(({ level }) => level === 'village')
    .map(({ code, parentCode, seat }) => ({ code, townshipCode: parentCode!, seat }))
  const { cells } = villageCells(
    places.filter(({ level }) => level === 'township'),
    villages,
  )
  return places.map((place) => {
    const geometry = place.level === 'village' ? (cells.get(place.code) ?? null) : place.geometry
    if (!geometry || geometry === place.geometry) return place
    return { ...place, geometry, areaKm2: Math.round(areaKm2(geometry) * 1000) / 1000 }
  })
}

function* datasetLines(places: readonly Place[]): Iterable<string> {
  for (const { id, title, source, licence, accuracy, sourceCrs } of DATASETS) {
    const features = places.filter(({ dataset }) => dataset === id).length
    yield copyLine([id, title, source, licence, accuracy, sourceCrs, features])
  }
}

function* placeLines(places: readonly Place[]): Iterable<string> {
  for (const place of places) {
    yield copyLine([
      place.code,
      place.level,
      place.name,
      place.kind,
      place.parentCode,
      place.countyCode,
      place.townshipCode ?? null,
      place.classCode ?? null,
      place.statistical,
      place.pinyin,
      place.initials,
      pointHex(place.seat),
      place.seatAccuracy,
      place.geometry ? multiPolygonHex(place.geometry) : null,
      place.areaKm2,
      place.population,
      arrayLiteral(place.industries),
      arrayLiteral(place.formerCodes),
      arrayLiteral(place.formerNames),
      place.accuracy,
      place.source,
      place.sourceCrs,
      place.dataset,
    ])
  }
}
