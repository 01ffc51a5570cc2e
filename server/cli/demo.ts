/** `gangrid demo`: loads an invented bank into the database, or clears it. Exit codes: 0 ok, 1 refused, 2 wrong usage. */
import { CannotOpen, DatabaseError } from '#db/errors.ts'
import { CLIENTS_MOST } from '#db/demo/bank.ts'
import { clearDemo } from '#db/demo/clear-demo.ts'
import { loadDemo } from '#db/demo/load-demo.ts'
import type { DemoReport } from '#db/demo/load-demo.ts'
import { DemoRefused } from '#db/demo/refused.ts'
import type { Encrypt } from '#db/demo/tables.ts'
import { loadPlaces } from '#db/load-places.ts'
import type { DatabaseIo } from './geodata.ts'
import { parseArguments, tellUsage, UsageError } from './usage.ts'

export type DemoIo = DatabaseIo & {
  /** Seals contact fields with the key of this installation. */
  openCipher: () => Promise<Encrypt>
  /** Hash of the published password of the demo accounts, which only the embedded trial gets. */
  demoPasswordHash: () => Promise<string>
}

export const DEMO_SIZES = { small: 6_000, city: 60_000 } as const
const SEED_MOST = 2_147_483_647
const NOTICE_EVERY_ROWS = 1_000_000

const USAGE = `用法: gangrid demo [--clients 户数|small|city] [--seed 整数] [--replace] [--json]
      gangrid demo --clear [--json]

载入一家虚构的银行: 机构、员工、客户、存贷款、24 个月余额、走访、流失与产业链。
同样的户数与种子，在任何机器上得到同样的数据。客户的电话与证件号码不属于任何人。

  --clients 户数         1 到 ${CLIENTS_MOST}，或 small（${DEMO_SIZES.small}）、city（${DEMO_SIZES.city}）；默认 small
  --seed 整数            默认 1
  --replace              用新的演示数据替换库中已有的演示数据（绝不覆盖正式数据）
  --clear                清除演示数据，包括演示账号及其网格方案
  --json                 在标准输出打印结果
  --help                 显示本说明

退出码: 0 完成；1 被拒绝（说明原因）；2 用法错误。
`

export async function run(argv: string[], io: DemoIo): Promise<number> {
  let values: Values
  try {
    values = parse(argv)
    if (values.help) {
      io.stdout.write(USAGE)
      return 0
    }
    return values.clear ? await clear(values, io) : await load(values, io)
  } catch (error) {
    if (error instanceof UsageError) return tellUsage(error, 'demo', io.stderr)
    if (error instanceof DemoRefused || error instanceof CannotOpen) {
      io.stderr.write(`${error.message}\n`)
      return 1
    }
    if (error instanceof DatabaseError) {
      io.stderr.write(`数据库未能完成（${error.code}），没有改动任何数据。请检查磁盘空间与连接后重试。\n`)
      return 1
    }
    throw error
  }
}

type Values = ReturnType<typeof parse>

function parse(argv: string[]) {
  return parseArguments({
    args: argv,
    options: {
      clients: { type: 'string' },
      seed: { type: 'string' },
      replace: { type: 'boolean', default: false },
      clear: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  }).values
}

async function clear(values: Values, io: DemoIo): Promise<number> {
  if (values.clients !== undefined || values.seed !== undefined || values.replace) {
    throw new UsageError('--clear 不能与 --clients、--seed、--replace 合用')
  }
  const db = await io.openDatabase()
  try {
    const cleared = await clearDemo(db)
    if (values.json) io.stdout.write(`${JSON.stringify(cleared)}\n`)
    else
      io.stdout.write(
        `已清除演示数据: 客户 ${cleared.clients} 户，演示账号 ${cleared.accounts} 个，网格方案 ${cleared.plans} 个\n`,
      )
    return 0
  } finally {
    await db.close()
  }
}

async function load(values: Values, io: DemoIo): Promise<number> {
  const size = values.clients ?? 'small'
  const clients =
    size === 'small' || size === 'city' ? DEMO_SIZES[size] : integer('clients', size, 1, CLIENTS_MOST)
  const seed = integer('seed', values.seed ?? '1', -SEED_MOST, SEED_MOST)
  const db = await io.openDatabase()
  try {
    const encrypt = await io.openCipher()
    const places = await loadPlaces(db)
    if (places > 0) io.stderr.write(`已载入行政区划 ${places} 个\n`)
    const begun = performance.now()
    const accounts = db.engine === 'embedded' ? { passwordHash: await io.demoPasswordHash() } : undefined
    const report = await loadDemo(db, {
      accounts,
      clients,
      seed,
      encrypt,
      replace: values.replace,
      onProgress: progressTo(io),
    })
    const seconds = (performance.now() - begun) / 1000
    const rowsPerSecond = Math.round(report.totalRows / seconds)
    if (values.json)
      io.stdout.write(
        `${JSON.stringify({ ...report, seconds: Number(seconds.toFixed(1)), rowsPerSecond })}\n`,
      )
    else io.stdout.write(textOf(report, seconds, rowsPerSecond))
    return 0
  } finally {
    await db.close()
  }
}

function integer(name: string, value: string, least: number, most: number): number {
  const number = /^-?\d{1,10}$/.test(value) ? Number(value) : NaN
  if (number >= least && number <= most) return number
  throw new UsageError(`--${name} 应为 ${least} 到 ${most} 的整数，收到“${value}”`)
}

function progressTo(io: DemoIo) {
  let shown = { table: '', rows: 0 }
  return ({ table, rows, step, steps }: { table: string; rows: number; step: number; steps: number }) => {
    if (table === shown.table && rows - shown.rows < NOTICE_EVERY_ROWS) return
    shown = { table, rows }
    io.stderr.write(`${step}/${steps} ${table} ${rows} 行\n`)
  }
}

function textOf(report: DemoReport, seconds: number, rowsPerSecond: number): string {
  const lines = [
    `演示数据已载入: 客户 ${report.clients} 户，种子 ${report.seed}，数据日期 ${report.asOf}`,
    ...Object.entries(report.rows).map(([table, rows]) => `  ${table} ${rows} 行`),
    `存款余额合计 ${report.depositBalance} 元，贷款余额合计 ${report.loanBalance} 元`,
    `共 ${report.totalRows} 行，用时 ${seconds.toFixed(1)} 秒，每秒 ${rowsPerSecond} 行`,
  ]
  return `${lines.join('\n')}\n`
}
