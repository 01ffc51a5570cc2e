/**
 * Purpose: units and edges from the two file formats: GeoJSON polygons (neighbours by common border), or
 * {units:[{id,weights:{a,b},x?,y?,areaM2?,outerBorderM?}], edges:[[i,j,length]]} with positions in the unit list or ids.
 * Guarantees: every refusal names the place (feature or unit or edge, counted from 0) and the field.
 * Limits: polygons are taken as they are; gaps wider than 1 cm are not borders. Cost: O(vertices log vertices).
 */
import { fail, ok, type Result } from '../result.ts'
import { adjacencyOf } from '../geo/adjacency.ts'
import { localProjection, type LocalProjection } from '../geo/local-projection.ts'
import { areaM2, centroid } from '../geo/measure.ts'
import { boundsOf, extendBounds, type MultiPolygonCoordinates } from '../geo/shapes.ts'
import type { Edge, Unit } from './types.ts'

export interface ReadUnits {
  units: Unit[]
  edges: Edge[]
  /** From lng/lat to the frame of the units; null when the file had no lng/lat. */
  projection: LocalProjection | null
}

export type ReadProblem =
  | 'not-an-object'
  | 'unknown-format'
  | 'empty'
  | 'not-a-polygon'
  | 'bad-ring'
  | 'bad-position'
  | 'missing-weight'
  | 'bad-weight'
  | 'bad-number'
  | 'missing-id'
  | 'bad-edge'
  | 'unknown-unit'
  | 'bad-crossing'
  | 'bad-grid'

export interface ReadReason {
  code: 'unreadable-input'
  problem: ReadProblem
  /** Where in the file: 'features', 'units', 'edges', ... */
  list: string
  index: number | null
  /** The name or value at fault, as written. */
  what: string
}

export function refuse(problem: ReadProblem, list: string, index: number | null, what = '') {
  return fail<ReadReason>({ code: 'unreadable-input', problem, list, index, what })
}

type Json = Record<string, unknown>

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function readUnits(data: unknown, weightNames: readonly string[]): Result<ReadUnits, ReadReason> {
  if (!isObject(data)) return refuse('not-an-object', 'file', null)
  if (data.type === 'FeatureCollection' && Array.isArray(data.features))
    return readFeatures(data.features, weightNames)
  if (Array.isArray(data.units) && Array.isArray(data.edges))
    return readUnitList(data.units, data.edges, weightNames)
  return refuse('unknown-format', 'file', null, Object.keys(data).slice(0, 5).join(', '))
}

function readWeights(
  from: unknown,
  names: readonly string[],
  list: string,
  index: number,
): Result<number[], ReadReason> {
  const values: number[] = []
  for (const name of names) {
    const value = isObject(from) && Object.hasOwn(from, name) ? from[name] : undefined
    if (value === undefined || value === null) return refuse('missing-weight', list, index, name)
    if (typeof value !== 'number' || !Number.isFinite(value) || value < 0)
      return refuse('bad-weight', list, index, `${name}=${JSON.stringify(value)}`)
    values.push(value)
  }
  return ok(values)
}

function readShape(geometry: unknown, index: number): Result<MultiPolygonCoordinates, ReadReason> {
  const type = isObject(geometry) ? geometry.type : null
  const coordinates = isObject(geometry) ? geometry.coordinates : null
  if ((type !== 'Polygon' && type !== 'MultiPolygon') || !Array.isArray(coordinates))
    return refuse('not-a-polygon', 'features', index, String(type))
  const shape = (type === 'Polygon' ? [coordinates] : coordinates) as unknown[]
  if (shape.length === 0) return refuse('not-a-polygon', 'features', index, String(type))
  for (const polygon of shape) {
    if (!Array.isArray(polygon) || polygon.length === 0) return refuse('bad-ring', 'features', index)
    for (const ring of polygon) {
      if (!Array.isArray(ring) || ring.length < 4) return refuse('bad-ring', 'features', index)
      for (const position of ring) {
        const [lng, lat] = Array.isArray(position) ? (position as unknown[]) : []
        if (
          typeof lng !== 'number' ||
          typeof lat !== 'number' ||
          !(Math.abs(lng) <= 180) ||
          !(Math.abs(lat) <= 90)
        )
          return refuse('bad-position', 'features', index, JSON.stringify(position))
      }
      const [first, last] = [ring[0] as number[], ring[ring.length - 1] as number[]]
      if (first[0] !== last[0] || first[1] !== last[1]) return refuse('bad-ring', 'features', index)
    }
  }
  return ok(shape as MultiPolygonCoordinates)
}

