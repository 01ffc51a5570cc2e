import type { LayerSpecification } from 'maplibre-gl'
import { mapFont, type MapLocale } from '#web/map/basemap-style.ts'
import { BASE } from '#web/map/colors.ts'
import type { Flavour, StylePiece } from '#web/map/style-piece.ts'

/** Townships, villages and barriers; more detail as one comes nearer. Sources belong to the base map. */
export function adminAreasStyle(flavour: Flavour, locale: MapLocale): StylePiece {
  const color = BASE[flavour]
  const layers: LayerSpecification[] = [
    {
      id: 'barrier-line',
      type: 'line',
      source: 'barrier',
      'source-layer': 'barrier',
      paint: {
        'line-color': ['match', ['get', 'kind'], 'river', color.river, 'railway', color.railway, color.road],
        'line-width': ['interpolate', ['linear'], ['zoom'], 8, 0.8, 14, 3],
        'line-opacity': 0.8,
      },
    },
    {
      id: 'village-line',
      type: 'line',
      source: 'village',
      'source-layer': 'village',
      minzoom: 11.5,
      paint: { 'line-color': color.villageLine, 'line-width': 1, 'line-dasharray': [2, 2] },
    },
    {
      id: 'township-line',
      type: 'line',
      source: 'township',
      'source-layer': 'township',
      minzoom: 8.3,
      paint: {
        'line-color': color.townshipLine,
        'line-width': ['interpolate', ['linear'], ['zoom'], 8.3, 0.5, 12, 1.4],
      },
    },
    seatLabel('village', 12.2, 11, color.labelSoft, flavour, locale, 2),
    seatLabel('township', 9, 12, color.label, flavour, locale, 1),
  ]
  return { sources: {}, layers }
}

function seatLabel(
  level: 'township' | 'village',
  minzoom: number,
  size: number,
  textColor: string,
  flavour: Flavour,
  locale: MapLocale,
  priority: number,
): LayerSpecification {
  return {
    id: `${level}-label`,
    type: 'symbol',
    source: level,
    'source-layer': `${level}-label`,
    minzoom,
    layout: {
      'text-field': ['get', 'name'],
      'text-font': mapFont(locale),
      'text-size': ['interpolate', ['linear'], ['zoom'], minzoom, size, minzoom + 4, size + 3],
      'text-padding': 6,
      'text-variable-anchor': ['center', 'top', 'bottom', 'left', 'right'],
      'symbol-sort-key': priority,
    },
    paint: { 'text-color': textColor, 'text-halo-color': BASE[flavour].labelHalo, 'text-halo-width': 1.4 },
  }
}
