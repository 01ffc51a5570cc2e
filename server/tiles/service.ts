import type { Me } from '#db/client.ts'
import type { Filter } from '#domain/filter/types.ts'
import type { TileId } from '#domain/tiles/row-set.ts'
import { AppError } from '#server/http/errors.ts'
import { moneyView } from '#server/metrics/money-view.ts'
import { scopeKey, scopeOf } from '#server/snapshot/scope.ts'
import type { Snapshot } from '#server/snapshot/snapshot.ts'
import type { SnapshotStore } from '#server/snapshot/snapshot-store.ts'
import { encodeClientTile, PlaceCells } from './client-tile.ts'
import type { TileLayer } from './contract.ts'
import { encodeBarrierTile, encodePlaceTile } from './place-tile.ts'
import type { PlaceSet, PolygonStore } from './polygon-store.ts'
import { TileCache, type CachedTile } from './tile-cache.ts'

const CACHE_BYTES = 128_000_000

interface Stores {
  snapshots: SnapshotStore
  polygons: PolygonStore
}

export class TileService {
  private readonly stores: Stores
  private readonly cache: TileCache
  private cells: { key: string; value: PlaceCells } | null = null

  constructor(stores: Stores, cacheBytes = CACHE_BYTES) {
    this.stores = stores
    this.cache = new TileCache(cacheBytes)
  }

  /** @param today days since 1970, for relative dates in the filter */
  async tile(
    layer: TileLayer,
    tile: TileId,
    me: Me,
    filter: Filter | null,
    today: number,
  ): Promise<CachedTile> {
    const at = `${tile.z}/${tile.x}/${tile.y}`
    if (layer === 'client') return this.clientTile(tile, at, me, filter, today)
    if (layer === 'barrier') {
      const set = await this.stores.polygons.barriers()
      return this.cache.get(`barrier ${set.version} ${at}`, () => encodeBarrierTile(set, tile))
    }
    const set = await this.stores.polygons.places()
    return this.cache.get(`${layer} ${set.version} ${at}`, () => encodePlaceTile(set, layer, tile))
  }

  private async clientTile(
    tile: TileId,
    at: string,
    me: Me,
    filter: Filter | null,
    today: number,
  ): Promise<CachedTile> {
    const scope = scopeOf(me)
    if (scope.kind === 'none') {
      throw new AppError('forbidden', '您的角色不能查看客户图层。如工作需要，请联系管理员调整角色。')
    }
    const snapshot = await this.stores.snapshots.current()
    const money = moneyView(scope)
    const filterKey = filter === null ? '' : `${today} ${JSON.stringify(filter)}`
    const key = `client ${scopeKey(scope)} ${filterKey} ${snapshot.version}`
    if (scope.kind === 'aggregate') {
      const places = await this.stores.polygons.places()
      return this.cache.get(`${key} ${places.version} ${at}`, () =>
        this.placeCells(`${key} ${places.version}`, snapshot, snapshot.mask(filter, today), places).encode(
          tile,
          money,
        ),
      )
    }
    return this.cache.get(`${key} ${at}`, () =>
      encodeClientTile(snapshot, snapshot.scopeRows(scope), snapshot.mask(filter, today), tile, money),
    )
  }

  // The tiles of one screen ask for the same sums one after the other.
  private placeCells(key: string, snapshot: Snapshot, mask: Uint8Array | null, places: PlaceSet): PlaceCells {
    if (this.cells?.key !== key) this.cells = { key, value: new PlaceCells(snapshot, mask, places) }
    return this.cells.value
  }
}
