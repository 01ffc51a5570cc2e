/**
 * Checks one feature's polygon and, where asked, makes the simple repairs: nothing is changed without being named in the list.
 *
 * Inputs: a MultiPolygon in EPSG:4326. Repairs: closing rings, dropping repeated points and spikes, ring direction, holes below
 * 100 m2. Never repaired: crossing edges, holes outside, zero area, numbers that are not finite.
 * Guarantees: the returned geometry has no error left unless a finding of severity `error` says so; every error has a position
 * where one exists.
 * Limits: a ring that touches itself exactly in the middle of an edge is left to the database's own check.
 * Cost: linear in edges for evenly spread data.
 * Source: OGC Simple Features, validity of polygons.
 */
import type { MultiPolygon, Position } from 'geojson'
import { findCrossings } from '../geometry/crossings.ts'
import type { Segment } from '../geometry/crossings.ts'
import { insideRing } from '../geometry/point-in-polygon.ts'
import { doubledArea, ringAreaKm2, roundPosition } from '../geometry/ring.ts'
import type { Ring } from '../geometry/ring.ts'
import type { Finding, FindingCode } from './types.ts'

export const MAX_VERTICES = 100_000
export const MICRO_HOLE_M2 = 100
const SEARCH_CELL = 0.01
/** Twice the area in square degrees; about 0.01 m2. */
const ZERO_AREA = 2e-12

export interface CheckedPolygon {
  /** Null when nothing usable is left. */
  geometry: MultiPolygon | null
  findings: Finding[]
}

type Add = (
  code: FindingCode,
  severity: Finding['severity'],
  message: string,
  extra?: { at?: [number, number]; sizeM2?: number; repaired?: boolean },
) => void

export function checkPolygon(geometry: MultiPolygon, label: string, repair: boolean): CheckedPolygon {
  const findings: Finding[] = []
  const add: Add = (code, severity, message, extra) => {
    findings.push({
      code,
      severity,
      feature: label,
      places: [],
      message: `${label}：${message}`,
      ...(extra?.at ? { at: extra.at } : {}),
      ...(extra?.sizeM2 === undefined ? {} : { sizeM2: extra.sizeM2 }),
      repaired: extra?.repaired ?? false,
    })
  }
  const vertices = geometry.coordinates.flat(2)
  if (vertices.length > MAX_VERTICES) {
    add('too-many-vertices', 'error', `顶点 ${vertices.length} 个，超过上限 ${MAX_VERTICES} 个，请先抽稀`)
    return { geometry: null, findings }
  }
  const bad = vertices.find((p) => !Number.isFinite(p[0]) || !Number.isFinite(p[1]))
  if (bad) {
    add('coordinate-not-finite', 'error', `坐标含 NaN 或无穷大（${bad.join(', ')}），请重新导出`)
    return { geometry: null, findings }
  }
  const polygons = geometry.coordinates
    .map((rings) => checkRings(rings, repair, add))
    .filter((rings): rings is Ring[] => rings !== null)
  if (polygons.length === 0) return { geometry: null, findings }
  checkCrossings(polygons, add)
  return { geometry: { type: 'MultiPolygon', coordinates: polygons }, findings }
}

function checkRings(rings: readonly Position[][], repair: boolean, add: Add): Ring[] | null {
  const kept: Ring[] = []
  for (const [i, source] of rings.entries()) {
    const ring = checkRing(source, i === 0, repair, add)
    if (ring) kept.push(ring)
    else if (i === 0) return null
  }
  const shell = kept[0]
  if (!shell) return null
  return kept.filter((hole, i) => {
    if (i === 0) return true
    const sizeM2 = Math.abs(ringAreaKm2(hole)) * 1e6
    const at = roundPosition(hole[0]!)
    const outside = hole.filter((p) => !insideRing(p, shell)).length
    // Holes that touch the shell have some points on it, which may count as outside.
    if (outside > hole.length / 2) {
      add('hole-outside', 'error', `第 ${i} 个洞在外环之外，位于 (${at.join(', ')})`, { at, sizeM2 })
      return true
    }
    if (sizeM2 >= MICRO_HOLE_M2) return true
    add('micro-hole', 'warning', `有 ${sizeM2.toFixed(1)} 平方米的小洞${repair ? '，已填上' : ''}`, {
      at,
      sizeM2,
      repaired: repair,
    })
    return !repair
  })
}

