/**
 * What the user sees, as an address and back. Parsing never throws and never trusts: whatever cannot be read falls back
 * to the default of that one part. A link never widens permission, the server decides again.
 */
import type { Filter } from '#domain/filter/types.ts'

export const WORKSPACES = ['grids', 'rings', 'zones', 'canvass', 'leadership'] as const
export type Workspace = (typeof WORKSPACES)[number]

export interface Viewport {
  lng: number
  lat: number
  zoom: number
}

export interface UrlState {
  workspace: Workspace
  viewport: Viewport | null
  overlays: string[]
  filter: Filter | null
  place: string | null
  metric: string | null
  month: string | null
  plan: number | null
  grid: number | null
  client: number | null
}

export const DEFAULT_OVERLAYS: Record<Workspace, string[]> = {
  grids: ['admin-areas'],
  rings: ['admin-areas', 'clients'],
  zones: ['admin-areas', 'clients'],
  canvass: ['admin-areas', 'clients'],
  leadership: ['admin-areas', 'places'],
}

const MAX_FILTER_TEXT = 8000
const MAX_NODES = 100

export function parseUrl(search: string): UrlState {
  const params = new URLSearchParams(search)
  const workspace = WORKSPACES.find((name) => name === params.get('ws')) ?? 'leadership'
  return {
    workspace,
    viewport: parseViewport(params.get('at')),
    overlays: parseOverlays(params.get('on')) ?? DEFAULT_OVERLAYS[workspace],
    filter: parseFilterText(params.get('filter')),
    place: matching(params.get('place'), /^36\d{10}$/),
    metric: matching(params.get('metric'), /^[A-Za-z][A-Za-z0-9]{0,39}$/),
    month: matching(params.get('month'), /^\d{4}-(0[1-9]|1[0-2])-01$/),
    plan: parseId(params.get('plan')),
    grid: parseId(params.get('grid'), 0),
    client: parseId(params.get('client')),
  }
}

export function printUrl(state: UrlState): string {
  const params = new URLSearchParams()
  params.set('ws', state.workspace)
  if (state.viewport) {
    const { lng, lat, zoom } = state.viewport
    params.set('at', `${lng.toFixed(5)},${lat.toFixed(5)},${zoom.toFixed(2)}`)
  }
  if (!sameList(state.overlays, DEFAULT_OVERLAYS[state.workspace]))
    params.set('on', state.overlays.join(',') || 'none')
  if (state.filter) params.set('filter', JSON.stringify(state.filter))
  for (const key of ['place', 'metric', 'month', 'plan', 'grid', 'client'] as const) {
    const value = state[key]
    if (value !== null) params.set(key, String(value))
  }
  return `?${params.toString().replaceAll('%2C', ',')}`
}

function parseViewport(text: string | null): Viewport | null {
  const parts = (text ?? '').split(',')
  if (parts.length !== 3 || parts.some((part) => part.trim() === '')) return null
  const [lng, lat, zoom] = parts.map(Number)
  const sane = lng >= 100 && lng <= 130 && lat >= 15 && lat <= 40 && zoom >= 0 && zoom <= 22
  return sane ? { lng, lat, zoom } : null
}

function parseOverlays(text: string | null): string[] | null {
  if (text === null) return null
  if (text === 'none' || text === '') return []
  const names = text.split(',').filter((name) => /^[a-z][a-z-]{0,30}$/.test(name))
  return names.length > 0 ? [...new Set(names)] : null
}

function parseFilterText(text: string | null): Filter | null {
  if (!text || text.length > MAX_FILTER_TEXT) return null
  try {
    const value: unknown = JSON.parse(text)
    return countNodes(value) <= MAX_NODES ? (value as Filter) : null
  } catch {
    return null
  }
}

/** Nodes of a well-formed filter tree, Infinity when it is none. What the fields mean is checked by the server. */
function countNodes(value: unknown): number {
  if (typeof value !== 'object' || value === null) return Infinity
  const node = value as { op?: unknown; of?: unknown; field?: unknown }
  if (typeof node.field === 'string') return 1
  if (node.op === 'not') return 1 + countNodes(node.of)
  if ((node.op === 'and' || node.op === 'or') && Array.isArray(node.of) && node.of.length > 0) {
    return node.of.length > MAX_NODES
      ? Infinity
      : node.of.reduce((sum: number, part) => sum + countNodes(part), 1)
  }
  return Infinity
}

function parseId(text: string | null, least = 1): number | null {
  return text !== null && /^\d{1,9}$/.test(text) && Number(text) >= least ? Number(text) : null
}

function matching(text: string | null, pattern: RegExp): string | null {
  return text !== null && pattern.test(text) ? text : null
}

function sameList(a: string[], b: string[]): boolean {
  return a.length === b.length && a.every((item) => b.includes(item))
}
