import type { Database, Tx } from '#db/client.ts'
import { emptyColumns, KINDS, STATUSES, type ClientColumns } from '#domain/filter/client-columns.ts'
import { sortedByCode } from '#domain/tiles/morton.ts'
import { decodeChunk, Dictionary, int64, UNPLACED, WordsChanged, type Dictionaries } from './decode-chunk.ts'
import {
  BALANCE_BYTES,
  balanceChunk,
  balanceMonths,
  clientChunk,
  idRange,
  LOAN_BYTES,
  layerVersion,
  loanChunk,
  RECORD_BYTES,
  wordsInUse,
  type IdRange,
  type Months,
} from './queries.ts'

// A chunk of this many clients is 10 MB (20 MB as the hex text both engines send), far below PostgreSQL's 1 GB a value.
const CHUNK_IDS = 100_000
const BALANCE_CHUNK_IDS = 2_000_000
const LOAD_LIMIT_MS = 60_000
const LOAD_ATTEMPTS = 3
// One connection is enough for the embedded engine; a server answers two chunks while one is decoded.
const WORDS = { statuses: STATUSES, kinds: KINDS }
const PARALLEL = { embedded: 1, server: 3 }

export interface LoadedClients {
  version: number
  /** The version at which the rows were read; owners may have been followed to a later one. */
  rowsVersion: number
  months: Months
  columns: ClientColumns
  range: IdRange | null
  rowOf: RowLookup
}

export interface MonthBalances {
  depositCents: Float64Array
  loanCents: Float64Array
}

/** Reads every client. The version is read first: a change that comes in while loading makes the next check load again. */
export async function loadClients(db: Database): Promise<LoadedClients> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await loadOnce(db)
    } catch (error) {
      if (!(error instanceof WordsChanged) || attempt === LOAD_ATTEMPTS) throw error
    }
  }
}

async function loadOnce(db: Database): Promise<LoadedClients> {
  const read = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => db.asRole('gis_reader', work, LOAD_LIMIT_MS)
  const { version, range } = await read(async (tx) => ({
    version: await layerVersion(tx, 'client'),
    range: await idRange(tx),
  }))
  const starts = startsOf(range, CHUNK_IDS)
  const [words, months] = await Promise.all([read(wordsInUse), read(balanceMonths)])
  const growthMonths = [...new Set([months.previous, months.yearStart])].filter((month) => month !== null)
  const loanStarts = growthMonths.length > 0 ? startsOf(range, BALANCE_CHUNK_IDS) : []
  const answers = await inParallel(PARALLEL[db.engine], [
    ...loanStarts.map(
      (start) => () => read((tx) => loanChunk(tx, growthMonths, start, start + BALANCE_CHUNK_IDS)),
    ),
    ...starts.map(
      (start) => () => read((tx) => clientChunk(tx, start, start + CHUNK_IDS, { ...WORDS, ...words })),
    ),
  ])
  const found = (chunk: Buffer | null): chunk is Buffer => chunk !== null
  const columns = sortColumns({ ...decodeAll(answers.slice(loanStarts.length).filter(found)), ...words })
  const rowOf = rowLookup(columns.id)
  const loans = growthMonths.map(() => new Float64Array(columns.count))
  for (const chunk of answers.slice(0, loanStarts.length).filter(found)) decodeLoans(chunk, rowOf, loans)
  const loansOf = (month: string | null) =>
    month === null ? new Float64Array(columns.count) : loans[growthMonths.indexOf(month)]
  columns.previousLoanCents = loansOf(months.previous)
  columns.yearStartLoanCents = loansOf(months.yearStart)
  return { version, rowsVersion: version, months, columns, range, rowOf }
}

async function inParallel<T>(width: number, tasks: (() => Promise<T>)[]): Promise<T[]> {
  const results: T[] = []
  let next = 0
  const work = async (): Promise<void> => {
    while (next < tasks.length) {
      const i = next++
      results[i] = await tasks[i]()
    }
  }
  await Promise.all(Array.from({ length: width }, work))
  return results
}

