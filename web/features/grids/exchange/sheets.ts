/** Which sheets a plan is printed on: the overview with its table, the rest of the table, then a sheet for each grid. */
import type { PlanGrid } from '#web/api/types.ts'
import { frameOf, rowsOn, tablesOn, type Paper } from './page-layout.ts'

export type Sheet =
  | { kind: 'overview'; grids: PlanGrid[] }
  | { kind: 'table'; tables: PlanGrid[][] }
  | { kind: 'grid'; grid: PlanGrid }

export function sheetsOf(grids: readonly PlanGrid[], paper: Paper, eachGrid: boolean): Sheet[] {
  const { body } = frameOf(paper)
  const rows = rowsOn(body.height)
  const perSheet = rows * tablesOn(body.width)
  const sheets: Sheet[] = [{ kind: 'overview', grids: grids.slice(0, rows) }]
  for (let from = rows; from < grids.length; from += perSheet) {
    const here = grids.slice(from, from + perSheet)
    const tables = Array.from({ length: Math.ceil(here.length / rows) }, (_, i) =>
      here.slice(i * rows, (i + 1) * rows),
    )
    sheets.push({ kind: 'table', tables })
  }
  if (eachGrid) sheets.push(...grids.map((grid): Sheet => ({ kind: 'grid', grid })))
  return sheets
}
