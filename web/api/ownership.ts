/** Whose clients are, outside of plans: exceptions, claims, and how firm the ground is. */
import type { EdgeCheck, LocationDebt, OwnershipPeriod, PoolClient } from '#server/governance/contract.ts'
import { json } from './client.ts'

export type { EdgeCheck, LocationDebt, PoolClient }
type Periods = { periods: OwnershipPeriod[] }

const client = (id: number, rest: string) => `/api/clients/${id}/${rest}`
const plan = (id: number, rest: string) => `/api/grid-plans/${id}/${rest}`

export const ownershipApi = {
  except: (id: number, body: { managerId: number; because: string; until: string }) =>
    json<Periods>('POST', client(id, 'exception'), { body }),
  endException: (id: number) => json<Periods>('DELETE', client(id, 'exception')),
  pool: (signal?: AbortSignal) => json<{ clients: PoolClient[] }>('GET', '/api/pool', { signal }),
  claim: (id: number) => json<{ clientId: number; until: string }>('POST', client(id, 'claim')),
  release: (id: number) => json<void>('DELETE', client(id, 'claim')),
  edgeCheck: (id: number, offset: number, signal?: AbortSignal) =>
    json<EdgeCheck>('GET', plan(id, 'edge-check'), { query: { offset }, signal }),
  locationDebt: (id: number, signal?: AbortSignal) =>
    json<LocationDebt>('GET', plan(id, 'location-debt'), { signal }),
}
