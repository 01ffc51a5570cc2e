import { VectorTile } from '@mapbox/vector-tile'
import fc from 'fast-check'
import { PbfReader } from 'pbf'
import { describe, expect, test } from 'vitest'
import { STATUSES } from '#domain/filter/client-columns.ts'
import { cellsOfTile, topStatus, wholeYuan } from '#domain/tiles/grid-tile.ts'
import { lngOf, latOf } from '#domain/tiles/mercator.ts'
import { rowsOfTile } from '#domain/tiles/row-set.ts'
import { createRandom } from '#domain/random.ts'
import { encodeClientTile, TILE_BYTES_LIMIT } from '#server/tiles/client-tile.ts'
import { Snapshot } from '#server/snapshot/snapshot.ts'
import { columnsOf, type PlainClient } from './columns-of.ts'

const everyone = { kind: 'aggregate', role: 'test' } as const

function snapshotOf(clients: PlainClient[]): Snapshot {
  const columns = columnsOf(clients)
  const months = { all: [], latest: null, previous: null, yearStart: null }
  return new Snapshot({ version: 1, rowsVersion: 1, months, columns, range: null, rowOf: () => -1 })
}

const client = fc.record({
  position: fc.option(
    fc.tuple(
      fc.double({ min: 113.9, max: 116.7, noNaN: true }),
      fc.double({ min: 24.4, max: 27.2, noNaN: true }),
    ),
    { freq: 8 },
  ),
  status: fc.integer({ min: 0, max: 4 }),
  deposit: fc.integer({ min: 0, max: 1_000_000 }),
  loan: fc.integer({ min: 0, max: 1_000_000 }),
})
const clients = fc
  .array(client, { maxLength: 200 })
  .map((list) => list.map((item, i): PlainClient => ({ id: i + 1, ...item })))

function tilesOver(z: number): { z: number; x: number; y: number }[] {
  const size = 2 ** z
  const at = (lng: number) => Math.floor((lng / 360 + 0.5) * size)
  const down = (lat: number) =>
    Math.floor((0.5 - Math.asinh(Math.tan((lat * Math.PI) / 180)) / (2 * Math.PI)) * size)
  const tiles = []
  for (let x = at(113.9); x <= at(116.7); x++)
    for (let y = down(27.2); y <= down(24.4); y++) tiles.push({ z, x, y })
  return tiles
}

describe('cells', () => {
  test('over all tiles of a zoom every placed client is counted once, with its money and status', () => {
    fc.assert(
      fc.property(clients, fc.integer({ min: 0, max: 9 }), fc.boolean(), (list, z, filtered) => {
        const { columns } = snapshotOf(list)
        const mask = filtered ? Uint8Array.from(columns.id, (id) => id % 2) : null
        const expected = list.filter(({ id, position }) => position !== null && (!filtered || id % 2 === 1))
        const scope = { rows: null, count: columns.placed, mask }
        const cells = tilesOver(z).flatMap((tile) =>
          cellsOfTile(columns, rowsOfTile(columns.code, scope, tile), tile),
        )
        const sum = (pick: (cell: (typeof cells)[number]) => number) =>
          cells.reduce((all, cell) => all + pick(cell), 0)
        expect(sum((cell) => cell.count)).toBe(expected.length)
        expect(sum((cell) => cell.depositCents)).toBe(
          expected.reduce((all, { deposit }) => all + deposit! * 100, 0),
        )
        expect(sum((cell) => cell.loanCents)).toBe(expected.reduce((all, { loan }) => all + loan! * 100, 0))
        STATUSES.forEach((_, s) =>
          expect(sum((cell) => cell.statuses[s])).toBe(expected.filter(({ status }) => status === s).length),
        )
      }),
    )
  })

  test('by hand: two clients in one cell stand at their mean, a third one far off has its own', () => {
    const { columns } = snapshotOf([
      { id: 1, position: [114.9, 25.8], deposit: 10, status: 1 },
      { id: 2, position: [114.902, 25.8], loan: 20.5, status: 1 },
      { id: 3, position: [115.2, 25.8], loan: 1, status: 3 },
    ])
    const tile = { z: 8, x: 209, y: 108 }
    const set = rowsOfTile(columns.code, { rows: null, count: 3, mask: null }, tile)
    const cells = cellsOfTile(columns, set, tile)
    expect(cells.map(({ count, depositCents, loanCents }) => [count, depositCents, loanCents])).toEqual([
      [2, 1000, 2050],
      [1, 0, 100],
    ])
    expect(lngOf(cells[0].x / 2)).toBeCloseTo(114.901, 6)
    expect(latOf(cells[0].y / 2)).toBeCloseTo(25.8, 6)
    expect(cells.map(topStatus)).toEqual(['depositOnly', 'lost'])
    expect(topStatus({ statuses: [0, 2, 2, 0, 0] })).toBe('depositOnly')
  })
})

