/**
 * Purpose: text cells as a CSV file that Excel opens rightly and never runs.
 * Guarantees: UTF-8 with mark, CRLF; a cell that a spreadsheet would take for a formula gets an apostrophe in front, which
 * `plainText` of our own import takes away again. Source: RFC 4180; OWASP, CSV injection.
 */
export function writeCsv(rows: readonly (readonly (string | number)[])[]): Uint8Array {
  const text = rows
    .map((row) => row.map((cell) => (typeof cell === 'number' ? String(cell) : quoted(cell))).join(','))
    .join('\r\n')
  return new TextEncoder().encode(`\uFEFF${text}\r\n`)
}

/** A number stays a number; "-5" as text does not become one. */
export function neutralised(cell: string): string {
  return /^[=+\-@\t\r']/.test(cell) ? `'${cell}` : cell
}

function quoted(cell: string): string {
  const safe = neutralised(cell)
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
