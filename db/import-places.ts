import { createHash } from 'node:crypto'
import type { MultiPolygon } from 'geojson'
import { sql } from 'drizzle-orm'
import { planImport } from '#geodata/import/plan-import.ts'
import type { ImportOptions, ImportPlan } from '#geodata/import/plan-import.ts'
import type { Replacement } from '#geodata/import/types.ts'
import { readPrepared } from '#geodata/read-prepared.ts'
import type { Place } from '#geodata/schema.ts'
import type { Database, Tx } from './client.ts'
import { rowsOf } from './rows.ts'

export interface ImportFile {
  name: string
  bytes: Uint8Array
}

export type ImportOutcome = ImportPlan & { batch: number }

/**
 * Replaces boundaries of places with those of a file, keyed by code: planned without the database, staged, checked by
 * PostGIS, swapped and recorded in one transaction. A refused file is recorded too and changes nothing else.
 * @throws DatabaseError when PostGIS finds a fault that the plan did not; nothing is changed then.
 */
export async function importPlaces(
  db: Database,
  file: ImportFile,
  options: ImportOptions,
): Promise<ImportOutcome> {
  const places = await db.asOwner(readPlaces)
  const plan = planImport(file.bytes, options, { places, aliases: readPrepared().aliases })
  const batch = await db.asOwner(async (tx) => {
    if (plan.ok) await swap(tx, plan.replacements)
    const report = plan.ok ? plan.report : { reason: plan.reason, message: plan.message, ...plan.report }
    return recordBatch(tx, file, { level: options.level, crs: plan.report.crs.used, ok: plan.ok, report })
  })
  return { ...plan, batch }
}

type PlaceRow = Omit<Place, 'geometry' | 'seat' | 'dataset' | 'townshipCode' | 'classCode'> & {
  townshipCode: string | null
  classCode: string | null
  geometry: string | null
  lng: number
  lat: number
  dataset: Place['dataset']
}

/** All places with their full geometry, parents first. */
export async function readPlaces(tx: Tx): Promise<Place[]> {
  const rows = rowsOf<PlaceRow>(
    await tx.execute(sql`select code, level, name, kind, parent_code as "parentCode", county_code as "countyCode",
        township_code as "townshipCode", class_code as "classCode", statistical, pinyin, initials, st_x(seat) as lng, st_y(seat) as lat,
        seat_accuracy as "seatAccuracy", st_asgeojson(geom, 9) as geometry, area_km2 as "areaKm2", population, accuracy, source,
        source_crs as "sourceCrs", dataset_id as dataset, former_codes as "formerCodes", former_names as "formerNames", industries
      from geo.place order by array_position(array['prefecture', 'county', 'township', 'village'], level), code`),
  )
  return rows.map(({ lng, lat, geometry, townshipCode, classCode, ...rest }) => ({
    ...rest,
    townshipCode: townshipCode ?? undefined,
    classCode: classCode ?? undefined,
    seat: [lng, lat],
    geometry: geometry === null ? null : (JSON.parse(geometry) as MultiPolygon),
  }))
}

async function swap(tx: Tx, replacements: Replacement[]): Promise<void> {
  const batch = 'swap'
  for (const { code, geometry } of replacements) {
    await tx.execute(sql`insert into geo.import_stage (batch, code, geom)
      values (${batch}, ${code}, st_setsrid(st_geomfromgeojson(${JSON.stringify(geometry)}), 4326))`)
  }
  for (const { code, areaKm2, accuracy, source, sourceCrs } of replacements) {
    await tx.execute(sql`update geo.place p set geom = s.geom, area_km2 = ${areaKm2}, accuracy = ${accuracy}, source = ${source},
        source_crs = ${sourceCrs}
      from geo.import_stage s where s.batch = ${batch} and s.code = ${code} and p.code = s.code`)
  }
  await tx.execute(sql`delete from geo.import_stage where batch = ${batch}`)
  await tx.execute(sql`select geo.bump_layer('place')`)
}

/** Every file that was offered, taken or not. @returns the number of the record */
export async function recordBatch(
  tx: Tx,
  file: ImportFile,
  batch: { level: string; crs: string | null; ok: boolean; report: unknown },
): Promise<number> {
  const sha256 = createHash('sha256').update(file.bytes).digest('hex')
  const [{ id }] = rowsOf<{ id: number }>(
    await tx.execute(sql`insert into geo.import_batch (file_name, sha256, level, crs, state, report)
      values (${file.name}, ${sha256}, ${batch.level}, ${batch.crs}, ${batch.ok ? 'committed' : 'refused'}, ${JSON.stringify(batch.report)}::jsonb)
      returning id`),
  )
  return id
}
