/** Rows as answers. */
import type { Plan, PlanGrid, UnitProperties, WeightKey } from './contract.ts'
import { WEIGHT_KEYS } from './contract.ts'
import type { GridRow, PlanRow } from './queries.ts'
import type { UnitRow } from './unit-queries.ts'

/** Fewer clients than this, and a sum says what single clients hold. */
const SMALL_GROUP = 5
const DEVIATION_DIGITS = 1e4
const MONEY_DEVIATION_DIGITS = 1e2
const MONEY = new Set<string>(['depositBalance', 'loanBalance'] satisfies WeightKey[])

/**
 * Those who may not see a client's balance (planners) get sums of money to two significant digits, of fewer than five
 * clients to one: exact sums of two areas that differ by one client would give that client away. The search itself uses
 * the exact figures.
 */
export function totalsFor(weights: readonly number[], seesExactMoney: boolean): Record<WeightKey, number> {
  const [clients = 0, depositBalance = 0, loanBalance = 0, visitHours = 0] = weights
  const digits = clients < SMALL_GROUP ? 1 : 2
  const shown = seesExactMoney ? cents : (value: number) => Number(value.toPrecision(digits))
  return {
    clients,
    depositBalance: shown(depositBalance),
    loanBalance: shown(loanBalance),
    visitHours: Math.round(visitHours * 100) / 100,
  }
}

const cents = (value: number) => Math.round(value * 100) / 100

/**
 * To a hundredth of a percent, money to a whole percent for the same reason: a planner who moves one unit and looks at the
 * difference must not read off what its one client holds.
 */
export function roundedDeviation(
  deviation: Partial<Record<WeightKey, number>>,
  seesExactMoney: boolean,
): Partial<Record<WeightKey, number>> {
  return Object.fromEntries(
    Object.entries(deviation).map(([key, value]) => {
      const digits = seesExactMoney || !MONEY.has(key) ? DEVIATION_DIGITS : MONEY_DEVIATION_DIGITS
      return [key, Math.round(value * digits) / digits]
    }),
  )
}

export function planView(plan: PlanRow, grids: GridRow[], unassigned: number, seesExactMoney: boolean): Plan {
  const { metrics, ...rest } = plan
  return {
    ...rest,
    grids: grids.map((row): PlanGrid => {
      const measured = metrics?.grids[row.no]
      return {
        no: row.no,
        name: row.name,
        managerId: row.managerId,
        managerName: row.managerName,
        locked: row.locked,
        units: row.units,
        areaKm2: Math.round(row.areaM2 / 1e3) / 1e3,
        totals: totalsFor(row.totals, seesExactMoney),
        deviation: roundedDeviation(measured?.deviation ?? {}, seesExactMoney),
        contiguous: measured?.contiguous ?? false,
        polsbyPopper: measured?.polsbyPopper ?? null,
      }
    }),
    unassigned,
    metrics: metrics?.figures ?? null,
    withinTolerance: metrics?.withinTolerance ?? null,
  } satisfies Plan
}

export function unitFeature(row: UnitRow, seesExactMoney: boolean) {
  const properties: UnitProperties = {
    idx: row.idx,
    key: row.key,
    kind: row.kind,
    gridNo: row.gridNo,
    townshipCode: row.townshipCode,
    ...totalsFor(row.weights, seesExactMoney),
  }
  const geometry = { type: 'MultiPolygon' as const, coordinates: row.coordinates }
  return { type: 'Feature' as const, id: row.idx, geometry, properties }
}

export function weightIndex(key: WeightKey): number {
  return WEIGHT_KEYS.indexOf(key)
}
