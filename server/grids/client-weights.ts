/**
 * Purpose: the clients of one county as weighted points, for weighing units.
 * Inputs: the snapshot's columns, the rows the planner may use, today (days since 1970).
 * Outputs: a point per client with a position, weights in the order of WEIGHT_KEYS (count, yuan, yuan, hours a year), and
 * how many clients have no position. Lost clients are left out: a grid is for canvassing clients one has or may win.
 * Cost: one pass over the rows.
 */
import { NO_DATE, STATUSES, type ClientColumns } from '#domain/filter/client-columns.ts'
import { expectedVisitHours, type ClientKind } from '#domain/metrics/visit-hours.ts'
import { visitKinds } from '#domain/metrics/visit-kinds.ts'
import { latOf, lngOf } from '#domain/tiles/mercator.ts'
import type { WeightedPoint } from '#domain/units/weigh.ts'

export interface CountyClients {
  points: WeightedPoint[]
  withoutPosition: number
}

export function countyClients(
  columns: ClientColumns,
  rows: Uint32Array | null,
  countyCode: string,
  today: number,
): CountyClients {
  const county = columns.placeCodes.indexOf(countyCode)
  const points: WeightedPoint[] = []
  let withoutPosition = 0
  const count = rows === null ? columns.count : rows.length
  for (let i = 0; i < count; i++) {
    const row = rows === null ? i : rows[i]!
    if (columns.county[row] !== county || STATUSES[columns.status[row]!] === 'lost') continue
    if (row >= columns.placed) {
      withoutPosition++
      continue
    }
    points.push({
      lng: lngOf(columns.x[row]!),
      lat: latOf(columns.y[row]!),
      weights: [
        1,
        columns.depositCents[row]! / 100,
        columns.loanCents[row]! / 100,
        expectedVisitHours(visitKindsOf(columns, row, today)),
      ],
    })
  }
  return { points, withoutPosition }
}

export function visitKindsOf(columns: ClientColumns, row: number, today: number): ClientKind[] {
  const due = columns.nextDueOn[row]!
  return visitKinds({
    status: STATUSES[columns.status[row]!]!,
    hasLoan: columns.loanCents[row]! > 0,
    dueInDays: due === NO_DATE ? null : due - today,
    riskClass: columns.riskClass[row]!,
  })
}
