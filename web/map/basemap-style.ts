/** The base map, drawn from our own tiles only: a pure function of flavour, locale and the address of the tiles. */
import type { LayerSpecification, VectorSourceSpecification } from 'maplibre-gl'
import { BASE } from './colors.ts'
import type { Flavour, StylePiece } from './style-piece.ts'

export type MapLocale = 'zh-CN' | 'en'
export type TileAddress = (layer: 'county' | 'township' | 'village' | 'barrier') => string

const CHINESE_FONTS = ['PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', 'sans-serif']
const LATIN_FIRST = ['Segoe UI', 'Helvetica Neue', ...CHINESE_FONTS]

/** Without a `glyphs` address MapLibre takes these as CSS families. */
export function mapFont(locale: MapLocale): string[] {
  return locale === 'en' ? LATIN_FIRST : CHINESE_FONTS
}

// Zooms from which each layer's tiles are asked for, and the last one; beyond it the map stretches what it has.
const ZOOMS = { county: [5, 12], township: [7, 13], village: [10, 14], barrier: [8, 14] } as const

export function basemapStyle(flavour: Flavour, locale: MapLocale, address: TileAddress): StylePiece {
  const source = (layer: keyof typeof ZOOMS): VectorSourceSpecification => ({
    type: 'vector',
    tiles: [address(layer)],
    minzoom: ZOOMS[layer][0],
    maxzoom: ZOOMS[layer][1],
    ...(layer === 'barrier' ? {} : { promoteId: { [layer]: 'code' } }),
  })
  return {
    sources: {
      county: source('county'),
      township: source('township'),
      village: source('village'),
      barrier: source('barrier'),
    },
    layers: [...ground(flavour), ...countyLabels(flavour, locale), ...anchors()],
  }
}

function ground(flavour: Flavour): LayerSpecification[] {
  const color = BASE[flavour]
  return [
    { id: 'background', type: 'background', paint: { 'background-color': color.outside } },
    {
      id: 'county-land',
      type: 'fill',
      source: 'county',
      'source-layer': 'county',
      paint: { 'fill-color': color.land },
    },
    {
      id: 'county-line-halo',
      type: 'line',
      source: 'county',
      'source-layer': 'county',
      layout: { 'line-join': 'round' },
      paint: { 'line-color': color.countyHalo, 'line-width': 4, 'line-opacity': 0.7 },
    },
    {
      id: 'county-line',
      type: 'line',
      source: 'county',
      'source-layer': 'county',
      layout: { 'line-join': 'round' },
      paint: {
        'line-color': color.countyLine,
        'line-width': ['interpolate', ['linear'], ['zoom'], 7, 1, 12, 2],
      },
    },
  ]
}

function countyLabels(flavour: Flavour, locale: MapLocale): LayerSpecification[] {
  const color = BASE[flavour]
  return [
    {
      id: 'county-label',
      type: 'symbol',
      source: 'county',
      'source-layer': 'county-label',
      maxzoom: 12,
      layout: {
        'text-field': ['get', 'name'],
        'text-font': mapFont(locale),
        'text-size': ['interpolate', ['linear'], ['zoom'], 6, 11, 10, 16],
        'text-padding': 4,
        'text-variable-anchor': ['center', 'top', 'bottom'],
        'symbol-sort-key': 0,
      },
      paint: { 'text-color': color.label, 'text-halo-color': color.labelHalo, 'text-halo-width': 1.6 },
    },
  ]
}

function anchors(): LayerSpecification[] {
  return (['anchor-below-client-points', 'anchor-above-client-points'] as const).map((id) => ({
    id,
    type: 'background',
    layout: { visibility: 'none' },
  }))
}
