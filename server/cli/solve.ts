/**
 * `gangrid solve`: divide a file of units into k balanced, contiguous grids and write the assignment with its figures.
 * Exit codes: 0 every tolerance kept; 1 refused or a tolerance not kept (reasons on stderr, best assignment still written);
 * 2 wrong usage. --time becomes a number of moves by a fixed rate, so the same command gives the same file on any machine; the
 * clock only stops a run that takes over three times as long, and the file then says so in `notes` and `metrics.stoppedEarly`.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { computePlanMetrics, registryVersion } from '#domain/metrics/registry.ts'
import { partition, type PartitionNote, type PartitionReason } from '#domain/partition/partition.ts'
import { applyBarriers, readLocks } from '#domain/partition/read-constraints.ts'
import { readUnits, type ReadReason } from '#domain/partition/read-input.ts'
import { sayNote, sayReadReason, sayReason } from './solve-messages.ts'
import { parseArguments, tellUsage, UsageError } from './usage.ts'

export interface CliIo {
  stdout: { write(text: string): unknown }
  stderr: { write(text: string): unknown }
}

/** Moves a second of --time; slower than a laptop of 2024 manages, so that --time is an upper bound there. */
const PROPOSALS_PER_SECOND = 1_200_000

/** On top of three times --time: a cold start on a busy machine must not decide the result. */
const SAFETY_MS = 10_000

const USAGE = `用法: gangrid solve --units 文件 --k 网格数 --weights a,b[,c] --out 文件 [选项]

把基本单元划分为 k 个连片、均衡、紧凑的网格。

  --units 文件       GeoJSON 面 (公共边即相邻)，或 JSON {units:[{id,weights:{a,b},x?,y?}],edges:[[i,j,length]]}
  --k 数             网格数
  --weights a,b      用作均衡的权重字段，逗号分隔，最多 5 个
  --out 文件         结果 JSON: {assignment,metrics,reasons,...}
  --tolerance 0.03   每个网格允许高于、低于目标的比例 (默认 0.03)
  --barriers 文件    屏障: GeoJSON 线 (属性 crossing: wall|street|river|railway|trunk 或倍数，默认 wall)，
                     或 {pairs:[[单元,单元,crossing]]}
  --locks 文件       锁定: {单元编号: 网格号}，网格号从 0 起
  --join-islands     不相连的区域按最近单元连接 (默认不连)
  --seed 1           随机种子；同样的输入与种子得到同样的结果
  --time 10          计算时间预算 (秒)，按固定速率折算为搜索步数
  --json             在标准输出打印完整结果
  --help             显示本说明

退出码: 0 全部达到容差；1 无法划分或未达到容差 (说明原因，能给出的最好方案仍写入 --out)；2 用法错误。
`

interface SolveOptions {
  units: string
  k: number
  weights: string[]
  out: string
  tolerance: number
  seed: number
  seconds: number
  barriers: string | undefined
  locks: string | undefined
  joinIslands: boolean
  json: boolean
}

class RefusedError extends Error {}

function parseOptions(argv: string[]): SolveOptions | 'help' {
  const { values } = parseArguments({
    args: argv,
    allowPositionals: false,
    options: {
      units: { type: 'string' },
      k: { type: 'string' },
      weights: { type: 'string' },
      out: { type: 'string' },
      tolerance: { type: 'string', default: '0.03' },
      barriers: { type: 'string' },
      locks: { type: 'string' },
      'join-islands': { type: 'boolean', default: false },
      seed: { type: 'string', default: '1' },
      time: { type: 'string', default: '10' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) return 'help'
  const need = (name: 'units' | 'k' | 'weights' | 'out'): string => {
    const value = values[name]
    if (!value) throw new UsageError(`缺少参数 --${name}`)
    return value
  }
  const number = (name: string, text: string, accept: (value: number) => boolean, rule: string): number => {
    const value = text.trim() === '' ? NaN : Number(text)
    if (!accept(value)) throw new UsageError(`参数 --${name} 的值“${text}”不合要求: ${rule}`)
    return value
  }
  const weights = need('weights')
    .split(',')
    .map((name) => name.trim())
  if (weights.some((name) => name === '')) throw new UsageError('参数 --weights 中有空的字段名，请检查逗号')
  if (weights.length > 5) throw new UsageError(`参数 --weights 给了 ${weights.length} 个字段，最多 5 个`)
  if (new Set(weights).size < weights.length) throw new UsageError('参数 --weights 中有重复的字段名')
  return {
    units: need('units'),
    k: number('k', need('k'), (v) => Number.isInteger(v) && v >= 1, '应为不小于 1 的整数'),
    weights,
    out: need('out'),
    tolerance: number(
      'tolerance',
      values.tolerance,
      (v) => v >= 0 && v < 1000,
      '应为不小于 0 的小数，例如 0.03',
    ),
    seed: number('seed', values.seed, Number.isSafeInteger, '应为整数'),
    seconds: number('time', values.time, (v) => v > 0 && v <= 3600, '应为 0 到 3600 之间的秒数'),
    barriers: values.barriers,
    locks: values.locks,
    joinIslands: values['join-islands'],
    json: values.json,
  }
}

async function readJson(option: string, path: string): Promise<unknown> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown'
    throw new UsageError(`--${option} 的文件读不到: ${path} (${code})。请检查路径和权限`)
  }
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error)
    throw new RefusedError(
      `--${option} 的文件不是有效的 JSON: ${path} (${detail})。请用 UTF-8 编码重新导出。`,
    )
  }
}

