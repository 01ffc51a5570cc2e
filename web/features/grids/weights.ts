import type { WeightKey } from '#web/api/types.ts'

export const WEIGHTS: WeightKey[] = ['clients', 'loanBalance', 'depositBalance', 'visitHours']
