/**
 * Every layer of the map once, from bottom to top: MapLibre layers, the invisible anchors, and (in comments) the place
 * of the deck.gl group that hangs on an anchor. A layer that is not listed cannot be drawn.
 *
 * deck.gl inserts its group right before the layer named in `beforeId`. A MapLibre layer that belongs below the group
 * must not use that same layer as its own upper neighbour, hence the second anchor underneath.
 */
export const LAYER_ORDER = [
  'background',
  'county-land',
  'places-county-fill',
  'places-township-fill',
  'places-village-fill',
  'grid-units-fill',
  'grid-units-line',
  'grid-locked',
  'barrier-line',
  'village-line',
  'township-line',
  'county-line-halo',
  'county-line',
  'grid-outline-halo',
  'grid-outline',
  'grid-selected',
  'grid-preview',
  'grid-preview-line',
  'place-selected-halo',
  'place-selected',
  'client-cells',
  'client-points-mvt',
  'anchor-below-client-points',
  // deck.gl: client-points
  'anchor-above-client-points',
  'client-selected',
  'village-label',
  'township-label',
  'county-label',
  'client-cell-count',
  'grid-label',
  'sketch-fill',
  'sketch-line',
  'sketch-point',
  'sketch-label',
] as const

export type LayerId = (typeof LAYER_ORDER)[number]

/** deck.gl layers and the anchor each hangs on. */
export const DECK_ANCHORS = { 'client-points': 'anchor-above-client-points' } as const satisfies Record<
  string,
  LayerId
>
export type DeckLayerId = keyof typeof DECK_ANCHORS

const POSITIONS = new Map<string, number>(LAYER_ORDER.map((id, position) => [id, position]))

export function positionOf(id: string): number {
  const position = POSITIONS.get(id)
  if (position === undefined) {
    throw new Error(
      `Layer "${id}" is not listed in web/map/layer-order.ts: decide where it is drawn and add it there`,
    )
  }
  return position
}

/** The next layer above `id` among those present, or undefined when `id` is the topmost of them. */
export function beforeIdFor(id: string, present: Iterable<string>): string | undefined {
  const own = positionOf(id)
  let best: string | undefined
  let bestPosition = Infinity
  for (const other of present) {
    const position = POSITIONS.get(other)
    if (position !== undefined && position > own && position < bestPosition) {
      best = other
      bestPosition = position
    }
  }
  return best
}

export function deckBeforeId(id: DeckLayerId): LayerId {
  return DECK_ANCHORS[id]
}
