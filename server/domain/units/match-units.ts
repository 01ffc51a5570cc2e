/**
 * Purpose: after units were made again, which new unit continues which old one, so that keys and assignments stay with the land.
 * Inputs: both tilings, keys and shapes in lng/lat. Outputs: per new unit its key, its heritage and what became of it; a report.
 * Guarantees: an unchanged unit keeps its key; a key goes to one unit at most, the one that holds most of the old unit's land; new
 * keys never repeat an old one. Every new unit that overlaps an old one has an `heirOf` to take its assignment from. Shares of `from` add
 * up to at most one.
 * Limits: an overlap below a tenth of the smaller unit is a shifted border, neither split nor merger.
 * Cost: near-linear; identical units skip the overlay.
 */
import { overlapsOf, type Overlap } from '../geo/overlap.ts'
import type { MultiPolygonCoordinates } from '../geo/shapes.ts'

export interface KeyedShape {
  key: string
  shape: MultiPolygonCoordinates
}

export type UnitFate = 'kept' | 'split' | 'merged' | 'reshaped' | 'new'

export interface MatchedUnit {
  /** What to call the new unit: the old key where it continues an old unit. */
  key: string
  /** Split: a part of an old unit. Merged: several old units. Reshaped: parts of several, or of one that went elsewhere too. */
  fate: UnitFate
  /** The old unit most of its land comes from. */
  heirOf: string | null
  /** Largest first; share of the new unit's land. */
  from: { key: string; share: number }[]
}

export interface MatchReport {
  /** Old units that go on alone. */
  kept: string[]
  /** Old units with parts in several new ones. */
  split: { key: string; into: string[] }[]
  /** New units with land of several old ones. */
  merged: { key: string; from: string[] }[]
  new: string[]
  /** Old units without a part in any new one. */
  gone: string[]
}

export interface UnitMatch {
  /** In the order of the new units. */
  units: MatchedUnit[]
  report: MatchReport
}

const LINK_SHARE = 0.1

export function matchUnits(before: readonly KeyedShape[], after: readonly KeyedShape[]): UnitMatch {
  const { overlaps, areaOfOld, areaOfNew } = overlapsSkippingEqual(before, after)
  const links = overlaps.filter(
    ({ a, b, areaM2 }) => areaM2 >= LINK_SHARE * Math.min(areaOfOld[a]!, areaOfNew[b]!),
  )
  const ofNew = groupBy(overlaps, after.length, ({ b }) => b)
  const newLinks = groupBy(links, after.length, ({ b }) => b)
  const oldLinks = groupBy(links, before.length, ({ a }) => a)
  for (const list of ofNew) list.sort((p, q) => q.areaM2 - p.areaM2 || p.a - q.a)

  const heirOf = ofNew.map((list) => list[0]?.a ?? -1)
  const successor = new Map<number, Overlap>()
  ofNew.forEach(([first]) => {
    if (!first) return
    const rival = successor.get(first.a)
    if (!rival || first.areaM2 > rival.areaM2) successor.set(first.a, first)
  })
  const taken = new Set(before.map(({ key }) => key))
  const keys = after.map(({ key }, b) => {
    const heir = heirOf[b]!
    if (heir !== -1 && successor.get(heir)!.b === b) return before[heir]!.key
    let fresh = key
    for (let n = 2; taken.has(fresh); n++) fresh = `${key}-n${n}`
    taken.add(fresh)
    return fresh
  })
  const fateOf = (b: number): UnitFate => {
    const own = newLinks[b]!
    if (own.length === 0) return 'new'
    const shared = own.some(({ a }) => oldLinks[a]!.length > 1)
    if (own.length === 1) return shared ? 'split' : 'kept'
    return shared ? 'reshaped' : 'merged'
  }
  const units = after.map((_, b): MatchedUnit => ({
    key: keys[b]!,
    fate: fateOf(b),
    heirOf: heirOf[b] === -1 ? null : before[heirOf[b]!]!.key,
    from: ofNew[b]!.map(({ a, areaM2 }) => ({ key: before[a]!.key, share: areaM2 / areaOfNew[b]! })),
  }))
  const report: MatchReport = { kept: [], split: [], merged: [], new: [], gone: [] }
  before.forEach(({ key }, a) => {
    const parts = oldLinks[a]!
    if (parts.length === 0) report.gone.push(key)
    else if (parts.length > 1) report.split.push({ key, into: parts.map(({ b }) => keys[b]!) })
    else if (units[parts[0]!.b]!.fate === 'kept') report.kept.push(key)
  })
  units.forEach(({ key, fate }, b) => {
    const parts = newLinks[b]!
    if (fate === 'new') report.new.push(key)
    else if (parts.length > 1) report.merged.push({ key, from: parts.map(({ a }) => before[a]!.key) })
  })
  return { units, report }
}

function groupBy(list: readonly Overlap[], count: number, of: (overlap: Overlap) => number): Overlap[][] {
  const groups: Overlap[][] = Array.from({ length: count }, () => [])
  for (const overlap of list) groups[of(overlap)]!.push(overlap)
  return groups
}

/** Units of a tiling that did not change overlap nothing else: they need no geometry. */
function overlapsSkippingEqual(before: readonly KeyedShape[], after: readonly KeyedShape[]) {
  const oldByOutline = new Map(before.map(({ shape }, a) => [outlineName(shape), a]))
  const overlaps: Overlap[] = []
  const areaOfOld = new Float64Array(before.length)
  const areaOfNew = new Float64Array(after.length)
  const changedOld = new Set(before.keys())
  const changedNew: number[] = []
  after.forEach(({ shape }, b) => {
    const a = oldByOutline.get(outlineName(shape))
    if (a === undefined || !changedOld.has(a)) {
      changedNew.push(b)
      return
    }
    changedOld.delete(a)
    areaOfOld[a] = areaOfNew[b] = 1
    overlaps.push({ a, b, areaM2: 1 })
  })
  const olds = [...changedOld]
  const rest = overlapsOf(
    olds.map((a) => before[a]!.shape),
    changedNew.map((b) => after[b]!.shape),
  )
  olds.forEach((a, i) => (areaOfOld[a] = rest.areaOfA[i]!))
  changedNew.forEach((b, i) => (areaOfNew[b] = rest.areaOfB[i]!))
  for (const { a, b, areaM2 } of rest.overlaps) overlaps.push({ a: olds[a]!, b: changedNew[b]!, areaM2 })
  return { overlaps, areaOfOld, areaOfNew }
}

/** The same for the same rings, wherever they start. */
function outlineName(shape: MultiPolygonCoordinates): string {
  return shape
    .flatMap((polygon) => polygon.flatMap((ring) => ring.slice(1).map(([x, y]) => `${x},${y}`)))
    .sort()
    .join(' ')
}
