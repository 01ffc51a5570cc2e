/** What an import of map data did, as lines for the operator and as JSON without the shapes. */
import type { GroundOutcome } from '#db/import-ground.ts'
import type { ImportOutcome } from '#db/import-places.ts'
import type { Finding, RefusedFeature } from '#geodata/import/types.ts'

const SHOWN = 20

export function withoutGeometry(outcome: ImportOutcome | GroundOutcome) {
  if (!outcome.ok) return outcome
  const { batch, report } = outcome
  return 'replacements' in outcome
    ? { ok: true, batch, report, replaced: outcome.replacements.map(({ code, name }) => ({ code, name })) }
    : { ok: true, batch, report, replaced: outcome.replaced }
}

export function reportLines(outcome: ImportOutcome | GroundOutcome): string[] {
  const refusedAsWhole = outcome.ok ? [] : [`未导入: ${outcome.message}`]
  return [...refusedAsWhole, ...('replaced' in outcome ? groundLines(outcome) : placeLines(outcome))]
}

function placeLines(outcome: ImportOutcome): string[] {
  const { report } = outcome
  const { stated, used, detected } = report.crs
  const single = report.refused.filter(({ reason }) => outcome.ok || reason !== outcome.reason)
  const missing = report.unmatchedPlaces.length
  return [
    `读取 ${report.read}，匹配 ${report.matched}，替换 ${report.replaced}，拒绝 ${report.refused.length}`,
    `坐标系: 文件注明 ${stated ?? '无'}，采用 ${used ?? '未定'}，检测为 ${detected?.guess ?? '不确定'}（${detected?.evidence.join('；') ?? '无依据'}）`,
    ...single.map(refusedLine),
    ...findingLines(report.findings),
    ...(outcome.ok && missing > 0 ? [`  文件中没有的区划 ${missing} 个，保持原样`] : []),
  ]
}

const LINE_WORDS = { street: '街道', trunk: '干道', expressway: '高速公路', railway: '铁路', river: '河流' }

function groundLines({ ok, report, replaced }: GroundOutcome): string[] {
  const { read, taken, lines, water, skipped, refused, crs, findings } = report
  const left = Object.values(skipped).reduce((sum, n) => sum + n, 0)
  const kinds = Object.entries(LINE_WORDS).map(
    ([kind, word]) => `${word} ${lines[kind as keyof typeof lines]} 条`,
  )
  const words = Object.entries(skipped)
    .sort(([, a], [, b]) => b - a)
    .map(([word, n]) => `${word} ${n}`)
  return [
    `读取 ${read}，采用 ${taken}，不用 ${left}，拒绝 ${refused.length}${ok ? `；替换同一来源的 ${replaced} 条` : ''}`,
    `坐标系: ${crs ?? '未定'}`,
    ...(ok ? [`${kinds.join('，')}，水面 ${water} 个`] : []),
    ...(words.length > 0 ? [`  不作分界的类别: ${words.join('，')}`] : []),
    ...refused.slice(0, SHOWN).map(refusedLine),
    ...more(refused.length),
    ...findingLines(findings),
  ]
}

const refusedLine = ({ name, message }: RefusedFeature) => `  拒绝 ${name}: ${message}`
const more = (count: number) => (count > SHOWN ? [`  另有 ${count - SHOWN} 条，用 --json 查看全部`] : [])

function findingLines(findings: readonly Finding[]): string[] {
  const word = ({ repaired, severity }: Finding) =>
    repaired ? '已修复' : severity === 'error' ? '错误' : '提示'
  const shown = findings.slice(0, SHOWN).map((finding) => `  ${word(finding)} ${finding.message}`)
  return [...shown, ...more(findings.length)]
}
