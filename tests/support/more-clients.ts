import { sql } from 'drizzle-orm'
import type { Database } from '#db/client.ts'

/** Beside the toy bank: 南康区 with one township and eight clients (ids 21 to 28) of branch 20, each with 10,000 of loan. */
export async function insertMoreClients(db: Database): Promise<void> {
  await db.asOwner(async (tx) => {
    for (const [code, level, name, parent, county] of [
      ['360703000000', 'county', '南康区', '360700000000', '360703000000'],
      ['360703001000', 'township', '蓉江街道', '360703000000', '360703000000'],
    ]) {
      await tx.execute(sql`insert into geo.place (code, level, name, kind, parent_code, county_code, pinyin, initials, former_names, former_codes,
          seat, seat_accuracy, geom, accuracy, source, source_crs, dataset_id)
        values (${code}, ${level}, ${name}, '', ${parent}, ${county}, ${level === 'county' ? 'nankangqu' : 'rongjiangjiedao'},
          ${level === 'county' ? 'nkq' : 'rjjd'}, ${level === 'county' ? '{南康市,南康县}' : '{}'}::text[], ${level === 'county' ? '{360782000000}' : '{}'}::text[],
          st_setsrid(st_makepoint(114.75, 25.66), 4326), 'schematic', st_multi(st_makeenvelope(114.7, 25.6, 114.8, 25.7, 4326)),
          'schematic', 'toy', 'EPSG:4326', 'toy')`)
    }
    await tx.execute(sql`insert into geo.barrier (kind, name, geom, accuracy, source, source_crs, dataset_id)
      values ('river', '章江', st_geomfromtext('LINESTRING(114.7 25.6, 114.8 25.7)', 4326), 'schematic', 'toy', 'EPSG:4326', 'toy')`)
    for (let id = 21; id <= 28; id++) {
      await tx.execute(sql`insert into app.client (id, client_no, kind, status, name, name_mask, county_code, township_code, branch_id, geom,
          location_accuracy, loan_balance)
        values (${id}, ${`C${id}`}, 'farmer', 'loanOnly', ${`王五${id}`}, '王*', '360703000000', '360703001000', 20,
          st_setsrid(st_makepoint(${114.74 + id / 10000}, 25.66), 4326), 'schematic', 10000)`)
      await tx.execute(
        sql`insert into app.balance_month values (${id}, '2026-10-01', 0, 10000), (${id}, '2026-09-01', 0, 8000)`,
      )
    }
    await tx.execute(sql`select geo.bump_layer('client'), geo.bump_layer('place'), geo.bump_layer('barrier')`)
  })
}
