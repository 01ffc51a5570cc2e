/** What is on screen: one object, mirrored into the address bar. */
import type { Filter } from '#domain/filter/types.ts'
import {
  DEFAULT_OVERLAYS,
  parseUrl,
  printUrl,
  type UrlState,
  type Viewport,
  type Workspace,
} from './url-state.ts'

const WRITE_DELAY_MS = 300

class View {
  workspace = $state<Workspace>('leadership')
  viewport = $state.raw<Viewport | null>(null)
  overlays = $state.raw<string[]>([])
  filter = $state.raw<Filter | null>(null)
  place = $state<string | null>(null)
  metric = $state<string | null>(null)
  month = $state<string | null>(null)
  plan = $state<number | null>(null)
  grid = $state<number | null>(null)
  client = $state<number | null>(null)
  /** Raised when the address bar changed under us (back, forward): the map then moves to `viewport`. */
  jumps = $state(0)
  /** The address we came by had its own viewport; it wins over moving to the place or plan it also names. */
  readonly linkedViewport: boolean
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor() {
    this.#take(parseUrl(location.search))
    this.linkedViewport = this.viewport !== null
    addEventListener('popstate', () => {
      clearTimeout(this.#timer)
      this.#take(parseUrl(location.search))
      this.jumps++
    })
  }

  get state(): UrlState {
    const { workspace, viewport, overlays, filter, place, metric, month, plan, grid, client } = this
    return { workspace, viewport, overlays, filter, place, metric, month, plan, grid, client }
  }

  isOn(overlay: string): boolean {
    return this.overlays.includes(overlay)
  }

  toggleOverlay(overlay: string): void {
    this.overlays = this.isOn(overlay)
      ? this.overlays.filter((name) => name !== overlay)
      : [...this.overlays, overlay]
  }

  /** Each workspace starts with the overlays its work needs; a step one can go back from. */
  openWorkspace(workspace: Workspace): void {
    if (workspace === this.workspace) return
    this.workspace = workspace
    this.overlays = DEFAULT_OVERLAYS[workspace]
    this.step()
  }

  openPlace(code: string | null): void {
    if (code === this.place) return
    this.place = code
    this.step()
  }

  openPlan(id: number | null): void {
    this.plan = id
    this.grid = null
    this.step()
  }

  openClient(id: number | null): void {
    this.client = id
  }

  /** A step worth a "back" of its own. */
  step(): void {
    clearTimeout(this.#timer)
    history.pushState(null, '', printUrl(this.state))
  }

  /** Called by the shell whenever anything changed. */
  mirror(): void {
    const url = printUrl(this.state)
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => history.replaceState(null, '', url), WRITE_DELAY_MS)
  }

  #take(state: UrlState): void {
    Object.assign(this, state)
  }
}

export const view = new View()
