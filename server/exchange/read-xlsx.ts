/**
 * Purpose: the cells of the first visible sheet of an XLSX file as text. A workbook is only ever read as data.
 * Guarantees: the archive is judged before anything is unpacked (see geodata/import/read-zip.ts) and capped again here; no formula,
 * macro, external link or XML entity is followed: a formula counts as the value last saved with it.
 * Limits: 64 MB of sheet, 20,000,000 characters of shared text, TABLE_LIMITS rows and columns; dates come as Excel's day numbers.
 * Cost: linear. Source: ECMA-376 part 1, sections 18.2 to 18.4.
 */
import { readZipDirectory, readZipEntry, type ZipEntry } from '#geodata/import/read-zip.ts'
import { fail, ok, type Result } from '#domain/result.ts'
import { TABLE_LIMITS, type Table, type TableFault } from './table.ts'
import { unescapeXml, xmlAttribute, xmlElements } from './xml-elements.ts'

const MAX_SHEET = 64 * 1024 * 1024
const MAX_TEXT = 20 * 1024 * 1024

const fault = (code: TableFault['code'], message: string) => fail<TableFault>({ code, message })
const damaged = (part: string) =>
  fault('xlsx-damaged', `XLSX 文件缺少或损坏了“${part}”。请用 Excel 或 WPS 打开后另存为 .xlsx 再导入`)

export function readXlsx(bytes: Uint8Array): Result<Table, TableFault> {
  const directory = readZipDirectory(bytes)
  if (!directory.ok) return fault('zip-refused', directory.message)
  const entries = new Map(directory.value.map((entry) => [entry.name.replace(/^\//, ''), entry]))
  if ([...entries.keys()].some((name) => /vbaProject\.bin$/i.test(name)))
    return fault('xlsx-macro', '文件带有宏，不接收。请另存为不带宏的 .xlsx 后再导入')
  const text = (name: string, most: number): Result<string | null, TableFault> =>
    partText(bytes, entries.get(name), most)

  const workbook = text('xl/workbook.xml', MAX_TEXT)
  if (!workbook.ok) return workbook
  const links = text('xl/_rels/workbook.xml.rels', MAX_TEXT)
  if (!links.ok) return links
  if (workbook.value === null || links.value === null) return damaged('xl/workbook.xml')
  const sheet = firstSheet(workbook.value, links.value)
  if (!sheet) return damaged('工作表目录')
  const shared = text('xl/sharedStrings.xml', MAX_TEXT)
  if (!shared.ok) return shared
  const body = text(sheet.path, MAX_SHEET)
  if (!body.ok) return body
  if (body.value === null) return damaged(sheet.path)
  const rows = sheetRows(body.value, shared.value === null ? [] : sharedTexts(shared.value))
  if (!rows.ok) return rows
  return ok({ format: 'xlsx', encoding: null, sheet: sheet.name, rows: rows.value })
}

function partText(
  bytes: Uint8Array,
  entry: ZipEntry | undefined,
  most: number,
): Result<string | null, TableFault> {
  if (!entry) return ok(null)
  if (entry.unpacked > most) {
    const [size, limit] = [Math.round(entry.unpacked / 1048576), Math.round(most / 1048576)]
    return fault(
      'too-large',
      `“${entry.name}”解开后有 ${size} MB，超过上限 ${limit} MB。请删去无关的列与工作表后再导入`,
    )
  }
  const part = readZipEntry(bytes, entry)
  if (!part.ok) return fault('zip-refused', part.message)
  const text = new TextDecoder('utf-8').decode(part.value)
  if (/<!(DOCTYPE|ENTITY)/i.test(text))
    return fault('xlsx-entity', `“${entry.name}”含有 XML 实体声明，不接收。请用 Excel 或 WPS 另存后再导入`)
  return ok(text)
}

function firstSheet(workbook: string, links: string): { name: string; path: string } | null {
  const targets = new Map<string, string>()
  for (const { own } of xmlElements(links, 'Relationship')) {
    const [id, target] = [xmlAttribute(own, 'Id'), xmlAttribute(own, 'Target')]
    if (id !== null && target !== null) targets.set(id, target)
  }
  for (const { own } of xmlElements(workbook, 'sheet')) {
    if (xmlAttribute(own, 'state')?.toLowerCase().includes('hidden')) continue
    const target = targets.get(xmlAttribute(own, 'r:id') ?? '')
    if (target === undefined) continue
    const path = target.startsWith('/') ? target.slice(1) : `xl/${target}`
    return { name: unescapeXml(xmlAttribute(own, 'name') ?? ''), path }
  }
  return null
}

function sharedTexts(xml: string): string[] {
  return [...xmlElements(xml, 'si')].map(({ inner }) => joinedText(inner))
}

/** All text runs of an item; readings (rPh) are not its text. */
function joinedText(xml: string): string {
  const parts = xml.split(/<(?:\w+:)?rPh[\s>]/)
  const text = parts.map((part, i) => (i === 0 ? part : part.slice(part.indexOf('rPh>') + 4))).join('')
  return [...xmlElements(text, 't')].map(({ inner }) => unescapeXml(inner)).join('')
}

function sheetRows(xml: string, shared: readonly string[]): Result<string[][], TableFault> {
  const rows: string[][] = []
  for (const { own, inner } of xmlElements(xml, 'row')) {
    const at = Number(xmlAttribute(own, 'r') ?? rows.length + 1) - 1
    if (!Number.isInteger(at) || at < rows.length) return damaged('行号')
    if (at > TABLE_LIMITS.rows) {
      return fault(
        'too-many-rows',
        `表格超过 ${TABLE_LIMITS.rows} 行（工作表第 ${at + 1} 行仍有内容）。请拆分后分别导入`,
      )
    }
    while (rows.length < at) rows.push([])
    rows.push(rowCells(inner, shared))
  }
  return ok(rows)
}

function rowCells(xml: string, shared: readonly string[]): string[] {
  const cells: string[] = []
  for (const { own, inner } of xmlElements(xml, 'c')) {
    const column = columnOf(xmlAttribute(own, 'r')) ?? cells.length
    if (column >= TABLE_LIMITS.columns) continue
    while (cells.length < column) cells.push('')
    cells[column] = cellText(xmlAttribute(own, 't') ?? 'n', inner, shared)
  }
  return cells
}

function cellText(type: string, inner: string, shared: readonly string[]): string {
  if (type === 'inlineStr') return joinedText(inner)
  const [saved] = xmlElements(inner, 'v')
  if (!saved) return ''
  const value = unescapeXml(saved.inner)
  if (type === 's') return shared[Number(value)] ?? ''
  if (type !== 'n') return value
  const number = Number(value)
  // A code of twelve digits may be stored as 3.60702001E11.
  return Number.isSafeInteger(number) ? String(number) : value
}

function columnOf(reference: string | null): number | null {
  const letters = /^([A-Z]{1,3})\d/.exec(reference ?? '')?.[1]
  if (!letters) return null
  return [...letters].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0) - 1
}