function unwrap<T>(
  option: string,
  path: string,
  result: { ok: true; value: T } | { ok: false; reason: ReadReason },
): T {
  if (result.ok) return result.value
  throw new RefusedError(`--${option} ${path}: ${sayReadReason(result.reason)}`)
}

function proposalsFor(units: number, weights: number, seconds: number): number {
  const rate = PROPOSALS_PER_SECOND / (1 + 0.2 * (weights - 1))
  return Math.round(Math.min(seconds * rate, Math.max(600_000, 1500 * units)))
}

interface SolveOutput {
  assignment: Record<string, number> | null
  metrics: Record<string, unknown> | null
  reasons: PartitionReason[]
  notes: PartitionNote[]
  run: Record<string, unknown>
}

async function solve(options: SolveOptions): Promise<SolveOutput> {
  const read = unwrap(
    'units',
    options.units,
    readUnits(await readJson('units', options.units), options.weights),
  )
  if (options.barriers)
    read.edges = unwrap(
      'barriers',
      options.barriers,
      applyBarriers(await readJson('barriers', options.barriers), read),
    )
  const locked = options.locks
    ? unwrap('locks', options.locks, readLocks(await readJson('locks', options.locks), read, options.k))
    : undefined
  const settings = {
    seed: options.seed,
    k: options.k,
    tolerance: options.tolerance,
    weights: options.weights,
  }
  const result = partition(
    {
      units: read.units,
      edges: read.edges,
      weights: options.weights.map((name) => ({
        name,
        toleranceUp: options.tolerance,
        toleranceDown: options.tolerance,
      })),
      k: options.k,
      locked,
      joinComponents: options.joinIslands ? 'nearest' : 'never',
      seed: options.seed,
      proposals: proposalsFor(read.units.length, options.weights.length, options.seconds),
      maxMs: 3000 * options.seconds + SAFETY_MS,
    },
    { now: () => performance.now() },
  )
  if (!result.ok)
    return { assignment: null, metrics: null, reasons: [result.reason], notes: [], run: settings }
  const { assignment, metrics, reasons, notes, run } = result.value
  return {
    assignment: Object.fromEntries(read.units.map((unit, u) => [unit.id, assignment[u]!])),
    metrics: {
      registryVersion: registryVersion(),
      ...computePlanMetrics(metrics),
      stoppedEarly: notes.some((note) => note.code === 'stopped-early'),
      worst: metrics.worst,
      assumed: metrics.assumed,
      grids: metrics.grids,
    },
    reasons,
    notes,
    run: { ...settings, ...run },
  }
}

export async function run(argv: string[], io: CliIo): Promise<number> {
  try {
    const options = parseOptions(argv)
    if (options === 'help') {
      io.stdout.write(USAGE)
      return 0
    }
    const output = await solve(options)
    const text = `${JSON.stringify(output, null, 1)}\n`
    try {
      await writeFile(options.out, text)
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? 'unknown'
      throw new UsageError(`--out 的文件写不了: ${options.out} (${code})。请检查文件夹是否存在、是否可写`)
    }
    if (options.json) io.stdout.write(text)
    else if (output.metrics) {
      const percent = (value: unknown): string => `${(Number(value) * 100).toFixed(2)}%`
      io.stdout.write(
        `已划分为 ${options.k} 个网格: 最大超额 ${percent(output.metrics.deviationUp)}，最大不足 ` +
          `${percent(output.metrics.deviationDown)}，平均紧凑度 ${Number(output.metrics.polsbyPopperMean).toFixed(3)}。` +
          `结果已写入 ${options.out}\n`,
      )
    }
    for (const note of output.notes) io.stderr.write(`提示: ${sayNote(note)}\n`)
    for (const reason of output.reasons.slice(0, 10)) io.stderr.write(`原因: ${sayReason(reason)}\n`)
    if (output.reasons.length > 10) io.stderr.write(`另有 ${output.reasons.length - 10} 条原因见输出文件。\n`)
    return output.reasons.length === 0 ? 0 : 1
  } catch (error) {
    if (error instanceof UsageError) return tellUsage(error, 'solve', io.stderr)
    if (error instanceof RefusedError) {
      io.stderr.write(`${error.message}\n`)
      return 1
    }
    throw error
  }
}
