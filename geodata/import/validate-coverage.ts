/**
 * Checks that the polygons of an import lie side by side: overlaps, gaps and slivers, each with places, position and size.
 *
 * Inputs: polygons in EPSG:4326 that are valid one by one (see `check-polygon.ts`).
 * Guarantees: with `repair`, points within 0.2 m are joined, T-junctions closed and coordinates rounded to 0.1 m, and that is said in the
 * list; nothing larger is moved. Overlaps above 100 m2 and 2 m mean width are errors; gaps are warnings, because a file may
 * leave out places on purpose.
 * Limits: at most 500 findings are listed, then one says how many were left out; a gap that is open to the outside is part of
 * the outline.
 * Cost: linear when the edges already match; otherwise the union dominates: about 2 s for 8,000 vertices, more than linear.
 * Source: polyclip-ts (Martinez, Rueda and Feito 2009).
 */
import type { MultiPolygon, Position } from 'geojson'
import { intersection, union } from 'polyclip-ts'
import type { LatticeRing } from '../coverage/lattice.ts'
import { fromLattice, latticeArea, latticeToMultiPolygon, polygonsToLattice } from '../coverage/lattice.ts'
import { matchEdges } from '../coverage/match-edges.ts'
import { outerRings } from '../coverage/outer-rings.ts'
import { areaKm2, distanceM, ringAreaKm2, roundPosition } from '../geometry/ring.ts'
import { boundsOf } from '../geometry/bounds.ts'
import { checkPolygon } from './check-polygon.ts'
import type { Finding } from './types.ts'

export interface CoverageItem {
  code: string
  name: string
  label: string
  geometry: MultiPolygon
}

export interface CoverageCheck {
  items: CoverageItem[]
  findings: Finding[]
}

const SLIVER_M2 = 100
const SLIVER_WIDTH_M = 2
const NOISE_M2 = 0.5
const MAX_LISTED = 500

type Rings = [number, number][][]

export function validateCoverage(source: readonly CoverageItem[], repair: boolean): CoverageCheck {
  const findings: Finding[] = []
  const items = repair ? matched(source, findings) : [...source]
  if (items.length > 1) {
    // Edges alone prove a clean coverage; only a doubtful one pays for the union.
    const rings = outerRings(items.flatMap(({ geometry }) => polygonsToLattice(geometry)))
    if (rings)
      findings.push(...rings.filter((ring) => latticeArea(ring) < 0).map((ring) => gapOf(closed(ring))))
    else findings.push(...faultsByUnion(items))
  }
  return { items, findings: shortened(findings) }
}

function faultsByUnion(items: readonly CoverageItem[]): Finding[] {
  const whole = union(...(items.map(coordinatesOf) as [Rings[], ...Rings[][]])) as Rings[]
  const findings = whole.flatMap((polygon) => polygon.slice(1)).map(gapOf)
  const sum = items.reduce((total, { geometry }) => total + areaKm2(geometry), 0)
  const covered = areaKm2({ type: 'MultiPolygon', coordinates: whole })
  return (sum - covered) * 1e6 > NOISE_M2 ? [...findings, ...overlapsIn(items)] : findings
}

function closed(ring: LatticeRing): Position[] {
  return [...ring, ring[0]!].map(fromLattice)
}

function coordinatesOf({ geometry }: CoverageItem): Rings[] {
  return geometry.coordinates as Rings[]
}

