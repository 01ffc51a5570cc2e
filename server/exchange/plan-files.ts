/**
 * Purpose: a plan as files: GeoJSON, zipped Shapefile and the table of unit assignment. Inputs: rows of the plan, who exports when.
 * Guarantees: each of them imports back to the identical assignment; money of units is as rounded as the caller's role sees it.
 */
import type { WeightKey } from '../grids/contract.ts'
import { WEIGHT_LABELS } from '../grids/reason-messages.ts'
import type { GridShape, PlanHead, UnitDetail } from './queries.ts'
import { GRID_LAYER } from './read-polygons.ts'
import { writeCsv } from './write-csv.ts'
import { writeShapefiles, type Field } from './write-shapefile.ts'
import type { MultiPolygonCoordinates } from '#domain/geo/shapes.ts'

export interface PlanFile {
  head: PlanHead
  planId: number
  grids: (GridShape & { shape: MultiPolygonCoordinates | null })[]
  units: UnitDetail[]
  /** A role's view of the weights of a unit or grid. */
  view: (weights: readonly number[]) => Record<WeightKey, number>
  exportedAt: string
  exportedBy: string
  accuracy: string
  sources: string[]
}

export const NOT_PUBLIC = '内部工作用图 · 不得公开'

const km2 = (areaM2: number) => Math.round(areaM2) / 1e6

export function planGeojson(file: PlanFile): Uint8Array {
  const { head, planId, grids, units, view } = file
  const nameOf = new Map(grids.map(({ no, name }) => [no, name]))
  const collection = {
    type: 'FeatureCollection',
    // RFC 7946 needs no such member; many programs that predate it do, and our own import reads it.
    crs: { type: 'name', properties: { name: 'urn:ogc:def:crs:OGC:1.3:CRS84' } },
    name: `${head.name} v${head.version}`,
    plan: { id: planId, name: head.name, version: head.version, state: head.state, county: head.countyName },
    notes: notesOf(file),
    exportedAt: file.exportedAt,
    exportedBy: file.exportedBy,
    accuracy: file.accuracy,
    sources: file.sources,
    features: [
      ...grids.flatMap((grid) =>
        grid.shape === null
          ? []
          : [
              feature(grid.shape, {
                layer: GRID_LAYER,
                gridNumber: grid.no + 1,
                gridName: grid.name,
                staffNo: grid.staffNo,
                manager: grid.managerName,
                units: grid.units,
                areaKm2: km2(grid.areaM2),
                ...view(grid.totals),
              }),
            ],
      ),
      ...units.map((unit) =>
        feature(unit.shape, {
          layer: 'units',
          unit: unit.key,
          gridNumber: unit.gridNo === null ? null : unit.gridNo + 1,
          gridName: unit.gridNo === null ? null : nameOf.get(unit.gridNo),
          township: unit.townshipName,
          townshipCode: unit.townshipCode,
          areaKm2: km2(unit.areaM2),
          ...view(unit.weights),
        }),
      ),
    ],
  }
  return new TextEncoder().encode(JSON.stringify(collection))
}

function feature(shape: MultiPolygonCoordinates, properties: Record<string, unknown>) {
  return { type: 'Feature', properties, geometry: { type: 'MultiPolygon', coordinates: shape } }
}

export function notesOf({ head, exportedAt, exportedBy, accuracy, sources }: PlanFile): string[] {
  return [
    NOT_PUBLIC,
    `方案：${head.name}，第 ${head.version} 版，${head.countyName}`,
    `导出：${exportedBy}，${exportedAt}`,
    `坐标系：EPSG:4326（WGS-84 经纬度，与 CGCS2000 在此精度下一致）`,
    `精度：${accuracy}`,
    `来源：${sources.join('；') || '无'}`,
  ]
}

