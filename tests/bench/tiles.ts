import { PbfReader } from 'pbf'
import { VectorTile } from '@mapbox/vector-tile'
import { sql } from 'drizzle-orm'
import { availableParallelism, loadavg } from 'node:os'
import { openDatabase, type Database } from '#db/client.ts'
import { rowsOf } from '#db/rows.ts'
import { WORLD_BITS } from '#domain/tiles/mercator.ts'
import { wholeYuan } from '#domain/tiles/grid-tile.ts'
import type { TileId } from '#domain/tiles/row-set.ts'
import { createRandom } from '#domain/random.ts'
import { encodeClientTile } from '#server/tiles/client-tile.ts'
import { TileCache } from '#server/tiles/tile-cache.ts'
import type { Snapshot } from '#server/snapshot/snapshot.ts'
import { SnapshotStore } from '#server/snapshot/snapshot-store.ts'

/*
 * Client tiles of all clients: ours (encoded from memory, and from the tile cache) beside ST_AsMVT over the same rows on
 * the same machine, tile by tile in turn. Both carry id, status and kind; ours adds a size class, or sums below zoom 12.
 * Our number of clients must be that of an exact SQL count, or the run stops. ST_AsMVT's may differ from it by the few
 * clients within a metre of the tile's edge, since PostGIS's && compares boxes in single precision; more stops the run.
 */
const ZOOMS = [6, 8, 10, 12, 14]
const RANDOM_TILES = 8
const ROUNDS = 5
const SQL_LIMIT_MS = 120_000

interface Sample {
  /** The layer of our first tile: cells or points. */
  shows: string
  ours: number[]
  cached: number[]
  sql: number[]
  rows: number[]
  ourBytes: number[]
  sqlBytes: number[]
}

export async function run(args: string[]): Promise<void> {
  const url = process.env.DATABASE_URL
  if (!url) {
    console.error(
      'bench tiles needs DATABASE_URL: a PostgreSQL with PostGIS and with clients in it (npm run gangrid -- demo).',
    )
    process.exitCode = 2
    return
  }
  const rounds = Number(args[0] ?? ROUNDS)
  const db = await openDatabase({
    folder: '',
    cacheFolder: '',
    url,
    ownerUrl: process.env.DATABASE_OWNER_URL,
  })
  try {
    await compare(db, rounds)
  } finally {
    await db.close()
  }
}

async function compare(db: Database, rounds: number): Promise<void> {
  const started = performance.now()
  const snapshot = await new SnapshotStore(db).current()
  const { count, placed } = snapshot.columns
  if (placed === 0) {
    console.error(
      'The database holds no client with a position. Load the demo first: npm run gangrid -- demo.',
    )
    process.exitCode = 2
    return
  }
  console.log(
    `${count} clients (${placed} on the map) loaded in ${(performance.now() - started).toFixed(0)} ms`,
  )
  console.log(
    `${availableParallelism()} cores, load ${loadavg()[0].toFixed(1)}, ${rounds} rounds, variants in turn; times in ms\n`,
  )
  const table: Record<string, string | number>[] = []
  for (const z of ZOOMS) {
    const densest = densestTile(snapshot, z)
    table.push(await measure(db, snapshot, `z${z} densest`, [densest], rounds))
    const others = randomTiles(snapshot, z).filter((tile) => tile.x !== densest.x || tile.y !== densest.y)
    if (others.length > 0)
      table.push(await measure(db, snapshot, `z${z} ${others.length} others`, others, Math.min(rounds, 2)))
  }
  console.table(table)
}

async function measure(db: Database, snapshot: Snapshot, title: string, tiles: TileId[], rounds: number) {
  const all = snapshot.scopeRows({ kind: 'aggregate', role: 'bench' })
  const cache = new TileCache(256_000_000)
  const sample: Sample = { shows: '', ours: [], cached: [], sql: [], rows: [], ourBytes: [], sqlBytes: [] }
  // Round 0 warms both sides and checks the counts; it is not timed.
  for (let round = 0; round <= rounds; round++) {
    for (const tile of tiles) {
      const encode = () => encodeClientTile(snapshot, all, null, tile, wholeYuan)
      const ours = await timed(encode)
      const theirs = await timed(() => plainSqlTile(db, tile))
      const key = `${tile.z}/${tile.x}/${tile.y}`
      await cache.get(key, encode)
      const cached = await timed(() => cache.get(key, encode))
      if (round === 0) {
        sample.shows ||= layerOf(ours.value)
        const rows = clientsIn(ours.value)
        const expected = clientsIn(theirs.value)
        const exact = await exactCount(db, tile)
        if (rows !== exact.inside)
          throw new Error(`${title} ${key}: ${rows} clients in our tile, ${exact.inside} by SQL`)
        if (Math.abs(expected - rows) > exact.atEdge) {
          throw new Error(
            `${title} ${key}: ${rows} clients in our tile, ${expected} in ST_AsMVT's, ${exact.atEdge} at the edge`,
          )
        }
        sample.rows.push(rows)
        sample.ourBytes.push(ours.value.length)
        sample.sqlBytes.push(theirs.value.length)
      }
      if (round === 0) continue
      sample.ours.push(ours.ms)
      sample.sql.push(theirs.ms)
      sample.cached.push(cached.ms)
    }
  }
  return {
    tile: title,
    shows: sample.shows,
    rows: median(sample.rows),
    'ours p50': fixed(median(sample.ours)),
    'ours p95': fixed(percentile(sample.ours, 0.95)),
    'cache hit p50': fixed(median(sample.cached), 4),
    'ST_AsMVT p50': fixed(median(sample.sql)),
    'ST_AsMVT p95': fixed(percentile(sample.sql, 0.95)),
    'times faster': fixed(median(sample.sql) / median(sample.ours), 1),
    'our kB': fixed(median(sample.ourBytes) / 1000, 1),
    'ST_AsMVT kB': fixed(median(sample.sqlBytes) / 1000, 1),
    'times smaller': fixed(median(sample.sqlBytes) / median(sample.ourBytes), 1),
  }
}

