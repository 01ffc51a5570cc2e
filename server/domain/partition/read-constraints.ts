/**
 * Purpose: barriers and locks from files, applied to units and edges that were read.
 * Inputs: barriers as GeoJSON lines with `crossing` = 'wall' (default), 'street' | 'river' | 'railway' | 'trunk' or a factor >= 1;
 * or {pairs:[[unitId, unitId, crossing]]}. Locks as {unitId: grid} or {locks: {unitId: grid}}.
 * Guarantees: an edge gets the heaviest crossing that applies. A line applies to an edge when it crosses the straight way between
 * the two units' centres. Limits: a line that only clips a corner between two odd shapes can be missed or taken wrongly.
 * Cost: O(edges * line segments) with bounding boxes first.
 */
import { fail, ok, type Result } from '../result.ts'
import type { Position } from '../geo/shapes.ts'
import { CROSSINGS, DEFAULT_CROSSING_POLICY, type Crossing } from '../units/crossings.ts'
import { isObject, refuse, type ReadReason, type ReadUnits } from './read-input.ts'
import type { Edge } from './types.ts'

function readCrossing(value: unknown): number | null {
  if (value === undefined || value === null || value === 'wall') return Infinity
  if (typeof value === 'number') return value >= 1 && Number.isFinite(value) ? value : null
  if (typeof value === 'string' && (CROSSINGS as readonly string[]).includes(value))
    return DEFAULT_CROSSING_POLICY[value as Crossing]
  return null
}

export function applyBarriers(data: unknown, read: ReadUnits): Result<Edge[], ReadReason> {
  if (isObject(data) && Array.isArray(data.pairs)) return applyPairs(data.pairs, read)
  if (!isObject(data) || data.type !== 'FeatureCollection' || !Array.isArray(data.features))
    return refuse('unknown-format', 'barriers', null)
  const lines: { points: Position[]; crossing: number }[] = []
  for (const [index, feature] of (data.features as unknown[]).entries()) {
    const geometry = isObject(feature) && isObject(feature.geometry) ? feature.geometry : null
    const properties = isObject(feature) && isObject(feature.properties) ? feature.properties : {}
    const crossing = readCrossing(properties.crossing)
    if (crossing === null)
      return refuse('bad-crossing', 'barriers', index, JSON.stringify(properties.crossing))
    const parts = geometry?.type === 'LineString' ? [geometry.coordinates] : geometry?.coordinates
    if ((geometry?.type !== 'LineString' && geometry?.type !== 'MultiLineString') || !Array.isArray(parts))
      return refuse('bad-edge', 'barriers', index, String(geometry?.type))
    for (const part of parts as unknown[]) {
      const points = Array.isArray(part) ? (part as unknown[]) : []
      const bad = points.find((p) => !Array.isArray(p) || !Number.isFinite(p[0]) || !Number.isFinite(p[1]))
      if (points.length < 2 || bad !== undefined)
        return refuse('bad-position', 'barriers', index, JSON.stringify(bad))
      const project = read.projection
        ? read.projection.toMetres
        : (p: readonly number[]): Position => [p[0]!, p[1]!]
      lines.push({ points: (points as number[][]).map(project), crossing })
    }
  }
  if (read.units[0]?.x === undefined && lines.length > 0) return refuse('bad-position', 'units', 0, 'x, y')
  return ok(
    read.edges.map((edge) => {
      const from: Position = [read.units[edge.a]!.x!, read.units[edge.a]!.y!]
      const to: Position = [read.units[edge.b]!.x!, read.units[edge.b]!.y!]
      let crossing = edge.crossing ?? 1
      for (const line of lines)
        if (line.crossing > crossing && crosses(from, to, line.points)) crossing = line.crossing
      return { ...edge, crossing }
    }),
  )
}

function applyPairs(pairs: unknown[], read: ReadUnits): Result<Edge[], ReadReason> {
  const indexById = new Map(read.units.map((unit, u) => [unit.id, u]))
  const byPair = new Map<number, number>()
  for (const [index, pair] of pairs.entries()) {
    const [a, b] = Array.isArray(pair) ? [indexById.get(String(pair[0])), indexById.get(String(pair[1]))] : []
    if (a === undefined || b === undefined)
      return refuse('unknown-unit', 'barriers', index, JSON.stringify(pair))
    const crossing = readCrossing((pair as unknown[])[2])
    if (crossing === null) return refuse('bad-crossing', 'barriers', index, JSON.stringify(pair))
    byPair.set(Math.min(a, b) * read.units.length + Math.max(a, b), crossing)
  }
  return ok(
    read.edges.map((edge) => {
      const key = Math.min(edge.a, edge.b) * read.units.length + Math.max(edge.a, edge.b)
      return { ...edge, crossing: Math.max(edge.crossing ?? 1, byPair.get(key) ?? 1) }
    }),
  )
}

function side(a: Position, b: Position, p: Position): number {
  return (b[0] - a[0]) * (p[1] - a[1]) - (b[1] - a[1]) * (p[0] - a[0])
}

function crosses(from: Position, to: Position, line: Position[]): boolean {
  for (let i = 1; i < line.length; i++) {
    const p = line[i - 1]!
    const q = line[i]!
    if (
      Math.max(p[0], q[0]) < Math.min(from[0], to[0]) ||
      Math.min(p[0], q[0]) > Math.max(from[0], to[0]) ||
      Math.max(p[1], q[1]) < Math.min(from[1], to[1]) ||
      Math.min(p[1], q[1]) > Math.max(from[1], to[1])
    )
      continue
    const [sp, sq, sf, st] = [side(from, to, p), side(from, to, q), side(p, q, from), side(p, q, to)]
    if (sp === 0 && sq === 0) continue
    if (sp * sq <= 0 && sf * st <= 0) return true
  }
  return false
}

export function readLocks(data: unknown, read: ReadUnits, k: number): Result<number[], ReadReason> {
  const map = isObject(data) && isObject(data.locks) ? data.locks : data
  if (!isObject(map))
    return fail({ code: 'unreadable-input', problem: 'not-an-object', list: 'locks', index: null, what: '' })
  const indexById = new Map(read.units.map((unit, u) => [unit.id, u]))
  const locked = read.units.map(() => -1)
  for (const [id, grid] of Object.entries(map)) {
    const unit = indexById.get(id)
    if (unit === undefined) return refuse('unknown-unit', 'locks', null, id)
    if (typeof grid !== 'number' || !Number.isInteger(grid) || grid < 0 || grid >= k)
      return refuse('bad-grid', 'locks', null, `${id}: ${JSON.stringify(grid)}`)
    locked[unit] = grid
  }
  return ok(locked)
}
