import { z } from 'zod'
import type { Filter } from '#domain/filter/types.ts'

const STATUS_NAMES = ['active', 'depositOnly', 'loanOnly', 'lost', 'prospect'] as const
const KIND_NAMES = [
  'small_enterprise',
  'sole_trader',
  'farmer',
  'family_farm',
  'large_grower',
  'cooperative',
] as const

export const FILTER_LIMITS = { characters: 8_000, depth: 8, nodes: 100, listItems: 500 }

const list = <Item extends z.ZodType>(item: Item) =>
  z.array(item).min(1, '至少要有一项').max(FILTER_LIMITS.listItems, `最多 ${FILTER_LIMITS.listItems} 项`)
const yuan = z
  .number('应为金额（元）')
  .min(0, '金额不能为负')
  .max(1e13, '金额过大')
  .refine((value) => Number(value.toFixed(2)) === value, '金额最多两位小数')
const isoDate = z.iso.date('日期格式应为 YYYY-MM-DD')
const days = z.int('天数应为整数').min(0, '天数不能为负').max(36_500, '天数过大')
const id = z.int('编号应为整数').min(0).max(2_147_483_647)

/** 6 or 9 digits mean the 12-digit code with zeros behind. */
export const placeCode = z
  .string()
  .regex(/^(\d{4}|\d{6}|\d{9}|\d{12})$/, '区划代码应为 4、6、9 或 12 位数字')
  .transform((code) => code.padEnd(12, '0'))

const isNull = z.strictObject({
  field: z.enum(['manager', 'riskClass', 'lostReason', 'industry', 'nextDueOn', 'lastVisitOn', 'lostOn']),
  isNull: z.boolean(),
})

const condition = z.union(
  [
    z.strictObject({ field: z.literal('status'), in: list(z.enum(STATUS_NAMES)) }),
    z.strictObject({ field: z.literal('kind'), in: list(z.enum(KIND_NAMES)) }),
    z.strictObject({ field: z.literal('place'), in: list(placeCode) }),
    z.strictObject({ field: z.literal('branch'), in: list(id) }),
    z.strictObject({ field: z.literal('manager'), in: list(id) }),
    z.strictObject({ field: z.literal('riskClass'), in: list(z.int().min(1).max(5)) }),
    z.strictObject({
      field: z.enum(['lostReason', 'industry']),
      in: list(z.string().min(1).max(100).refine(noZeroByte)),
    }),
    z
      .strictObject({
        field: z.enum(['depositBalance', 'loanBalance']),
        gte: yuan.optional(),
        lte: yuan.optional(),
      })
      .refine((range) => range.gte !== undefined || range.lte !== undefined, '请给出 gte 或 lte'),
    z
      .strictObject({
        field: z.enum(['nextDueOn', 'lastVisitOn', 'lostOn']),
        from: isoDate.optional(),
        to: isoDate.optional(),
        withinDays: days.optional(),
        olderThanDays: days.optional(),
      })
      .refine(
        (range) => Object.values(range).filter((value) => value !== undefined).length > 1,
        '请给出 from、to、withinDays 或 olderThanDays',
      ),
    z.strictObject({ field: z.enum(['acquiring', 'payroll']), is: z.boolean() }),
    isNull,
  ],
  '不认识的字段或写法',
)

export const filterSchema: z.ZodType<Filter> = z.lazy(() =>
  z.union(
    [
      z.strictObject({ op: z.enum(['and', 'or']), of: z.array(filterSchema).min(1, '至少要有一个条件') }),
      z.strictObject({ op: z.literal('not'), of: filterSchema }),
      condition,
    ],
    '不认识的条件',
  ),
) as z.ZodType<Filter>

export interface FilterIssue {
  path: string
  message: string
}

export type ParsedFilter = { ok: true; filter: Filter | null } | { ok: false; issues: FilterIssue[] }

/** Reads the URL form (JSON text). Absent or empty text is "no filter". Never throws. */
export function parseFilter(text: string | undefined): ParsedFilter {
  if (text === undefined || text.trim() === '') return { ok: true, filter: null }
  if (text.length > FILTER_LIMITS.characters)
    return refused('filter', `筛选条件过长（最多 ${FILTER_LIMITS.characters} 字符）`)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return refused('filter', '筛选条件不是有效的 JSON')
  }
  const size = measure(value)
  if (size.depth > FILTER_LIMITS.depth)
    return refused('filter', `筛选条件嵌套过深（最多 ${FILTER_LIMITS.depth} 层）`)
  if (size.nodes > FILTER_LIMITS.nodes)
    return refused('filter', `筛选条件过多（最多 ${FILTER_LIMITS.nodes} 个）`)
  return explain(value, 'filter')
}

export function printFilter(filter: Filter): string {
  return JSON.stringify(filter)
}

// A union's own error is a list of every alternative's complaints; walking the tree finds the node that is wrong.
function explain(value: unknown, path: string): ParsedFilter {
  const whole = filterSchema.safeParse(value)
  if (whole.success) return { ok: true, filter: whole.data }
  const node = value as { op?: unknown; of?: unknown; field?: unknown } | null
  if (node !== null && typeof node === 'object' && !Array.isArray(node)) {
    if (node.op === 'not') return explain(node.of, `${path}.of`)
    if ((node.op === 'and' || node.op === 'or') && Array.isArray(node.of) && node.of.length > 0) {
      for (const [i, part] of node.of.entries()) {
        const found = explain(part, `${path}.of[${i}]`)
        if (!found.ok) return found
      }
    }
    if (typeof node.field === 'string') return refused(path, fieldMessage(node.field, value))
  }
  return refused(path, '应为 {field: …} 或 {op: "and" | "or" | "not", of: …}')
}

function fieldMessage(field: string, value: unknown): string {
  const usesNull = (value as { isNull?: unknown }).isNull !== undefined
  for (const option of condition.options) {
    const known = option.shape.field.safeParse(field).success
    if (!known || usesNull !== (option === isNull)) continue
    const result = option.safeParse(value)
    if (!result.success) {
      const issue = result.error.issues[0]
      return `${field}${issue.path.length ? `.${issue.path.join('.')}` : ''}：${chinese(issue)}`
    }
  }
  return `不认识的字段 ${field.slice(0, 40)}`
}

function chinese(issue: { code?: string; message: string; keys?: string[] }): string {
  if (issue.code === 'unrecognized_keys') return `不认识的键 ${(issue.keys ?? []).join('、').slice(0, 80)}`
  return /[\u4e00-\u9fff]/.test(issue.message) ? issue.message : '取值不在允许的范围内'
}

function refused(path: string, message: string): ParsedFilter {
  return { ok: false, issues: [{ path, message }] }
}

function noZeroByte(value: string): boolean {
  return !value.includes('\u0000')
}

function measure(value: unknown): { depth: number; nodes: number } {
  if (value === null || typeof value !== 'object') return { depth: 0, nodes: 0 }
  const of = (value as { of?: unknown }).of
  const parts = Array.isArray(of) ? of : of === undefined ? [] : [of]
  const sizes = parts.map(measure)
  return {
    depth: 1 + Math.max(0, ...sizes.map((size) => size.depth)),
    nodes: 1 + sizes.reduce((sum, size) => sum + size.nodes, 0),
  }
}
