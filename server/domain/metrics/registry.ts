/**
 * Purpose: every figure the product shows, once: its name, unit, definition and, as a ratio, what is divided by what. Map,
 * ranking, export and tests read it here; plan figures are also computed here.
 * Guarantees: a change of formula raises `version`, which changes `registryVersion()`; results stored under the old one are stale.
 * Limits: place and client figures are declarations; SQL or the overlay service computes them from `numerator`/`denominator`.
 */
import type { PartitionMetrics } from '../partition/metrics.ts'

export type MetricUnit = 'count' | 'yuan' | 'ratio' | 'hours' | 'metres' | 'squareMetres'
export type MetricScope = 'plan' | 'place'

export interface MetricDefinition {
  key: string
  version: number
  scope: MetricScope
  unit: MetricUnit
  labelZh: string
  labelEn: string
  definitionZh: string
  definitionEn: string
  numerator: string
  /** Null for a plain total. */
  denominator: string | null
}

export interface PlanMetric extends MetricDefinition {
  scope: 'plan'
  /** Null when the plan lacks what the figure needs. */
  compute: (metrics: PartitionMetrics) => number | null
}

export const PLAN_METRICS = [
  {
    key: 'deviationUp',
    version: 1,
    scope: 'plan',
    unit: 'ratio',
    labelZh: '最大超额偏差',
    labelEn: 'Worst deviation above',
    definitionZh: '各网格、各权重中，超出目标值最多的比例；目标值为总量按网格容量的份额。',
    definitionEn:
      'Largest share by which any grid exceeds its target in any weight; target = total by capacity share.',
    numerator: 'grid total - grid target',
    denominator: 'grid target',
    compute: (metrics) => Math.max(0, ...metrics.worst.map((worst) => worst.up)),
  },
  {
    key: 'deviationDown',
    version: 1,
    scope: 'plan',
    unit: 'ratio',
    labelZh: '最大不足偏差',
    labelEn: 'Worst deviation below',
    definitionZh: '各网格、各权重中，低于目标值最多的比例（取正数）。',
    definitionEn:
      'Largest share by which any grid falls short of its target in any weight, as a positive number.',
    numerator: 'grid target - grid total',
    denominator: 'grid target',
    compute: (metrics) => Math.max(0, ...metrics.worst.map((worst) => worst.down)),
  },
  {
    key: 'edgeCut',
    version: 1,
    scope: 'plan',
    unit: 'count',
    labelZh: '被切断的相邻关系数',
    labelEn: 'Edges cut',
    definitionZh: '两端属于不同网格的相邻单元对数（不含绝对屏障）。越少，网格边界越短、越顺。',
    definitionEn: 'Pairs of neighbouring units in different grids, absolute walls left out.',
    numerator: 'neighbouring pairs in different grids',
    denominator: null,
    compute: (metrics) => metrics.edgeCut,
  },
  {
    key: 'borderLength',
    version: 1,
    scope: 'plan',
    unit: 'metres',
    labelZh: '网格间边界总长',
    labelEn: 'Border between grids',
    definitionZh: '网格之间公共边界的总长度（米），不含方案外边界。',
    definitionEn: 'Metres of border between grids, without the outer border of the plan.',
    numerator: 'metres of common border between different grids',
    denominator: null,
    compute: (metrics) => metrics.borderM,
  },
  {
    key: 'contiguousShare',
    version: 1,
    scope: 'plan',
    unit: 'ratio',
    labelZh: '连片网格占比',
    labelEn: 'Contiguous grids',
    definitionZh: '不穿过绝对屏障即可走遍全部单元的网格数，除以网格总数。',
    definitionEn: 'Grids whose units all reach each other without crossing a wall, over all grids.',
    numerator: 'contiguous grids',
    denominator: 'grids',
    compute: (metrics) => metrics.contiguousShare,
  },
  {
    key: 'polsbyPopperMean',
    version: 1,
    scope: 'plan',
    unit: 'ratio',
    labelZh: '紧凑度（平均）',
    labelEn: 'Compactness, mean',
    definitionZh: '各网格 4π×面积÷周长² 的平均值；圆为 1，正方形约 0.785，越大越紧凑。',
    definitionEn:
      'Mean over grids of 4 pi area / perimeter squared (Polsby-Popper); 1 for a circle, 0.785 for a square.',
    numerator: '4 pi area',
    denominator: 'perimeter squared',
    compute: (metrics) => metrics.polsbyPopperMean,
  },
  {
    key: 'polsbyPopperWorst',
    version: 1,
    scope: 'plan',
    unit: 'ratio',
    labelZh: '紧凑度（最差网格）',
    labelEn: 'Compactness, worst grid',
    definitionZh: '各网格 4π×面积÷周长² 的最小值。',
    definitionEn: 'Smallest 4 pi area / perimeter squared of any grid.',
    numerator: '4 pi area',
    denominator: 'perimeter squared',
    compute: (metrics) => metrics.polsbyPopperWorst,
  },
  {
    key: 'movedShare',
    version: 1,
    scope: 'plan',
    unit: 'ratio',
    labelZh: '换网格单元占比',
    labelEn: 'Units moved',
    definitionZh: '与现有方案相比换了网格的单元数，除以现有方案中已分配的单元数；没有现有方案时为空。',
    definitionEn:
      'Units whose grid differs from the present plan, over units that have one there; empty without a plan.',
    numerator: 'units in another grid than before',
    denominator: 'units assigned before',
    compute: (metrics) => metrics.movedShare,
  },
] as const satisfies readonly PlanMetric[]

