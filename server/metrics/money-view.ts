import type { MoneyView } from '#domain/tiles/grid-tile.ts'
import { wholeYuan } from '#domain/tiles/grid-tile.ts'
import { seesExactMoney, type Scope } from '#server/snapshot/scope.ts'
import { tooSmall } from './suppression.ts'

/** Two significant digits tell a planner how much is there; what one client holds cannot be had by subtraction. */
const PLANNER_DIGITS = 2

/** Sums of money in yuan, as far as the scope may see them. */
export function moneyView(scope: Scope): MoneyView {
  if (seesExactMoney(scope)) return wholeYuan
  if (scope.kind === 'aggregate')
    return (cents, count) => (tooSmall(count) ? undefined : wholeYuan(cents, count))
  return (cents, count) =>
    tooSmall(count) ? undefined : Number((wholeYuan(cents, count) as number).toPrecision(PLANNER_DIGITS))
}
