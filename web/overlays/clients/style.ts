import type { ExpressionSpecification, LayerSpecification } from 'maplibre-gl'
import { STATUSES } from '#domain/filter/client-columns.ts'
import { mapFont, type MapLocale } from '#web/map/basemap-style.ts'
import { BASE, CELL, HOLLOW, STATUS } from '#web/map/colors.ts'
import type { Flavour, StylePiece } from '#web/map/style-piece.ts'

/** Below this zoom clients are counted in cells; from it on each is a point. */
export const NEAR_ZOOM = 12

export interface ClientsStyleInput {
  flavour: Flavour
  locale: MapLocale
  tiles: string
  /** 'tiles' draws points from MVT, 'deck' leaves them to deck.gl, 'cells' never shows single clients (leadership). */
  near: 'tiles' | 'deck' | 'cells'
  /** The client whose details are open. */
  selected: [number, number] | null
}

export function clientsStyle({ flavour, locale, tiles, near, selected }: ClientsStyleInput): StylePiece {
  const layers: LayerSpecification[] = [...cells(flavour, locale, near === 'cells' ? 24 : NEAR_ZOOM)]
  if (near === 'tiles') layers.push(points(flavour))
  layers.push({
    id: 'client-selected',
    type: 'circle',
    source: 'client-selected',
    paint: {
      'circle-radius': 13,
      'circle-color': 'rgba(0, 0, 0, 0)',
      'circle-stroke-width': 3,
      'circle-stroke-color': BASE[flavour].selected,
    },
  })
  return {
    sources: {
      client: { type: 'vector', tiles: [tiles], minzoom: 5, maxzoom: 14 },
      'client-selected': {
        type: 'geojson',
        data: {
          type: 'FeatureCollection',
          features: selected
            ? [{ type: 'Feature', properties: {}, geometry: { type: 'Point', coordinates: selected } }]
            : [],
        },
      },
    },
    layers,
  }
}

/** Area of the circle follows the count, so twice the clients look like twice as much. */
export function cellRadius(count: number): number {
  return Math.min(42, 3 + 0.55 * Math.sqrt(count))
}

const RADIUS: ExpressionSpecification = ['min', 42, ['+', 3, ['*', 0.55, ['sqrt', ['get', 'count']]]]]

function cells(flavour: Flavour, locale: MapLocale, maxzoom: number): LayerSpecification[] {
  const color = CELL[flavour]
  return [
    {
      id: 'client-cells',
      type: 'circle',
      source: 'client',
      'source-layer': 'cell',
      maxzoom,
      layout: { 'circle-sort-key': ['-', ['get', 'count']] },
      paint: {
        'circle-radius': RADIUS,
        'circle-color': color.fill,
        'circle-opacity': 0.62,
        'circle-stroke-color': color.line,
        'circle-stroke-width': 1,
      },
    },
    {
      id: 'client-cell-count',
      type: 'symbol',
      source: 'client',
      'source-layer': 'cell',
      maxzoom,
      filter: ['>=', ['get', 'count'], 100],
      layout: {
        'text-field': ['to-string', ['get', 'count']],
        'text-font': mapFont(locale),
        'text-size': 11,
        'symbol-sort-key': ['-', ['get', 'count']],
      },
      paint: { 'text-color': color.text, 'text-halo-color': color.halo, 'text-halo-width': 1.2 },
    },
  ]
}

function points(flavour: Flavour): LayerSpecification {
  const hollow = ['match', ['get', 'status'], [...HOLLOW], 0.15, 0.85] as unknown as ExpressionSpecification
  return {
    id: 'client-points-mvt',
    type: 'circle',
    source: 'client',
    'source-layer': 'client',
    minzoom: NEAR_ZOOM,
    paint: {
      'circle-radius': ['+', 2.5, ['*', 0.9, ['get', 'size']]],
      'circle-color': statusColor(flavour),
      'circle-opacity': hollow,
      'circle-stroke-color': statusColor(flavour),
      'circle-stroke-width': 1.2,
    },
  }
}

function statusColor(flavour: Flavour): ExpressionSpecification {
  return [
    'match',
    ['get', 'status'],
    ...STATUSES.flatMap((status) => [status, STATUS[status][flavour]]),
    STATUS.prospect[flavour],
  ] as unknown as ExpressionSpecification
}
