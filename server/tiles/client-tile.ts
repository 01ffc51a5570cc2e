import { STATUSES } from '#domain/filter/client-columns.ts'
import { cellLayer, cellsOfTile, type Cell, type MoneyView } from '#domain/tiles/grid-tile.ts'
import { encodeTile } from '#domain/tiles/mvt-encode.ts'
import { clientLayer } from '#domain/tiles/raw-tile.ts'
import { rowsOfTile, type TileId } from '#domain/tiles/row-set.ts'
import { mortonCode, tileCodes } from '#domain/tiles/morton.ts'
import { worldX, worldY } from '#domain/tiles/mercator.ts'
import { hiddenPlaces } from '#server/metrics/hidden-places.ts'
import type { ScopeRows, Snapshot } from '#server/snapshot/snapshot.ts'
import type { PlaceSet } from './polygon-store.ts'

export const TILE_BYTES_LIMIT = 500_000
export const FIRST_RAW_ZOOM = 12
const FIRST_VILLAGE_ZOOM = 11
// Below this many rows a raw tile surely fits; above it is not even tried.
const MOST_RAW_ROWS = 30_000

/** A tile of the clients of one scope: cells at low zooms or where too many points would be in it, else points. */
export function encodeClientTile(
  snapshot: Snapshot,
  scope: ScopeRows,
  mask: Uint8Array | null,
  tile: TileId,
  money: MoneyView,
): Uint8Array {
  const { columns } = snapshot
  const set = rowsOfTile(columns.code, { rows: scope.rows, count: scope.placed, mask }, tile)
  if (tile.z >= FIRST_RAW_ZOOM && set.to - set.from <= MOST_RAW_ROWS) {
    const raw = encodeTile([clientLayer(columns, set, tile)])
    if (raw.length <= TILE_BYTES_LIMIT) return raw
  }
  return encodeTile([cellLayer(cellsOfTile(columns, set, tile), tile, money)])
}

/** The same for those who see sums only: one point a township or village, at its seat; small ones left out. */
export class PlaceCells {
  private readonly townships: PlacedCell[]
  private readonly villages: PlacedCell[]

  constructor(snapshot: Snapshot, mask: Uint8Array | null, places: PlaceSet) {
    const { columns } = snapshot
    const counties = sumByPlace(snapshot, columns.county, mask)
    const townships = sumByPlace(snapshot, columns.township, mask)
    const villages = sumByPlace(snapshot, columns.village, mask)
    const counts = { county: countsOf(counties), township: countsOf(townships), village: countsOf(villages) }
    const hidden = hiddenPlaces(counts, (code) => places.byCode.get(code)?.parentCode ?? null)
    this.townships = placed(townships, hidden.township, places)
    this.villages = placed(villages, hidden.village, places)
  }

  encode(tile: TileId, money: MoneyView): Uint8Array {
    const { from, to } = tileCodes(tile.z, tile.x, tile.y)
    const all = tile.z < FIRST_VILLAGE_ZOOM ? this.townships : this.villages
    const inside = all.filter(({ code }) => code >= from && code < to)
    const layer = cellLayer(
      inside.map(({ cell }) => cell),
      tile,
      money,
    )
    layer.properties.push({ key: 'code', values: inside.map(({ placeCode }) => placeCode) })
    layer.properties.push({ key: 'name', values: inside.map(({ name }) => name) })
    return encodeTile([layer])
  }
}

interface PlacedCell {
  placeCode: string
  name: string
  code: number
  cell: Cell
}

function sumByPlace(snapshot: Snapshot, column: Int32Array, mask: Uint8Array | null): Map<string, Cell> {
  const { columns } = snapshot
  const cells: (Cell | undefined)[] = Array.from({ length: columns.placeCodes.length })
  for (let row = 0; row < columns.count; row++) {
    const place = column[row]
    if (place < 0 || (mask !== null && mask[row] === 0)) continue
    const cell = (cells[place] ??= {
      x: 0,
      y: 0,
      count: 0,
      depositCents: 0,
      loanCents: 0,
      statuses: STATUSES.map(() => 0),
    })
    cell.count++
    cell.depositCents += columns.depositCents[row]
    cell.loanCents += columns.loanCents[row]
    cell.statuses[columns.status[row]]++
  }
  return new Map(cells.flatMap((cell, place) => (cell ? [[columns.placeCodes[place], cell] as const] : [])))
}

function countsOf(cells: Map<string, Cell>): Map<string, number> {
  return new Map([...cells].map(([code, cell]) => [code, cell.count]))
}

function placed(cells: Map<string, Cell>, hidden: ReadonlySet<string>, places: PlaceSet): PlacedCell[] {
  return [...cells].flatMap(([placeCode, cell]) => {
    const place = places.byCode.get(placeCode)
    if (!place || hidden.has(placeCode)) return []
    const x = worldX(place.lng)
    const y = worldY(place.lat)
    // Cells hold sums of positions, so that a mean comes out at the seat.
    const atSeat = { ...cell, x: x * cell.count, y: y * cell.count }
    return [{ placeCode, name: place.name, code: mortonCode(x, y), cell: atSeat }]
  })
}
