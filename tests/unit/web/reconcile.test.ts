import fc from 'fast-check'
import type { LayerSpecification, SourceSpecification } from 'maplibre-gl'
import { expect, test } from 'vitest'
import { LAYER_ORDER, positionOf } from '#web/map/layer-order.ts'
import { stepsBetween, type StyleStep } from '#web/map/reconcile.ts'
import type { StylePiece } from '#web/map/style-piece.ts'

/** A map reduced to what matters here: it refuses what MapLibre would refuse. */
class StrictMap {
  sources = new Map<string, SourceSpecification>()
  layers: LayerSpecification[] = []

  run(step: StyleStep): void {
    switch (step.do) {
      case 'addSource':
        if (this.sources.has(step.id)) throw new Error(`source ${step.id} is there already`)
        this.sources.set(step.id, step.source)
        return
      case 'removeSource':
        if (this.layers.some((layer) => 'source' in layer && layer.source === step.id)) {
          throw new Error(`source ${step.id} is in use`)
        }
        if (!this.sources.delete(step.id)) throw new Error(`no source ${step.id}`)
        return
      case 'setTiles':
        this.sources.set(step.id, { ...this.#source(step.id), tiles: step.tiles } as SourceSpecification)
        return
      case 'setData':
        this.sources.set(step.id, { ...this.#source(step.id), data: step.data } as SourceSpecification)
        return
      case 'removeLayer':
        this.layers.splice(this.#index(step.id), 1)
        return
      case 'addLayer': {
        if ('source' in step.layer && step.layer.source !== undefined) this.#source(String(step.layer.source))
        if (this.layers.some((layer) => layer.id === step.layer.id))
          throw new Error(`${step.layer.id} is there already`)
        this.layers.splice(
          step.before === undefined ? this.layers.length : this.#index(step.before),
          0,
          step.layer,
        )
        return
      }
      case 'setPaint':
      case 'setLayout': {
        const kind = step.do === 'setPaint' ? 'paint' : 'layout'
        const layer = this.layers[this.#index(step.id)] as unknown as Record<string, Record<string, unknown>>
        const next: Record<string, unknown> = { ...layer[kind], [step.name]: step.value }
        if (step.value === undefined) delete next[step.name]
        this.#replace(step.id, { [kind]: next })
        return
      }
      case 'setFilter':
        this.#replace(step.id, { filter: step.filter })
        return
      case 'setZooms':
        this.#replace(step.id, { minzoom: step.min, maxzoom: step.max })
    }
  }

  #source(id: string): SourceSpecification {
    const source = this.sources.get(id)
    if (!source) throw new Error(`no source ${id}`)
    return source
  }

  #index(id: string): number {
    const index = this.layers.findIndex((layer) => layer.id === id)
    if (index < 0) throw new Error(`no layer ${id}`)
    return index
  }

  #replace(id: string, part: object): void {
    const index = this.#index(id)
    this.layers[index] = { ...this.layers[index], ...part } as LayerSpecification
  }
}

const DATA = [1, 2].map(() => ({ type: 'FeatureCollection', features: [] }) as GeoJSON.FeatureCollection)
const SOURCES: Record<string, SourceSpecification[]> = {
  county: [
    { type: 'vector', tiles: ['https://a.invalid/1'] },
    { type: 'vector', tiles: ['https://a.invalid/2'] },
    { type: 'vector', tiles: ['https://a.invalid/1'], maxzoom: 9 },
  ],
  sketch: DATA.map((data) => ({ type: 'geojson', data })),
}

const pieces: fc.Arbitrary<StylePiece> = fc
  .record({
    county: fc.nat(3),
    sketch: fc.nat(2),
    layers: fc.uniqueArray(
      fc.record({
        id: fc.constantFrom(...LAYER_ORDER.slice(1, 14)),
        source: fc.constantFrom('county', 'sketch'),
        width: fc.option(fc.nat(3), { nil: undefined }),
        visible: fc.boolean(),
        filtered: fc.boolean(),
        minzoom: fc.constantFrom(0, 5),
      }),
      { selector: ({ id }) => id },
    ),
  })
  .map(({ county, sketch, layers }) => {
    const sources: StylePiece['sources'] = {}
    if (SOURCES.county[county]) sources.county = SOURCES.county[county]
    if (SOURCES.sketch[sketch]) sources.sketch = SOURCES.sketch[sketch]
    return {
      sources,
      layers: layers
        .filter(({ source }) => sources[source])
        .map(({ id, source, width, visible, filtered, minzoom }): LayerSpecification => ({
          id,
          type: 'line',
          source,
          minzoom,
          maxzoom: 24,
          filter: filtered ? ['==', ['get', 'a'], 1] : undefined,
          paint: width === undefined ? {} : { 'line-width': width },
          layout: { visibility: visible ? 'visible' : 'none' },
        })),
    }
  })

const shape = (layers: LayerSpecification[]) =>
  layers.map((layer) => ({ ...layer, filter: ('filter' in layer ? layer.filter : null) ?? null }))

test('from any style to any other: same sources, same layers, in drawing order, no forbidden step', () => {
  fc.assert(
    fc.property(fc.array(pieces, { minLength: 1, maxLength: 5 }), (wanted) => {
      const map = new StrictMap()
      let present: StylePiece = { sources: {}, layers: [] }
      for (const next of wanted) {
        for (const step of stepsBetween(present, next)) map.run(step)
        expect(Object.fromEntries(map.sources)).toEqual(next.sources)
        const ordered = [...next.layers].sort((a, b) => positionOf(a.id) - positionOf(b.id))
        expect(shape(map.layers)).toEqual(shape(ordered))
        present = next
      }
    }),
  )
})

test('nothing to do when nothing changed', () => {
  fc.assert(
    fc.property(pieces, (piece) => {
      expect(stepsBetween(piece, structuredCopy(piece))).toEqual([])
    }),
  )
})

test('a colour change touches one property, not the layer', () => {
  const layer = (color: string): LayerSpecification => ({
    id: 'background',
    type: 'background',
    paint: { 'background-color': color },
  })
  expect(
    stepsBetween({ sources: {}, layers: [layer('#fff')] }, { sources: {}, layers: [layer('#000')] }),
  ).toEqual([{ do: 'setPaint', id: 'background', name: 'background-color', value: '#000' }])
})

test('a layer that is listed nowhere cannot be added', () => {
  const rogue = { sources: {}, layers: [{ id: 'rogue', type: 'background' } as LayerSpecification] }
  expect(() => stepsBetween({ sources: {}, layers: [] }, rogue)).toThrow(/layer-order/)
})

/** New objects with equal content, except GeoJSON data, which is compared by identity on purpose. */
function structuredCopy(piece: StylePiece): StylePiece {
  return {
    sources: Object.fromEntries(Object.entries(piece.sources).map(([id, source]) => [id, { ...source }])),
    layers: structuredClone(piece.layers),
  }
}
