/**
 * Purpose: the demo bank's branches and staff.
 * Inputs: the gazetteer, how much of its people each settlement holds, a seed.
 * Guarantees: one head office, a sub-branch in each county (all but the two smallest by population are pilots), 39 township branches
 * outside county towns, 220 managers with home branches, a head for every branch; numbers do not depend on the number of clients, and
 * ids do not depend on the seed, so that saved work still points at the right posts after the demo is loaded anew.
 * Limits: branch places are the seats of townships; every township branch has two managers, the rest follow the people.
 * Source: figures of the bank's plan.
 */
import { dayOf } from './calendar.ts'
import { personName } from './names.ts'
import type { County, Gazetteer, Settlement, Township } from './places.ts'
import { metresBetween } from './places.ts'
import { DemoRandom, SUBJECT } from './random.ts'

export const TOWNSHIP_BRANCHES = 39
export const MANAGERS = 220
const COUNTIES_WITHOUT_PILOT = 2
const MANAGERS_OF_TOWNSHIP_BRANCH = 2
const MANAGERS_OF_COUNTY_BRANCH_MIN = 3
const PLANNERS = 4
const OFFICE = 6
export const STAFF_NO_PREFIX = 'DEMO'

export interface Branch {
  id: number
  name: string
  kind: 'head' | 'county' | 'township'
  parentId: number | null
  county: County
  township: Township | null
  pilot: boolean
  seat: readonly [number, number]
  openedOn: number
}

export interface Staff {
  id: number
  staffNo: string
  name: string
  branch: Branch
  duty: 'manager' | 'head' | 'planner' | 'office'
  capacity: number
  joinedOn: number
}

export interface Organisation {
  branches: Branch[]
  staff: Staff[]
  /** The township's own branch, else the county's. */
  branchOf(township: Township): Branch
  /** Whose beat the settlement is. */
  managerOf(settlement: Settlement): Staff
  managersOf(branch: Branch): readonly Staff[]
}

export function organise(gazetteer: Gazetteer, weights: Float64Array, seed: number): Organisation {
  const random = new DemoRandom()
  const branches = branchesOf(gazetteer, seed)
  const ownBranch = new Map<Township | County, Branch>()
  for (const branch of branches)
    if (branch.kind !== 'head') ownBranch.set(branch.township ?? branch.county, branch)
  const branchOf = (township: Township) => ownBranch.get(township) ?? ownBranch.get(township.county)!
  const beats = new Map<Branch, Settlement[]>()
  for (const settlement of gazetteer.settlements) {
    const branch = branchOf(settlement.township)
    beats.set(branch, [...(beats.get(branch) ?? []), settlement])
  }
  const weightOf = (branch: Branch) =>
    (beats.get(branch) ?? []).reduce((sum, { index }) => sum + weights[index]!, 0)

  const staff: Staff[] = []
  const hire = (branch: Branch, duty: Staff['duty'], capacity = 1) => {
    const id = staff.length + 1
    random.at(seed, id, SUBJECT.staff)
    const name = personName(random)
    const joinedOn = dayOf('2012-01-04') + random.int(4_600)
    const person: Staff = {
      id,
      staffNo: `${STAFF_NO_PREFIX}${String(id).padStart(4, '0')}`,
      name,
      branch,
      duty,
      capacity,
      joinedOn,
    }
    staff.push(person)
    return person
  }
  for (const branch of branches) hire(branch, 'head')
  for (let i = 0; i < PLANNERS; i++) hire(branches[0]!, 'planner')
  for (let i = 0; i < OFFICE; i++) hire(branches[0]!, 'office')
  const managers = new Map<Branch, Staff[]>()
  const counties = branches.filter(({ kind }) => kind === 'county')
  const posts = shareOut(
    MANAGERS - MANAGERS_OF_TOWNSHIP_BRANCH * (branches.length - 1 - counties.length),
    counties.map(weightOf),
    MANAGERS_OF_COUNTY_BRANCH_MIN,
  )
  for (const branch of branches) {
    if (branch.kind === 'head') continue
    const count = branch.kind === 'township' ? MANAGERS_OF_TOWNSHIP_BRANCH : posts[counties.indexOf(branch)]!
    // One in eight works part time: beside a counter job, say.
    managers.set(
      branch,
      Array.from({ length: count }, (_, i) => hire(branch, 'manager', i % 8 === 7 ? 0.5 : 1)),
    )
  }
  const managerOf = new Map<Settlement, Staff>()
  for (const [branch, own] of beats) {
    beatsAround(branch, own, weights, managers.get(branch)!.length).forEach((beat, i) => {
      for (const settlement of beat) managerOf.set(settlement, managers.get(branch)![i]!)
    })
  }
  return {
    branches,
    staff,
    branchOf,
    managerOf: (settlement) => managerOf.get(settlement)!,
    managersOf: (branch) => managers.get(branch) ?? [],
  }
}

