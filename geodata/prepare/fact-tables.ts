/** Reads the fact tables beside this file; columns are checked, a missing value is an error with file and row. */
import { readFileSync } from 'node:fs'
import Papa from 'papaparse'
import type { z } from 'zod'

const FACTS = new URL('./facts/', import.meta.url)

export function readTable<T extends z.ZodType>(file: string, row: T): z.infer<T>[] {
  const text = readFileSync(new URL(file, FACTS), 'utf8')
  const { data, errors } = Papa.parse<Record<string, string>>(text, { header: true, skipEmptyLines: true })
  if (errors[0]) throw new Error(`${file} row ${errors[0].row}: ${errors[0].message}`)
  return data.map((raw, i) => {
    const parsed = row.safeParse(raw)
    if (!parsed.success)
      throw new Error(
        `${file} row ${i + 2}: ${parsed.error.issues[0]?.path.join('.')} ${parsed.error.issues[0]?.message}`,
      )
    return parsed.data
  })
}
