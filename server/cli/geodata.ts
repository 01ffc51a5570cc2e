/** `gangrid geodata import|list`: boundaries of places, streets and water from files, and what is loaded now. Exit codes: 0 ok, 1 refused, 2 wrong usage. */
import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { sql } from 'drizzle-orm'
import type { Database } from '#db/client.ts'
import { DatabaseError } from '#db/errors.ts'
import { importGround } from '#db/import-ground.ts'
import { importPlaces } from '#db/import-places.ts'
import { loadPlaces } from '#db/load-places.ts'
import { rowsOf } from '#db/rows.ts'
import { LINE_KINDS } from '#geodata/import/ground-class.ts'
import type { GroundImportOptions } from '#geodata/import/plan-ground-import.ts'
import type { ImportOptions } from '#geodata/import/plan-import.ts'
import { CRS_IDS } from '#geodata/import/types.ts'
import { reportLines, withoutGeometry } from './geodata-report.ts'
import type { CliIo } from './solve.ts'
import { parseArguments, tellUsage, unknownAction, UsageError } from './usage.ts'

export type DatabaseIo = CliIo & { openDatabase: () => Promise<Database> }

const LEVELS = ['county', 'township', 'village', 'ground'] as const
const GROUND_KINDS = [...LINE_KINDS, 'water'] as const
const ACCURACIES = ['official', 'surveyed', 'derived', 'approximate', 'schematic'] as const

const USAGE = `用法: gangrid geodata import 文件 --level county|township|village [选项]
      gangrid geodata import 文件 --level ground [--kind 类别] [选项]
      gangrid geodata list [--json]

county、township、village: 用文件中的面替换行政区划的界线，按 6/9/12 位代码、名称（含旧名）或位置匹配。
ground: 道路、铁路、河流（线）与水面（面），用来划分街区单元；同一来源再次导入时替换上一次的内容。
文件: GeoJSON、TopoJSON 或打包为 zip 的 Shapefile。全部在一个事务内完成；被拒绝时不改动任何数据。

  --level 层级           文件里是什么
  --crs 坐标系           ${CRS_IDS.join('、')}（CGCS2000 请填 WGS84）
  --accept-detected      文件未注明坐标系时，采用检测确定的结果（线状数据无法检测）
  --swapped              与 --crs 合用: 文件中纬度在前
  --repair               做简单修复（每一处都会列出），否则有错即拒绝
  --kind 类别            ground: 属性没有写明时，全部当作 ${GROUND_KINDS.join('|')}
  --layer 名称           zip 内有多个图层时指定一个
  --source 文字          数据来源，显示在地图说明中（默认为文件名）
  --accuracy 等级        ${ACCURACIES.join('|')}（默认 derived）
  --json                 在标准输出打印完整报告
  --help                 显示本说明

退出码: 0 已导入；1 被拒绝（说明原因）；2 用法错误。
`

export async function run(argv: string[], io: DatabaseIo): Promise<number> {
  try {
    const { values, positionals } = parse(argv)
    if (values.help) {
      io.stdout.write(USAGE)
      return 0
    }
    const [action, file, ...extra] = positionals
    if (action === 'list' && file === undefined) return await list(io, values.json)
    if (action !== 'import') throw unknownAction(action, ['import', 'list'])
    if (file === undefined) throw new UsageError('缺少要导入的文件名')
    if (extra.length > 0) throw new UsageError(`多余的参数: ${extra.join(' ')}`)
    return await importFile(file, requestFrom(values, file), values.json, io)
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    return tellUsage(error, 'geodata', io.stderr)
  }
}

