/** Versions of the tile layers: from the first description of the installation, then kept fresh by server events. */
import { api } from '#web/api/client.ts'

class LayerVersions {
  #versions = $state<Record<string, number>>({})
  #source: EventSource | null = null

  of(layer: string): number | undefined {
    return this.#versions[layer]
  }

  start(initial: Record<string, number> | undefined): void {
    this.#versions = { ...initial }
    this.#source?.close()
    this.#source = api.events()
    this.#source.addEventListener('layer', (event) => {
      const news = JSON.parse((event as MessageEvent<string>).data) as { layer: string; version: number }
      this.#versions = { ...this.#versions, [news.layer]: news.version }
    })
  }

  stop(): void {
    this.#source?.close()
    this.#source = null
  }
}

export const layerVersions = new LayerVersions()
