/**
 * The one deck.gl overlay of the map, interleaved with the map's own layers. Loaded when the first deck layer is wanted.
 *
 * deck.gl skips its `beforeId` silently while the style is still loading anything, and then paints over the labels.
 * So layers are handed over when the map is idle, unless their group already hangs at the right anchor.
 */
import type { Layer } from '@deck.gl/core'
import type { MapLibreOverlay } from '@deck.gl/maplibre'
import type { Map as MapLibreMap } from 'maplibre-gl'

export class DeckLayers {
  #map: MapLibreMap
  #overlay: MapLibreOverlay | null = null
  #loading: Promise<void> | null = null
  #byOwner = new Map<string, Layer[]>()
  #waiting = false

  constructor(map: MapLibreMap) {
    this.#map = map
  }

  async set(owner: string, layers: Layer[]): Promise<void> {
    if (layers.length > 0) this.#byOwner.set(owner, layers)
    else if (!this.#byOwner.delete(owner)) return
    this.#loading ??= this.#start()
    await this.#loading
    this.#apply()
  }

  async #start(): Promise<void> {
    const { MapLibreOverlay } = await import('@deck.gl/maplibre')
    if (!this.#map.loaded()) await this.#map.once('idle')
    this.#overlay = new MapLibreOverlay({ interleaved: true, layers: [] })
    this.#map.addControl(this.#overlay)
  }

  #apply(): void {
    if (!this.#overlay) return
    const layers = [...this.#byOwner.values()].flat()
    if (this.#map.isStyleLoaded() || this.#isInPlace(layers)) {
      this.#overlay.setProps({ layers })
      this.#map.triggerRepaint()
    } else if (!this.#waiting) {
      this.#waiting = true
      this.#map.once('idle', () => {
        this.#waiting = false
        this.#apply()
      })
    }
  }

  #isInPlace(layers: Layer[]): boolean {
    const order = this.#map.getLayersOrder()
    return layers.every((layer) => {
      const { beforeId } = layer.props as { beforeId?: string }
      return order[order.indexOf(beforeId ?? '') - 1] === `deck-maplibre-layer-group-before:${beforeId}`
    })
  }
}
