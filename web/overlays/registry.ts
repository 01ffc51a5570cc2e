/** Every overlay once: what it is called, who may have it, and where its code is. The panel is made from this list. */
import type { Component } from 'svelte'
import type { MessageKey } from '#web/locales/i18n.svelte.ts'

export interface OverlayEntry {
  id: string
  title: MessageKey
  about: MessageKey
  /** Permission without which the overlay is not offered. */
  permission: string | null
  load: () => Promise<{ default: Component }>
  legend: (() => Promise<{ default: Component }>) | null
}

export const OVERLAYS: OverlayEntry[] = [
  {
    id: 'clients',
    title: 'overlay.clients',
    about: 'overlay.clients.about',
    permission: 'aggregates.read',
    load: () => import('./clients/Overlay.svelte'),
    legend: () => import('./clients/Legend.svelte'),
  },
  {
    id: 'places',
    title: 'overlay.places',
    about: 'overlay.places.about',
    permission: 'aggregates.read',
    load: () => import('./places/Overlay.svelte'),
    legend: () => import('./places/Legend.svelte'),
  },
  {
    id: 'admin-areas',
    title: 'overlay.admin-areas',
    about: 'overlay.admin-areas.about',
    permission: null,
    load: () => import('./admin-areas/Overlay.svelte'),
    legend: () => import('./admin-areas/Legend.svelte'),
  },
]

export function overlaysFor(can: (permission: string) => boolean): OverlayEntry[] {
  return OVERLAYS.filter((entry) => entry.permission === null || can(entry.permission))
}
