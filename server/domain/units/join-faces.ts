/**
 * Purpose: which faces of a street net make one unit: blocks, cells and villages first, then each water to its bank, then slivers.
 * Guarantees: a unit is connected through common edges, lies in one township, and never on both sides of a river, a railway or
 * an absolute barrier. Water joins land of its own township over its longest bank; water without such land stays by itself.
 * Limits: only land counts as size, so a strip between an embankment road and a wide river still joins the block behind it.
 * Cost: O(segments + slivers log slivers).
 */
import { METRES_PER_DEGREE, RADIANS_PER_DEGREE } from '../geo/earth.ts'
import { distanceM } from '../geo/measure.ts'
import type { Segment } from '../geo/segment-grid.ts'
import { NOT_IN_DISTRICT, joinFaces } from './ground.ts'
import type { Groups } from './groups.ts'
import { ABSOLUTE_KIND, borderKind, BY_HEAVINESS, DIVIDING, isWallKind, LINE, WALLS } from './line-flags.ts'
import { STEPS_PER_DEGREE, toLngLat } from '../geo/steps.ts'
import type { Lattice } from './linework.ts'
import { mergeSlivers, type FaceLink } from './merge-slivers.ts'
import type { StreetNet } from './street-net.ts'

export interface JoinOptions {
  lattice: Lattice
  smallestBlockM2: number
  smallestCellM2: number
  narrowestBlockM: number
}

/** A piece of border between two faces of the district. */
export interface Contact {
  left: number
  right: number
  lengthM: number
  /** `LINE` bits. */
  flags: number
  /** `borderKind` of the piece. */
  kind: number
}

export interface JoinedFaces {
  /** Unit per face, -1 outside the district. */
  unitOf: Int32Array
  unitCount: number
  contacts: Contact[]
  /** Metres of border to the outside, per face. */
  outerBorderM: Float64Array
  landM2: Float64Array
  waterM2: Float64Array
}

/** What a metre of border counts when a sliver chooses its neighbour, by class from light to heavy. */
const PULL: Record<(typeof BY_HEAVINESS)[number], number> = {
  none: 1,
  street: 0.7,
  trunk: 0.3,
  railway: 0,
  river: 0,
}

export function joinToUnits(net: StreetNet, options: JoinOptions): JoinedFaces {
  const { faces, ground } = net
  const faceCount = faces.twiceArea.length
  const isIn = (f: number): boolean => f >= 0 && ground.place[f] !== NOT_IN_DISTRICT
  const { contacts, outerBorderM, landBorderM } = measureBorders(net, options.lattice)
  const { landM2, waterM2 } = measureFaces(net, options.lattice)

  const groups = joinFaces(faces, (flags, left, right) => belongTogether(net, flags, left, right))
  joinWaterToLand(net, groups, contacts)

  const area = new Float64Array(faceCount)
  const border = new Float64Array(faceCount)
  const minArea = new Float64Array(faceCount)
  const links: FaceLink[][] = Array.from({ length: faceCount }, () => [])
  for (let f = 0; f < faceCount; f++) {
    if (!isIn(f)) continue
    const group = groups.find(f)
    area[group]! += landM2[f]!
    border[group]! += landBorderM[f]!
    const isCell = net.open[f] === 1 && net.village[f] === -1
    minArea[group] = Math.max(minArea[group]!, isCell ? options.smallestCellM2 : options.smallestBlockM2)
  }
  for (const { left, right, lengthM, kind } of contacts) {
    // Land meets land on its own bank only; over water nothing joins.
    if (ground.water[left] || ground.water[right]) continue
    const a = groups.find(left)
    const b = groups.find(right)
    if (a === b) {
      border[a]! -= 2 * lengthM
      continue
    }
    links[a]!.push({ other: b, lengthM, kind })
    links[b]!.push({ other: a, lengthM, kind })
  }
  for (let f = 0; f < faceCount; f++) {
    // What only belongs to another face's group is no part of its own.
    if (groups.find(f) !== f || !isIn(f)) area[f] = Infinity
  }
  const root = mergeSlivers({
    areaM2: area,
    place: ground.place,
    links,
    minAreaM2: minArea,
    isWall: isWallKind,
    pull: (kind) => PULL[BY_HEAVINESS[kind % ABSOLUTE_KIND]!],
    narrow: { borderM: border, minWidthM: options.narrowestBlockM },
  })

  const unitByRoot = new Map<number, number>()
  const unitOf = new Int32Array(faceCount).fill(-1)
  for (let f = 0; f < faceCount; f++) {
    if (!isIn(f)) continue
    const r = root[groups.find(f)]!
    let unit = unitByRoot.get(r)
    if (unit === undefined) unitByRoot.set(r, (unit = unitByRoot.size))
    unitOf[f] = unit
  }
  return { unitOf, unitCount: unitByRoot.size, contacts, outerBorderM, landM2, waterM2 }
}

