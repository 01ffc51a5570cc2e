import type { ExpressionSpecification, LayerSpecification } from 'maplibre-gl'
import type { UnitCollection } from '#web/api/types.ts'
import { mapFont, type MapLocale } from '#web/map/basemap-style.ts'
import { BASE, GRID_FILLS, NO_DATA, ON_FILL } from '#web/map/colors.ts'
import { HATCH } from '#web/map/hatch-image.ts'
import type { Flavour, StylePiece } from '#web/map/style-piece.ts'
import type { GridLabels, UnitSides } from './outline.ts'

export interface GridsStyleInput {
  flavour: Flavour
  locale: MapLocale
  units: UnitCollection
  sides: UnitSides
  labels: GridLabels
  /** Units under a lock. */
  locked: UnitCollection
  selected: number | null
}

const SIZE = GRID_FILLS.length
/** Where a unit is now is a feature state, set by unit-painter.ts; until it is set, what the server sent holds. */
const GRID = ['to-number', ['coalesce', ['feature-state', 'grid'], ['get', 'gridNo'], -1]]
const state = (name: string) => ['boolean', ['feature-state', name], false]

/** Units coloured by grid; grids also carry an outline and their number, so colour is never alone. */
export function gridsStyle({
  flavour,
  locale,
  units,
  sides,
  labels,
  locked,
  selected,
}: GridsStyleInput): StylePiece {
  const color = BASE[flavour]
  const fill = [
    'match',
    ['%', GRID, SIZE],
    ...GRID_FILLS.flatMap((hex, i) => [i, hex]),
    NO_DATA[flavour],
  ] as unknown as ExpressionSpecification
  const opacity = (selected === null ? 0.62 : ['case', ['==', GRID, selected], 0.82, 0.42]) as
    number | ExpressionSpecification
  const line = (
    id: 'grid-outline-halo' | 'grid-outline' | 'grid-selected',
    when: string,
    width: number,
    paint: object,
  ) =>
    ({
      id,
      type: 'line',
      source: 'grid-sides',
      layout: { 'line-cap': 'round', 'line-join': 'round' },
      paint: { ...paint, 'line-width': ['case', state(when), width, 0] },
    }) as unknown as LayerSpecification
  return {
    sources: {
      'grid-units': { type: 'geojson', data: units },
      'grid-sides': { type: 'geojson', data: sides },
      'grid-labels': { type: 'geojson', data: labels },
      'grid-locked': { type: 'geojson', data: locked },
    },
    layers: [
      {
        id: 'grid-units-fill',
        type: 'fill',
        source: 'grid-units',
        paint: { 'fill-color': fill, 'fill-opacity': opacity, 'fill-antialias': false },
      },
      {
        id: 'grid-units-line',
        type: 'line',
        source: 'grid-units',
        minzoom: 11,
        paint: { 'line-color': color.labelHalo, 'line-width': 0.6, 'line-opacity': 0.6 },
      },
      {
        id: 'grid-locked',
        type: 'fill',
        source: 'grid-locked',
        paint: { 'fill-pattern': HATCH, 'fill-opacity': 0.55 },
      },
      line('grid-outline-halo', 'border', 4.5, { 'line-color': color.labelHalo, 'line-opacity': 0.85 }),
      line('grid-outline', 'border', 1.8, { 'line-color': color.label }),
      line('grid-selected', 'selected', 5, { 'line-color': color.selected }),
      {
        id: 'grid-preview',
        type: 'fill',
        source: 'grid-units',
        paint: {
          'fill-color': color.selected,
          'fill-opacity': ['case', state('preview'), 0.42, 0] as unknown as ExpressionSpecification,
          'fill-antialias': false,
        },
      },
      {
        id: 'grid-preview-line',
        type: 'line',
        source: 'grid-sides',
        paint: {
          'line-color': color.label,
          'line-width': ['case', state('preview'), 2.5, 0] as unknown as ExpressionSpecification,
        },
      },
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
