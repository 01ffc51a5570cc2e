/**
 * The one map: owns the MapLibre instance, composes the wanted style from the pieces of its owners, and carries out
 * the steps between the present and the wanted style. No component adds layers itself.
 */
import { getContext, setContext } from 'svelte'
import type { GeoJSONSource, LngLatBoundsLike, Map as MapLibreMap, VectorTileSource } from 'maplibre-gl'
import type { Box } from '#web/api/types.ts'
import { DeckLayers } from './deck-layers.ts'
import { HATCH, hatchImage } from './hatch-image.ts'
import { inOrder, stepsBetween, type StyleStep } from './reconcile.ts'
import type { StylePiece } from './style-piece.ts'

const KEY = Symbol('map')

export interface Camera {
  lng: number
  lat: number
  zoom: number
  bearing: number
  box: Box
}

export interface ClickHandler {
  /** Higher goes first; the first that answers true keeps the click. */
  priority: number
  onClick(event: { lng: number; lat: number; x: number; y: number }): boolean
}

export type Padding = { top: number; right: number; bottom: number; left: number }

export class MapContext {
  map = $state.raw<MapLibreMap | null>(null)
  /** True once the first style is there; feature state and layers may be used from then on. */
  ready = $state(false)
  /** False once everything in view is drawn and nothing more is awaited. */
  busy = $state(true)
  camera = $state.raw<Camera | null>(null)
  pieces = $state.raw<ReadonlyMap<string, StylePiece>>(new Map())
  /** What panels cover, so that "show this" centres in the free part. */
  padding: Padding = { top: 24, right: 24, bottom: 40, left: 24 }
  deck: DeckLayers | null = null
  #present: StylePiece = { sources: {}, layers: [] }
  #clicks = new Set<ClickHandler>()
  #pendingBox: Box | null = null

  get composed(): StylePiece {
    const sources = Object.assign(
      {},
      ...[...this.pieces.values()].map((piece) => piece.sources),
    ) as StylePiece['sources']
    return { sources, layers: inOrder([...this.pieces.values()].flatMap((piece) => piece.layers)) }
  }

  contribute(owner: string, piece: StylePiece): () => void {
    this.pieces = new Map(this.pieces).set(owner, piece)
    return () => {
      const rest = new Map(this.pieces)
      rest.delete(owner)
      this.pieces = rest
    }
  }

  attach(map: MapLibreMap, initial: StylePiece): void {
    this.map = map
    this.#present = initial
    this.deck = new DeckLayers(map)
    const follow = () => {
      const { lng, lat } = map.getCenter()
      const bounds = map.getBounds()
      this.camera = {
        lng,
        lat,
        zoom: map.getZoom(),
        bearing: map.getBearing(),
        box: [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()],
      }
    }
    map.on('moveend', follow)
    map.on('dataloading', () => (this.busy = true))
    map.on('idle', () => (this.busy = false))
    map.once('style.load', () => {
      map.addImage(HATCH, hatchImage(), { pixelRatio: 2 })
      this.ready = true
      follow()
      if (this.#pendingBox) this.fit(this.#pendingBox)
      this.#pendingBox = null
    })
    map.on('click', (event) => {
      const { lng, lat } = event.lngLat
      const at = { lng, lat, x: event.point.x, y: event.point.y }
      for (const handler of [...this.#clicks].sort((a, b) => b.priority - a.priority)) {
        if (handler.onClick(at)) return
      }
    })
  }

  onClick(handler: ClickHandler): () => void {
    this.#clicks.add(handler)
    return () => this.#clicks.delete(handler)
  }

  reconcile(wanted: StylePiece): void {
    if (!this.map || !this.ready) return
    for (const step of stepsBetween(this.#present, wanted)) carryOut(this.map, step)
    this.#present = wanted
  }

  fit(box: Box, maxZoom = 15): void {
    if (!this.map) {
      this.#pendingBox = box
      return
    }
    const bounds: LngLatBoundsLike = [
      [box[0], box[1]],
      [box[2], box[3]],
    ]
    const still = matchMedia('(prefers-reduced-motion: reduce)').matches
    this.map.fitBounds(bounds, { padding: this.padding, maxZoom, duration: still ? 0 : 600 })
  }

  goTo(lng: number, lat: number, zoom: number): void {
    const map = this.map
    if (!map) return
    const offset: [number, number] = [
      (this.padding.left - this.padding.right) / 2,
      (this.padding.top - this.padding.bottom) / 2,
    ]
    map.easeTo({ center: [lng, lat], zoom: Math.max(zoom, map.getZoom()), offset, duration: 500 })
  }
}

function carryOut(map: MapLibreMap, step: StyleStep): void {
  switch (step.do) {
    case 'removeLayer':
      return void map.removeLayer(step.id)
    case 'removeSource':
      return void map.removeSource(step.id)
    case 'addSource':
      return void map.addSource(step.id, step.source)
    case 'setTiles':
      return void (map.getSource(step.id) as VectorTileSource).setTiles(step.tiles)
    case 'setData':
      return void (map.getSource(step.id) as GeoJSONSource).setData(step.data)
    case 'addLayer':
      return void map.addLayer(step.layer, step.before)
    case 'setPaint':
      return void map.setPaintProperty(step.id, step.name as never, step.value as never)
    case 'setLayout':
      return void map.setLayoutProperty(step.id, step.name as never, step.value as never)
    case 'setFilter':
      return void map.setFilter(step.id, step.filter as never)
    case 'setZooms':
      return void map.setLayerZoomRange(step.id, step.min, step.max)
  }
}

export function provideMap(): MapContext {
  return setContext(KEY, new MapContext())
}

export function useMap(): MapContext {
  const context = getContext<MapContext | undefined>(KEY)
  if (!context) throw new Error('useMap was called outside the component that provides the map')
  return context
}
