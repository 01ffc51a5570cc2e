/** A whole demo bank from places, a size and a seed: pure, the same on every machine, every table addressable by client number. */
import { demoCalendar } from './calendar.ts'
import type { DemoCalendar } from './calendar.ts'
import { chainsOf } from './chains.ts'
import type { Chains } from './chains.ts'
import type { Client } from './clients.ts'
import { clientMaker } from './clients.ts'
import type { Holdings } from './holdings.ts'
import { holdingsOf } from './holdings.ts'
import { industriesOf } from './industries.ts'
import type { Industries } from './industries.ts'
import { organise } from './org.ts'
import type { Organisation } from './org.ts'
import { indexPlaces } from './places.ts'
import type { DemoPlace, Gazetteer } from './places.ts'
import { DemoRandom, SUBJECT } from './random.ts'
import type { Visit } from './visits.ts'
import { visitsOf } from './visits.ts'
import { whereClientsLive } from './where-people-live.ts'

export const DEFAULT_AS_OF = '2026-11-01'
export const CLIENTS_MOST = 5_000_000

export interface DemoBankOptions {
  clients: number
  seed: number
  /** First day of a month, ISO. */
  asOf?: string
}

export interface DemoBank {
  clients: number
  seed: number
  asOf: string
  calendar: DemoCalendar
  gazetteer: Gazetteer
  organisation: Organisation
  industries: Industries
  chains: Chains
  /** Relative number of clients by index of settlement; sums to 1. */
  settlementWeights: Float64Array
  client(id: number): Client
  holdings(client: Client): Holdings
  position(client: Client): [number, number]
  visits(client: Client): Visit[]
}

export function createDemoBank(
  places: readonly DemoPlace[],
  { clients, seed, asOf = DEFAULT_AS_OF }: DemoBankOptions,
): DemoBank {
  if (!Number.isInteger(clients) || clients < 1 || clients > CLIENTS_MOST) {
    throw new RangeError(`the number of clients must be an integer from 1 to ${CLIENTS_MOST}, not ${clients}`)
  }
  if (!Number.isInteger(seed) || Math.abs(seed) > 2_147_483_647) {
    throw new RangeError(`the seed must be a 32-bit integer, not ${seed}`)
  }
  const gazetteer = indexPlaces(places)
  const calendar = demoCalendar(asOf)
  const people = whereClientsLive(gazetteer, seed)
  const organisation = organise(gazetteer, people.weights, seed)
  const industries = industriesOf(gazetteer, seed)
  const chains = chainsOf(gazetteer, industries, seed)
  const random = new DemoRandom()
  return {
    clients,
    seed,
    asOf,
    calendar,
    gazetteer,
    organisation,
    industries,
    chains,
    settlementWeights: people.weights,
    client: clientMaker({ gazetteer, people, organisation, industries, chains, calendar, seed }),
    holdings: (client) => holdingsOf(client, calendar, seed),
    position: ({ id, settlement }) => people.positionOf(id, settlement),
    visits: (client) =>
      client.manager === null ? [] : visitsOf(client, calendar, random.at(seed, client.id, SUBJECT.visits)),
  }
}
