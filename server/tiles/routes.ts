import { createRoute } from '@hono/zod-openapi'
import type { Deps } from '#server/deps.ts'
import { ROLES } from '#server/auth/permissions.ts'
import { filterOfRequest } from '#server/clients/filter-request.ts'
import { access } from '#server/http/access.ts'
import { AppError } from '#server/http/errors.ts'
import { createRouter, problems } from '#server/http/validate.ts'
import { todayInChina } from '#server/snapshot/today.ts'
import type { TileId } from '#domain/tiles/row-set.ts'
import { MAX_TILE_ZOOM, TILE_LAYERS, tileParams, tileQuery, type TileLayer } from './contract.ts'
import { binaryResponse } from './binary-response.ts'
import { TileService } from './service.ts'

const showTile = createRoute({
  ...access(ROLES),
  method: 'get',
  path: '/tiles/{layer}/{z}/{x}/{y}',
  summary: '矢量瓦片（Mapbox Vector Tile）；y 以 .mvt 结尾',
  request: { params: tileParams, query: tileQuery },
  responses: {
    200: {
      description: '瓦片',
      content: { 'application/vnd.mapbox-vector-tile': { schema: { type: 'string', format: 'binary' } } },
    },
    204: { description: '此处没有内容' },
    304: { description: '内容未变' },
    ...problems('bad_request', 'not_found'),
  },
})

export function tileRoutes(deps: Pick<Deps, 'snapshots' | 'polygons' | 'now'>) {
  const service = new TileService(deps)
  return createRouter().openapi(showTile, async (c) => {
    const params = c.req.valid('param')
    const query = c.req.valid('query')
    const layer = layerOf(params.layer)
    const tile = tileOf(params)
    const { me } = c.get('session')
    const filter = layer === 'client' ? filterOfRequest(query.filter, me) : null
    const content = await service.tile(layer, tile, me, filter, todayInChina(deps.now()))
    return binaryResponse(c, content, 'application/vnd.mapbox-vector-tile')
  })
}

function layerOf(name: string): TileLayer {
  const layer = TILE_LAYERS.find((known) => known === name)
  if (!layer)
    throw new AppError('not_found', `没有图层“${name.slice(0, 40)}”。可用图层：${TILE_LAYERS.join('、')}。`)
  return layer
}

function tileOf(params: { z: string; x: string; y: string }): TileId {
  const z = Number(params.z)
  const x = Number(params.x)
  const y = Number.parseInt(params.y, 10)
  if (z > MAX_TILE_ZOOM)
    throw new AppError('bad_request', `缩放级别 ${z} 超出范围，应为 0 到 ${MAX_TILE_ZOOM}。`)
  if (x >= 2 ** z || y >= 2 ** z) {
    throw new AppError('bad_request', `瓦片 ${z}/${x}/${y} 不存在：该级别的行列号应小于 ${2 ** z}。`)
  }
  return { z, x, y }
}
