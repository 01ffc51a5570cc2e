/** The place that is open, with its details; opening one moves the map there, except when a link brought its own view. */
import { api } from '#web/api/client.ts'
import type { Box, Place } from '#web/api/types.ts'
import { notifications } from './notifications.svelte.ts'
import { placeNames } from './place-names.svelte.ts'
import { Remote } from './remote.svelte.ts'
import { view } from './view.svelte.ts'

class OpenPlace {
  remote = new Remote<Place>()
  #code: string | null = null
  #fit: ((box: Box) => void) | null = null
  // The very first place comes with the address; if that also has a viewport, the viewport wins.
  #keepViewport = view.linkedViewport

  get place(): Place | null {
    return this.remote.data?.code === view.place ? this.remote.data : null
  }

  follow(code: string | null, fit: (box: Box) => void): void {
    this.#fit = fit
    if (code === this.#code) return
    this.#code = code
    const keep = this.#keepViewport
    this.#keepViewport = false
    if (code === null) this.remote.clear()
    else void this.#load(code, keep)
  }

  again(): void {
    if (this.place) this.#fit?.(this.place.bounds)
  }

  async reload(): Promise<void> {
    if (this.#code) await this.#load(this.#code, true)
  }

  async #load(code: string, keepViewport: boolean): Promise<void> {
    const outcome = await this.remote.load((signal) => api.place(code, signal))
    if (outcome.ok) {
      placeNames.learn([...outcome.data.path, outcome.data])
      if (!keepViewport) this.#fit?.(outcome.data.bounds)
    } else notifications.error(outcome.error)
  }
}

export const openPlace = new OpenPlace()
