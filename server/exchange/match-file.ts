/**
 * Purpose: from the bytes of a file to what it changes in a plan; the whole of an import but for reading and writing the database.
 * Runs in a thread (jobs/planning-tasks.ts). Guarantees: never throws on bad input; nothing is guessed silently.
 */
import type { MultiPolygon } from 'geojson'
import { fail, ok, type Result } from '#domain/result.ts'
import type { ImportOptions, ImportReport } from './contract.ts'
import { fileKindOf } from './file-kind.ts'
import { matchPolygons } from './match-polygons.ts'
import { matchTable } from './match-table.ts'
import { readCsv } from './read-csv.ts'
import { readPolygons } from './read-polygons.ts'
import { readXlsx } from './read-xlsx.ts'
import { readRows } from './table-columns.ts'
import type { Matched, PlanState } from './types.ts'

export interface MatchFileInput {
  bytes: Uint8Array
  options: ImportOptions
  plan: PlanState
  /** Known outlines, for telling coordinate systems apart. */
  outlines: MultiPolygon[]
}

export interface FileFault {
  code: string
  message: string
}

export type MatchedFile = Matched &
  Pick<ImportReport, 'kind' | 'format' | 'encoding' | 'sheet' | 'crs' | 'notes'>

const UNREADABLE: Record<string, string> = {
  empty: '文件是空的。请检查是否选错了文件',
  'old-excel': '这是旧版 Excel（.xls）或带密码的文件，无法读取。请去掉密码并另存为 .xlsx 后再导入',
  'other-archive':
    '压缩包里既没有 Excel 工作簿，也没有 Shapefile（.shp）。可导入 CSV、XLSX、GeoJSON 或打包的 Shapefile',
}

export function matchFile({
  bytes,
  options,
  plan,
  outlines,
}: MatchFileInput): Result<MatchedFile, FileFault> {
  const { kind, message } = fileKindOf(bytes)
  if (kind === 'geojson' || kind === 'shapefile') {
    const read = readPolygons(bytes, kind, options, outlines)
    if (!read.ok) return read
    const { drawn, crs, notes } = read.value
    const { drawnProblems, ...matched } = matchPolygons(drawn, plan)
    const unclear = drawnProblems.map((problem) => `${problem.message}，这个图形没有采用`)
    if (unclear.length === drawn.length && unclear[0] !== undefined)
      return fail({ code: 'nothing-understood', message: `没有一个图形能对应到网格。例如${unclear[0]}` })
    return ok({
      ...matched,
      kind: 'polygons',
      format: kind,
      encoding: null,
      sheet: null,
      crs,
      notes: [...notes, ...unclear.slice(0, 20)],
    })
  }
  if (kind !== 'csv' && kind !== 'xlsx') return fail({ code: kind, message: message ?? UNREADABLE[kind]! })
  const table = kind === 'xlsx' ? readXlsx(bytes) : readCsv(bytes)
  if (!table.ok) return fail(table.reason)
  const rows = readRows(table.value.rows)
  if (!rows.ok) return fail(rows.reason)
  if (rows.value.length === 0)
    return fail({ code: 'file-empty', message: '表格只有表头，没有数据。请检查是否导出了正确的工作表' })
  const { format, encoding, sheet } = table.value
  return ok({ ...matchTable(rows.value, plan), kind: 'table', format, encoding, sheet, crs: null, notes: [] })
}
