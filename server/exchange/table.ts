/** What a table file is once read, and how large it may be. */
export const TABLE_LIMITS = { rows: 50_000, columns: 60, cell: 200, line: 64 * 1024 }

export interface Table {
  format: 'csv' | 'xlsx'
  encoding: 'UTF-8' | 'UTF-16' | 'GBK' | null
  sheet: string | null
  /** As in the file, the header among them. */
  rows: string[][]
}

export interface TableFault {
  code:
    | 'file-empty'
    | 'not-a-table'
    | 'encoding'
    | 'csv-quotes'
    | 'line-too-long'
    | 'too-many-rows'
    | 'too-large'
    | 'zip-refused'
    | 'xlsx-damaged'
    | 'xlsx-macro'
    | 'xlsx-entity'
    | 'no-header'
  /** Chinese, without a full stop: what is wrong, where, what to do. */
  message: string
}
