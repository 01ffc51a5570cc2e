/**
 * Purpose: the units that a row of a table means: by unit key, else by village, else by township; codes before names.
 * Guarantees: a name that fits several places is told as ambiguous with their codes, never chosen. A village stands for the
 * units whose middle lies in its outline, or, where none does, for the unit its seat lies in.
 * Limits: codes of 9 or 12 digits; names with or without their last word (村, 镇, …).
 */
import { isInside } from '#domain/geo/point-in-polygon.ts'
import { shapeLocator } from '#domain/geo/shape-locator.ts'
import { TABLE_LIMITS } from './table.ts'
import type { TableRow } from './table-columns.ts'
import { ambiguous, refused, type PlanState, type Problem, type Village } from './types.ts'

type Found = { units: number[] } | { problem: Problem }

export interface UnitFinder {
  plan: PlanState
  byKey: Map<string, number>
  townships: { code: string; name: string; units: number[] }[]
  locate: (lng: number, lat: number) => number
}

export function unitFinder(plan: PlanState): UnitFinder {
  const townships = new Map<string, { code: string; name: string; units: number[] }>()
  plan.units.forEach(({ townshipCode, townshipName }, i) => {
    if (townshipCode === null) return
    const known = townships.get(townshipCode) ?? { code: townshipCode, name: townshipName ?? '', units: [] }
    known.units.push(i)
    townships.set(townshipCode, known)
  })
  return {
    plan,
    byKey: new Map(plan.units.map(({ key }, i) => [key, i])),
    townships: [...townships.values()],
    locate: shapeLocator(plan.units.map(({ shape }) => shape)).first,
  }
}

export function findUnits(row: TableRow, finder: UnitFinder): Found {
  if (row.tooLong)
    return {
      problem: refused(
        'cell-too-long',
        `有一格超过 ${TABLE_LIMITS.cell} 个字，不像单元、网格或人名。请检查是否缺少分隔符或换行`,
      ),
    }
  const fault = [row.key, row.village, row.township, row.number, row.name].find((text) =>
    /^#(REF|N\/A|VALUE|NAME|DIV\/0|NUM|NULL)[!?]?$/i.test(text),
  )
  if (fault !== undefined)
    return { problem: refused('cell-error', `表格里有出错的公式（${fault}）。请在 Excel 中改正后再导入`) }
  if (row.key !== '') {
    const unit = finder.byKey.get(row.key)
    if (unit !== undefined) return { units: [unit] }
    return {
      problem: refused(
        'unit-unknown',
        `方案里没有编号为“${row.key.slice(0, 40)}”的单元。请核对编号；单元重建后请重新导出模板`,
      ),
    }
  }
  if (row.village !== '') return unitsOfVillage(row, finder)
  if (row.township !== '') return unitsOfTownship(row.township, finder)
  return { problem: refused('row-without-unit', '没有写单元编号、村或乡镇。请至少填写一项') }
}

function unitsOfTownship(word: string, { townships }: UnitFinder): Found {
  const found = matching(word, townships)
  if (found.length > 1) return { problem: several(word, found) }
  if (found.length === 1) return { units: found[0]!.units }
  return {
    problem: refused('unit-unknown', `方案范围内没有乡镇（街道）“${word.slice(0, 40)}”。请核对名称或代码`),
  }
}

function unitsOfVillage(row: TableRow, finder: UnitFinder): Found {
  const { plan, byKey, locate, townships } = finder
  const key = byKey.get(row.village)
  if (key !== undefined) return { units: [key] }
  const inTownship = row.township === '' ? null : matching(row.township, townships).map(({ code }) => code)
  const candidates =
    inTownship === null
      ? plan.villages
      : plan.villages.filter(({ townshipCode }) => inTownship.includes(townshipCode))
  const found = matching(row.village, candidates)
  if (found.length > 1) return { problem: several(row.village, found) }
  const village = found[0]
  if (!village)
    return {
      problem: refused(
        'unit-unknown',
        `方案所在县没有村（社区）“${row.village.slice(0, 40)}”。请核对名称或代码`,
      ),
    }
  const units = unitsIn(village, plan)
  if (units.length > 0) return { units }
  const seat = locate(village.seat[0], village.seat[1])
  if (seat >= 0) return { units: [seat] }
  return {
    problem: refused(
      'place-without-units',
      `“${village.name}”不在方案范围内，没有对应的单元。请从文件中删去这一行`,
    ),
  }
}

function unitsIn(village: Village, plan: PlanState): number[] {
  const { shape } = village
  if (!shape) return []
  return plan.units.flatMap(({ at }, i) => (isInside(at[0], at[1], shape) ? [i] : []))
}

function matching<Place extends { code: string; name: string }>(
  word: string,
  places: readonly Place[],
): Place[] {
  if (/^\d{9}(\d{3})?$/.test(word))
    return places.filter(({ code }) => code === word || (code.slice(0, 9) === word && code.endsWith('000')))
  const exact = places.filter(({ name }) => name === word)
  if (exact.length > 0) return exact
  const plain = withoutKind(word)
  return plain === '' ? [] : places.filter(({ name }) => withoutKind(name) === plain)
}

function withoutKind(name: string): string {
  return name.replace(/(村民委员会|居民委员会|村委会|居委会|社区|街道办事处|街道|村|乡|镇)$/, '')
}

function several(word: string, found: readonly { code: string; name: string }[]): Problem {
  const codes = found
    .slice(0, 5)
    .map(({ code }) => code)
    .join('、')
  return ambiguous(
    'place-ambiguous',
    `“${word.slice(0, 40)}”对应 ${found.length} 个地方（${codes}${found.length > 5 ? ' 等' : ''}）。请改填 12 位区划代码，或同时写明乡镇`,
  )
}
