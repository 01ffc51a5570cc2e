/** A plan as the file somebody asked for: reads it inside the caller's transaction and hands it to the writer of the format. */
import type { Tx } from '#db/client.ts'
import { latOf, lngOf } from '#domain/tiles/mercator.ts'
import { shapeLocator } from '#domain/geo/shape-locator.ts'
import { permissionsOf } from '#server/auth/permissions.ts'
import { totalsFor } from '#server/grids/plan-view.ts'
import type { SessionContext } from '#server/http/env.ts'
import { AppError } from '#server/http/errors.ts'
import { scopeOf, seesExactMoney } from '#server/snapshot/scope.ts'
import type { Snapshot } from '#server/snapshot/snapshot.ts'
import { WALK_LIST_CLIENTS, type ExportFormat } from './contract.ts'
import { gridShapes } from './grid-shapes.ts'
import { planGeojson, planShapefile, unitTable, type PlanFile } from './plan-files.ts'
import {
  readGridTotals,
  readOrigins,
  readPlanHead,
  readUnitDetails,
  readWalkClients,
  type UnitDetail,
} from './queries.ts'
import { walkLists } from './walk-lists.ts'

export interface MadeFile {
  bytes: Uint8Array
  name: string
  type: string
  /** Units, or clients of a walk list. */
  rows: number
}

const ENDINGS: Record<ExportFormat, { ending: string; type: string }> = {
  geojson: { ending: 'geojson', type: 'application/geo+json' },
  shapefile: { ending: 'shp.zip', type: 'application/zip' },
  csv: { ending: 'csv', type: 'text/csv; charset=utf-8' },
  xlsx: { ending: 'xlsx', type: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet' },
}

interface Wanted {
  session: SessionContext
  planId: number
  format: ExportFormat
  snapshot: Snapshot
  now: Date
}

/** Null when the session sees no such plan. */
export async function makeFile(
  tx: Tx,
  { session, planId, format, snapshot, now }: Wanted,
): Promise<MadeFile | null> {
  const head = await readPlanHead(tx, planId)
  if (!head) return null
  const units = await readUnitDetails(tx, planId)
  const grids = await readGridTotals(tx, planId)
  const exact = seesExactMoney(scopeOf(session.me))
  const origins = await readOrigins(tx, planId)
  const shapes = gridShapes(units)
  const file: PlanFile = {
    head,
    planId,
    grids: grids.map((grid) => ({ ...grid, shape: shapes.get(grid.no) ?? null })),
    units,
    view: (weights) => totalsFor(weights, exact),
    exportedAt: now.toISOString(),
    exportedBy: session.me.displayName,
    accuracy: [...new Set(origins.map(({ accuracy }) => accuracy))].join('、'),
    sources: [...new Set(origins.map(({ source }) => source))],
  }
  const { ending, type } = ENDINGS[format]
  const name = `${head.name.replace(/[\\/:*?"<>|]/g, ' ').trim()}-v${head.version}.${ending}`
  if (format === 'geojson') return { bytes: planGeojson(file), name, type, rows: units.length }
  if (format === 'shapefile') return { bytes: planShapefile(file), name, type, rows: units.length }
  if (format === 'csv') return { bytes: unitTable(file), name, type, rows: units.length }
  const visited = clientsOfGrids(session, snapshot, units)
  if (visited.size > WALK_LIST_CLIENTS)
    throw new AppError(
      'unprocessable',
      `走访清单共 ${visited.size} 户，超过上限 ${WALK_LIST_CLIENTS} 户。请按较小的方案分别导出。`,
    )
  const clients = await readWalkClients(
    tx,
    [...visited.keys()],
    permissionsOf(session.me.role).includes('clients.names'),
  )
  return { bytes: walkLists(file, clients, visited), name: `走访清单-${name}`, type, rows: clients.length }
}

/** Clients of the session's own scope that lie in a unit of a grid, by id; lost ones too, for return visits. */
function clientsOfGrids(
  session: SessionContext,
  snapshot: Snapshot,
  units: readonly UnitDetail[],
): Map<number, number> {
  const { columns } = snapshot
  const { rows } = snapshot.scopeRows(scopeOf(session.me))
  const unitAt = shapeLocator(units.map(({ shape }) => shape)).first
  const gridOf = new Map<number, number>()
  const count = rows === null ? columns.placed : rows.length
  for (let i = 0; i < count; i++) {
    const row = rows === null ? i : rows[i]!
    if (row >= columns.placed) continue
    const unit = unitAt(lngOf(columns.x[row]!), latOf(columns.y[row]!))
    const grid = unit < 0 ? null : units[unit]!.gridNo
    if (grid !== null) gridOf.set(columns.id[row]!, grid)
  }
  return gridOf
}
