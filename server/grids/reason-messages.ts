import type { UnitsReason } from '#server/jobs/planning-tasks.ts'
import type { PartitionNote, RefusalReason, ShortfallReason } from '#domain/partition/partition.ts'
import type { WeightKey } from './contract.ts'

export interface ReasonMessage {
  code: string
  message: string
}

export const WEIGHT_LABELS: Record<WeightKey, string> = {
  clients: '客户数',
  depositBalance: '存款余额',
  loanBalance: '贷款余额',
  visitHours: '走访工时',
}

type Of<Union extends { code: string }, Code extends Union['code']> = Extract<Union, { code: Code }>
type Messages<Union extends { code: string }> = {
  [Code in Union['code']]: (reason: Of<Union, Code>) => string
}

const label = (weight: string) => WEIGHT_LABELS[weight as WeightKey] ?? weight
const grid = (no: number) => `网格 ${no + 1}`
const percent = (ratio: number) => `${(ratio * 100).toFixed(1)}%`
/** Rounded up: the figure is given as the smallest tolerance that can work. */
const percentUp = (ratio: number) => `${(Math.ceil(ratio * 1000) / 10).toFixed(1)}%`
const amount = (value: number) =>
  Math.abs(value) >= 10_000 ? `${(value / 10_000).toFixed(2)} 万` : value.toFixed(1)

const SHORTFALLS: Messages<ShortfallReason> = {
  'unit-heavier-than-target': ({ unit, weight, value, target, smallestTolerance }) =>
    `单元 ${unit} 的${label(weight)}（${amount(value)}）已超过每个网格的目标（${amount(target)}），允许偏差至少要 ${percentUp(smallestTolerance)}。请减少网格数、放宽允许偏差，或用更小的单元重建方案。`,
  'locked-grid-too-heavy': ({ grid: no, weight, value, target, smallestTolerance }) =>
    `${grid(no)}锁定单元的${label(weight)}（${amount(value)}）已超过目标（${amount(target)}），允许偏差至少要 ${percentUp(smallestTolerance)}。请解除部分锁定或放宽允许偏差。`,
  'component-off-target': ({ component, grids, weight, smallestTolerance }) =>
    `有一片不相连的区域（含单元 ${component.unit}，共 ${component.units} 个单元）只能分成 ${grids} 个网格，其${label(weight)}无法均衡，允许偏差至少要 ${percentUp(smallestTolerance)}。请调整网格数或分别规划这片区域。`,
  'tolerance-not-reached': ({ grid: no, weight, deviation, tolerance, nearestTolerance }) =>
    `${grid(no)}的${label(weight)}偏差为 ${percent(deviation)}，超过允许的 ${percent(tolerance)}。已给出找到的最好结果；放宽到 ${percentUp(nearestTolerance)} 即可满足，或更换随机种子重试。`,
  'target-out-of-reach': ({ weight, total, wanted, smallestTolerance, nearestGrids }) =>
    `全部网格的${label(weight)}目标合计 ${amount(wanted)}，范围内实有 ${amount(total)}，允许偏差至少要 ${percentUp(smallestTolerance)}。请改为约 ${nearestGrids} 个网格，或调整目标。`,
  'bounds-exceed-total': ({ weight, bound, limit, total, nearestLimit }) =>
    `每个网格的${label(weight)}${bound === 'least' ? '下限' : '上限'}（${amount(limit)}）与实有合计（${amount(total)}）矛盾，${bound === 'least' ? '下限最高' : '上限最低'}只能是 ${amount(nearestLimit)}。请修改后重试。`,
  'bound-not-kept': ({ grid: no, weight, bound, value, limit, nearestLimit }) =>
    `${grid(no)}的${label(weight)}为 ${amount(value)}，${bound === 'least' ? '低于下限' : '高于上限'} ${amount(limit)}。把${bound === 'least' ? '下限' : '上限'}改为 ${amount(nearestLimit)} 即可满足，或更换随机种子重试。`,
}

const NOTES: Messages<PartitionNote> = {
  'components-joined': ({ bridges }) =>
    `方案范围由不相连的几片组成，已按最近单元连接 ${bridges.length} 处（最长 ${amount(Math.max(0, ...bridges.map((bridge) => bridge.distanceM)))} 米）。请核对这些网格是否便于走访。`,
  'stopped-early': ({ done, total }) =>
    `计算提前结束（完成 ${percent(total > 0 ? done / total : 0)}），结果可用但可能不是最好。可再次求解。`,
}

const REFUSALS: Messages<RefusalReason> = {
  'invalid-input': ({ field, detail }) =>
    `方案数据有误（${field}：${detail}），未求解。请重建方案；如再次出现，请联系管理员。`,
  'k-exceeds-units': ({ k, units }) =>
    `要分 ${k} 个网格，但方案只有 ${units} 个单元，未求解。请减少网格数，或用更小的单元重建方案。`,
  'zero-weight': ({ weight }) =>
    `方案范围内的${label(weight)}合计为零，无法按它均衡，未求解。请换一项均衡指标。`,
  'components-exceed-k': ({ k, components }) =>
    `方案范围由 ${components.length} 片互不相连的区域组成，至少要 ${components.length} 个网格，但只要求 ${k} 个，未求解。请增加网格数。`,
  'locked-grid-split': ({ grid: no, unit, otherUnit }) =>
    `${grid(no)}锁定的单元 ${unit} 与 ${otherUnit} 无法连通，未求解。请解除其中一个的锁定。`,
  'locks-leave-no-room': ({ k, lockedUnits }) =>
    `已锁定 ${lockedUnits} 个单元，剩下的单元不够分成 ${k} 个网格，未求解。请解除部分锁定或减少网格数。`,
}

const UNITS: Messages<UnitsReason> = {
  'invalid-cell-size': ({ cellSizeM }) => `单元边长 ${cellSizeM} 米无效，方案未建立。请填写 100 至 5000 米。`,
  'empty-district': () => '方案范围为空，没有可划分的单元，方案未建立。请重新选择范围。',
  'too-many-cells': ({ cells, limit, smallestSizeM }) =>
    `单元约 ${cells} 个，超过上限 ${limit} 个，方案未建立。请把单元边长加大到至少 ${smallestSizeM} 米，或缩小范围。`,
  'not-a-position': ({ source, index, position }) =>
    `地图数据有误（${source} 第 ${index + 1} 个图形的第 ${position + 1} 个点不是经纬度），方案未建立。请检查并重新导入该数据。`,
  'invalid-option': ({ option, value }) =>
    `划分参数 ${option} 的值 ${value} 无效，方案未建立。请联系管理员。`,
  'district-too-wide': ({ degrees, limit }) =>
    `方案范围跨 ${degrees.toFixed(1)} 度，超过上限 ${limit} 度，方案未建立。请缩小范围。`,
}

function messageIn<Union extends { code: string }>(messages: Messages<Union>, reason: Union): ReasonMessage {
  const write = messages[reason.code as Union['code']] as (reason: Union) => string
  return { code: reason.code, message: write(reason) }
}

export const shortfallMessage = (reason: ShortfallReason) => messageIn<ShortfallReason>(SHORTFALLS, reason)
export const noteMessage = (note: PartitionNote) => messageIn<PartitionNote>(NOTES, note)
export const refusalMessage = (reason: RefusalReason) => messageIn<RefusalReason>(REFUSALS, reason)
export const unitsMessage = (reason: UnitsReason) => messageIn<UnitsReason>(UNITS, reason)