function branchesOf(gazetteer: Gazetteer, seed: number): Branch[] {
  const random = new DemoRandom()
  const { counties } = gazetteer
  const opened = (id: number, from: string) => dayOf(from) + random.at(seed, id, SUBJECT.branch).int(2_000)
  const smallest = [...counties].sort((a, b) => a.population - b.population).slice(0, COUNTIES_WITHOUT_PILOT)
  const home = counties[0]
  if (!home) throw new Error('there is no county to open a branch in')
  const head: Branch = {
    id: 1,
    name: '赣州银行总行',
    kind: 'head',
    parentId: null,
    county: home,
    township: null,
    pilot: false,
    seat: home.seat,
    openedOn: dayOf('2001-02-01'),
  }
  const branches = [head]
  for (const county of counties) {
    const id = branches.length + 1
    branches.push({
      id,
      name: `赣州银行${county.shortName}支行`,
      kind: 'county',
      parentId: head.id,
      county,
      township: null,
      pilot: !smallest.includes(county),
      seat: county.seat,
      openedOn: opened(id, '2003-03-03'),
    })
  }
  for (const township of townshipsWithBranch(gazetteer)) {
    const id = branches.length + 1
    const { county } = township
    branches.push({
      id,
      name: `赣州银行${county.shortName}${township.name.replace(/镇$/, '')}支行`,
      kind: 'township',
      parentId: branches.find((branch) => branch.kind === 'county' && branch.county === county)!.id,
      county,
      township,
      pilot: false,
      seat: township.seat,
      openedOn: opened(id, '2014-03-03'),
    })
  }
  return branches
}

/** Towns (镇) outside county towns and the city: those with most villages, shared out by population, never next to the county seat. */
function townshipsWithBranch(gazetteer: Gazetteer): Township[] {
  const eligible = gazetteer.counties.map(({ townships, seat }) =>
    townships
      .filter(({ kind, countyTown, urbanCore }) => kind === '镇' && !countyTown && !urbanCore)
      .sort(
        (a, b) =>
          Number(metresBetween(b.seat, seat) > 8_000) - Number(metresBetween(a.seat, seat) > 8_000) ||
          b.settlements.length - a.settlements.length ||
          a.index - b.index,
      ),
  )
  const shares = shareOut(
    TOWNSHIP_BRANCHES,
    gazetteer.counties.map(({ population }) => population),
    0,
    eligible.map(({ length }) => length),
  )
  return eligible.flatMap((townships, i) => townships.slice(0, shares[i]).sort((a, b) => a.index - b.index))
}

/** Whole numbers that sum to `total`, in proportion to the weights, each at least `least` and at most its limit: highest quotients. */
function shareOut(
  total: number,
  weights: readonly number[],
  least: number,
  limits?: readonly number[],
): number[] {
  const shares = weights.map(() => least)
  for (let left = total - least * weights.length; left > 0; left--) {
    let best = -1
    for (let i = 0; i < weights.length; i++) {
      if (limits && shares[i]! >= limits[i]!) continue
      if (best < 0 || weights[i]! / (shares[i]! + 1) > weights[best]! / (shares[best]! + 1)) best = i
    }
    if (best < 0) throw new Error(`there is room for ${total - left} of ${total} posts or branches only`)
    shares[best]!++
  }
  return shares
}

/** Splits a branch's settlements into sectors around its seat with about equal numbers of clients. */
function beatsAround(
  branch: Branch,
  settlements: readonly Settlement[],
  weights: Float64Array,
  count: number,
): Settlement[][] {
  const angle = ({ seat }: Settlement) => Math.atan2(seat[1] - branch.seat[1], seat[0] - branch.seat[0])
  const ordered = [...settlements].sort((a, b) => angle(a) - angle(b) || a.index - b.index)
  const total = ordered.reduce((sum, { index }) => sum + weights[index]!, 0)
  const beats: Settlement[][] = Array.from({ length: count }, () => [])
  let before = 0
  for (const settlement of ordered) {
    const weight = weights[settlement.index]!
    beats[Math.min(count - 1, Math.floor((count * (before + weight / 2)) / total))]!.push(settlement)
    before += weight
  }
  return beats
}
