/**
 * Purpose: the steps that turn the style on the map into the wanted one, without reloading what stays.
 * Inputs: both as StylePiece; layers may come in any order, layer-order.ts decides.
 * Guarantees: pure; applied in order the steps never name a layer or source that is missing at that moment; a wanted
 * style equal to the present one gives no steps.
 * Limits: a layer whose type or source changes is removed and added again; GeoJSON data is compared by identity.
 * Cost: linear in layers and properties. Source: own.
 */
import type { LayerSpecification, SourceSpecification } from 'maplibre-gl'
import { positionOf } from './layer-order.ts'
import type { StylePiece } from './style-piece.ts'

export type StyleStep =
  | { do: 'removeLayer'; id: string }
  | { do: 'removeSource'; id: string }
  | { do: 'addSource'; id: string; source: SourceSpecification }
  | { do: 'setTiles'; id: string; tiles: string[] }
  | { do: 'setData'; id: string; data: GeoJSON.GeoJSON | string }
  | { do: 'addLayer'; layer: LayerSpecification; before: string | undefined }
  | { do: 'setPaint' | 'setLayout'; id: string; name: string; value: unknown }
  | { do: 'setFilter'; id: string; filter: unknown }
  | { do: 'setZooms'; id: string; min: number; max: number }

type Loose = LayerSpecification & {
  source?: string
  'source-layer'?: string
  filter?: unknown
  paint?: Record<string, unknown>
  layout?: Record<string, unknown>
}

export function inOrder(layers: LayerSpecification[]): LayerSpecification[] {
  return layers
    .map((layer) => ({ layer, position: positionOf(layer.id) }))
    .sort((a, b) => a.position - b.position)
    .map(({ layer }) => layer)
}

export function stepsBetween(present: StylePiece, wanted: StylePiece): StyleStep[] {
  const steps: StyleStep[] = []
  const rebuiltSources = new Set<string>()
  const sourceSteps: StyleStep[] = []
  for (const [id, source] of Object.entries(wanted.sources)) {
    const before = present.sources[id]
    if (!before) sourceSteps.push({ do: 'addSource', id, source })
    else sourceSteps.push(...sourceUpdate(id, before, source, rebuiltSources))
  }
  const wantedLayers = new Map(wanted.layers.map((layer) => [layer.id, layer as Loose]))
  const kept = new Map<string, Loose>()
  for (const layer of present.layers as Loose[]) {
    const next = wantedLayers.get(layer.id)
    const stays = next && sameFrame(layer, next) && !(layer.source && rebuiltSources.has(layer.source))
    if (stays) kept.set(layer.id, layer)
    else steps.push({ do: 'removeLayer', id: layer.id })
  }
  for (const id of Object.keys(present.sources)) {
    if (!wanted.sources[id] || rebuiltSources.has(id)) steps.push({ do: 'removeSource', id })
  }
  steps.push(...sourceSteps)
  const ordered = inOrder(wanted.layers) as Loose[]
  for (let i = ordered.length - 1; i >= 0; i--) {
    const layer = ordered[i]
    const old = kept.get(layer.id)
    if (!old) steps.push({ do: 'addLayer', layer, before: ordered[i + 1]?.id })
    else steps.push(...layerUpdate(old, layer))
  }
  return steps
}

function sameFrame(a: Loose, b: Loose): boolean {
  return a.type === b.type && a.source === b.source && a['source-layer'] === b['source-layer']
}

function sourceUpdate(
  id: string,
  before: SourceSpecification,
  after: SourceSpecification,
  rebuilt: Set<string>,
): StyleStep[] {
  if (before === after) return []
  if (before.type === 'geojson' && after.type === 'geojson') {
    return before.data === after.data ? [] : [{ do: 'setData', id, data: after.data as GeoJSON.GeoJSON }]
  }
  if (before.type === 'vector' && after.type === 'vector' && after.tiles) {
    if (same({ ...before, tiles: null }, { ...after, tiles: null })) {
      return same(before.tiles, after.tiles) ? [] : [{ do: 'setTiles', id, tiles: after.tiles }]
    }
  }
  if (same(before, after)) return []
  rebuilt.add(id)
  return [{ do: 'addSource', id, source: after }]
}

function layerUpdate(old: Loose, next: Loose): StyleStep[] {
  const id = next.id
  const steps: StyleStep[] = []
  for (const [kind, step] of [
    ['paint', 'setPaint'],
    ['layout', 'setLayout'],
  ] as const) {
    const before = old[kind] ?? {}
    const after = next[kind] ?? {}
    for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
      if (!same(before[name], after[name])) steps.push({ do: step, id, name, value: after[name] })
    }
  }
  if (!same(old.filter, next.filter)) steps.push({ do: 'setFilter', id, filter: next.filter ?? null })
  if (old.minzoom !== next.minzoom || old.maxzoom !== next.maxzoom) {
    steps.push({ do: 'setZooms', id, min: next.minzoom ?? 0, max: next.maxzoom ?? 24 })
  }
  return steps
}

function same(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b)
}
