import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ByteLru } from '#server/snapshot/byte-lru.ts'
import { todayInChina } from '#server/snapshot/today.ts'
import { VersionedStore } from '#server/snapshot/versioned-store.ts'
import { TileCache } from '#server/tiles/tile-cache.ts'

describe('a cache by bytes', () => {
  test('drops what was used longest ago', () => {
    const cache = new ByteLru<string>(10)
    cache.set('a', 'A', 4)
    cache.set('b', 'B', 4)
    expect(cache.get('a')).toBe('A')
    cache.set('c', 'C', 4)
    expect(['a', 'b', 'c'].map((key) => cache.get(key))).toEqual(['A', undefined, 'C'])
    expect(cache.bytes).toBe(8)
  })

  test('never holds more than its limit, counts a replaced value once, keeps no giant', () => {
    const step = fc.tuple(fc.constantFrom('a', 'b', 'c', 'd'), fc.integer({ min: 0, max: 12 }))
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const cache = new ByteLru<number>(10)
        const sizes = new Map<string, number>()
        for (const [key, bytes] of steps) {
          cache.set(key, bytes, bytes)
          sizes.set(key, bytes)
          expect(cache.bytes).toBeLessThanOrEqual(10)
          expect(cache.get(key)).toBe(bytes <= 10 ? bytes : undefined)
        }
        const held = [...sizes]
          .filter(([key]) => cache.get(key) !== undefined)
          .reduce((sum, [, bytes]) => sum + bytes, 0)
        expect(cache.bytes).toBe(held)
      }),
    )
  })
})

describe('the tile cache', () => {
  test('equal requests at the same time encode once; a failure is not kept', async () => {
    const cache = new TileCache(1_000_000)
    let encoded = 0
    const encode = () => {
      encoded++
      return new Uint8Array([1, 2, 3])
    }
    const [first, second] = await Promise.all([cache.get('k', encode), cache.get('k', encode)])
    expect([encoded, first === second, (await cache.get('k', encode)) === first]).toEqual([1, true, true])
    await expect(
      cache.get('bad', () => {
        throw new Error('broken')
      }),
    ).rejects.toThrow('broken')
    expect((await cache.get('bad', encode)).etag).toBe(first.etag)
    expect((await cache.get('none', () => new Uint8Array(0))).body).toBeNull()
  })
})

describe('a store that follows a version', () => {
  test('asks at most every two seconds, loads once for all callers, and tries again after a failure', async () => {
    let now = 0
    let version = '1'
    let asked = 0
    let loads = 0
    let broken = false
    const store = new VersionedStore(
      {
        version: async () => {
          asked++
          return version
        },
        load: async () => {
          loads++
          if (broken) throw new Error('no database')
          return { version, loads }
        },
        versionOf: (value) => value.version,
      },
      () => now,
    )
    await Promise.all([store.current(), store.current()])
    expect([asked, loads]).toEqual([0, 1])
    now = 1_999
    await store.current()
    expect(asked).toBe(0)
    now = 2_000
    await store.current()
    expect([asked, loads]).toEqual([1, 1])
    version = '2'
    broken = true
    now = 4_000
    await expect(store.current()).rejects.toThrow('no database')
    broken = false
    expect((await store.current()).version).toBe('2')
    expect(loads).toBe(3)
  })
})

test('today is China’s day', () => {
  const day = (iso: string) => todayInChina(new Date(iso))
  expect(day('2026-11-22T15:59:59Z')).toBe(Date.parse('2026-11-22') / 86_400_000)
  expect(day('2026-11-22T16:00:00Z')).toBe(Date.parse('2026-11-23') / 86_400_000)
})
