import type { ExpressionSpecification, LayerSpecification } from 'maplibre-gl'
import type { UnitCollection } from '#web/api/types.ts'
import { mapFont, type MapLocale } from '#web/map/basemap-style.ts'
import { BASE, GRID_FILLS, NO_DATA, ON_FILL } from '#web/map/colors.ts'
import type { Flavour, StylePiece } from '#web/map/style-piece.ts'
import type { GridOutlines } from './outline.ts'

export interface GridsStyleInput {
  flavour: Flavour
  locale: MapLocale
  units: UnitCollection
  outlines: GridOutlines
  selected: number | null
}

const SIZE = GRID_FILLS.length

/** Units coloured by grid; grids also carry an outline and their number, so colour is never alone. */
export function gridsStyle({ flavour, locale, units, outlines, selected }: GridsStyleInput): StylePiece {
  const color = BASE[flavour]
  const position: ExpressionSpecification = ['%', ['get', 'gridNo'], SIZE]
  const fill = [
    'case',
    ['==', ['get', 'gridNo'], null],
    NO_DATA[flavour],
    ['match', position, ...GRID_FILLS.flatMap((hex, i) => [i, hex]), NO_DATA[flavour]],
  ] as unknown as ExpressionSpecification
  const opacity = (selected === null ? 0.62 : ['case', ['==', ['get', 'gridNo'], selected], 0.82, 0.38]) as
    number | ExpressionSpecification
  const line = (
    id: 'grid-outline-halo' | 'grid-outline' | 'grid-selected',
    paint: object,
    filter?: unknown,
  ) =>
    ({
      id,
      type: 'line',
      source: 'grid-outlines',
      layout: { 'line-cap': 'round', 'line-join': 'round' },
      paint,
      ...(filter ? { filter } : {}),
    }) as LayerSpecification
  return {
    sources: {
      'grid-units': { type: 'geojson', data: units },
      'grid-outlines': { type: 'geojson', data: outlines.lines },
      'grid-labels': { type: 'geojson', data: outlines.labels },
    },
    layers: [
      {
        id: 'grid-units-fill',
        type: 'fill',
        source: 'grid-units',
        paint: { 'fill-color': fill, 'fill-opacity': opacity },
      },
      {
        id: 'grid-units-line',
        type: 'line',
        source: 'grid-units',
        minzoom: 11,
        paint: { 'line-color': color.labelHalo, 'line-width': 0.6, 'line-opacity': 0.6 },
      },
      line('grid-outline-halo', { 'line-color': color.labelHalo, 'line-width': 4.5, 'line-opacity': 0.85 }),
      line('grid-outline', { 'line-color': color.label, 'line-width': 1.8 }),
      line('grid-selected', { 'line-color': color.selected, 'line-width': 5 }, [
        '==',
        ['get', 'gridNo'],
        selected ?? -1,
      ]),
      {
        id: 'grid-label',
        type: 'symbol',
        source: 'grid-labels',
        layout: {
          'text-field': ['to-string', ['+', ['get', 'gridNo'], 1]],
          'text-font': mapFont(locale),
          'text-size': 16,
          'text-allow-overlap': true,
        },
        paint: {
          'text-color': ON_FILL[flavour].text,
          'text-halo-color': ON_FILL[flavour].halo,
          'text-halo-width': 2,
        },
      },
    ],
  }
}
