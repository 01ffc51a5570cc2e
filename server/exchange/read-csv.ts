/**
 * Purpose: the rows of a CSV file as text. Inputs: bytes in UTF-8, UTF-16 with mark, or GBK; comma, semicolon or tab.
 * Guarantees: the encoding follows the bytes and is told; text that is none of them is refused, never half read.
 * Limits: TABLE_LIMITS. Cost: linear. Source: RFC 4180, papaparse.
 */
import Papa from 'papaparse'
import { fail, ok, type Result } from '#domain/result.ts'
import { TABLE_LIMITS, type Table, type TableFault } from './table.ts'

const fault = (code: TableFault['code'], message: string) => fail<TableFault>({ code, message })

export function readCsv(bytes: Uint8Array): Result<Table, TableFault> {
  const decoded = decode(bytes)
  if (!decoded) {
    return fault(
      'encoding',
      '文件不是文本，或编码既不是 UTF-8 也不是 GBK。请在 Excel 中另存为“CSV UTF-8（逗号分隔）”后再导入',
    )
  }
  const { text, encoding } = decoded
  if (/^\s*<(!doctype|html|table|\?xml)/i.test(text)) {
    return fault(
      'not-a-table',
      '这是网页（HTML/XML），不是表格：有些系统把网页存成 .xls 或 .xlsx。请用 Excel 打开后另存为 .xlsx 或 CSV',
    )
  }
  let from = 0
  for (let line = 1; from < text.length; line++) {
    const end = text.indexOf('\n', from)
    const to = end < 0 ? text.length : end
    if (to - from > TABLE_LIMITS.line) {
      return fault(
        'line-too-long',
        `第 ${line} 行有 ${to - from} 个字符，超过上限 ${TABLE_LIMITS.line}。请检查是否缺少换行或引号没有成对`,
      )
    }
    from = to + 1
  }
  const parsed = Papa.parse<string[]>(text, { skipEmptyLines: false, preview: TABLE_LIMITS.rows + 2 })
  const broken = parsed.errors.find(({ type }) => type === 'Quotes')
  if (broken) {
    const row = (broken.row ?? 0) + 1
    return fault('csv-quotes', `第 ${row} 行的双引号没有成对，无法分列。请改正后再导入`)
  }
  const rows = parsed.data
  if (rows.length > TABLE_LIMITS.rows + 1 && rows.slice(TABLE_LIMITS.rows + 1).some((row) => row.join('')))
    return fault('too-many-rows', `表格超过 ${TABLE_LIMITS.rows} 行。请拆分后分别导入`)
  return ok({ format: 'csv', encoding, sheet: null, rows })
}

function decode(bytes: Uint8Array): { text: string; encoding: NonNullable<Table['encoding']> } | null {
  const tryAs = (label: string): string | null => {
    try {
      const text = new TextDecoder(label, { fatal: true }).decode(bytes)
      return text.includes('\0') ? null : text
    } catch {
      return null
    }
  }
  if (bytes[0] === 0xff && bytes[1] === 0xfe) {
    const text = tryAs('utf-16le')
    return text === null ? null : { text, encoding: 'UTF-16' }
  }
  const utf8 = tryAs('utf-8')
  if (utf8 !== null) return { text: utf8, encoding: 'UTF-8' }
  const gbk = tryAs('gb18030')
  return gbk === null ? null : { text: gbk, encoding: 'GBK' }
}
