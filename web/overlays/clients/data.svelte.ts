/** Clients on the map and in the legend, for the present filter. */
import type { Filter } from '#domain/filter/types.ts'
import { api } from '#web/api/client.ts'
import type { Box, ClientLegend } from '#web/api/types.ts'
import { notifications } from '#web/state/notifications.svelte.ts'
import { Remote } from '#web/state/remote.svelte.ts'
import { decodePoints, type ClientPoints } from './points.ts'

class ClientsData {
  legend = new Remote<ClientLegend>()
  /** All points one may see, when they are few enough to be sent at once. */
  points = $state.raw<ClientPoints | null>(null)
  /** Set when the scope is too large for one blob: points then come from tiles. */
  useTiles = $state(false)
  inViewOnly = $state(false)
  #request = 0

  loadLegend(filter: Filter | null, box: Box | null): void {
    void this.legend.load((signal) => api.clientLegend(filter, box, signal))
  }

  async loadPoints(filter: Filter | null): Promise<void> {
    const request = ++this.#request
    const outcome = await api.clientColumns(filter)
    if (request !== this.#request) return
    if (outcome.ok) {
      this.points = decodePoints(outcome.data)
      this.useTiles = false
    } else if (outcome.error.code === 'scope_too_large') {
      this.points = null
      this.useTiles = true
    } else notifications.error(outcome.error)
  }
}

export const clientsData = new ClientsData()
