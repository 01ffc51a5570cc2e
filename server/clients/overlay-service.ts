import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { encodeColumns } from './columns-format.ts'
import { COLUMNS_LIMIT, type Legend } from './contract.ts'
import type { Me } from '#db/client.ts'
import { STATUSES, type ClientColumns } from '#domain/filter/client-columns.ts'
import type { Filter } from '#domain/filter/types.ts'
import { worldX, worldY } from '#domain/tiles/mercator.ts'
import { AppError } from '#server/http/errors.ts'
import { countByPlace, hiddenPlaces } from '#server/metrics/hidden-places.ts'
import { moneyView } from '#server/metrics/money-view.ts'
import { hiddenGroups, tooSmall } from '#server/metrics/suppression.ts'
import { scopeOf, seesClients, seesExactMoney, type Scope } from '#server/snapshot/scope.ts'
import type { Snapshot } from '#server/snapshot/snapshot.ts'
import type { SnapshotStore } from '#server/snapshot/snapshot-store.ts'
import type { PlaceSet, PolygonStore } from '#server/tiles/polygon-store.ts'

const compress = promisify(gzip)

export type Box = [west: number, south: number, east: number, north: number]

interface Sums {
  count: number
  depositCents: number
  loanCents: number
}

/** What the client overlay shows, answered from the snapshot. */
export class ClientOverlay {
  private readonly stores: { snapshots: SnapshotStore; polygons: PolygonStore }

  constructor(stores: { snapshots: SnapshotStore; polygons: PolygonStore }) {
    this.stores = stores
  }

  /** All placed clients of the scope that pass the filter, as one gzipped blob. */
  async columns(me: Me, filter: Filter | null, today: number): Promise<{ body: Buffer; etag: string }> {
    const scope = scopeOf(me)
    if (!seesClients(scope)) throw new AppError('forbidden', '您的角色不能查看单个客户，可使用汇总图层。')
    const snapshot = await this.stores.snapshots.current()
    const passing = passingRows(snapshot, scope, snapshot.mask(filter, today))
    if (passing.length > COLUMNS_LIMIT) {
      throw new AppError(
        'scope_too_large',
        `范围内有 ${passing.length} 户，超过 ${COLUMNS_LIMIT} 户。请改用瓦片图层，或增加筛选条件。`,
      )
    }
    const { columns } = snapshot
    const rows = passing.filter((row) => row < columns.placed)
    const pick = <A extends Uint32Array | Uint8Array>(column: A): A =>
      rows.map((row) => column[row]) as unknown as A
    const bytes = encodeColumns({
      x: pick(columns.x),
      y: pick(columns.y),
      id: pick(columns.id),
      status: Uint8Array.from(rows, (row) => columns.status[row]),
      kind: Uint8Array.from(rows, (row) => columns.kind[row]),
      size: Uint8Array.from(rows, (row) => columns.size[row]),
      unplaced: passing.length - rows.length,
    })
    const etag = `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`
    return { body: await compress(bytes, { level: 1 }), etag }
  }

  async legend(me: Me, filter: Filter | null, today: number, box: Box | undefined): Promise<Legend> {
    const scope = scopeOf(me)
    if (scope.kind === 'none')
      throw new AppError('forbidden', '您的角色不能查看客户汇总。如工作需要，请联系管理员调整角色。')
    const snapshot = await this.stores.snapshots.current()
    const mask = snapshot.mask(filter, today)
    const { columns } = snapshot
    const inside =
      box === undefined
        ? () => true
        : scope.kind === 'aggregate'
          ? insideTownships(columns, mask, box, await this.stores.polygons.places())
          : insideBox(columns, box)
    const sums = STATUSES.map((): Sums => ({ count: 0, depositCents: 0, loanCents: 0 }))
    for (const row of passingRows(snapshot, scope, mask)) {
      if (!inside(row)) continue
      const sum = sums[columns.status[row]]
      sum.count++
      sum.depositCents += columns.depositCents[row]
      sum.loanCents += columns.loanCents[row]
    }
    return toLegend(sums, scope)
  }
}

function passingRows(snapshot: Snapshot, scope: Scope, mask: Uint8Array | null): Uint32Array {
  const { rows, count } = snapshot.scopeRows(scope)
  const passing = new Uint32Array(count)
  let next = 0
  for (let i = 0; i < count; i++) {
    const row = rows === null ? i : rows[i]
    if (mask === null || mask[row] === 1) passing[next++] = row
  }
  return passing.subarray(0, next)
}

function insideBox(columns: ClientColumns, [west, south, east, north]: Box): (row: number) => boolean {
  const [minX, maxX, minY, maxY] = [worldX(west), worldX(east), worldY(north), worldY(south)]
  const { x, y, placed } = columns
  return (row) => row < placed && x[row] >= minX && x[row] <= maxX && y[row] >= minY && y[row] <= maxY
}

// Two boxes drawn around one house would tell its owner's balance; whole townships of at least five clients do not.
function insideTownships(
  columns: ClientColumns,
  mask: Uint8Array | null,
  [west, south, east, north]: Box,
  places: PlaceSet,
): (row: number) => boolean {
  const counts = {
    county: countByPlace(columns.placeCodes, columns.county, mask),
    township: countByPlace(columns.placeCodes, columns.township, mask),
    village: new Map<string, number>(),
  }
  const hidden = hiddenPlaces(counts, (code) => places.byCode.get(code)?.parentCode ?? null)
  const shown = Uint8Array.from(columns.placeCodes, (code) => {
    const place = places.byCode.get(code)
    if (!place || hidden.township.has(code)) return 0
    return place.lng >= west && place.lng <= east && place.lat >= south && place.lat <= north ? 1 : 0
  })
  return (row) => shown[columns.township[row]] === 1
}

function toLegend(sums: Sums[], scope: Scope): Legend {
  const total = sums.reduce((all, sum) => ({
    count: all.count + sum.count,
    depositCents: all.depositCents + sum.depositCents,
    loanCents: all.loanCents + sum.loanCents,
  }))
  const guarded = scope.kind === 'aggregate'
  const totalHidden = guarded && tooSmall(total.count)
  const groups = sums.map((sum, s) => ({ key: STATUSES[s], parent: null, count: sum.count }))
  const hidden = guarded ? hiddenGroups(groups) : new Set<string>()
  const money = seesExactMoney(scope) ? (cents: number) => cents / 100 : moneyView(scope)
  const view = (sum: Sums, isHidden: boolean) =>
    isHidden
      ? { count: null, deposit: null, loan: null, hidden: true }
      : {
          count: sum.count,
          deposit: money(sum.depositCents, sum.count) ?? null,
          loan: money(sum.loanCents, sum.count) ?? null,
        }
  return {
    total: view(total, totalHidden),
    byStatus: sums.map((sum, s) => ({
      status: STATUSES[s],
      ...view(sum, totalHidden || hidden.has(STATUSES[s])),
    })),
  }
}
