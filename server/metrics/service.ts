import type { PlaceValues } from './contract.ts'
import { hiddenPlaces } from './hidden-places.ts'
import { moneyView } from './money-view.ts'
import { contributionOf, HISTORIC, type Balances, type Contribution } from './place-figures.ts'
import { quantileBreaks } from './quantile-breaks.ts'
import { tooSmall } from './suppression.ts'
import type { Me } from '#db/client.ts'
import { METRICS, PLACE_METRICS, registryVersion } from '#domain/metrics/registry.ts'
import { AppError } from '#server/http/errors.ts'
import { isInside } from '#server/places/service.ts'
import { scopeOf, seesExactMoney, type Scope } from '#server/snapshot/scope.ts'
import type { Snapshot } from '#server/snapshot/snapshot.ts'
import type { SnapshotStore } from '#server/snapshot/snapshot-store.ts'
import type { PlaceLevel, PlaceSet, PolygonStore } from '#server/tiles/polygon-store.ts'
import type { PlaceRow } from '#server/tiles/queries.ts'

const LEVELS: PlaceLevel[] = ['county', 'township', 'village']

interface Sum {
  numerator: number
  denominator: number
  /** Clients that add something to the numerator, and to the denominator. */
  support: number
  base: number
}

type PlaceMetric = (typeof PLACE_METRICS)[number]

export class MetricService {
  private readonly stores: { snapshots: SnapshotStore; polygons: PolygonStore }

  constructor(stores: { snapshots: SnapshotStore; polygons: PolygonStore }) {
    this.stores = stores
  }

  registry() {
    return {
      version: registryVersion(),
      metrics: METRICS.map(
        ({
          key,
          version,
          scope,
          unit,
          labelZh,
          labelEn,
          definitionZh,
          definitionEn,
          numerator,
          denominator,
        }) => ({
          key,
          version,
          scope,
          unit,
          label: labelZh,
          labelEn,
          definition: definitionZh,
          definitionEn,
          numerator,
          denominator,
        }),
      ),
    }
  }

  async placeValues(
    me: Me,
    query: { metric: string; level: PlaceLevel; parent?: string; month?: string },
    today: number,
  ): Promise<PlaceValues> {
    const metric = PLACE_METRICS.find(({ key }) => key === query.metric)
    if (!metric) {
      const known = PLACE_METRICS.map(({ key }) => key).join('、')
      throw new AppError('bad_request', `没有区划指标“${query.metric}”。可用指标：${known}。`)
    }
    const scope = scopeOf(me)
    if (scope.kind === 'none')
      throw new AppError('forbidden', '您的角色不能查看汇总数据。如工作需要，请联系管理员调整角色。')
    const [snapshot, places] = await Promise.all([
      this.stores.snapshots.current(),
      this.stores.polygons.places(),
    ])
    const { parent } = query
    if (parent !== undefined && !places.byCode.has(parent)) {
      throw new AppError('not_found', `没有代码为 ${parent} 的区划。请检查代码，或先导入该区划。`)
    }
    const month = query.month ?? snapshot.months.latest
    const balances = await this.balances(snapshot, metric, month)
    const contribution = contributionOf(metric.key, snapshot.columns, balances, today)
    const sums = sumByLevel(snapshot, scope, contribution)
    const view = figureView(metric, contribution, scope)
    // A planner may count single clients, but not learn what one of them holds.
    const guarded = scope.kind === 'aggregate' || (!seesExactMoney(scope) && metric.unit !== 'count')
    const hidden = guarded ? hiddenByLevel(sums, places) : null
    const shown = places.places.filter(
      (place) =>
        place.level === query.level &&
        (parent === undefined || isInside(place, parent)) &&
        (scope.kind === 'aggregate' || isInScope(place, scope, sums[query.level])),
    )
    const values = shown.map((place) => {
      const { code, name } = place
      if (hidden?.[query.level].has(code)) return { code, name, value: null, hidden: true }
      return { code, name, ...view(sums[query.level].get(code) ?? NOTHING) }
    })
    const total = shown.reduce(
      (all, place) => addSums(all, sums[query.level].get(place.code) ?? NOTHING),
      NOTHING,
    )
    const totalHidden = hidden !== null && isTooSmall(total)
    return {
      metric: metric.key,
      level: query.level,
      month,
      unit: metric.unit,
      values,
      total: totalHidden ? { value: null, hidden: true } : { value: view(total).value },
      breaks: quantileBreaks(values.flatMap(({ value }) => (value === null ? [] : [value]))),
      breaksMethod: 'quantile',
    }
  }

