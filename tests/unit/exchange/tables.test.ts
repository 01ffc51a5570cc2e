import { strToU8, unzipSync, zipSync } from 'fflate'
import { describe, expect, test } from 'vitest'
import { readCsv } from '#server/exchange/read-csv.ts'
import { readXlsx } from '#server/exchange/read-xlsx.ts'
import { TABLE_LIMITS, type Table, type TableFault } from '#server/exchange/table.ts'
import { plainText } from '#server/exchange/table-columns.ts'
import { writeCsv } from '#server/exchange/write-csv.ts'
import { sheetNames, writeXlsx } from '#server/exchange/write-xlsx.ts'
import type { Result } from '#domain/result.ts'

const utf8 = (text: string) => new TextEncoder().encode(text)
/** 单元,网格 / 一,甲 as Chinese Windows writes it. */
const GBK = Uint8Array.from([
  0xb5, 0xa5, 0xd4, 0xaa, 0x2c, 0xcd, 0xf8, 0xb8, 0xf1, 0x0a, 0xd2, 0xbb, 0x2c, 0xbc, 0xd7,
])

function table(result: Result<Table, TableFault>): Table {
  if (!result.ok) throw new Error(result.reason.message)
  return result.value
}
function fault(result: Result<Table, TableFault>): TableFault {
  if (result.ok) throw new Error('was read')
  expect(result.reason.message).toMatch(/[一-鿿]{4}/)
  return result.reason
}

describe('CSV', () => {
  test('in UTF-8, with and without mark, in UTF-16 and in GBK says the same', () => {
    const text = '单元,网格\n一,甲'
    const utf16 = Uint8Array.from([
      0xff,
      0xfe,
      ...new Uint8Array(Uint16Array.from(text, (c) => c.charCodeAt(0)).buffer),
    ])
    for (const [bytes, encoding] of [
      [utf8(text), 'UTF-8'],
      [utf8(`\uFEFF${text}`), 'UTF-8'],
      [utf16, 'UTF-16'],
      [GBK, 'GBK'],
    ] as const) {
      const read = table(readCsv(bytes))
      expect(read.encoding).toBe(encoding)
      expect(read.rows.map((row) => row.map(plainText))).toEqual([
        ['单元', '网格'],
        ['一', '甲'],
      ])
    }
  })

  test('may be separated by tabs or semicolons and hold quoted line breaks', () => {
    expect(table(readCsv(utf8('a\tb\n1\t2'))).rows[1]).toEqual(['1', '2'])
    expect(table(readCsv(utf8('a;b\n1;2'))).rows[1]).toEqual(['1', '2'])
    expect(table(readCsv(utf8('a,b\n"1\n2",3'))).rows[1]).toEqual(['1\n2', '3'])
  })

  test.each([
    ['bytes of no text', Uint8Array.from([0x61, 0x00, 0xff, 0xff, 0x81]), 'encoding'],
    ['a web page', utf8('<!DOCTYPE html><table><tr><td>单元</td></tr></table>'), 'not-a-table'],
    ['the table of a web page', utf8('<table border=1><tr><td>单元'), 'not-a-table'],
    ['a line of 10 MB', utf8(`单元,网格\n${'x'.repeat(10_000_000)},1`), 'line-too-long'],
    ['a quote without its partner', utf8('单元,网格\n"一,1\n二,2'), 'csv-quotes'],
    ['too many rows', utf8(`a,b\n${'1,2\n'.repeat(TABLE_LIMITS.rows + 1)}`), 'too-many-rows'],
  ] as const)('refuses %s', (_, bytes, code) => {
    expect(fault(readCsv(bytes)).code).toBe(code)
  })

  test('takes as many rows as it says', () => {
    const rows = table(readCsv(utf8(`a,b\n${'1,2\n'.repeat(TABLE_LIMITS.rows)}`))).rows
    expect(rows.filter((row) => row.join('') !== '')).toHaveLength(TABLE_LIMITS.rows + 1)
  })

  test('that we write runs nothing in a spreadsheet and reads back the same', () => {
    const cells = ['=1+1', '+86', '-5', '@SUM(A1)', '\tx', "'quoted", '甲,乙', '他说"好"', '两\n行', '网格 1']
    const bytes = writeCsv([cells, ['plain', -5]])
    const rows = table(readCsv(bytes)).rows
    for (const cell of rows[0]!) expect(cell).not.toMatch(/^[=+\-@\t\r]/)
    expect(rows[0]!.map(plainText)).toEqual(cells)
    expect(rows[1]).toEqual(['plain', '-5'])
    expect([...bytes.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf])
  })
})

const MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
function workbook(sheet: string, more: Record<string, string> = {}): Uint8Array {
  const files: Record<string, string> = {
    'xl/workbook.xml': `<?xml version="1.0"?><workbook ${MAIN}><sheets><sheet name="藏" sheetId="1" state="hidden" r:id="rId9"/><sheet name="归属" sheetId="2" r:id="rId1"/></sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': `<Relationships><Relationship Id="rId1" Target="worksheets/sheet1.xml"/><Relationship Id="rId9" Target="worksheets/other.xml"/></Relationships>`,
    'xl/worksheets/sheet1.xml': `<worksheet ${MAIN}><cols><col min="1" max="2"/></cols><sheetData>${sheet}</sheetData></worksheet>`,
    ...more,
  }
  return zipSync(Object.fromEntries(Object.entries(files).map(([name, text]) => [name, strToU8(text)])))
}

describe('XLSX', () => {
  test('reads shared, rich, inline and formula cells, numbers, gaps and entities of the first visible sheet', () => {
    const bytes = workbook(
      `<row r="2"><c r="A2" t="s"><v>0</v></c><c r="C2" t="s"><v>1</v></c></row>
       <row r="4"><c r="A4" t="inlineStr"><is><t>甲 &amp; 乙 &#x7532;</t></is></c><c r="B4"><f>SUM(1,2)</f><v>3.60702001E11</v></c><c r="C4"/><c r="D4" t="str"><f>"x"</f><v>结果</v></c><c r="E4" t="e"><v>#REF!</v></c></row>`,
      {
        'xl/sharedStrings.xml': `<sst ${MAIN}><si><t>单元</t></si><si><r><t>网</t></r><r><t xml:space="preserve">格 </t></r><rPh sb="0" eb="1"><t>网</t></rPh></si></sst>`,
      },
    )
    expect(table(readXlsx(bytes))).toEqual({
      format: 'xlsx',
      encoding: null,
      sheet: '归属',
      rows: [[], ['单元', '', '网格 '], [], ['甲 & 乙 甲', '360702001000', '', '结果', '#REF!']],
    })
  })

  test('reads a file whose elements carry a prefix', () => {
    const bytes = workbook('', {
      'xl/worksheets/sheet1.xml':
        '<x:worksheet xmlns:x="m"><x:sheetData><x:row r="1"><x:c r="A1" t="inlineStr"><x:is><x:t>单元</x:t></x:is></x:c></x:row></x:sheetData></x:worksheet>',
    })
    expect(table(readXlsx(bytes)).rows).toEqual([['单元']])
  })

  test.each([
    ['macros', workbook('', { 'xl/vbaProject.bin': 'x' }), 'xlsx-macro'],
    [
      'entities',
      workbook('', { 'xl/sharedStrings.xml': '<!DOCTYPE x [<!ENTITY a "b">]><sst/>' }),
      'xlsx-entity',
    ],
    ['no sheet', zipSync({ 'xl/workbook.xml': strToU8('<workbook/>') }), 'xlsx-damaged'],
    ['rows out of order', workbook('<row r="5"/><row r="3"/>'), 'xlsx-damaged'],
    ['a row far below', workbook('<row r="1048576"><c r="A1048576"><v>1</v></c></row>'), 'too-many-rows'],
    ['an archive within', workbook('', { 'xl/embeddings/a.zip': 'x' }), 'zip-refused'],
    ['half a file', workbook('<row/>').subarray(0, 300), 'zip-refused'],
  ] as const)('refuses %s', (_, bytes, code) => {
    expect(fault(readXlsx(bytes)).code).toBe(code)
  })

  test('refuses a bomb by its directory, without unpacking it', () => {
    const bomb = workbook('', { 'xl/media/zeros.bin': '0'.repeat(60 * 1024 * 1024) })
    expect(fault(readXlsx(bomb))).toMatchObject({
      code: 'zip-refused',
      message: expect.stringContaining('炸弹'),
    })
  })

  test('refuses a sheet that is too large, and says how large', () => {
    // Letters without order pack badly, so that this is large but no bomb.
    let seed = 1
    const noise = Uint8Array.from({ length: 2_000_000 }, () => {
      seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0
      return 97 + ((seed >>> 16) % 26)
    })
    const big = new Uint8Array(66 * 1024 * 1024)
    for (let at = 0; at < big.length; at += noise.length) big.set(noise.subarray(0, big.length - at), at)
    const small = unzipSync(workbook(''))
    const bytes = zipSync({ ...small, 'xl/worksheets/sheet1.xml': big }, { level: 1 })
    expect(fault(readXlsx(bytes))).toMatchObject({
      code: 'too-large',
      message: expect.stringContaining('66 MB'),
    })
  })

  test('stops at an element without its end', () => {
    expect(
      table(readXlsx(workbook('<row r="1"><c r="A1"><v>1</v></c></row>' + '<row r="2">'.repeat(50_000))))
        .rows,
    ).toEqual([['1']])
  })

  test('that we write reads back the same and holds no formula', () => {
    const cells = ['=HYPERLINK("x")', '+1', '-1', '@x', '甲<乙>&"丙"', 12.5, null]
    const bytes = writeXlsx([
      {
        name: '一',
        notes: ['说明'],
        headings: ['a', 'b', 'c', 'd', 'e', 'f', 'g'],
        widths: [9, 9, 9, 9, 9, 9, 9],
        rows: [cells],
      },
    ])
    const { rows, sheet } = table(readXlsx(bytes))
    expect(sheet).toBe('一')
    expect(rows).toEqual([
      ['说明'],
      ['a', 'b', 'c', 'd', 'e', 'f', 'g'],
      ['=HYPERLINK("x")', '+1', '-1', '@x', '甲<乙>&"丙"', '12.5', ''],
    ])
    const xml = new TextDecoder().decode(unzipSync(bytes)['xl/worksheets/sheet1.xml'])
    expect(xml).not.toContain('<f>')
    expect(xml.match(/s="3" t="inlineStr"/g)).toHaveLength(4)
  })

  test('sheet names are legal and each there once', () => {
    const names = sheetNames([
      '网格 1',
      '网格 1',
      'a/b:c*?[d]\\e',
      '',
      "'x'",
      '长'.repeat(40),
      '长'.repeat(40),
    ])
    expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(names.length)
    for (const name of names) expect(name).toMatch(/^[^[\]:*?/\\]{1,31}$/)
    expect(names.slice(0, 2)).toEqual(['网格 1', '网格 1 (2)'])
  })
})
