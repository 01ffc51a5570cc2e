import type { ExpressionSpecification, LayerSpecification } from 'maplibre-gl'
import { BASE, NO_DATA, RAMP, WITHHELD } from '#web/map/colors.ts'
import type { Flavour, StylePiece } from '#web/map/style-piece.ts'

/** The class of a place is feature state: 0 to 4 of the ramp, or one of these two. */
export const CLASS_NO_DATA = 8
export const CLASS_WITHHELD = 9

const LEVELS = ['county', 'township', 'village'] as const

/**
 * Always on the map, transparent until a class is set: the same polygons take clicks and hovers. Values come and go as
 * feature state, so changing the metric or month never fetches geometry again.
 */
export function placesStyle(flavour: Flavour, selectedCode: string | null): StylePiece {
  const ramp = RAMP[flavour]
  const color: ExpressionSpecification = [
    'match',
    ['coalesce', ['feature-state', 'class'], -1],
    0,
    ramp[0],
    1,
    ramp[1],
    2,
    ramp[2],
    3,
    ramp[3],
    4,
    ramp[4],
    CLASS_NO_DATA,
    NO_DATA[flavour],
    CLASS_WITHHELD,
    WITHHELD[flavour],
    'rgba(0, 0, 0, 0)',
  ]
  const fills: LayerSpecification[] = LEVELS.map((level) => ({
    id: `places-${level}-fill`,
    type: 'fill',
    source: level,
    'source-layer': level,
    paint: { 'fill-color': color, 'fill-opacity': 0.85 },
  }))
  const selectedLevel = selectedCode ? levelOfCode(selectedCode) : null
  const source = selectedLevel === null || selectedLevel === 'prefecture' ? 'county' : selectedLevel
  const isSelected: ExpressionSpecification = ['==', ['get', 'code'], selectedCode ?? '']
  const outline = (id: 'place-selected-halo' | 'place-selected', lineColor: string, width: number) =>
    ({
      id,
      type: 'line',
      source,
      'source-layer': source,
      filter: isSelected,
      layout: { 'line-join': 'round' },
      paint: { 'line-color': lineColor, 'line-width': width },
    }) satisfies LayerSpecification
  return {
    sources: {},
    layers: [
      ...fills,
      outline('place-selected-halo', BASE[flavour].labelHalo, 6),
      outline('place-selected', BASE[flavour].selected, 3),
    ],
  }
}

/** NBS codes: 3607 0000 0000 prefecture, 6 digits county, 9 township, 12 village. */
export function levelOfCode(code: string): 'prefecture' | 'county' | 'township' | 'village' {
  const full = code.padEnd(12, '0')
  if (!full.endsWith('000')) return 'village'
  if (!full.endsWith('000000')) return 'township'
  return full.endsWith('00000000') ? 'prefecture' : 'county'
}
