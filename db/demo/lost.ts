/** Why and when a client was lost: within the two years before asOf, more of them lately. */
import type { ClientKind } from './names.ts'
import type { DemoRandom } from './random.ts'
import { cumulate, pickByWeight } from './random.ts'

const DAYS = 730
const REASONS: readonly { reason: string; weight: number; only?: readonly ClientKind[] }[] = [
  { reason: '他行利率更低', weight: 24 },
  { reason: '他行额度更高', weight: 14 },
  { reason: '还清后暂无需求', weight: 18 },
  { reason: '经营停业', weight: 13, only: ['small_enterprise', 'sole_trader', 'cooperative', 'family_farm'] },
  { reason: '外出务工', weight: 12, only: ['farmer', 'large_grower'] },
  { reason: '迁往外地', weight: 7 },
  { reason: '客户经理调整后无人对接', weight: 8 },
  { reason: '办理手续繁琐', weight: 6 },
]
const REASONS_OF = new Map<ClientKind, { names: string[]; weights: Float64Array }>()
for (const kind of [
  'small_enterprise',
  'sole_trader',
  'farmer',
  'family_farm',
  'large_grower',
  'cooperative',
] as const) {
  const fitting = REASONS.filter(({ only }) => !only || only.includes(kind))
  REASONS_OF.set(kind, {
    names: fitting.map(({ reason }) => reason),
    weights: cumulate(fitting.map(({ weight }) => weight)),
  })
}

export const LOST_REASONS: readonly string[] = REASONS.map(({ reason }) => reason)

export function lostReason(kind: ClientKind, random: DemoRandom): string {
  const { names, weights } = REASONS_OF.get(kind)!
  return names[pickByWeight(weights, random.next())]!
}

/** A day after lastDay - 730 and at most lastDay. */
export function lostDay(lastDay: number, random: DemoRandom): number {
  return lastDay - Math.floor(DAYS * Math.pow(random.next(), 1.3))
}
