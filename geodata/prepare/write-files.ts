/** Writes prepared files: fixed column order, line feed, one arc a line, so that a change of data is a readable diff. */
import { mkdirSync, writeFileSync } from 'node:fs'
import Papa from 'papaparse'
import type { TopologyFile } from '../schema.ts'

const PREPARED = new URL('../prepared/', import.meta.url)

export function writeText(file: string, text: string): void {
  mkdirSync(PREPARED, { recursive: true })
  writeFileSync(new URL(file, PREPARED), text)
  console.log(`  ${file}: ${Math.round(Buffer.byteLength(text) / 1024)} KiB`)
}

export function writeCsv(file: string, rows: readonly Record<string, string | number>[]): void {
  writeText(file, `${Papa.unparse([...rows], { newline: '\n' })}\n`)
}

export function writeTopology(file: string, topology: TopologyFile): void {
  const { arcs, ...head } = topology
  const lines = arcs.map((arc) => JSON.stringify(arc)).join(',\n')
  writeText(file, `${JSON.stringify(head).slice(0, -1)},"arcs":[\n${lines}\n]}\n`)
}