function decodeLoans(data: Buffer, rowOf: RowLookup, loans: Float64Array[]): void {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength)
  for (let at = 0; at < data.length; at += LOAN_BYTES) {
    const row = rowOf(view.getInt32(at))
    if (row >= 0) loans[view.getInt32(at + 4)][row] = int64(view, at + 8)
  }
}

/** Balances of a month in the order of the rows; zero for clients without one. */
export async function loadBalances(
  db: Database,
  month: string,
  loaded: LoadedClients,
): Promise<MonthBalances> {
  const { range, rowOf, columns } = loaded
  const result = { depositCents: new Float64Array(columns.count), loanCents: new Float64Array(columns.count) }
  for (const start of startsOf(range, BALANCE_CHUNK_IDS)) {
    const data = await db.asRole(
      'gis_reader',
      (tx) => balanceChunk(tx, month, start, start + BALANCE_CHUNK_IDS),
      LOAD_LIMIT_MS,
    )
    if (data === null) continue
    const view = new DataView(data.buffer, data.byteOffset, data.byteLength)
    for (let at = 0; at < data.length; at += BALANCE_BYTES) {
      const row = rowOf(view.getInt32(at))
      if (row < 0) continue
      result.depositCents[row] = int64(view, at + 4)
      result.loanCents[row] = int64(view, at + 12)
    }
  }
  return result
}

/** The row of a client id, or -1. */
export type RowLookup = (id: number) => number

// Ids are nearly dense, so a table over their range is smaller and faster than a map; a sparse range gets the map.
function rowLookup(ids: Uint32Array): RowLookup {
  let first = Infinity
  let last = -Infinity
  for (const id of ids) {
    if (id < first) first = id
    if (id > last) last = id
  }
  if (ids.length > 0 && last - first < ids.length * 4) {
    const table = new Int32Array(last - first + 1).fill(-1)
    for (let row = 0; row < ids.length; row++) table[ids[row] - first] = row
    return (id) => table[id - first] ?? -1
  }
  const map = new Map<number, number>()
  for (let row = 0; row < ids.length; row++) map.set(ids[row], row)
  return (id) => map.get(id) ?? -1
}

function startsOf(range: IdRange | null, step: number): number[] {
  const starts: number[] = []
  if (range) for (let id = range.first; id <= range.last; id += step) starts.push(id)
  return starts
}

function decodeAll(chunks: Buffer[]): ClientColumns {
  const columns = emptyColumns(chunks.reduce((sum, chunk) => sum + chunk.length / RECORD_BYTES, 0))
  const dictionaries: Dictionaries = {
    places: new Dictionary(),
    branches: new Dictionary(),
    managers: new Dictionary(),
  }
  let row = 0
  for (const chunk of chunks) {
    decodeChunk(chunk, columns, row, dictionaries)
    row += chunk.length / RECORD_BYTES
  }
  return {
    ...columns,
    placeCodes: dictionaries.places.values.map((code) => String(code).padStart(12, '0')),
    branchIds: dictionaries.branches.values,
    managerIds: dictionaries.managers.values,
  }
}

export function sortColumns(columns: ClientColumns): ClientColumns {
  const order = sortedByCode(columns.code)
  const sorted: Record<string, unknown> = { ...columns }
  for (const [name, column] of Object.entries(columns)) {
    if (ArrayBuffer.isView(column)) sorted[name] = gather(column as Float64Array, order)
  }
  const result = sorted as unknown as ClientColumns
  let placed = result.count
  while (placed > 0 && result.code[placed - 1] >= UNPLACED) placed--
  result.placed = placed
  return result
}

function gather(column: Float64Array, order: Uint32Array): Float64Array {
  const TypedArray = column.constructor as Float64ArrayConstructor
  const sorted = new TypedArray(column.length)
  for (let i = 0; i < order.length; i++) sorted[i] = column[order[i]]
  return sorted
}
