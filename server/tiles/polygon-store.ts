import type { Database } from '#db/client.ts'
import { buildPyramid, type Pyramid } from '#domain/tiles/simplify-pyramid.ts'
import { boundsOfParts, type Rectangle } from '#domain/tiles/clip-polygon.ts'
import { worldX, worldY } from '#domain/tiles/mercator.ts'
import type { MultiPolygonCoordinates } from '#domain/geo/shapes.ts'
import { layerVersion } from '#server/snapshot/queries.ts'
import { VersionedStore } from '#server/snapshot/versioned-store.ts'
import { readBarriers, readPlaces, readPlaceShapes, type BarrierRow, type PlaceRow } from './queries.ts'
import { readLine, readMultiPolygon } from './read-wkb.ts'

export type PlaceLevel = 'county' | 'township' | 'village'

export interface PolygonLayer {
  /** In the order of the pyramid's `index`. */
  places: PlaceRow[]
  pyramid: Pyramid
}

export interface PlaceSet {
  version: number
  places: PlaceRow[]
  byCode: ReadonlyMap<string, PlaceRow>
  layers: Record<PlaceLevel, PolygonLayer>
}

export interface BarrierSet {
  version: number
  lines: { index: number; line: Float64Array; bounds: Rectangle }[]
  barriers: Omit<BarrierRow, 'wkb'>[]
}

const LOAD_LIMIT_MS = 60_000

/** Places and barriers in memory, each kept at the version of its layer. */
export class PolygonStore {
  private readonly placeStore: VersionedStore<PlaceSet>
  private readonly barrierStore: VersionedStore<BarrierSet>

  constructor(db: Database, now?: () => number) {
    const versionOf = (layer: string) => () =>
      db.asRole('gis_reader', async (tx) => String(await layerVersion(tx, layer)))
    this.placeStore = new VersionedStore<PlaceSet>(
      { version: versionOf('place'), load: () => loadPlaces(db), versionOf: (set) => String(set.version) },
      now,
    )
    this.barrierStore = new VersionedStore<BarrierSet>(
      {
        version: versionOf('barrier'),
        load: () => loadBarriers(db),
        versionOf: (set) => String(set.version),
      },
      now,
    )
  }

  places(): Promise<PlaceSet> {
    return this.placeStore.current()
  }

  barriers(): Promise<BarrierSet> {
    return this.barrierStore.current()
  }

  recheck(): void {
    this.placeStore.recheck()
    this.barrierStore.recheck()
  }
}

async function loadPlaces(db: Database): Promise<PlaceSet> {
  return db.asRole(
    'gis_reader',
    async (tx) => {
      const version = await layerVersion(tx, 'place')
      const places = await readPlaces(tx)
      const byCode = new Map(places.map((place) => [place.code, place]))
      const layer = async (level: PlaceLevel): Promise<PolygonLayer> => {
        const rows = await readPlaceShapes(tx, level)
        return lazyLayer(
          rows.map((row) => byCode.get(row.code)!),
          rows.map((row) => row.wkb),
        )
      }
      return {
        version,
        places,
        byCode,
        layers: {
          county: await layer('county'),
          township: await layer('township'),
          village: await layer('village'),
        },
      }
    },
    LOAD_LIMIT_MS,
  )
}

// The villages' pyramid takes a second to build: the counties, which are looked at first, do not wait for it.
function lazyLayer(places: PlaceRow[], shapes: Buffer[]): PolygonLayer {
  let pyramid: Pyramid | undefined
  return {
    places,
    get pyramid() {
      return (pyramid ??= buildPyramid(shapes.map((wkb) => toWorld(readMultiPolygon(wkb)))))
    },
  }
}

async function loadBarriers(db: Database): Promise<BarrierSet> {
  return db.asRole(
    'gis_reader',
    async (tx) => {
      const version = await layerVersion(tx, 'barrier')
      const rows = await readBarriers(tx)
      return {
        version,
        barriers: rows.map(({ id, kind, name }) => ({ id, kind, name })),
        lines: rows.map((row, index) => {
          const line = Float64Array.from(
            readLine(row.wkb).flatMap(([lng, lat]) => [worldX(lng), worldY(lat)]),
          )
          return { index, line, bounds: boundsOfParts([line]) }
        }),
      }
    },
    LOAD_LIMIT_MS,
  )
}

// Whole world units: neighbours that share a vertex in degrees share it here too.
function toWorld(shape: MultiPolygonCoordinates): MultiPolygonCoordinates {
  return shape.map((polygon) => polygon.map((ring) => ring.map(([lng, lat]) => [worldX(lng), worldY(lat)])))
}
