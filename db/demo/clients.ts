/**
 * Purpose: who a client is, from its number alone: settlement, kind, status, line of business, branch, manager.
 * Guarantees: the same number and seed give the same client whatever was asked before; the branch is the township's own, else the
 * county's; a manager belongs to that branch; lost clients, and only they, have a day and a reason.
 * Limits: shares of kinds and statuses are invented, fixed by the sort of settlement; counties differ in risk and growth by a factor
 * drawn for each.
 * Cost: about 1 us a client.
 */
import type { DemoCalendar } from './calendar.ts'
import type { Chains, CoreEnterprise, Side } from './chains.ts'
import type { ClientStatus } from './holdings.ts'
import type { Industries } from './industries.ts'
import { lostDay, lostReason } from './lost.ts'
import type { ClientKind } from './names.ts'
import type { Branch, Organisation, Staff } from './org.ts'
import type { Gazetteer, Settlement } from './places.ts'
import { DemoRandom, SUBJECT, cumulate, pickByWeight } from './random.ts'
import type { People } from './where-people-live.ts'

export const KINDS = [
  'small_enterprise',
  'sole_trader',
  'farmer',
  'family_farm',
  'large_grower',
  'cooperative',
] as const
const STATUSES = ['active', 'depositOnly', 'loanOnly', 'lost', 'prospect'] as const

/** In the order of KINDS. */
const KIND_SHARES = {
  coreCommunity: cumulate([30, 62, 4, 1, 2, 1]),
  coreVillage: cumulate([13, 34, 41, 4, 5, 3]),
  townCommunity: cumulate([14, 56, 18, 3, 6, 3]),
  village: cumulate([3, 14, 63, 8, 9, 3]),
}
/** In the order of STATUSES. */
const STATUS_SHARES: Readonly<Record<ClientKind, Float64Array>> = {
  small_enterprise: cumulate([34, 32, 6, 7, 21]),
  sole_trader: cumulate([28, 36, 6, 7, 23]),
  farmer: cumulate([24, 44, 7, 6, 19]),
  family_farm: cumulate([34, 28, 9, 7, 22]),
  large_grower: cumulate([34, 27, 10, 8, 21]),
  cooperative: cumulate([33, 33, 7, 7, 20]),
}
const ACQUIRING: Readonly<Record<ClientKind, number>> = {
  small_enterprise: 0.3,
  sole_trader: 0.5,
  farmer: 0.02,
  family_farm: 0.08,
  large_grower: 0.05,
  cooperative: 0.12,
}
const PAYROLL: Readonly<Record<ClientKind, number>> = {
  small_enterprise: 0.35,
  sole_trader: 0.04,
  farmer: 0,
  family_farm: 0.02,
  large_grower: 0.02,
  cooperative: 0.1,
}
const OTHER_MANAGER_SHARE = 0.12
const UNASSIGNED_SHARE = { prospect: 0.4, other: 0.06 }
const OLDEST_DAYS = 5_500
const YOUNGEST_DAYS = 45
const LOST_AFTER_DAYS = 240

export interface Client {
  id: number
  settlement: Settlement
  kind: ClientKind
  status: ClientStatus
  industry: string
  branch: Branch
  manager: Staff | null
  enterprise: CoreEnterprise | null
  side: Side | null
  inChain: boolean
  acquiring: boolean
  payroll: boolean
  openedOn: number | null
  lostOn: number | null
  lostReason: string | null
  farming: boolean
  countyRisk: number
  growth: number
}

export interface ClientParts {
  gazetteer: Gazetteer
  people: People
  organisation: Organisation
  industries: Industries
  chains: Chains
  calendar: DemoCalendar
  seed: number
}

export function clientMaker(parts: ClientParts): (id: number) => Client {
  const { gazetteer, people, organisation, industries, chains, calendar, seed } = parts
  const random = new DemoRandom()
  const tastes = gazetteer.counties.map(({ index }) => {
    random.at(seed, index, SUBJECT.countyTaste)
    return { risk: 0.6 + 1.1 * random.next(), growth: 0.002 + 0.01 * random.next() }
  })
  return (id) => {
    const settlement = people.settlementOf(id)
    const { community, township } = settlement
    const place = township.urbanCore
      ? community
        ? 'coreCommunity'
        : 'coreVillage'
      : community
        ? 'townCommunity'
        : 'village'
    random.at(seed, id, SUBJECT.profile)
    const kind = KINDS[pickByWeight(KIND_SHARES[place], random.next())]!
    const status = STATUSES[pickByWeight(STATUS_SHARES[kind], random.next())]!
    const held = status === 'active' || status === 'depositOnly'
    const acquiring = held && random.chance(ACQUIRING[kind])
    const payroll = held && random.chance(PAYROLL[kind])
    const lost = status === 'lost'
    const lostOn = lost ? lostDay(calendar.lastDay, random) : null
    const reason = lost ? lostReason(kind, random) : null
    // More clients of late: the share of young ones falls off with the square.
    const age = YOUNGEST_DAYS + Math.floor(OLDEST_DAYS * random.next() ** 2)
    const openedOn =
      status === 'prospect' ? null : lostOn === null ? calendar.lastDay - age : lostOn - LOST_AFTER_DAYS - age
    const branch = organisation.branchOf(township)
    const unassigned = random.chance(
      status === 'prospect' ? UNASSIGNED_SHARE.prospect : UNASSIGNED_SHARE.other,
    )
    const manager = unassigned
      ? null
      : random.chance(OTHER_MANAGER_SHARE)
        ? random.pick(organisation.managersOf(branch))
        : organisation.managerOf(settlement)
    const industry = industries.of(id, kind, settlement)
    const link = status === 'lost' ? null : chains.linkOf(id, kind, industry, settlement)
    const taste = tastes[township.county.index]!
    return {
      id,
      settlement,
      kind,
      status,
      industry,
      branch,
      manager,
      enterprise: link?.enterprise ?? null,
      side: link?.side ?? null,
      inChain: link !== null,
      acquiring,
      payroll,
      openedOn,
      lostOn,
      lostReason: reason,
      farming: kind !== 'small_enterprise' && kind !== 'sole_trader',
      countyRisk: taste.risk,
      growth: taste.growth,
    }
  }
}
