import { validateStyleMin } from '@maplibre/maplibre-gl-style-spec'
import { describe, expect, test } from 'vitest'
import type { UnitCollection } from '#web/api/types.ts'
import { basemapStyle } from '#web/map/basemap-style.ts'
import { GRID_FILLS } from '#web/map/colors.ts'
import { DECK_ANCHORS, LAYER_ORDER, beforeIdFor, positionOf } from '#web/map/layer-order.ts'
import { inOrder } from '#web/map/reconcile.ts'
import { asStyle, type Flavour, type StylePiece } from '#web/map/style-piece.ts'
import { adminAreasStyle } from '#web/overlays/admin-areas/style.ts'
import { clientsStyle } from '#web/overlays/clients/style.ts'
import { placesStyle } from '#web/overlays/places/style.ts'
import { gridsStyle } from '../../web/features/grids/grids-style.ts'
import { gridLabels, unitMiddles, unitSides } from '../../web/features/grids/outline.ts'
import { sketchStyle } from '../../web/features/measure/sketch-style.ts'

const FLAVOURS: Flavour[] = ['light', 'dark']
const LOCALES = ['zh-CN', 'en'] as const
const VARIANTS = FLAVOURS.flatMap((flavour) => LOCALES.map((locale) => ({ flavour, locale })))

const units: UnitCollection = {
  type: 'FeatureCollection',
  features: [0, null].map((gridNo, i) => ({
    type: 'Feature',
    geometry: {
      type: 'Polygon',
      coordinates: [
        [
          [115 + i, 25],
          [116 + i, 25],
          [116 + i, 26],
          [115 + i, 25],
        ],
      ],
    },
    properties: {
      idx: i,
      key: String(i),
      gridNo,
      kind: 'cell',
      townshipCode: null,
      clients: 1,
      loanBalance: 1,
      depositBalance: 1,
      visitHours: 1,
    },
  })),
}

function piecesOf({ flavour, locale }: (typeof VARIANTS)[number]): Record<string, StylePiece> {
  const client = {
    flavour,
    locale,
    tiles: 'https://map.invalid/tiles/client/{z}/{x}/{y}.mvt',
    selected: null,
  }
  const grids = {
    flavour,
    locale,
    units,
    sides: unitSides(units),
    labels: gridLabels(unitMiddles(units), () => 0),
    locked: units,
  }
  return {
    basemap: basemapStyle(flavour, locale, (layer) => `https://map.invalid/tiles/${layer}/{z}/{x}/{y}.mvt`),
    'admin-areas': adminAreasStyle(flavour, locale),
    places: placesStyle(flavour, null),
    'places, one selected': placesStyle(flavour, '360722101000'),
    'clients as cells': clientsStyle({ ...client, near: 'cells' }),
    'clients from tiles': clientsStyle({ ...client, near: 'tiles', selected: [115, 25.8] }),
    'clients by deck.gl': clientsStyle({ ...client, near: 'deck' }),
    grids: gridsStyle({ ...grids, selected: null }),
    'grids, one selected': gridsStyle({ ...grids, selected: 0 }),
    sketch: sketchStyle({
      flavour,
      locale,
      points: [
        [115, 25],
        [116, 25],
        [116, 26],
      ],
      polygon: true,
      legs: ['1 km'],
    }),
  }
}

describe.each(VARIANTS)('$flavour, $locale', (variant) => {
  const pieces = piecesOf(variant)

  test.each(Object.keys(pieces))('%s passes the style validator', (name) => {
    const base = pieces.basemap
    const piece = pieces[name]
    const whole: StylePiece = {
      sources: { ...base.sources, ...piece.sources },
      layers: name === 'basemap' ? piece.layers : inOrder([...base.layers, ...piece.layers]),
    }
    expect(validateStyleMin(asStyle(whole) as never)).toEqual([])
  })

  test('nothing is fetched but tiles: no glyphs, no sprite, fonts with Chinese characters', () => {
    const style = asStyle(pieces.basemap)
    expect(style).not.toHaveProperty('glyphs')
    expect(style).not.toHaveProperty('sprite')
    for (const piece of Object.values(pieces)) {
      for (const layer of piece.layers) {
        if (layer.type !== 'symbol') continue
        expect(layer.layout?.['text-font'], layer.id).toContain('Microsoft YaHei')
      }
    }
  })
})

