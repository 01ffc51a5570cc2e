import { sql } from 'drizzle-orm'
import type { Tx } from '#db/client.ts'
import { rowsOf } from '#db/rows.ts'

export interface PlaceRow {
  code: string
  level: 'prefecture' | 'county' | 'township' | 'village'
  name: string
  kind: string
  parentCode: string | null
  countyCode: string | null
  townshipCode: string | null
  statistical: boolean
  pinyin: string
  initials: string
  lng: number
  lat: number
  /** Where the name is written: the middle of a county, the seat of a township or village. */
  labelLng: number
  labelLat: number
  accuracy: string
  seatAccuracy: string
  areaKm2: number | null
  population: number | null
  industries: string[]
  formerCodes: string[]
  formerNames: string[]
  source: string
  west: number | null
  south: number | null
  east: number | null
  north: number | null
}

export interface BarrierRow {
  id: number
  kind: string
  name: string | null
  wkb: Buffer
}

export async function readPlaces(tx: Tx): Promise<PlaceRow[]> {
  return rowsOf<PlaceRow>(
    await tx.execute(sql`with labelled as (
        select *, case when level = 'county' and geom is not null then (st_maximuminscribedcircle(geom)).center else seat end as label
        from geo.place)
      select code, level, name, kind, parent_code as "parentCode", county_code as "countyCode",
      township_code as "townshipCode", statistical, pinyin, initials, st_x(seat) as lng, st_y(seat) as lat,
      st_x(label) as "labelLng", st_y(label) as "labelLat", accuracy,
      seat_accuracy as "seatAccuracy", area_km2 as "areaKm2", population, industries, former_codes as "formerCodes",
      former_names as "formerNames", source, st_xmin(geom) as west, st_ymin(geom) as south, st_xmax(geom) as east, st_ymax(geom) as north
      from labelled order by code`),
  )
}

export async function readPlaceShapes(tx: Tx, level: string): Promise<{ code: string; wkb: Buffer }[]> {
  return rowsOf(
    await tx.execute(sql`select code, st_asbinary(geom, 'NDR') as wkb from geo.place
      where level = ${level} and geom is not null order by code`),
  )
}

export async function readBarriers(tx: Tx): Promise<BarrierRow[]> {
  return rowsOf<BarrierRow>(
    await tx.execute(
      sql`select id, kind, name, st_asbinary(geom, 'NDR') as wkb from geo.barrier order by id`,
    ),
  )
}
