/** Values by place for the chosen metric, at the level one below the place that is open. */
import { api } from '#web/api/client.ts'
import type { Metric, PlaceLevel, PlaceValue, PlaceValues } from '#web/api/types.ts'
import { placeNames } from '#web/state/place-names.svelte.ts'
import { Remote } from '#web/state/remote.svelte.ts'
import { session } from '#web/state/session.svelte.ts'
import { view } from '#web/state/view.svelte.ts'
import { levelOfCode } from './style.ts'

export interface Drill {
  level: PlaceLevel
  parent: string | undefined
}

/** The level shown when `place` is open: its children, or its siblings when it has none. */
export function drillOf(place: string | null): Drill {
  if (place === null) return { level: 'county', parent: undefined }
  switch (levelOfCode(place)) {
    case 'prefecture':
      return { level: 'county', parent: undefined }
    case 'county':
      return { level: 'township', parent: place }
    case 'township':
      return { level: 'village', parent: place }
    case 'village':
      return { level: 'village', parent: `${place.slice(0, 9)}000` }
  }
}

const FIRST_METRIC = 'loanBalance'

class PlacesData {
  metrics = new Remote<{ metrics: Metric[] }>()
  values = new Remote<PlaceValues>()
  #loaded = ''

  /** Figures of places; those of plans belong to the grids workspace. */
  readonly choices = $derived((this.metrics.data?.metrics ?? []).filter((metric) => metric.scope === 'place'))
  readonly metric = $derived(this.#chosen())
  readonly drill = $derived(drillOf(view.place))
  readonly byCode = $derived(new Map((this.values.data?.values ?? []).map((value) => [value.code, value])))

  /** Once, and again only when asked to: an effect that saw the failure would ask for ever. */
  async loadMetrics(again = false): Promise<void> {
    if (!session.can('aggregates.read')) return
    const { phase } = this.metrics
    if (phase === 'idle' || (again && phase === 'failed')) await this.metrics.load(() => api.metrics())
  }

  /** Asks again only when what is asked for changed; the overlay and the ranking share one answer. */
  async loadValues(again = false): Promise<void> {
    const metric = this.metric?.key
    if (!metric) return
    const query = {
      metric,
      level: this.drill.level,
      parent: this.drill.parent,
      month: view.month ?? undefined,
    }
    const key = JSON.stringify(query)
    if (key === this.#loaded && !again) return
    this.#loaded = key
    const outcome = await this.values.load((signal) => api.placeValues(query, signal))
    if (outcome.ok) placeNames.learn(outcome.data.values)
    else if (outcome.error.code !== 'aborted') this.#loaded = ''
  }

  months(): string[] {
    return session.meta?.months ?? []
  }

  valueOf(code: string): PlaceValue | undefined {
    return this.byCode.get(code)
  }

  #chosen(): Metric | null {
    const list = this.choices
    return (
      list.find((metric) => metric.key === view.metric) ??
      list.find((metric) => metric.key === FIRST_METRIC) ??
      list[0] ??
      null
    )
  }
}

export const placesData = new PlacesData()
