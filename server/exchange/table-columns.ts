/**
 * Purpose: which column of a table says what, by its heading. Inputs: rows as text, the heading within the first ten rows.
 * Guarantees: headings are compared without case, spaces and punctuation; a table without a unit or a grid column is refused
 * and told which headings are known. Cells lose outer spaces and the apostrophe that our own export puts before formula signs.
 */
import { fail, ok, type Result } from '#domain/result.ts'
import { TABLE_LIMITS, type TableFault } from './table.ts'

export const COLUMNS = {
  key: ['单元编号', '单元', '基本单元', '单元键', 'unit', 'unitkey', 'key'],
  village: [
    '村',
    '村社区',
    '村居',
    '村名',
    '村名称',
    '社区',
    '村代码',
    '村编码',
    '村社区代码',
    'village',
    'villagecode',
    'villagename',
  ],
  township: [
    '乡镇',
    '乡镇街道',
    '街道',
    '乡镇名',
    '乡镇名称',
    '乡镇代码',
    '乡镇编码',
    '乡镇街道代码',
    'township',
    'townshipcode',
    'townshipname',
  ],
  number: ['网格序号', '网格编号', '网格号', 'gridnumber', 'gridno', 'gridnum'],
  name: ['网格', '网格名称', '网格名', 'grid', 'gridname'],
  staffNo: ['客户经理工号', '工号', '员工号', '员工编号', 'staffno', 'staffnumber'],
  manager: ['客户经理', '客户经理姓名', '经理', '姓名', '负责人', 'manager', 'managername'],
} as const
export type ColumnName = keyof typeof COLUMNS
export const COLUMN_NAMES = Object.keys(COLUMNS) as ColumnName[]

export interface TableRow extends Record<ColumnName, string> {
  /** As a spreadsheet counts them. */
  line: number
  tooLong: boolean
}

const HEADING_WITHIN = 10

export function columnNameOf(heading: string): ColumnName | null {
  const plain = heading.toLowerCase().replace(/[\s\p{P}\p{S}]/gu, '')
  return COLUMN_NAMES.find((name) => (COLUMNS[name] as readonly string[]).includes(plain)) ?? null
}

export function readRows(rows: readonly string[][]): Result<TableRow[], TableFault> {
  if (rows.every((row) => row.join('').trim() === ''))
    return fail({ code: 'file-empty', message: '表格是空的。请检查是否导出了正确的工作表' })
  const at = rows.slice(0, HEADING_WITHIN).findIndex((row) => isHeading(row.map(columnNameOf)))
  if (at < 0) {
    return fail({
      code: 'no-header',
      message:
        '找不到表头。前 10 行中应有一行同时写明单元（“单元编号”，或“村”“乡镇”的代码或名称）与网格（“网格序号”“网格名称”“客户经理工号”或“客户经理”）。可先导出“单元归属 CSV”作为模板',
    })
  }
  const names = rows[at]!.map(columnNameOf)
  const columnOf = new Map<ColumnName, number[]>()
  names.forEach((name, i) => {
    if (name) columnOf.set(name, [...(columnOf.get(name) ?? []), i])
  })
  return ok(
    rows.slice(at + 1).flatMap((cells, i): TableRow[] => {
      if (cells.every((cell) => cell.trim() === '')) return []
      const cell = (name: ColumnName): string =>
        (columnOf.get(name) ?? [])
          .map((column) => plainText(cells[column] ?? ''))
          .find((text) => text !== '') ?? ''
      const values = Object.fromEntries(COLUMN_NAMES.map((name) => [name, cell(name)])) as Record<
        ColumnName,
        string
      >
      const tooLong = COLUMN_NAMES.some((name) => values[name].length > TABLE_LIMITS.cell)
      return [{ ...values, line: at + i + 2, tooLong }]
    }),
  )
}

function isHeading(names: readonly (ColumnName | null)[]): boolean {
  const has = (...wanted: ColumnName[]) => wanted.some((name) => names.includes(name))
  return has('key', 'village', 'township') && has('number', 'name', 'staffNo', 'manager')
}

export function plainText(cell: string): string {
  return cell
    .replace(/^\uFEFF/, '')
    .trim()
    .replace(/^'(?=[=+\-@\t\r'])/, '')
}
