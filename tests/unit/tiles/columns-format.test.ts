import fc from 'fast-check'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { lngOf, latOf, WORLD } from '#domain/tiles/mercator.ts'
import { decodeColumns, encodeColumns } from '#server/clients/columns-format.ts'
import { createRandom } from '#domain/random.ts'
import { columnsOf } from './columns-of.ts'

describe('the column file', () => {
  test('comes back with exact ids and classes and positions to 4 cm', () => {
    const world = fc.integer({ min: 0, max: WORLD - 1 })
    const row = fc.record({
      x: world,
      y: world,
      id: fc.integer({ min: 0, max: 4294967295 }),
      s: fc.nat(4),
      k: fc.nat(5),
      z: fc.nat(7),
    })
    fc.assert(
      fc.property(fc.array(row), fc.nat(1000), (rows, unplaced) => {
        const points = decodeColumns(
          encodeColumns({
            x: Uint32Array.from(rows, ({ x }) => x),
            y: Uint32Array.from(rows, ({ y }) => y),
            id: Uint32Array.from(rows, ({ id }) => id),
            status: Uint8Array.from(rows, ({ s }) => s),
            kind: Uint8Array.from(rows, ({ k }) => k),
            size: Uint8Array.from(rows, ({ z }) => z),
            unplaced,
          }),
        )
        expect([points.count, points.unplaced]).toEqual([rows.length, unplaced])
        rows.forEach((row, i) => {
          expect([points.id[i], points.status[i], points.kind[i], points.size[i]]).toEqual([
            row.id,
            row.s,
            row.k,
            row.z,
          ])
          expect(Math.abs(points.lng[i] - lngOf(row.x))).toBeLessThan(4e-7)
          expect(Math.abs(points.lat[i] - latOf(row.y))).toBeLessThan(4e-7)
        })
      }),
    )
  })

  test('takes at most 11 bytes a client after gzip for 20,000 clients of one county', () => {
    const random = createRandom(3)
    const columns = columnsOf(
      Array.from({ length: 20_000 }, (_, i) => ({
        id: 500_000 + i,
        position: [114.6 + random.next() * 0.6, 25.1 + random.next() * 0.5] as [number, number],
        status: random.int(5),
        kind: random.int(6),
        loan: random.int(1_000_000),
      })),
    )
    const bytes = encodeColumns({ ...columns, unplaced: 0 })
    expect(gzipSync(bytes, { level: 1 }).length / 20_000).toBeLessThan(11)
  })

  test('other or cut bytes are refused', () => {
    const bytes = encodeColumns({ ...columnsOf([{ id: 1, position: [115, 25] }]), unplaced: 0 })
    expect(() => decodeColumns(bytes.subarray(0, bytes.length - 1))).toThrow(RangeError)
    expect(() => decodeColumns(new TextEncoder().encode('{"code":"forbidden"}'))).toThrow(RangeError)
  })
})