function matched(items: readonly CoverageItem[], findings: Finding[]): CoverageItem[] {
  const parts = items.flatMap((item, i) =>
    polygonsToLattice(item.geometry).map((polygon) => ({ i, polygon })),
  )
  const joined = matchEdges(
    parts.map(({ polygon }) => polygon),
    [],
  )
  let changed = 0
  const result = items.map((item, i) => {
    const own = joined.filter((polygon, k) => parts[k]!.i === i && polygon.length > 0)
    const before = parts.filter((part) => part.i === i).map(({ polygon }) => polygon)
    if (JSON.stringify(own) === JSON.stringify(before)) return item
    const geometry = latticeToMultiPolygon(own)
    // Joining points can make a very narrow neck touch itself: such a feature stays as it was.
    const spoiled = checkPolygon(geometry, item.label, false).findings.some(
      ({ severity }) => severity === 'error',
    )
    if (own.length === 0 || spoiled) return item
    changed++
    return { ...item, geometry }
  })
  if (changed > 0) {
    findings.push({
      code: 'sliver',
      severity: 'warning',
      feature: null,
      places: [],
      message: `${changed} 个要素的公共边未对齐（相差不到 0.2 米），已对齐，坐标取到 0.1 米`,
      repaired: true,
    })
  }
  return result
}

function gapOf(ring: readonly Position[]): Finding {
  const { sizeM2, thin, at } = measure(ring)
  return {
    code: thin ? 'sliver' : 'gap',
    severity: 'warning',
    feature: null,
    places: [],
    message: `缝隙 ${areaText(sizeM2)}，位于 (${at.join(', ')})${thin ? '，属于细碎缝隙' : '，请确认是否漏了一处'}`,
    at,
    sizeM2,
    repaired: false,
  }
}

function overlapsIn(items: readonly CoverageItem[]): Finding[] {
  const boxes = items.map(({ geometry }) => boundsOf(geometry))
  const findings: Finding[] = []
  items.forEach((a, i) => {
    for (let j = i + 1; j < items.length; j++) {
      const [p, q] = [boxes[i]!, boxes[j]!]
      if (p[0] >= q[2] || q[0] >= p[2] || p[1] >= q[3] || q[1] >= p[3]) continue
      const b = items[j]!
      for (const polygon of intersection(coordinatesOf(a), coordinatesOf(b)) as Rings[]) {
        const { sizeM2, thin, at } = measure(polygon[0]!)
        if (sizeM2 < NOISE_M2) continue
        findings.push({
          code: thin ? 'sliver' : 'overlap',
          severity: thin ? 'warning' : 'error',
          feature: a.label,
          places: [a.code, b.code],
          message: `“${a.name}”与“${b.name}”重叠 ${areaText(sizeM2)}，位于 (${at.join(', ')})`,
          at,
          sizeM2,
          repaired: false,
        })
      }
    }
  })
  return findings
}

function measure(ring: readonly Position[]): { sizeM2: number; thin: boolean; at: [number, number] } {
  const sizeM2 = Math.abs(ringAreaKm2(ring)) * 1e6
  let length = 0
  for (let i = 1; i < ring.length; i++) length += distanceM(ring[i - 1]!, ring[i]!)
  const thin = sizeM2 < SLIVER_M2 || (2 * sizeM2) / Math.max(length, 1e-9) < SLIVER_WIDTH_M
  return { sizeM2, thin, at: roundPosition(ring[0]!) }
}

function areaText(sizeM2: number): string {
  if (sizeM2 >= 1e6) return `${(sizeM2 / 1e6).toFixed(2)} 平方公里`
  return sizeM2 >= 10_000 ? `${(sizeM2 / 10_000).toFixed(2)} 公顷` : `${sizeM2.toFixed(1)} 平方米`
}

function shortened(findings: Finding[]): Finding[] {
  if (findings.length <= MAX_LISTED) return findings
  const order = (finding: Finding) => (finding.severity === 'error' ? 0 : 1)
  const sorted = [...findings].sort((a, b) => order(a) - order(b) || (b.sizeM2 ?? 0) - (a.sizeM2 ?? 0))
  const left = findings.length - MAX_LISTED
  return [
    ...sorted.slice(0, MAX_LISTED),
    {
      code: 'list-shortened',
      severity: 'warning',
      feature: null,
      places: [],
      message: `另有 ${left} 处问题未列出，先改正以上较大的`,
      repaired: false,
    },
  ]
}