  private async balances(snapshot: Snapshot, metric: PlaceMetric, month: string | null): Promise<Balances> {
    const { all, latest } = snapshot.months
    if (month === null || month === latest) return snapshot.columns
    const at = all.indexOf(month)
    if (at < 0) {
      const range = all.length > 0 ? `现有 ${all[0]} 至 ${latest}` : '目前没有任何月份'
      throw new AppError('unprocessable', `没有 ${month} 的数据，${range}。请换一个月份。`)
    }
    if (!HISTORIC.has(metric.key)) {
      throw new AppError('unprocessable', `“${metric.labelZh}”只有最新数据，没有历史月份。请去掉月份后重试。`)
    }
    const current = await this.stores.snapshots.balancesOf(snapshot, month)
    const previous = at > 0 ? await this.stores.snapshots.balancesOf(snapshot, all[at - 1]) : null
    return { ...current, previousLoanCents: previous?.loanCents ?? new Float64Array(snapshot.columns.count) }
  }
}

const NOTHING: Sum = { numerator: 0, denominator: 0, support: 0, base: 0 }

function addSums(a: Sum, b: Sum): Sum {
  return {
    numerator: a.numerator + b.numerator,
    denominator: a.denominator + b.denominator,
    support: a.support + b.support,
    base: a.base + b.base,
  }
}

type Sums = Record<PlaceLevel, Map<string, Sum>>

/** One pass over the rows of the scope for all three levels. */
function sumByLevel(snapshot: Snapshot, scope: Scope, contribution: Contribution): Sums {
  const { columns } = snapshot
  const { rows, count } = snapshot.scopeRows(scope)
  const { numerator, denominator } = contribution
  const tables = LEVELS.map((level) => ({
    column: columns[level],
    sums: Array.from<Sum | undefined>({ length: columns.placeCodes.length }),
  }))
  for (let i = 0; i < count; i++) {
    const row = rows === null ? i : rows[i]
    const above = numerator(row)
    const below = denominator === null ? 0 : denominator(row)
    for (const { column, sums } of tables) {
      if (column[row] < 0) continue
      const sum = (sums[column[row]] ??= { ...NOTHING })
      sum.numerator += above
      sum.denominator += below
      if (above !== 0) sum.support++
      if (below !== 0) sum.base++
    }
  }
  const result = {} as Sums
  LEVELS.forEach((level, l) => {
    result[level] = new Map(
      columns.placeCodes.flatMap((code, i) => (tables[l].sums[i] ? [[code, tables[l].sums[i]!]] : [])),
    )
  })
  return result
}

function isTooSmall(sum: Sum): boolean {
  return tooSmall(sum.support) || tooSmall(sum.base)
}

/** How many clients stand behind a figure, as far as hiding goes: the smaller of both sides that is not empty. */
function standBehind(sum: Sum): number {
  return sum.base > 0 && sum.support > 0 ? Math.min(sum.support, sum.base) : Math.max(sum.support, sum.base)
}

function hiddenByLevel(sums: Sums, places: PlaceSet): Record<PlaceLevel, Set<string>> {
  const counts = {} as Record<PlaceLevel, Map<string, number>>
  for (const level of LEVELS)
    counts[level] = new Map([...sums[level]].map(([code, sum]) => [code, standBehind(sum)]))
  return hiddenPlaces(counts, (code) => places.byCode.get(code)?.parentCode ?? null)
}

function isInScope(place: PlaceRow, scope: Scope, sums: Map<string, Sum>): boolean {
  if (scope.kind === 'counties')
    return scope.countyCodes.includes(place.level === 'county' ? place.code : (place.countyCode ?? ''))
  return sums.has(place.code)
}

function figureView(metric: PlaceMetric, contribution: Contribution, scope: Scope) {
  const money = metric.unit === 'yuan' && !seesExactMoney(scope) ? moneyView(scope) : null
  const scaled = (value: number): number => Number((value / contribution.scale).toFixed(2))
  return (sum: Sum): { value: number | null; numerator?: number | null; denominator?: number | null } => {
    if (contribution.denominator === null) {
      return { value: money ? (money(sum.numerator, sum.support) ?? null) : scaled(sum.numerator) }
    }
    const value = sum.denominator === 0 ? null : sum.numerator / sum.denominator
    // The two sides of a ratio are amounts; who may see no exact amount gets the ratio alone.
    return seesExactMoney(scope) || scope.kind === 'aggregate'
      ? { value, numerator: scaled(sum.numerator), denominator: scaled(sum.denominator) }
      : { value }
  }
}