describe('drawing order', () => {
  const drawn = new Set(
    VARIANTS.flatMap((variant) =>
      Object.values(piecesOf(variant)).flatMap((piece) => piece.layers.map(({ id }) => id)),
    ),
  )

  test('every layer drawn is listed, and every listed one is drawn', () => {
    expect([...drawn].filter((id) => !LAYER_ORDER.includes(id as never))).toEqual([])
    expect(LAYER_ORDER.filter((id) => !drawn.has(id))).toEqual([])
    expect(new Set(LAYER_ORDER).size).toBe(LAYER_ORDER.length)
  })

  test('an unknown layer is an error, not the top of the map', () => {
    expect(() => positionOf('clients')).toThrow(/layer-order/)
    expect(() => beforeIdFor('clients', LAYER_ORDER)).toThrow(/layer-order/)
  })

  test('a layer goes under the next one that is present', () => {
    expect(beforeIdFor('township-line', ['background', 'county-label', 'county-line'])).toBe('county-line')
    expect(beforeIdFor('sketch-label', ['background'])).toBeUndefined()
  })

  test('deck.gl hangs between two anchors that the base map always has, below all labels', () => {
    const base = piecesOf(VARIANTS[0]).basemap.layers.map(({ id }) => id)
    for (const anchor of Object.values(DECK_ANCHORS)) {
      const below = LAYER_ORDER[positionOf(anchor) - 1]
      expect(base).toContain(anchor)
      expect(base).toContain(below)
      expect(below).toMatch(/^anchor-/)
    }
    const labels = LAYER_ORDER.filter((id) => id.endsWith('-label'))
    for (const label of labels) {
      expect(positionOf(label)).toBeGreaterThan(positionOf('anchor-above-client-points'))
    }
  })
})

describe('grid colours', () => {
  const linear = (c: number) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
  const rgb = (hex: string) => [1, 3, 5].map((i) => linear(Number.parseInt(hex.slice(i, i + 2), 16) / 255))
  // Full deuteranopia and protanopia in linear RGB: Machado, Oliveira and Fernandes 2009, severity 1.
  const EYES: Record<string, number[][]> = {
    normal: [
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ],
    deuteranopia: [
      [0.367322, 0.860646, -0.227968],
      [0.280085, 0.672501, 0.047413],
      [-0.01182, 0.04294, 0.968881],
    ],
    protanopia: [
      [0.152286, 1.052583, -0.204868],
      [0.114503, 0.786281, 0.099216],
      [-0.003882, -0.048116, 1.051998],
    ],
  }
  function lab(hex: string, eye: number[][]): number[] {
    const [r, g, b] = eye.map((row) =>
      Math.max(
        0,
        row.reduce((sum, k, i) => sum + k * rgb(hex)[i], 0),
      ),
    )
    const f = (t: number) => (t > 0.008856 ? Math.cbrt(t) : 7.787 * t + 16 / 116)
    const x = f((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.95047)
    const y = f(0.2126 * r + 0.7152 * g + 0.0722 * b)
    const z = f((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.08883)
    return [116 * y - 16, 500 * (x - y), 200 * (y - z)]
  }
  const distance = (a: string, b: string, eye: number[][]) =>
    Math.hypot(...lab(a, eye).map((v, i) => v - lab(b, eye)[i]))

  test('there are at least 24, all different', () => {
    expect(GRID_FILLS.length).toBeGreaterThanOrEqual(24)
    expect(new Set(GRID_FILLS).size).toBe(GRID_FILLS.length)
  })

  test('any two can be told apart by normal eyes (CIE76 over 10)', () => {
    const close: string[] = []
    GRID_FILLS.forEach((a, i) =>
      GRID_FILLS.slice(i + 1).forEach((b) => {
        if (distance(a, b, EYES.normal) < 10) close.push(`${a} ${b}`)
      }),
    )
    expect(close).toEqual([])
  })

  test.each(Object.keys(EYES))('consecutive ones differ clearly (CIE76 over 20) with %s', (eye) => {
    const close = GRID_FILLS.flatMap((color, i) => {
      const next = GRID_FILLS[(i + 1) % GRID_FILLS.length]
      const apart = distance(color, next, EYES[eye])
      return apart < 20 ? [`${color} ${next} ${apart.toFixed(1)}`] : []
    })
    expect(close).toEqual([])
  })
})