function belongTogether(
  { ground, open, village }: StreetNet,
  flags: number,
  left: number,
  right: number,
): boolean {
  if (flags & LINE.border || ground.water[left] !== ground.water[right]) return false
  if (ground.water[left]) return !(flags & LINE.middle)
  const sameVillage = village[left] !== -1 && village[left] === village[right]
  if (flags & DIVIDING) return open[left] === 1 && open[right] === 1 && sameVillage && !(flags & WALLS)
  return !open[left] || !(flags & (LINE.lattice | LINE.village)) || sameVillage
}

function measureBorders({ faces, ground }: StreetNet, lattice: Lattice) {
  const { segments, faceOf, twiceArea } = faces
  const contacts: Contact[] = []
  const outerBorderM = new Float64Array(twiceArea.length)
  const landBorderM = new Float64Array(twiceArea.length)
  segments.forEach((segment, i) => {
    const left = faceOf[2 * i]!
    const right = faceOf[2 * i + 1]!
    if (left === right) return
    const inside = [left, right].filter((f) => f >= 0 && ground.place[f] !== NOT_IN_DISTRICT)
    if (inside.length === 0) return
    const lengthM = lengthOf(segment, lattice)
    for (const f of inside) if (!ground.water[f]) landBorderM[f]! += lengthM
    if (inside.length === 1) {
      outerBorderM[inside[0]!]! += lengthM
      return
    }
    const wet = ground.water[left] === 1 || ground.water[right] === 1
    contacts.push({ left, right, lengthM, flags: segment.kind, kind: borderKind(segment.kind, wet) })
  })
  return { contacts, outerBorderM, landBorderM }
}

function lengthOf({ ax, ay, bx, by }: Segment, lattice: Lattice): number {
  return distanceM(toLngLat(lattice, ax, ay), toLngLat(lattice, bx, by))
}

function measureFaces({ faces, borders, ground }: StreetNet, { originY }: Lattice) {
  const metres = METRES_PER_DEGREE / STEPS_PER_DEGREE
  const landM2 = new Float64Array(borders.length)
  const waterM2 = new Float64Array(borders.length)
  borders.forEach((edges, f) => {
    const lat = ((edges[0]!.ay + originY) / STEPS_PER_DEGREE) * RADIANS_PER_DEGREE
    const into = ground.water[f] ? waterM2 : landM2
    into[f] = (faces.twiceArea[f]! / 2) * metres * metres * Math.cos(lat)
  })
  return { landM2, waterM2 }
}

/** Each part of a water to the land over its longest bank, without a railway between if possible; parts without a bank to others. */
function joinWaterToLand({ ground }: StreetNet, groups: Groups, contacts: readonly Contact[]): void {
  const isWater = (f: number): boolean => ground.water[f] === 1
  const banks = new Map<number, Map<number, number>>()
  const waterLinks = new Map<number, Map<number, number>>()
  const count = (into: typeof banks, from: number, to: number, lengthM: number): void => {
    const known = into.get(from) ?? new Map<number, number>()
    known.set(to, (known.get(to) ?? 0) + lengthM)
    into.set(from, known)
  }
  for (const { left, right, lengthM, flags } of contacts) {
    if (!isWater(left) && !isWater(right)) continue
    if (ground.place[left] !== ground.place[right]) continue
    const a = groups.find(left)
    const b = groups.find(right)
    if (a === b) continue
    if (isWater(left) && isWater(right)) {
      count(waterLinks, a, b, lengthM)
      count(waterLinks, b, a, lengthM)
    } else {
      // Less than any bank without a wall, more than nothing.
      const length = flags & WALLS ? lengthM / 1e6 : lengthM
      if (isWater(left)) count(banks, a, b, length)
      else count(banks, b, a, length)
    }
  }
  const longest = (lengths: Iterable<[number, number]>): number => {
    let best = -1
    let most = 0
    for (const [to, length] of lengths)
      if (length > most || (length === most && to < best)) {
        best = to
        most = length
      }
    return best
  }
  const ashore = new Set<number>()
  let adrift = [...new Set([...banks.keys(), ...waterLinks.keys()])].sort((p, q) => p - q)
  const joins: [number, number][] = []
  for (const water of adrift) {
    const land = longest(banks.get(water) ?? [])
    if (land === -1) continue
    joins.push([water, land])
    ashore.add(water)
  }
  for (let before = -1; before !== adrift.length;) {
    before = adrift.length
    adrift = adrift.filter((water) => !ashore.has(water))
    const reached: number[] = []
    for (const water of adrift) {
      const next = longest([...(waterLinks.get(water) ?? [])].filter(([other]) => ashore.has(other)))
      if (next === -1) continue
      joins.push([water, next])
      reached.push(water)
    }
    for (const water of reached) ashore.add(water)
  }
  for (const [a, b] of joins) groups.join(a, b)
}