/** What a plain tile server runs for a table of points in degrees. */
async function plainSqlTile(db: Database, { z, x, y }: TileId): Promise<Uint8Array> {
  return db.asRole(
    'gis_reader',
    async (tx) => {
      const [row] = rowsOf<{ mvt: Buffer }>(
        await tx.execute(sql`select st_asmvt(t, 'client', 4096, 'geom', 'id') as mvt from (
          select st_asmvtgeom(st_transform(c.geom, 3857), st_tileenvelope(${z}::int, ${x}::int, ${y}::int), 4096, 0, false) as geom,
            c.id, c.status, c.kind
          from app.client c
          where c.geom && st_transform(st_tileenvelope(${z}::int, ${x}::int, ${y}::int), 4326)) t`),
      )
      return row.mvt
    },
    SQL_LIMIT_MS,
  )
}

/** Clients of the half-open tile, and those within about a metre of its edge. */
async function exactCount(db: Database, { z, x, y }: TileId): Promise<{ inside: number; atEdge: number }> {
  return db.asRole(
    'gis_reader',
    async (tx) => {
      const [row] = rowsOf<{ inside: number; atEdge: number }>(
        await tx.execute(sql`
          with tile as (select st_xmin(e) x0, st_xmax(e) x1, st_ymin(e) y0, st_ymax(e) y1
            from st_tileenvelope(${z}::int, ${x}::int, ${y}::int) e),
          points as (select st_x(m) px, st_y(m) py from app.client c, lateral st_transform(c.geom, 3857) m
            where c.geom && st_expand(st_transform(st_tileenvelope(${z}::int, ${x}::int, ${y}::int), 4326), 0.001))
          select count(*) filter (where px >= x0 and px < x1 and py > y0 and py <= y1)::int as inside,
            count(*) filter (where least(abs(px - x0), abs(px - x1), abs(py - y0), abs(py - y1)) < 1.5)::int as "atEdge"
          from points, tile`),
      )
      return row
    },
    SQL_LIMIT_MS,
  )
}

function clientsIn(bytes: Uint8Array): number {
  if (bytes.length === 0) return 0
  const tile = new VectorTile(new PbfReader(bytes))
  const cells = tile.layers.cell
  if (!cells) return tile.layers.client?.length ?? 0
  let sum = 0
  for (let i = 0; i < cells.length; i++) sum += Number(cells.feature(i).properties.count)
  return sum
}

function layerOf(bytes: Uint8Array): string {
  return Object.keys(new VectorTile(new PbfReader(bytes)).layers)[0] ?? ''
}

function densestTile(snapshot: Snapshot, z: number): TileId {
  const counts = new Map<string, number>()
  let best = { z, x: 0, y: 0 }
  let most = 0
  const shift = WORLD_BITS - z
  for (let row = 0; row < snapshot.columns.placed; row++) {
    const x = snapshot.columns.x[row] >>> shift
    const y = snapshot.columns.y[row] >>> shift
    const key = `${x}/${y}`
    const count = (counts.get(key) ?? 0) + 1
    counts.set(key, count)
    if (count > most) {
      most = count
      best = { z, x, y }
    }
  }
  return best
}

/** Tiles under clients drawn with a fixed seed, each once. */
function randomTiles(snapshot: Snapshot, z: number): TileId[] {
  const random = createRandom(z)
  const tiles = new Map<string, TileId>()
  const { columns } = snapshot
  for (let draw = 0; draw < RANDOM_TILES * 4 && tiles.size < RANDOM_TILES; draw++) {
    const row = random.int(columns.placed)
    const size = 2 ** (WORLD_BITS - z)
    const x = Math.floor(columns.x[row] / size)
    const y = Math.floor(columns.y[row] / size)
    tiles.set(`${x}/${y}`, { z, x, y })
  }
  return [...tiles.values()]
}

async function timed<T>(work: () => T | Promise<T>): Promise<{ value: T; ms: number }> {
  const started = performance.now()
  const value = await work()
  return { value, ms: performance.now() - started }
}

function median(values: number[]): number {
  return percentile(values, 0.5)
}

function percentile(values: number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]
}

function fixed(value: number, digits = 2): number {
  return Number(value.toFixed(digits))
}
