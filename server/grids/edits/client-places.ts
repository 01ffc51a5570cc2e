/**
 * Purpose: which clients of a session's scope lie in which unit of a plan, and whose they are.
 * Inputs: the snapshot's columns and the rows of the scope, the plan's ground, its county. Lost clients are left out, as in the
 * units' weights. Outputs: clients by unit and owner; the points that lie in no unit. Cost: one pass over the rows.
 */
import { STATUSES } from '#domain/filter/client-columns.ts'
import { latOf, lngOf } from '#domain/tiles/mercator.ts'
import { shapeLocator } from '#domain/geo/shape-locator.ts'
import { scopeKey, type Scope } from '#server/snapshot/scope.ts'
import type { Snapshot } from '#server/snapshot/snapshot.ts'
import type { PlanGround } from './plan-grounds.ts'

export interface ClientPlaces {
  owners: { unit: number[]; manager: number[]; clients: number[] }
  outside: { points: [number, number][]; withoutPosition: number }
}

/** Kept with the ground: both go when either is made anew. */
const known = new WeakMap<PlanGround, Map<string, ClientPlaces>>()
const KEPT = 4

export function clientPlaces(
  snapshot: Snapshot,
  scope: Scope,
  ground: PlanGround,
  countyCode: string,
): ClientPlaces {
  const ofGround = known.get(ground) ?? new Map<string, ClientPlaces>()
  known.set(ground, ofGround)
  const key = `${snapshot.version} ${scopeKey(scope)}`
  let places = ofGround.get(key)
  if (!places) {
    places = locate(snapshot, scope, ground, countyCode)
    ofGround.set(key, places)
    for (const oldest of ofGround.keys()) {
      if (ofGround.size <= KEPT) break
      ofGround.delete(oldest)
    }
  }
  return places
}

function locate(snapshot: Snapshot, scope: Scope, ground: PlanGround, countyCode: string): ClientPlaces {
  const { columns } = snapshot
  const { rows } = snapshot.scopeRows(scope)
  const county = columns.placeCodes.indexOf(countyCode)
  const unitAt = shapeLocator(ground.shapes).first
  const counts = new Map<number, Map<number, number>>()
  const outside: ClientPlaces['outside'] = { points: [], withoutPosition: 0 }
  const count = rows === null ? columns.count : rows.length
  for (let i = 0; i < count; i++) {
    const row = rows === null ? i : rows[i]!
    if (columns.county[row] !== county || STATUSES[columns.status[row]!] === 'lost') continue
    if (row >= columns.placed) {
      outside.withoutPosition++
      continue
    }
    const [lng, lat] = [lngOf(columns.x[row]!), latOf(columns.y[row]!)]
    const unit = unitAt(lng, lat)
    if (unit < 0) outside.points.push([lng, lat])
    else if (columns.manager[row]! >= 0) {
      const manager = columns.managerIds[columns.manager[row]!]!
      const ofUnit = counts.get(unit) ?? new Map<number, number>()
      ofUnit.set(manager, (ofUnit.get(manager) ?? 0) + 1)
      counts.set(unit, ofUnit)
    }
  }
  const owners: ClientPlaces['owners'] = { unit: [], manager: [], clients: [] }
  for (const [unit, ofUnit] of [...counts].sort((p, q) => p[0] - q[0])) {
    for (const [manager, clients] of [...ofUnit].sort((p, q) => p[0] - q[0])) {
      owners.unit.push(unit)
      owners.manager.push(manager)
      owners.clients.push(clients)
    }
  }
  return { owners, outside }
}
