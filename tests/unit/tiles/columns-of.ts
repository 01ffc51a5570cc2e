import { emptyColumns, NO_DATE, sizeClassOf, type ClientColumns } from '#domain/filter/client-columns.ts'
import { worldX, worldY } from '#domain/tiles/mercator.ts'
import { mortonCode } from '#domain/tiles/morton.ts'
import { UNPLACED } from '#server/snapshot/decode-chunk.ts'
import { sortColumns } from '#server/snapshot/load-snapshot.ts'

export interface PlainClient {
  id: number
  position: [number, number] | null
  status?: number
  kind?: number
  deposit?: number
  loan?: number
  nextDueOn?: number
  lastVisitOn?: number
  manager?: number
  riskClass?: number
}

/** Columns of a few clients, sorted as the loader sorts them; all in one place and branch, with managers 101 and 102. */
export function columnsOf(clients: PlainClient[]): ClientColumns {
  const columns: ClientColumns = {
    ...emptyColumns(clients.length),
    placeCodes: ['360722000000', '360722100000', '360722100201'],
    branchIds: [11],
    managerIds: [101, 102],
    lostReasons: ['moved'],
    industries: ['脐橙'],
  }
  clients.forEach((client, row) => {
    columns.id[row] = client.id
    columns.status[row] = client.status ?? 0
    columns.kind[row] = client.kind ?? 0
    columns.depositCents[row] = Math.round((client.deposit ?? 0) * 100)
    columns.loanCents[row] = Math.round((client.loan ?? 0) * 100)
    columns.size[row] = sizeClassOf(columns.depositCents[row] + columns.loanCents[row])
    columns.township[row] = 1
    columns.village[row] = 2
    columns.manager[row] = client.manager ?? -1
    columns.riskClass[row] = client.riskClass ?? 0
    columns.lostReason[row] = -1
    columns.industry[row] = -1
    columns.openedOn[row] = NO_DATE
    columns.nextDueOn[row] = client.nextDueOn ?? NO_DATE
    columns.lastVisitOn[row] = client.lastVisitOn ?? NO_DATE
    columns.lostOn[row] = NO_DATE
    if (client.position === null) columns.code[row] = UNPLACED
    else {
      columns.x[row] = worldX(client.position[0])
      columns.y[row] = worldY(client.position[1])
      columns.code[row] = mortonCode(columns.x[row], columns.y[row])
    }
  })
  return sortColumns(columns)
}
