/** Versions of the tile layers: from the first description of the installation, then kept fresh by server events. */
import { serverEvents } from './server-events.ts'

class LayerVersions {
  #versions = $state<Record<string, number>>({})
  #forget: () => void = () => {}

  of(layer: string): number | undefined {
    return this.#versions[layer]
  }

  start(initial: Record<string, number> | undefined): void {
    this.#versions = { ...initial }
    this.#forget()
    this.#forget = serverEvents.on('layer', (data) => {
      const news = data as { layer: string; version: number }
      this.#versions = { ...this.#versions, [news.layer]: news.version }
    })
    serverEvents.start()
  }

  stop(): void {
    this.#forget()
    serverEvents.stop()
  }
}

export const layerVersions = new LayerVersions()
