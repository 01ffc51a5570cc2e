import { sql } from 'drizzle-orm'
import { planGroundImport } from '#geodata/import/plan-ground-import.ts'
import type {
  GroundImportOptions,
  GroundLine,
  GroundPlan,
  GroundWater,
} from '#geodata/import/plan-ground-import.ts'
import type { Database, Tx } from './client.ts'
import { copyInto, copyLine } from './copy.ts'
import { lineStringHex, multiPolygonHex } from './ewkb.ts'
import { recordBatch, type ImportFile } from './import-places.ts'
import { rowsOf } from './rows.ts'

export type GroundOutcome = GroundPlan & { batch: number; replaced: number }

/**
 * Loads streets, railways, rivers and water from a file: what the same source brought before is replaced, other sources stay.
 * One transaction; a refused file is recorded too and changes nothing else. Plans already made keep their units.
 * @throws DatabaseError when PostGIS finds a fault that the plan did not; nothing is changed then.
 */
export async function importGround(
  db: Database,
  file: ImportFile,
  options: GroundImportOptions,
): Promise<GroundOutcome> {
  const plan = planGroundImport(file.bytes, options)
  return db.asOwner(async (tx) => {
    const replaced = plan.ok ? await swap(tx, plan, options) : 0
    const report = plan.ok ? plan.report : { reason: plan.reason, message: plan.message, ...plan.report }
    const batch = await recordBatch(tx, file, { level: 'ground', crs: plan.report.crs, ok: plan.ok, report })
    return { ...plan, replaced, batch }
  })
}

async function swap(
  tx: Tx,
  plan: Extract<GroundPlan, { ok: true }>,
  { source, accuracy }: GroundImportOptions,
): Promise<number> {
  const datasetId = `ground:${source}`
  const [{ replaced }] = rowsOf<{ replaced: number }>(
    await tx.execute(sql`with lines as (delete from geo.barrier where source = ${source} returning 1),
      areas as (delete from geo.water where source = ${source} returning 1)
      select ((select count(*) from lines) + (select count(*) from areas))::int as replaced`),
  )
  await tx.execute(sql`insert into geo.dataset (id, title, source, licence, accuracy, source_crs, features)
    values (${datasetId}, '道路、铁路与水系', ${source}, '由本行导入，许可以来源为准', ${accuracy}, ${plan.report.crs}, ${plan.report.taken})
    on conflict (id) do update set accuracy = excluded.accuracy, source_crs = excluded.source_crs,
      features = excluded.features, loaded_at = now()`)
  const origin = [accuracy, source, plan.report.crs, datasetId]
  await copyInto(
    tx,
    'geo.barrier (kind, level, name, geom, accuracy, source, source_crs, dataset_id)',
    lineRows(plan.lines, origin),
  )
  await copyInto(
    tx,
    'geo.water (name, geom, accuracy, source, source_crs, dataset_id)',
    waterRows(plan.water, origin),
  )
  await tx.execute(sql`select geo.bump_layer('barrier')`)
  return replaced
}

function* lineRows(lines: readonly GroundLine[], origin: (string | null)[]): Iterable<string> {
  for (const { kind, level, name, line } of lines)
    yield copyLine([kind, level, name, lineStringHex(line), ...origin])
}

function* waterRows(water: readonly GroundWater[], origin: (string | null)[]): Iterable<string> {
  for (const { name, shape } of water) yield copyLine([name, multiPolygonHex(shape), ...origin])
}
