/** The deck.gl layer of single clients: binary attributes, offsets from an origin (32-bit floats keep centimetres). */
import { ScatterplotLayer } from '@deck.gl/layers'
import { STATUSES } from '#domain/filter/client-columns.ts'
import { HOLLOW, rgb, STATUS } from '#web/map/colors.ts'
import { deckBeforeId } from '#web/map/layer-order.ts'
import type { Flavour } from '#web/map/style-piece.ts'
import type { ClientPoints } from './points.ts'

const ORIGIN: [number, number, number] = [115, 25.8, 0]
const SOLID_ALPHA = 225
const HOLLOW_ALPHA = 40

export function pointsLayer(points: ClientPoints, flavour: Flavour): ScatterplotLayer {
  const { count } = points
  const position = new Float32Array(count * 2)
  const fill = new Uint8Array(count * 4)
  const line = new Uint8Array(count * 4)
  const radius = new Float32Array(count)
  const colors = STATUSES.map((status) => rgb(STATUS[status][flavour]))
  const alphas = STATUSES.map((status) => (HOLLOW.has(status) ? HOLLOW_ALPHA : SOLID_ALPHA))
  for (let i = 0; i < count; i++) {
    position[2 * i] = points.lng[i] - ORIGIN[0]
    position[2 * i + 1] = points.lat[i] - ORIGIN[1]
    const status = points.status[i]
    fill.set(colors[status], 4 * i)
    fill[4 * i + 3] = alphas[status]
    line.set(colors[status], 4 * i)
    line[4 * i + 3] = 255
    radius[i] = 2.5 + 0.9 * points.size[i]
  }
  return new ScatterplotLayer({
    id: 'client-points',
    beforeId: deckBeforeId('client-points'),
    data: {
      length: count,
      attributes: {
        getPosition: { value: position, size: 2 },
        getFillColor: { value: fill, size: 4, type: 'unorm8' },
        getLineColor: { value: line, size: 4, type: 'unorm8' },
        getRadius: { value: radius, size: 1 },
      },
    },
    coordinateSystem: 'lnglat-offsets',
    coordinateOrigin: ORIGIN,
    radiusUnits: 'pixels',
    lineWidthUnits: 'pixels',
    getLineWidth: 1.4,
    stroked: true,
    pickable: false,
  } as ConstructorParameters<typeof ScatterplotLayer>[0])
}
