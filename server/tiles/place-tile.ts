import { encodeTile, type MvtLayer } from '#domain/tiles/mvt-encode.ts'
import { mortonCode, tileCodes } from '#domain/tiles/morton.ts'
import { WORLD_BITS, worldX, worldY } from '#domain/tiles/mercator.ts'
import type { TileId } from '#domain/tiles/row-set.ts'
import { linesOfTile, polygonsOfTile } from '#domain/tiles/shape-tile.ts'
import { TILE_BYTES_LIMIT } from './client-tile.ts'
import type { BarrierSet, PlaceLevel, PlaceSet } from './polygon-store.ts'
import type { PlaceRow } from './queries.ts'

/** Polygons of one level with a layer of their names. A tile over the limit gets a coarser shape. */
export function encodePlaceTile(set: PlaceSet, level: PlaceLevel, tile: TileId): Uint8Array {
  const labels = labelLayer(
    set.places.filter((place) => place.level === level),
    level,
    tile,
  )
  for (let detail = tile.z; ; detail--) {
    const bytes = encodeTile([polygonLayer(set, level, tile, detail), labels])
    if (bytes.length <= TILE_BYTES_LIMIT || detail <= 0) return bytes
  }
}

function polygonLayer(set: PlaceSet, level: PlaceLevel, tile: TileId, detail: number): MvtLayer {
  const { places, pyramid } = set.layers[level]
  const shapes = polygonsOfTile(pyramid.shapesAt(detail), tile)
  const shown = shapes.map((shape) => places[shape.index])
  return {
    type: 'polygon',
    name: level,
    features: shapes,
    ids: shown.map((place) => Number(place.code)),
    properties: [
      { key: 'code', values: shown.map((place) => place.code) },
      { key: 'name', values: shown.map((place) => place.name) },
      { key: 'level', values: shown.map((place) => place.level) },
      { key: 'accuracy', values: shown.map((place) => place.accuracy) },
    ],
  }
}

function labelLayer(places: PlaceRow[], level: PlaceLevel, tile: TileId): MvtLayer {
  const { from, to } = tileCodes(tile.z, tile.x, tile.y)
  const unit = 2 ** (WORLD_BITS - 12 - tile.z)
  const shown = places.filter((place) => {
    const code = mortonCode(worldX(place.labelLng), worldY(place.labelLat))
    return code >= from && code < to
  })
  return {
    type: 'point',
    name: `${level}-label`,
    count: shown.length,
    ids: shown.map((place) => Number(place.code)),
    x: shown.map((place) => Math.floor(worldX(place.labelLng) / unit) - tile.x * 4096),
    y: shown.map((place) => Math.floor(worldY(place.labelLat) / unit) - tile.y * 4096),
    properties: [
      { key: 'code', values: shown.map((place) => place.code) },
      { key: 'name', values: shown.map((place) => place.name) },
      { key: 'kind', values: shown.map((place) => place.kind) },
    ],
  }
}

export function encodeBarrierTile(set: BarrierSet, tile: TileId): Uint8Array {
  const shapes = linesOfTile(set.lines, tile)
  const shown = shapes.map((shape) => set.barriers[shape.index])
  return encodeTile([
    {
      type: 'line',
      name: 'barrier',
      features: shapes,
      ids: shown.map((barrier) => barrier.id),
      properties: [
        { key: 'kind', values: shown.map((barrier) => barrier.kind) },
        { key: 'name', values: shown.map((barrier) => barrier.name ?? undefined) },
      ],
    },
  ])
}