export const PLACE_METRICS = [
  {
    key: 'clients',
    version: 1,
    scope: 'place',
    unit: 'count',
    labelZh: '客户数',
    labelEn: 'Clients',
    definitionZh: '地址落在该范围内的在册客户数；同一客户只计一次。',
    definitionEn: 'Clients on the books whose address lies in the area, each counted once.',
    numerator: 'clients',
    denominator: null,
  },
  {
    key: 'loanBalance',
    version: 1,
    scope: 'place',
    unit: 'yuan',
    labelZh: '贷款余额',
    labelEn: 'Loan balance',
    definitionZh: '该范围内客户在统计日的贷款余额合计（元）。',
    definitionEn: 'Sum of loan balances of the clients in the area on the reporting day, in yuan.',
    numerator: 'loan balance',
    denominator: null,
  },
  {
    key: 'depositBalance',
    version: 1,
    scope: 'place',
    unit: 'yuan',
    labelZh: '存款余额',
    labelEn: 'Deposit balance',
    definitionZh: '该范围内客户在统计日的存款余额合计（元）。',
    definitionEn: 'Sum of deposit balances of the clients in the area on the reporting day, in yuan.',
    numerator: 'deposit balance',
    denominator: null,
  },
  {
    key: 'growthLoan',
    version: 1,
    scope: 'place',
    unit: 'ratio',
    labelZh: '贷款月环比增速',
    labelEn: 'Loan growth, month on month',
    definitionZh: '（本月末贷款余额 − 上月末贷款余额）÷ 上月末贷款余额；上月末为零时为空，不显示为 0。',
    definitionEn:
      'Loan balance at month end minus that of the month before, over the latter; empty when the latter is zero.',
    numerator: 'loan balance - loan balance a month before',
    denominator: 'loan balance a month before',
  },
  {
    key: 'depositOnly',
    version: 1,
    scope: 'place',
    unit: 'count',
    labelZh: '有存无贷客户数',
    labelEn: 'Deposit-only clients',
    definitionZh: '统计日有存款余额而没有贷款余额的客户数。',
    definitionEn: 'Clients with a deposit balance and no loan balance on the reporting day.',
    numerator: 'clients with deposits and no loan',
    denominator: null,
  },
  {
    key: 'loanOnly',
    version: 1,
    scope: 'place',
    unit: 'count',
    labelZh: '裸贷户数',
    labelEn: 'Loan-only clients',
    definitionZh: '统计日有贷款余额，但没有存款、收单、代发业务的客户数。',
    definitionEn: 'Clients with a loan and no deposit, acquiring or payroll on the reporting day.',
    numerator: 'clients with a loan and nothing else',
    denominator: null,
  },
  {
    key: 'lost',
    version: 1,
    scope: 'place',
    unit: 'count',
    labelZh: '流失客户数',
    labelEn: 'Lost clients',
    definitionZh: '最后一笔贷款或最后一个账户在统计日前两年内结清或销户、此后没有业务的客户数。',
    definitionEn: 'Clients whose last loan or account closed within two years before the reporting day.',
    numerator: 'clients whose last business closed within two years',
    denominator: null,
  },
  {
    key: 'visitHours',
    version: 1,
    scope: 'place',
    unit: 'hours',
    labelZh: '全年预计走访工时',
    labelEn: 'Expected visit hours a year',
    definitionZh:
      '该范围内每个客户按类别的年走访次数 ×（单次面谈 + 单次路途）小时数，合计；次数与时长可在走访规则中修改。',
    definitionEn:
      'Over the clients of the area: visits a year by client kind times hours per visit with travel, per visit policy.',
    numerator: 'visits a year x (hours of talk + hours of travel)',
    denominator: null,
  },
] as const satisfies readonly MetricDefinition[]

export type PlanMetricKey = (typeof PLAN_METRICS)[number]['key']
export type PlaceMetricKey = (typeof PLACE_METRICS)[number]['key']

export const METRICS: readonly MetricDefinition[] = [...PLAN_METRICS, ...PLACE_METRICS]

export function computePlanMetrics(metrics: PartitionMetrics): Record<PlanMetricKey, number | null> {
  const values = PLAN_METRICS.map((metric) => [metric.key, metric.compute(metrics)] as const)
  return Object.fromEntries(values) as Record<PlanMetricKey, number | null>
}

/** Changes when a figure is added, removed or its version raised (FNV-1a over key@version, sorted). */
export function registryVersion(definitions: readonly MetricDefinition[] = METRICS): string {
  const text = definitions
    .map(({ key, version }) => `${key}@${version}`)
    .sort()
    .join(';')
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return (hash >>> 0).toString(16).padStart(8, '0')
}
