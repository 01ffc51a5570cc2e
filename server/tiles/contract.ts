import { z } from 'zod'

export const TILE_LAYERS = ['county', 'township', 'village', 'barrier', 'client'] as const
export type TileLayer = (typeof TILE_LAYERS)[number]

export const MAX_TILE_ZOOM = 16

/** The last part of the address carries the ending: `/tiles/county/8/208/109.mvt`. */
export const tileParams = z.object({
  layer: z.string().meta({ description: TILE_LAYERS.join(' | ') }),
  z: z.string().regex(/^\d{1,2}$/, '缩放级别应为 0 到 16 的整数'),
  x: z.string().regex(/^\d{1,6}$/, '列号应为非负整数'),
  y: z.string().regex(/^\d{1,6}\.mvt$/, '行号应为非负整数，并以 .mvt 结尾'),
})

export const tileQuery = z.object({
  filter: z.string().optional().meta({ description: '筛选条件（JSON），仅用于 client 图层' }),
  v: z.string().optional().meta({ description: '图层版本，只为区分地址，不影响内容' }),
})
