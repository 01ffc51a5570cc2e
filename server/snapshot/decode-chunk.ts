import { sizeClassOf, type ClientColumns } from '#domain/filter/client-columns.ts'
import { mortonCode } from '#domain/tiles/morton.ts'
import { worldX, worldY } from '#domain/tiles/mercator.ts'
import { RECORD_BYTES } from './queries.ts'

/** Numbers a value gets in the order it is first seen. */
export class Dictionary<T> {
  readonly values: T[] = []
  private readonly indexes = new Map<T, number>()
  private lastValue: T | undefined
  private lastIndex = -1

  // Neighbouring records mostly share their place and branch.
  indexOf(value: T): number {
    if (value === this.lastValue) return this.lastIndex
    let index = this.indexes.get(value)
    if (index === undefined) {
      index = this.values.push(value) - 1
      this.indexes.set(value, index)
    }
    this.lastValue = value
    this.lastIndex = index
    return index
  }
}

export interface Dictionaries {
  /** Codes as numbers: twelve digits fit. */
  places: Dictionary<number>
  branches: Dictionary<number>
  managers: Dictionary<number>
}

/** Somebody wrote a new word between reading the words and reading the clients. */
export class WordsChanged extends Error {}

/** Reads records into `columns` from row `start` on; unplaced rows get a code past every tile. @throws WordsChanged */
export function decodeChunk(
  data: Buffer,
  columns: ClientColumns,
  start: number,
  dictionaries: Dictionaries,
): void {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength)
  const { places, branches, managers } = dictionaries
  for (let at = 0, row = start; at < data.length; at += RECORD_BYTES, row++) {
    columns.id[row] = view.getInt32(at)
    const bits = view.getInt32(at + 4)
    columns.status[row] = bits & 15
    columns.kind[row] = (bits >> 4) & 15
    columns.flags[row] = (bits >> 8) & 3
    columns.riskClass[row] = (bits >> 12) & 7
    const lng = view.getFloat64(at + 8)
    if (Number.isNaN(lng)) columns.code[row] = UNPLACED
    else {
      columns.x[row] = worldX(lng)
      columns.y[row] = worldY(view.getFloat64(at + 16))
      columns.code[row] = mortonCode(columns.x[row], columns.y[row])
    }
    columns.county[row] = places.indexOf(int64(view, at + 24))
    columns.township[row] = places.indexOf(int64(view, at + 32))
    const village = int64(view, at + 40)
    columns.village[row] = village < 0 ? -1 : places.indexOf(village)
    columns.branch[row] = branches.indexOf(view.getInt32(at + 48))
    const manager = view.getInt32(at + 52)
    columns.manager[row] = manager < 0 ? -1 : managers.indexOf(manager)
    columns.lostReason[row] = wordAt(view, at + 56)
    columns.industry[row] = wordAt(view, at + 60)
    columns.depositCents[row] = int64(view, at + 64)
    columns.loanCents[row] = int64(view, at + 72)
    columns.openedOn[row] = view.getInt32(at + 80)
    columns.nextDueOn[row] = view.getInt32(at + 84)
    columns.lastVisitOn[row] = view.getInt32(at + 88)
    columns.lostOn[row] = view.getInt32(at + 92)
    columns.size[row] = sizeClassOf(columns.depositCents[row] + columns.loanCents[row])
  }
}

function wordAt(view: DataView, at: number): number {
  const word = view.getInt32(at)
  if (word < -1) throw new WordsChanged()
  return word
}

export const UNPLACED = 2 ** 52

/** Exact for values below 2^53. */
export function int64(view: DataView, at: number): number {
  return view.getInt32(at) * 4294967296 + view.getUint32(at + 4)
}
