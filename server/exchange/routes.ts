import { createRoute } from '@hono/zod-openapi'
import { z } from 'zod'
import { rolesWith } from '#server/auth/permissions.ts'
import type { Deps } from '#server/deps.ts'
import { planIdSchema } from '#server/grids/contract.ts'
import { etagOf, versionOf } from '#server/grids/if-match.ts'
import { access } from '#server/http/access.ts'
import { createRouter, jsonBody, problems } from '#server/http/validate.ts'
import { FILE_TYPE } from '#server/http/guards.ts'
import { AppError } from '#server/http/errors.ts'
import {
  digestSchema,
  EXPORT_FORMATS,
  importedSchema,
  importOptionsSchema,
  importReportSchema,
  type ExportFormat,
} from './contract.ts'
import { ExchangeService } from './service.ts'

const EDITORS = rolesWith('grids.edit')
const EXPORTERS = rolesWith('grids.export')
const id = z.object({ id: planIdSchema })
const file = {
  required: true,
  content: { 'application/octet-stream': { schema: z.string().openapi({ format: 'binary' }) } },
} as const
const fileProblems = problems(
  'bad_request',
  'not_found',
  'conflict',
  'too_large',
  'unsupported_media_type',
  'unprocessable',
)

const preview = createRoute({
  ...access(EDITORS),
  method: 'post',
  path: '/api/grid-plans/{id}/import/preview',
  summary: '导入前预览：文件会改变方案的什么，什么没有采用及其原因',
  request: { params: id, query: importOptionsSchema, body: file },
  responses: { 200: jsonBody(importReportSchema, '预览；不改变方案'), ...fileProblems },
})

const apply = createRoute({
  ...access(EDITORS),
  method: 'post',
  path: '/api/grid-plans/{id}/import',
  summary: '导入：按预览的结果改变方案，可撤销',
  request: { params: id, query: importOptionsSchema.extend({ digest: digestSchema }), body: file },
  responses: {
    200: jsonBody(importedSchema, '已导入；ETag 为新的版本号'),
    ...fileProblems,
    ...problems('stale', 'precondition_required'),
  },
})

const EXPORTED: Record<ExportFormat, string> = {
  geojson: '网格与单元的 GeoJSON',
  shapefile: '网格与单元的 Shapefile',
  csv: '单元归属表，可原样导回',
  xlsx: '每个网格的走访清单',
}

/** One route a format: each is a permission, an audit line and a description of its own. */
const downloadOf = <Format extends ExportFormat>(format: Format) =>
  createRoute({
    ...access(EXPORTERS),
    method: 'get',
    path: `/api/grid-plans/{id}/export/${format}`,
    summary: `导出方案：${EXPORTED[format]}；记入审计`,
    request: { params: id },
    responses: {
      200: { description: '文件', content: { 'application/octet-stream': { schema: z.string() } } },
      ...problems('bad_request', 'not_found', 'unprocessable'),
    },
  })

function contentOf(request: {
  header: (name: string) => string | undefined
  arrayBuffer: () => Promise<ArrayBuffer>
}) {
  if (!FILE_TYPE.test(request.header('content-type') ?? ''))
    throw new AppError(
      'unsupported_media_type',
      '请把文件内容以 Content-Type: application/octet-stream 提交。',
    )
  return request.arrayBuffer().then((buffer) => new Uint8Array(buffer))
}

export function exchangeRoutes(deps: Deps) {
  const service = new ExchangeService(deps)
  const router = createRouter()
    .openapi(preview, async (c) => {
      const bytes = await contentOf(c.req)
      const { id: planId } = c.req.valid('param')
      return c.json(await service.preview(c.get('session'), planId, bytes, c.req.valid('query')), 200)
    })
    .openapi(apply, async (c) => {
      const version = versionOf(c.req.header('if-match'))
      const bytes = await contentOf(c.req)
      const { digest, ...options } = c.req.valid('query')
      const { id: planId } = c.req.valid('param')
      const imported = await service.apply(c.get('session'), planId, bytes, options, {
        version,
        digest,
        requestId: c.get('requestId'),
      })
      c.header('etag', etagOf(imported.version))
      return c.json(imported, 200)
    })
  for (const format of EXPORT_FORMATS) {
    router.openapi(downloadOf(format), async (c) => {
      const { id: planId } = c.req.valid('param')
      const file = await service.download(c.get('session'), planId, format, c.get('requestId'))
      c.header('content-disposition', `attachment; filename*=UTF-8''${encodeURIComponent(file.name)}`)
      c.header('content-type', file.type)
      c.header('cache-control', 'no-store')
      return c.body(file.bytes.slice().buffer, 200)
    })
  }
  return router
}