describe('client tiles', () => {
  const read = (bytes: Uint8Array) => new VectorTile(new PbfReader(bytes))

  test('from zoom 12 on each client is a point with class values only, at its place to a pixel', () => {
    const snapshot = snapshotOf([
      { id: 77, position: [114.93, 25.85], status: 3, kind: 2, deposit: 30_000, loan: 0 },
    ])
    const tile = { z: 12, x: 3355, y: 1743 }
    const layer = read(encodeClientTile(snapshot, snapshot.scopeRows(everyone), null, tile, wholeYuan)).layers
      .client
    const feature = layer.feature(0)
    expect([layer.length, feature.id, feature.properties]).toEqual([
      1,
      77,
      { status: 'lost', kind: 'farmer', size: 2 },
    ])
    const { coordinates } = feature.toGeoJSON(3355, 1743, 12).geometry as unknown as {
      coordinates: [number, number]
    }
    expect(coordinates[0]).toBeCloseTo(114.93, 4)
    expect(coordinates[1]).toBeCloseTo(25.85, 4)
  })

  test('a tile with 120,000 clients stays under the limit as cells and loses nobody', () => {
    const random = createRandom(7)
    const crowd = Array.from({ length: 120_000 }, (_, i): PlainClient => ({
      id: i + 1,
      position: [114.9 + random.next() * 0.06, 25.82 + random.next() * 0.05],
      status: random.int(5),
      deposit: random.int(100_000_000) / 100,
      loan: random.int(100_000_000) / 100,
    }))
    const snapshot = snapshotOf(crowd)
    let counted = 0
    for (let x = 3354; x <= 3356; x++) {
      for (let y = 1742; y <= 1744; y++) {
        const bytes = encodeClientTile(
          snapshot,
          snapshot.scopeRows(everyone),
          null,
          { z: 12, x, y },
          wholeYuan,
        )
        expect(bytes.length).toBeLessThanOrEqual(TILE_BYTES_LIMIT)
        if (bytes.length === 0) continue
        const { cell, client } = read(bytes).layers
        for (let i = 0; i < (cell?.length ?? 0); i++) counted += Number(cell.feature(i).properties.count)
        counted += client?.length ?? 0
      }
    }
    expect(counted).toBe(120_000)
  })

  test('points just over the byte limit fall back too: 28,000 with large ids', () => {
    const random = createRandom(8)
    const crowd = Array.from({ length: 28_000 }, (_, i): PlainClient => ({
      id: 2_000_000_000 + i,
      position: [114.93 + random.next() * 0.015, 25.84 + random.next() * 0.01],
    }))
    const snapshot = snapshotOf(crowd)
    const tile = { z: 12, x: 3355, y: 1743 }
    const bytes = encodeClientTile(snapshot, snapshot.scopeRows(everyone), null, tile, wholeYuan)
    expect(bytes.length).toBeLessThanOrEqual(TILE_BYTES_LIMIT)
    expect(Object.keys(read(bytes).layers)).toEqual(['cell'])
  })
})