function parse(argv: string[]) {
  return parseArguments({
    args: argv,
    allowPositionals: true,
    options: {
      level: { type: 'string' },
      crs: { type: 'string' },
      'accept-detected': { type: 'boolean', default: false },
      swapped: { type: 'boolean', default: false },
      repair: { type: 'boolean', default: false },
      layer: { type: 'string' },
      kind: { type: 'string' },
      source: { type: 'string' },
      accuracy: { type: 'string', default: 'derived' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
}

type Values = ReturnType<typeof parse>['values']

type ImportRequest =
  | { level: 'ground'; options: GroundImportOptions }
  | { level: ImportOptions['level']; options: ImportOptions }

function requestFrom(values: Values, file: string): ImportRequest {
  const crs = values.crs === undefined ? undefined : oneOf('crs', values.crs, CRS_IDS)
  if (values.swapped && crs === undefined) throw new UsageError('--swapped 要与 --crs 合用')
  const level = oneOf('level', values.level, LEVELS)
  const shared = {
    crs,
    swapped: values.swapped,
    layer: values.layer,
    source: values.source ?? basename(file),
    accuracy: oneOf('accuracy', values.accuracy, ACCURACIES),
  }
  if (level === 'ground') {
    const kind = values.kind === undefined ? undefined : oneOf('kind', values.kind, GROUND_KINDS)
    return { level, options: { ...shared, kind } }
  }
  if (values.kind !== undefined) throw new UsageError('--kind 只用于 --level ground')
  const options = { ...shared, level, acceptDetected: values['accept-detected'], repair: values.repair }
  return { level, options }
}

function oneOf<T extends string>(name: string, value: string | undefined, allowed: readonly T[]): T {
  const found = allowed.find((candidate) => candidate === value)
  if (!found)
    throw new UsageError(
      `--${name} ${value === undefined ? '未填写' : `“${value}”无效`}，可选: ${allowed.join('、')}`,
    )
  return found
}

async function importFile(
  file: string,
  request: ImportRequest,
  json: boolean,
  io: DatabaseIo,
): Promise<number> {
  let bytes: Buffer
  try {
    bytes = await readFile(file)
  } catch (error) {
    io.stderr.write(`无法读取文件 ${file}（${(error as NodeJS.ErrnoException).code}）。请检查路径与权限。\n`)
    return 1
  }
  const db = await io.openDatabase()
  try {
    // What is imported is matched with the places that ship, and measured against them.
    await loadPlaces(db)
    const source = { name: basename(file), bytes }
    const outcome =
      request.level === 'ground'
        ? await importGround(db, source, request.options)
        : await importPlaces(db, source, request.options)
    if (json) io.stdout.write(`${JSON.stringify(withoutGeometry(outcome))}\n`)
    else (outcome.ok ? io.stdout : io.stderr).write(`${reportLines(outcome).join('\n')}\n`)
    return outcome.ok ? 0 : 1
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error
    io.stderr.write(
      `数据库拒绝了这批数据（${error.code}${error.constraint ? ` ${error.constraint}` : ''}），没有改动任何数据。请检查几何是否有效，或加 --repair。\n`,
    )
    return 1
  } finally {
    await db.close()
  }
}

async function list(io: DatabaseIo, json: boolean): Promise<number> {
  const db = await io.openDatabase()
  try {
    const rows = await db.asOwner(async (tx) =>
      rowsOf<{ level: string; accuracy: string; source: string; places: number; outlines: number }>(
        await tx.execute(sql`select level, accuracy, source, count(*)::int as places, count(geom)::int as outlines
          from geo.place group by 1, 2, 3
          union all select kind, accuracy, source, count(*)::int, count(*)::int from geo.barrier group by 1, 2, 3
          union all select 'water', accuracy, source, count(*)::int, count(*)::int from geo.water group by 1, 2, 3
          order by 1, 2, 3`),
      ),
    )
    if (json) io.stdout.write(`${JSON.stringify(rows)}\n`)
    else
      for (const row of rows)
        io.stdout.write(
          `${row.level}\t${row.accuracy}\t${row.places} 个，${row.outlines} 个有图形\t${row.source}\n`,
        )
    return 0
  } finally {
    await db.close()
  }
}
