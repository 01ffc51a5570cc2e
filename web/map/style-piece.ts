import type { LayerSpecification, SourceSpecification, StyleSpecification } from 'maplibre-gl'

export type Flavour = 'light' | 'dark'

/** What one owner (base map, overlay, tool) adds to the map. */
export interface StylePiece {
  sources: Record<string, SourceSpecification>
  layers: LayerSpecification[]
}

export const NO_PIECE: StylePiece = { sources: {}, layers: [] }

/** No `glyphs` key on purpose: every glyph is then drawn from the fonts of the computer, nothing is fetched. */
export function asStyle(piece: StylePiece): StyleSpecification {
  return { version: 8, sources: piece.sources, layers: piece.layers }
}
