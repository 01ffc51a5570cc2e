import { mapFont, type MapLocale } from '#web/map/basemap-style.ts'
import { BASE } from '#web/map/colors.ts'
import type { Flavour, StylePiece } from '#web/map/style-piece.ts'
import type { SketchPoint } from './sketch.svelte.ts'

export interface SketchStyleInput {
  flavour: Flavour
  locale: MapLocale
  points: SketchPoint[]
  polygon: boolean
  /** Length of each leg as text, in order. */
  legs: string[]
}

export function sketchStyle({ flavour, locale, points, polygon, legs }: SketchStyleInput): StylePiece {
  const color = BASE[flavour]
  return {
    sources: { sketch: { type: 'geojson', data: features(points, polygon, legs) } },
    layers: [
      {
        id: 'sketch-fill',
        type: 'fill',
        source: 'sketch',
        filter: ['==', ['geometry-type'], 'Polygon'],
        paint: { 'fill-color': color.selected, 'fill-opacity': 0.18 },
      },
      {
        id: 'sketch-line',
        type: 'line',
        source: 'sketch',
        filter: ['==', ['geometry-type'], 'LineString'],
        layout: { 'line-join': 'round', 'line-cap': 'round' },
        paint: { 'line-color': color.selected, 'line-width': 2.5 },
      },
      {
        id: 'sketch-point',
        type: 'circle',
        source: 'sketch',
        filter: ['==', ['get', 'role'], 'corner'],
        paint: {
          'circle-radius': 4.5,
          'circle-color': color.labelHalo,
          'circle-stroke-color': color.selected,
          'circle-stroke-width': 2,
        },
      },
      {
        id: 'sketch-label',
        type: 'symbol',
        source: 'sketch',
        filter: ['==', ['get', 'role'], 'leg'],
        layout: {
          'text-field': ['get', 'text'],
          'text-font': mapFont(locale),
          'text-size': 12,
          'text-offset': [0, -0.9],
        },
        paint: { 'text-color': color.label, 'text-halo-color': color.labelHalo, 'text-halo-width': 1.8 },
      },
    ],
  }
}

function features(points: SketchPoint[], polygon: boolean, legs: string[]): GeoJSON.FeatureCollection {
  const list: GeoJSON.Feature[] = points.map((coordinates) => ({
    type: 'Feature',
    properties: { role: 'corner' },
    geometry: { type: 'Point', coordinates },
  }))
  const closed = polygon && points.length >= 3
  const path = closed ? [...points, points[0]] : points
  if (path.length >= 2) {
    list.push({ type: 'Feature', properties: {}, geometry: { type: 'LineString', coordinates: path } })
  }
  if (closed)
    list.push({ type: 'Feature', properties: {}, geometry: { type: 'Polygon', coordinates: [path] } })
  legs.forEach((text, i) => {
    const [a, b] = [path[i], path[i + 1]]
    if (!a || !b) return
    list.push({
      type: 'Feature',
      properties: { role: 'leg', text },
      geometry: { type: 'Point', coordinates: [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2] },
    })
  })
  return { type: 'FeatureCollection', features: list }
}
