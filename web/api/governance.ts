/** The life of plans, what they do to managers, and whose clients are. */
import type { z } from 'zod'
import type {
  Comparison,
  Fault,
  Faults,
  Lifecycle,
  OwnershipPeriod,
  Receipt,
  receiptFiguresSchema,
} from '#server/governance/contract.ts'
import { json } from './client.ts'

export type { Comparison, Fault, Faults, Lifecycle, OwnershipPeriod, Receipt }
export type ReceiptFigures = z.infer<typeof receiptFiguresSchema>
export type PlanStep = 'submit' | 'withdraw' | 'approve' | 'reject' | 'schedule' | 'rollback'
export interface StepBody {
  comment?: string
  effectiveOn?: string
}

const plan = (id: number, rest: string) => `/api/grid-plans/${id}/${rest}`

export const governanceApi = {
  lifecycle: (id: number, signal?: AbortSignal) => json<Lifecycle>('GET', plan(id, 'lifecycle'), { signal }),
  step: (id: number, version: number, step: PlanStep, body: StepBody) =>
    json<Lifecycle>('POST', plan(id, step), { body, ifMatch: version }),
  copy: (id: number) => json<{ planId: number }>('POST', plan(id, 'copy'), { body: {} }),
  faults: (id: number, signal?: AbortSignal) => json<Faults>('GET', plan(id, 'faults'), { signal }),
  permit: (id: number, version: number, body: { kind: string; subject: number; because: string }) =>
    json<Faults>('POST', plan(id, 'permits'), { body, ifMatch: version }),
  compare: (id: number, other: number | null, signal?: AbortSignal) =>
    json<Comparison>('GET', plan(id, 'compare'), { query: { with: other ?? 'live' }, signal }),
  receipts: (id: number, signal?: AbortSignal) =>
    json<{ receipts: Receipt[] }>('GET', plan(id, 'receipts'), { signal }),
  ownReceipts: (signal?: AbortSignal) => json<{ receipts: Receipt[] }>('GET', '/api/receipts', { signal }),
  answer: (planId: number, body: { response: 'accepted' | 'objected'; note?: string }) =>
    json<Receipt>('POST', `/api/receipts/${planId}/response`, { body }),
  ownership: (clientId: number, signal?: AbortSignal) =>
    json<{ periods: OwnershipPeriod[] }>('GET', `/api/clients/${clientId}/ownership`, { signal }),
}