const FIGURES: Field[] = (
  [
    ['CLIENTS', 'clients', 0],
    ['DEPOSIT', 'depositBalance', 2],
    ['LOAN', 'loanBalance', 2],
    ['HOURS', 'visitHours', 2],
  ] as const
).map(([name, key, decimals]) => ({
  name,
  about:
    WEIGHT_LABELS[key] + (key === 'clients' ? '（户）' : key === 'visitHours' ? '（小时/年）' : '（元）'),
  type: 'number',
  width: 18,
  decimals,
}))
const AREA: Field = { name: 'AREA_KM2', about: '面积（平方千米）', type: 'number', width: 14, decimals: 6 }
const NUMBER: Field = { name: 'GRID_NUM', about: '网格序号，从 1 起', type: 'number', width: 6 }
const NAME: Field = { name: 'GRID_NAME', about: '网格名称', type: 'text', width: 160 }
const GRID_FIELDS: Field[] = [
  NUMBER,
  NAME,
  { name: 'STAFF_NO', about: '客户经理工号', type: 'text', width: 40 },
  { name: 'MANAGER', about: '客户经理姓名', type: 'text', width: 80 },
  { name: 'UNITS', about: '单元数', type: 'number', width: 8 },
  AREA,
  ...FIGURES,
]
const UNIT_FIELDS: Field[] = [
  { name: 'UNIT_KEY', about: '单元编号', type: 'text', width: 80 },
  NUMBER,
  NAME,
  { name: 'TOWN_CODE', about: '乡镇（街道）代码', type: 'text', width: 12 },
  { name: 'TOWN_NAME', about: '乡镇（街道）名称', type: 'text', width: 120 },
  AREA,
  ...FIGURES,
]

export function planShapefile(file: PlanFile): Uint8Array {
  const { grids, units, view } = file
  const nameOf = new Map(grids.map(({ no, name }) => [no, name]))
  const figures = (weights: readonly number[]) => {
    const { clients, depositBalance, loanBalance, visitHours } = view(weights)
    return [clients, depositBalance, loanBalance, visitHours]
  }
  const layers = [
    {
      name: GRID_LAYER,
      fields: GRID_FIELDS,
      records: grids.flatMap((grid) =>
        grid.shape === null
          ? []
          : [
              {
                shape: grid.shape,
                values: [
                  grid.no + 1,
                  grid.name,
                  grid.staffNo,
                  grid.managerName,
                  grid.units,
                  km2(grid.areaM2),
                  ...figures(grid.totals),
                ],
              },
            ],
      ),
    },
    {
      name: 'units',
      fields: UNIT_FIELDS,
      records: units.map((unit) => ({
        shape: unit.shape,
        values: [
          unit.key,
          unit.gridNo === null ? null : unit.gridNo + 1,
          unit.gridNo === null ? null : (nameOf.get(unit.gridNo) ?? null),
          unit.townshipCode,
          unit.townshipName,
          km2(unit.areaM2),
          ...figures(unit.weights),
        ],
      })),
    },
  ]
  const describe = (title: string, fields: readonly Field[]) => [
    title,
    ...fields.map(({ name, about }) => `  ${name.padEnd(10)}  ${about}`),
    '',
  ]
  const readme = [
    ...notesOf(file),
    '文字编码：UTF-8（见 .cpg）。Shapefile 的字段名最多 10 个字符，对照如下：',
    '',
    ...describe(`${GRID_LAYER}：网格`, GRID_FIELDS),
    ...describe('units：基本单元', UNIT_FIELDS),
    '导回：把本压缩包原样拖入“导入”，取 grids 图层，按单元面积过半归属网格。',
    '',
  ].join('\r\n')
  return writeShapefiles(layers, readme)
}

export const UNIT_HEADINGS = [
  '单元编号',
  '乡镇代码',
  '乡镇名称',
  '网格序号',
  '网格名称',
  '客户经理工号',
  '客户经理',
]

/** Units of no grid are left out: an empty cell would be refused on the way back. */
export function unitTable({ grids, units }: Pick<PlanFile, 'grids' | 'units'>): Uint8Array {
  const gridOf = new Map(grids.map((grid) => [grid.no, grid]))
  const rows = units.flatMap((unit) => {
    const grid = unit.gridNo === null ? undefined : gridOf.get(unit.gridNo)
    if (!grid) return []
    return [
      [
        unit.key,
        unit.townshipCode ?? '',
        unit.townshipName ?? '',
        grid.no + 1,
        grid.name,
        grid.staffNo ?? '',
        grid.managerName ?? '',
      ],
    ]
  })
  return writeCsv([UNIT_HEADINGS, ...rows])
}