function checkRing(source: readonly Position[], isShell: boolean, repair: boolean, add: Add): Ring | null {
  const what = isShell ? '外环' : '洞'
  let ring = source.map((p) => [p[0]!, p[1]!] as Position)
  const first = ring[0]
  const last = ring.at(-1)
  if (first && last && !same(first, last)) {
    add('ring-not-closed', repair ? 'warning' : 'error', `${what}没有闭合${repair ? '，已闭合' : ''}`, {
      at: roundPosition(last),
      repaired: repair,
    })
    ring.push([...first])
  }
  const doubled = ring.filter((p, i) => i > 0 && same(p, ring[i - 1]!))
  if (doubled.length > 0) {
    add('duplicate-point', 'warning', `${what}有 ${doubled.length} 个重复点${repair ? '，已删除' : ''}`, {
      at: roundPosition(doubled[0]!),
      repaired: repair,
    })
    if (repair) ring = ring.filter((p, i) => i === 0 || !same(p, ring[i - 1]!))
  }
  if (repair) ring = withoutSpikes(ring, what, add)
  if (new Set(ring.map((p) => `${p[0]},${p[1]}`)).size < 3) {
    const at = ring[0] ? { at: roundPosition(ring[0]) } : {}
    add('ring-too-short', isShell || !repair ? 'error' : 'warning', `${what}少于 3 个不同的点`, {
      ...at,
      repaired: !isShell && repair,
    })
    return null
  }
  const size = doubledArea(relative(ring))
  if (Math.abs(size) < ZERO_AREA) {
    add('zero-area', isShell || !repair ? 'error' : 'warning', `${what}面积为零`, {
      at: roundPosition(ring[0]!),
      sizeM2: 0,
      repaired: !isShell && repair,
    })
    return null
  }
  if (size > 0 !== isShell) {
    add('ring-orientation', 'warning', `${what}方向与标准相反${repair ? '，已改正' : ''}`, {
      at: roundPosition(ring[0]!),
      repaired: repair,
    })
    if (repair) ring.reverse()
  }
  return ring
}

/** Coordinates from the first point keep the digits that the area formula would lose. */
function relative(ring: Ring): Ring {
  const [x0, y0] = ring[0] as [number, number]
  return ring.map((p) => [p[0]! - x0, p[1]! - y0])
}

function same(p: Position, q: Position): boolean {
  return p[0] === q[0] && p[1] === q[1]
}

function withoutSpikes(ring: Ring, what: string, add: Add): Ring {
  let open = ring.slice(0, -1)
  let removed = 0
  let at: [number, number] | null = null
  for (;;) {
    const n = open.length
    const i = open.findIndex((_, k) => n > 2 && same(open[(k + n - 1) % n]!, open[(k + 1) % n]!))
    if (i < 0) break
    at ??= roundPosition(open[i]!)
    open = open.filter((_, k) => k !== i && k !== (i + 1) % n)
    removed++
  }
  if (!at) return ring
  add('spike', 'warning', `${what}有 ${removed} 处来回重叠的尖刺，已删除`, { at, repaired: true })
  return [...open, open[0] ?? ring[0]!]
}

function checkCrossings(polygons: readonly Ring[][], add: Add): void {
  const segments: Segment[] = []
  let owner = 0
  for (const ring of polygons.flat()) {
    const seen = new Map<string, number>()
    for (let i = 1; i < ring.length; i++) {
      const [ax, ay] = ring[i - 1] as [number, number]
      const [bx, by] = ring[i] as [number, number]
      if (ax === bx && ay === by) continue
      const key = `${bx},${by}`
      if (seen.has(key)) {
        const at = roundPosition([bx, by])
        add('self-intersection', 'error', `环在 (${at.join(', ')}) 与自己相接，请在该处拆开或改正`, { at })
        return
      }
      seen.set(key, i)
      segments.push({ ax, ay, bx, by, owner: owner })
    }
    owner++
  }
  const crossings = findCrossings(segments, SEARCH_CELL, 5)
  for (const { at: position } of crossings) {
    const at = roundPosition(position)
    add('self-intersection', 'error', `边界自相交于 (${at.join(', ')})，请在制图软件中改正后再导入`, { at })
  }
}
