/**
 * Purpose: which rows a tile is made from: those of a scope, inside a tile, that pass a filter.
 * Guarantees: rows come in Morton order. Cost: two binary searches a tile. Source: own.
 */
import { lowerBound, tileCodes } from './morton.ts'

export interface RowSet {
  /** Row numbers in Morton order, or null for "row number = position". */
  rows: Uint32Array | null
  from: number
  to: number
  /** 1 for rows that pass the filter; null when all do. */
  mask: Uint8Array | null
}

export interface TileId {
  z: number
  x: number
  y: number
}

/** `rows` must hold placed rows only, in ascending order; `count` is how many (all placed rows when rows is null). */
export function rowsOfTile(
  codes: Float64Array,
  scope: { rows: Uint32Array | null; count: number; mask: Uint8Array | null },
  tile: TileId,
): RowSet {
  const { from, to } = tileCodes(tile.z, tile.x, tile.y)
  return {
    rows: scope.rows,
    from: lowerBound(codes, scope.rows, scope.count, from),
    to: lowerBound(codes, scope.rows, scope.count, to),
    mask: scope.mask,
  }
}
