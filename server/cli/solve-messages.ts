/** What the named reasons of a partition mean, in Chinese: what, where, what to do next. Used by `gangrid solve`. */
import type { PartitionNote, PartitionReason } from '#domain/partition/partition.ts'
import type { ReadReason } from '#domain/partition/read-input.ts'

const percent = (value: number): string => `${(value * 100).toFixed(2)}%`
const figure = (value: number): string => String(Number(value.toPrecision(6)))

const INVALID_DETAIL: Record<string, string> = {
  'not-an-integer': '不是整数',
  'out-of-range': '超出允许范围',
  'not-finite': '不是有效数字',
  negative: '是负数',
  'wrong-length': '个数不对',
  duplicate: '重复',
  missing: '缺失',
  'self-edge': '两端是同一单元',
  conflict: '与另一项锁定矛盾',
}

export function sayReason(reason: PartitionReason): string {
  switch (reason.code) {
    case 'invalid-input': {
      const where =
        reason.unit !== undefined
          ? `单元 ${reason.unit} 的`
          : reason.index !== undefined
            ? `第 ${reason.index} 项的`
            : ''
      return `输入有误: ${where} ${reason.field} ${INVALID_DETAIL[reason.detail]}。请改正后重试。`
    }
    case 'k-exceeds-units':
      return `要划 ${reason.k} 个网格，但只有 ${reason.units} 个单元。请减少网格数或把单元划细。`
    case 'zero-weight':
      return `权重“${reason.weight}”在所有单元上都是 0，无法据此均衡。请换一个字段，或先导入数据。`
    case 'components-exceed-k': {
      const places = reason.components
        .slice(0, 5)
        .map((c) => {
          const link = c.nearest
            ? `，离它最近的是 ${c.nearest.unit}，相距 ${Math.round(c.nearest.distanceM)} 米`
            : ''
          return `${c.unit} 一带 (${c.units} 个单元${link})`
        })
        .join('；')
      return (
        `区域被隔成 ${reason.components.length} 块互不相连的部分，多于网格数 ${reason.k}，无法都连片: ${places}。` +
        `请增加网格数，为屏障设置可通行的桥或渡口，或加 --join-islands 按最近单元连接。`
      )
    }
    case 'locked-grid-split':
      return (
        `网格 ${reason.grid} 的锁定单元 ${reason.unit} 与 ${reason.otherUnit} 之间没有不经过屏障或其他网格锁定单元的通路，` +
        `网格无法连片。请解除其中一个锁定。`
      )
    case 'locks-leave-no-room':
      return `锁定了 ${reason.lockedUnits} 个单元后，${reason.k} 个网格中有的分不到单元。请解除部分锁定或减少网格数。`
    case 'unit-heavier-than-target':
      return (
        `单元 ${reason.unit} 的“${reason.weight}”为 ${figure(reason.value)}，一个网格的目标只有 ${figure(reason.target)}。` +
        `请把该单元划细、减少网格数，或把容差放宽到至少 ${percent(reason.smallestTolerance)}。`
      )
    case 'locked-grid-too-heavy':
      return (
        `锁定在网格 ${reason.grid} 的单元“${reason.weight}”合计 ${figure(reason.value)}，目标是 ${figure(reason.target)}。` +
        `请解除部分锁定，或把容差放宽到至少 ${percent(reason.smallestTolerance)}。`
      )
    case 'component-off-target':
      return (
        `${reason.component.unit} 一带 (${reason.component.units} 个单元) 与其他区域不相连，分到 ${reason.grids} 个网格，` +
        `“${reason.weight}”最好也会偏离 ${percent(reason.smallestTolerance)}。请改变网格数、连通该区域，或放宽容差。`
      )
    case 'tolerance-not-reached':
      return (
        `网格 ${reason.grid} 的“${reason.weight}”偏离目标 ${percent(reason.deviation)}，容差是 ${percent(reason.tolerance)}；` +
        `目前能做到的最好容差约 ${percent(reason.nearestTolerance)}。请放宽容差、减少权重、延长 --time 或换一个 --seed。`
      )
    case 'target-out-of-reach':
      return (
        `全部网格的“${reason.weight}”目标合计 ${figure(reason.wanted)}，实有 ${figure(reason.total)}。` +
        `请改为约 ${reason.nearestGrids} 个网格、调整目标，或把容差放宽到至少 ${percent(reason.smallestTolerance)}。`
      )
    case 'bounds-exceed-total': {
      const [name, most] = reason.bound === 'least' ? ['下限', '最高'] : ['上限', '最低']
      return (
        `每个网格的“${reason.weight}”${name} ${figure(reason.limit)} 与实有合计 ${figure(reason.total)} 矛盾。` +
        `请把${name}改为${most} ${figure(reason.nearestLimit)}。`
      )
    }
    case 'bound-not-kept': {
      const [name, broken] = reason.bound === 'least' ? ['下限', '低于'] : ['上限', '高于']
      return (
        `网格 ${reason.grid} 的“${reason.weight}”为 ${figure(reason.value)}，${broken}${name} ${figure(reason.limit)}。` +
        `请把${name}改为 ${figure(reason.nearestLimit)}，或换一个 --seed。`
      )
    }
  }
}

export function sayNote(note: PartitionNote): string {
  if (note.code === 'stopped-early') {
    const done = percent(note.done / note.total)
    return note.cause === 'time-limit'
      ? `超过时间上限，只完成了 ${done} 的搜索；换一次运行结果可能不同。请加大 --time。`
      : `计算被中止，只完成了 ${done} 的搜索。`
  }
  const links = note.bridges
    .slice(0, 5)
    .map((b) => `${b.unit}—${b.otherUnit} (${Math.round(b.distanceM)} 米)`)
    .join('、')
  return `${note.bridges.length} 处不相连的区域已按最近单元连接: ${links}。请核对那里能否通行。`
}

const READ_PROBLEM: Record<ReadReason['problem'], string> = {
  'not-an-object': '内容不是 JSON 对象，请检查文件',
  'unknown-format': '格式无法识别，应为 GeoJSON FeatureCollection 或 --help 中所列的 JSON',
  empty: '没有任何单元',
  'not-a-polygon': '几何不是面 (Polygon 或 MultiPolygon)，请只保留面要素',
  'bad-ring': '面的环不闭合或少于 4 个点，请修复几何',
  'bad-position': '坐标无效或缺失，应为经度、纬度 (EPSG:4326)，使用屏障线时单元须有 x、y',
  'missing-weight': '缺少权重字段，没有数据请写 0，或检查 --weights 的字段名',
  'bad-weight': '权重应为不小于 0 的数字',
  'bad-number': '应为有效数字',
  'missing-id': '缺少 id，应为文字或数字',
  'bad-edge': '连线无效，应为 [i, j, 长度]，或 LineString / MultiLineString',
  'unknown-unit': '找不到所指的单元',
  'bad-crossing': '通行难度应为 wall、street、river、railway、trunk 或不小于 1 的倍数',
  'bad-grid': '网格号应为 0 到 k-1 的整数',
}

export function sayReadReason(reason: ReadReason): string {
  const place = reason.index === null ? reason.list : `${reason.list} 第 ${reason.index} 项 (从 0 数)`
  return `${place}${reason.what ? ` (${reason.what})` : ''}: ${READ_PROBLEM[reason.problem]}。`
}
