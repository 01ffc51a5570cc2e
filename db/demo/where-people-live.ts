/**
 * Purpose: which settlement a client lives in, and where in it: towns dense, villages along valleys, downtown densest.
 * Inputs: the gazetteer with populations of counties, a seed. Distances in metres.
 * Guarantees: a position lies inside its settlement's own cell and inside its township's, hence inside its county; about 35 % of clients live
 * in the urban core of the three districts.
 * Limits: no population below the county is known and no valley is mapped. Communities weigh more than villages by fixed factors;
 * the line from a village to one of its two nearest neighbours stands for a valley.
 * Cost: settlements are drawn by binary search; a position costs one or two point-in-polygon tests of a small cell.
 * Source: rule of this file; populations from the county table.
 */
import type { Gazetteer, Settlement } from './places.ts'
import { inCell, metresBetween, offsetM } from './places.ts'
import { DemoRandom, SUBJECT, cumulate, pickByWeight } from './random.ts'

export const URBAN_CORE_SHARE = 0.35
/** Part of a district's people who live in its urban core. */
const PEOPLE_IN_CORE: Readonly<Record<string, number>> = {
  '360702000000': 0.7,
  '360703000000': 0.45,
  '360704000000': 0.35,
}
const COMMUNITY_WEIGHT = { core: 2.5, countyTown: 3.2, town: 2.4 }
const VILLAGE_WEIGHT = { countyTown: 1.3, elsewhere: 1 }
/** Spread of one settlement's clients around its point, and across a valley. */
const SPREAD_M = { core: 170, town: 230, village: 260, acrossValley: 90 }
const ALONG_VALLEY_SHARE = 0.6
const TRIES = 6
const SHRINKS = 12

export interface People {
  /** Relative number of clients, by index of settlement; sums to 1. */
  weights: Float64Array
  settlementOf(client: number): Settlement
  positionOf(client: number, settlement: Settlement): [number, number]
}

export function whereClientsLive(gazetteer: Gazetteer, seed: number): People {
  const { settlements } = gazetteer
  const random = new DemoRandom()
  const raw = settlements.map((settlement) => {
    const { community, township } = settlement
    const place = township.urbanCore ? 'core' : township.countyTown ? 'countyTown' : 'town'
    const base = community
      ? COMMUNITY_WEIGHT[place]
      : VILLAGE_WEIGHT[place === 'town' ? 'elsewhere' : 'countyTown']
    return base * (0.6 + 0.8 * random.at(seed, settlement.index, SUBJECT.villageWeight).next())
  })
  // Each group (a district's core, the rest of a county) gets its share of all clients and divides it by the weights above.
  const groupOf = ({ township }: Settlement) => `${township.county.code}${township.urbanCore ? ' core' : ''}`
  const people = new Map<string, { people: number; core: boolean; raw: number }>()
  settlements.forEach((settlement, i) => {
    const { county, urbanCore } = settlement.township
    const inCore = PEOPLE_IN_CORE[county.code] ?? 0
    const group = people.get(groupOf(settlement)) ?? {
      people: county.population * (urbanCore ? inCore : 1 - inCore),
      core: urbanCore,
      raw: 0,
    }
    group.raw += raw[i]!
    people.set(groupOf(settlement), group)
  })
  const total = (core: boolean) =>
    [...people.values()].filter((group) => group.core === core).reduce((sum, group) => sum + group.people, 0)
  const peopleInCore = total(true)
  const peopleElsewhere = total(false)
  const weights = Float64Array.from(settlements, (settlement, i) => {
    const group = people.get(groupOf(settlement))!
    const share = group.core
      ? URBAN_CORE_SHARE / peopleInCore
      : (peopleInCore ? 1 - URBAN_CORE_SHARE : 1) / peopleElsewhere
    return (share * group.people * raw[i]!) / group.raw
  })
  const cumulative = cumulate([...weights])
  const neighbours = settlements.map(nearestTwo)
  return {
    weights,
    settlementOf: (client) =>
      settlements[pickByWeight(cumulative, random.at(seed, client, SUBJECT.settlement).next())]!,
    positionOf: (client, settlement) =>
      position(random.at(seed, client, SUBJECT.position), settlement, neighbours[settlement.index]!),
  }
}

function nearestTwo(settlement: Settlement): Settlement[] {
  return settlement.township.settlements
    .filter((other) => other !== settlement)
    .map((other) => ({ other, distance: metresBetween(settlement.seat, other.seat) }))
    .sort((a, b) => a.distance - b.distance || a.other.index - b.other.index)
    .slice(0, 2)
    .map(({ other }) => other)
}

function position(
  random: DemoRandom,
  settlement: Settlement,
  neighbours: readonly Settlement[],
): [number, number] {
  let east = 0
  let north = 0
  for (let i = 0; i < TRIES; i++) {
    ;[east, north] = draw(random, settlement, neighbours)
    const point = offsetM(settlement.seat, east, north)
    if (isAtHome(point, settlement)) return point
  }
  for (let i = 0; i < SHRINKS; i++) {
    east /= 2
    north /= 2
    const point = offsetM(settlement.seat, east, north)
    if (isAtHome(point, settlement)) return point
  }
  return [settlement.seat[0], settlement.seat[1]]
}

function isAtHome(point: readonly [number, number], { cells }: Settlement): boolean {
  for (const cell of cells) if (!inCell(point, cell)) return false
  return true
}

function draw(
  random: DemoRandom,
  settlement: Settlement,
  neighbours: readonly Settlement[],
): [number, number] {
  const { community, township, seat } = settlement
  if (community || neighbours.length === 0 || !random.chance(ALONG_VALLEY_SHARE)) {
    const spread = !community ? SPREAD_M.village : township.urbanCore ? SPREAD_M.core : SPREAD_M.town
    return [spread * random.normal(), spread * random.normal()]
  }
  const other = random.pick(neighbours)
  const length = metresBetween(seat, other.seat)
  const scale = Math.cos((seat[1] * Math.PI) / 180)
  const angle = Math.atan2(other.seat[1] - seat[1], (other.seat[0] - seat[0]) * scale)
  // Up to the middle between the two villages, thinning out on the way.
  const along = length * 0.5 * Math.min(random.next(), random.next())
  const across = SPREAD_M.acrossValley * random.normal()
  return [
    along * Math.cos(angle) - across * Math.sin(angle),
    along * Math.sin(angle) + across * Math.cos(angle),
  ]
}