function readFeatures(features: unknown[], names: readonly string[]): Result<ReadUnits, ReadReason> {
  if (features.length === 0) return refuse('empty', 'features', null)
  const shapes: MultiPolygonCoordinates[] = []
  const ids: string[] = []
  const weights: number[][] = []
  for (const [index, feature] of features.entries()) {
    if (!isObject(feature)) return refuse('not-an-object', 'features', index)
    const shape = readShape(feature.geometry, index)
    if (!shape.ok) return shape
    const properties = isObject(feature.properties) ? feature.properties : {}
    const values = readWeights(properties, names, 'features', index)
    if (!values.ok) return values
    const id = feature.id ?? properties.id ?? properties.code ?? index
    if (typeof id !== 'string' && typeof id !== 'number') return refuse('missing-id', 'features', index)
    shapes.push(shape.value)
    ids.push(String(id))
    weights.push(values.value)
  }
  const bounds = boundsOf(shapes[0]!)
  for (const shape of shapes) {
    const own = boundsOf(shape)
    extendBounds(bounds, [own.minX, own.minY])
    extendBounds(bounds, [own.maxX, own.maxY])
  }
  const projection = localProjection([(bounds.minX + bounds.maxX) / 2, (bounds.minY + bounds.maxY) / 2])
  const { edges, outerBorderM } = adjacencyOf(shapes)
  const units = shapes.map((shape, u): Unit => {
    const [x, y] = projection.toMetres(centroid(shape))
    return { id: ids[u]!, weights: weights[u]!, x, y, areaM2: areaM2(shape), outerBorderM: outerBorderM[u]! }
  })
  return ok({ units, edges, projection })
}

function readUnitList(
  list: unknown[],
  links: unknown[],
  names: readonly string[],
): Result<ReadUnits, ReadReason> {
  if (list.length === 0) return refuse('empty', 'units', null)
  const units: Unit[] = []
  const indexById = new Map<string, number>()
  for (const [index, item] of list.entries()) {
    if (!isObject(item)) return refuse('not-an-object', 'units', index)
    if (typeof item.id !== 'string' && typeof item.id !== 'number')
      return refuse('missing-id', 'units', index)
    const values = readWeights(item.weights, names, 'units', index)
    if (!values.ok) return values
    const unit: Unit = { id: String(item.id), weights: values.value }
    for (const field of ['x', 'y', 'areaM2', 'outerBorderM'] as const) {
      const value = item[field]
      if (value === undefined || value === null) continue
      if (typeof value !== 'number' || !Number.isFinite(value))
        return refuse('bad-number', 'units', index, `${field}=${JSON.stringify(value)}`)
      unit[field] = value
    }
    indexById.set(unit.id, index)
    units.push(unit)
  }
  const edges: Edge[] = []
  for (const [index, item] of links.entries()) {
    if (!Array.isArray(item) || item.length < 2)
      return refuse('bad-edge', 'edges', index, JSON.stringify(item))
    const ends = [item[0], item[1]].map((end: unknown) =>
      typeof end === 'string' ? indexById.get(end) : end,
    )
    const length: unknown = item[2] ?? 1
    const isUnit = (end: unknown): end is number =>
      typeof end === 'number' && Number.isInteger(end) && end >= 0 && end < units.length
    const [a, b] = ends
    if (!isUnit(a) || !isUnit(b)) return refuse('unknown-unit', 'edges', index, JSON.stringify(item))
    if (a === b || typeof length !== 'number' || !Number.isFinite(length) || length < 0)
      return refuse('bad-edge', 'edges', index, JSON.stringify(item))
    edges.push({ a, b, lengthM: length })
  }
  return ok({ units, edges, projection: null })
}
