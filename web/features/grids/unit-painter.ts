/**
 * Purpose: brings the grid of each unit onto the map as feature states: colours, outlines, the outline of the selected grid and
 * the preview. Only what changed is set, so a stroke step costs the units it crossed and not the plan.
 * Limits: nothing is set before the sources 'grid-units' and 'grid-sides' are on the map; `start` waits for them.
 */
import type { Map as MapLibreMap } from 'maplibre-gl'
import { isGridBorder, NOTHING, type SideProperties, type UnitSides } from './outline.ts'

const UNITS = 'grid-units'
const SIDES = 'grid-sides'

export class UnitPainter {
  readonly #map: MapLibreMap
  readonly #sides: { id: number; at: SideProperties }[]
  readonly #sidesOf: number[][]
  readonly #gridOf: (idx: number) => number
  readonly #count: number
  #selected: number | null = null
  #ready = false
  #preview = new Set<number>()

  constructor(map: MapLibreMap, sides: UnitSides, count: number, gridOf: (idx: number) => number) {
    this.#map = map
    this.#gridOf = gridOf
    this.#count = count
    this.#sides = sides.features.map((feature) => ({ id: feature.id as number, at: feature.properties }))
    this.#sidesOf = Array.from({ length: count }, () => [])
    this.#sides.forEach(({ at }, i) => {
      this.#sidesOf[at.a]?.push(i)
      if (at.b !== NOTHING) this.#sidesOf[at.b]?.push(i)
    })
  }

  /** Paints all once the sources are on the map; gives up after some two seconds: the plan has been left meanwhile. */
  start(tries = 120): void {
    if (this.#map.getSource(UNITS) && this.#map.getSource(SIDES)) {
      this.#ready = true
      this.#paintAll()
    } else if (tries > 0) requestAnimationFrame(() => this.start(tries - 1))
  }

  #paintAll(): void {
    for (let idx = 0; idx < this.#count; idx++) this.#paintUnit(idx)
    this.#sides.forEach((_, i) => this.#paintSide(i))
  }

  paint(changed: Iterable<number>): void {
    const sides = new Set<number>()
    for (const idx of changed) {
      this.#paintUnit(idx)
      for (const side of this.#sidesOf[idx]) sides.add(side)
    }
    for (const side of sides) this.#paintSide(side)
  }

  select(no: number | null): void {
    if (no === this.#selected) return
    const before = this.#selected
    this.#selected = no
    this.#sides.forEach(({ at }, i) => {
      if (this.#touches(at, before) || this.#touches(at, no)) this.#paintSide(i)
    })
  }

  preview(units: Iterable<number>): void {
    const before = this.#preview
    const next = new Set(units)
    const changed = [...before]
      .filter((idx) => !next.has(idx))
      .concat([...next].filter((idx) => !before.has(idx)))
    const sides = new Set<number>()
    for (const idx of changed) {
      this.#set(UNITS, idx, { preview: next.has(idx) })
      for (const side of this.#sidesOf[idx]) sides.add(side)
    }
    for (const side of sides) {
      const { id, at } = this.#sides[side]
      this.#set(SIDES, id, { preview: next.has(at.a) !== (at.b !== NOTHING && next.has(at.b)) })
    }
    this.#preview = next
  }

  #touches({ a, b }: SideProperties, no: number | null): boolean {
    return no !== null && (this.#gridOf(a) === no || (b !== NOTHING && this.#gridOf(b) === no))
  }

  #paintUnit(idx: number): void {
    this.#set(UNITS, idx, { grid: this.#gridOf(idx) })
  }

  #paintSide(i: number): void {
    const { id, at } = this.#sides[i]
    const border = isGridBorder(at, this.#gridOf)
    this.#set(SIDES, id, { border, selected: border && this.#touches(at, this.#selected) })
  }

  #set(source: string, id: number, state: object): void {
    if (this.#ready) this.#map.setFeatureState({ source, id }, state)
  }
}
