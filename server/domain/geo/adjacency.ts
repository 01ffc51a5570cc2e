/**
 * Purpose: which polygons are neighbours, and over how many metres of common border.
 * Inputs: (multi)polygons in lng/lat degrees; vertices are snapped at 1e-7 degrees (about 1 cm).
 * Guarantees: finds exactly shared edges and edges that overlap only in part (T-junctions: one side has a vertex where the
 * other has none). Polygons that touch in a point are not neighbours. Edges come sorted by (a, b) with a < b.
 * Limits: a gap or overlap wider than the tolerance is not a border; repair the coverage first. Not across the antimeridian.
 * Cost: O(v log v) for v vertices of similar spacing: vertices in a hash grid, each edge split at the vertices on it.
 */
import { distanceM } from './measure.ts'
import { emptyBounds, extendBounds, type MultiPolygonCoordinates } from './shapes.ts'

const SNAP_DEGREES = 1e-7

export interface BorderEdge {
  a: number
  b: number
  lengthM: number
}

export interface Adjacency {
  edges: BorderEdge[]
  /** Per polygon: the part of its border that no other polygon shares. */
  outerBorderM: Float64Array
}

interface Mesh {
  x: Float64Array
  y: Float64Array
  segments: { from: number; to: number; owner: number }[]
  minX: number
  minY: number
}

function snapMesh(shapes: readonly MultiPolygonCoordinates[]): Mesh {
  const bounds = emptyBounds()
  for (const shape of shapes)
    for (const polygon of shape)
      for (const ring of polygon) for (const position of ring) extendBounds(bounds, position)
  const minX = Math.round(bounds.minX / SNAP_DEGREES)
  const minY = Math.round(bounds.minY / SNAP_DEGREES)
  const height = Math.round(bounds.maxY / SNAP_DEGREES) - minY + 1
  const width = Math.round(bounds.maxX / SNAP_DEGREES) - minX + 1
  const fitsNumber = width * height < Number.MAX_SAFE_INTEGER
  const idByKey = new Map<number | string, number>()
  const xs: number[] = []
  const ys: number[] = []
  const vertexOf = (position: readonly number[]): number => {
    const x = Math.round(position[0]! / SNAP_DEGREES) - minX
    const y = Math.round(position[1]! / SNAP_DEGREES) - minY
    const key = fitsNumber ? x * height + y : `${x},${y}`
    let id = idByKey.get(key)
    if (id === undefined) {
      id = xs.length
      idByKey.set(key, id)
      xs.push(x)
      ys.push(y)
    }
    return id
  }
  const segments: Mesh['segments'] = []
  shapes.forEach((shape, owner) => {
    for (const polygon of shape) {
      for (const ring of polygon) {
        for (let i = 1; i < ring.length; i++) {
          const from = vertexOf(ring[i - 1]!)
          const to = vertexOf(ring[i]!)
          if (from !== to) segments.push({ from, to, owner })
        }
      }
    }
  })
  return { x: Float64Array.from(xs), y: Float64Array.from(ys), segments, minX, minY }
}

/** Calls `visit` with every vertex that lies within `tolerance` of the inside of a segment. */
function vertexFinder(mesh: Mesh, tolerance: number) {
  const { x, y } = mesh
  const count = x.length
  let maxX = 1
  let maxY = 1
  for (let i = 0; i < count; i++) {
    maxX = Math.max(maxX, x[i]!)
    maxY = Math.max(maxY, y[i]!)
  }
  const size = Math.max(
    Math.sqrt((maxX * maxY) / Math.max(1, count)),
    Math.max(maxX, maxY) / 4096,
    4 * tolerance,
    1,
  )
  const columns = Math.floor(maxX / size) + 1
  const rows = Math.floor(maxY / size) + 1
  const start = new Int32Array(columns * rows + 1)
  const bucketOf = (i: number): number => Math.floor(x[i]! / size) * rows + Math.floor(y[i]! / size)
  for (let i = 0; i < count; i++) start[bucketOf(i) + 1]!++
  for (let b = 0; b < columns * rows; b++) start[b + 1]! += start[b]!
  const fill = start.slice()
  const items = new Int32Array(count)
  for (let i = 0; i < count; i++) items[fill[bucketOf(i)]!++] = i

  return (from: number, to: number, visit: (vertex: number, along: number) => void): void => {
    const ax = x[from]!
    const ay = y[from]!
    const dx = x[to]! - ax
    const dy = y[to]! - ay
    const lengthSquared = dx * dx + dy * dy
    const firstColumn = Math.max(0, Math.floor((Math.min(ax, ax + dx) - tolerance) / size))
    const lastColumn = Math.min(columns - 1, Math.floor((Math.max(ax, ax + dx) + tolerance) / size))
    for (let column = firstColumn; column <= lastColumn; column++) {
      let low = Math.min(ay, ay + dy)
      let high = Math.max(ay, ay + dy)
      if (dx !== 0) {
        const atLeft = ay + ((column * size - tolerance - ax) / dx) * dy
        const atRight = ay + (((column + 1) * size + tolerance - ax) / dx) * dy
        low = Math.max(low, Math.min(atLeft, atRight))
        high = Math.min(high, Math.max(atLeft, atRight))
      }
      const firstRow = Math.max(0, Math.floor((low - tolerance) / size))
      const lastRow = Math.min(rows - 1, Math.floor((high + tolerance) / size))
      for (let row = firstRow; row <= lastRow; row++) {
        const bucket = column * rows + row
        for (let p = start[bucket]!; p < start[bucket + 1]!; p++) {
          const vertex = items[p]!
          if (vertex === from || vertex === to) continue
          const px = x[vertex]! - ax
          const py = y[vertex]! - ay
          const along = (px * dx + py * dy) / lengthSquared
          if (along <= 0 || along >= 1) continue
          const off = px * dy - py * dx
          if (off * off <= tolerance * tolerance * lengthSquared) visit(vertex, along)
        }
      }
    }
  }
}

export function adjacencyOf(shapes: readonly MultiPolygonCoordinates[]): Adjacency {
  const outerBorderM = new Float64Array(shapes.length)
  const mesh = snapMesh(shapes)
  if (mesh.segments.length === 0) return { edges: [], outerBorderM }
  // Snapping moves a vertex by up to 0.71 steps; 1.5 steps also bridge a T-junction that was rounded twice.
  const tolerance = 1.5
  const findVertices = vertexFinder(mesh, tolerance)

  const vertexCount = mesh.x.length
  const firstPiece = new Map<number, number>()
  const pieceOwner: number[] = []
  const nextPiece: number[] = []
  const addPiece = (from: number, to: number, owner: number): void => {
    const key = from < to ? from * vertexCount + to : to * vertexCount + from
    const piece = pieceOwner.length
    pieceOwner.push(owner)
    nextPiece.push(firstPiece.get(key) ?? -1)
    firstPiece.set(key, piece)
  }
  const onSegment: { vertex: number; along: number }[] = []
  for (const { from, to, owner } of mesh.segments) {
    onSegment.length = 0
    findVertices(from, to, (vertex, along) => onSegment.push({ vertex, along }))
    if (onSegment.length > 1) onSegment.sort((p, q) => p.along - q.along || p.vertex - q.vertex)
    let last = from
    for (const { vertex } of onSegment) {
      if (vertex === last) continue
      addPiece(last, vertex, owner)
      last = vertex
    }
    addPiece(last, to, owner)
  }

  const degrees = (vertex: number): [number, number] => [
    (mesh.x[vertex]! + mesh.minX) * SNAP_DEGREES,
    (mesh.y[vertex]! + mesh.minY) * SNAP_DEGREES,
  ]
  const lengthByPair = new Map<number, number>()
  for (const [key, first] of firstPiece) {
    const from = Math.floor(key / vertexCount)
    const length = distanceM(degrees(from), degrees(key - from * vertexCount))
    if (nextPiece[first] === -1) {
      outerBorderM[pieceOwner[first]!]! += length
      continue
    }
    const owners: number[] = []
    for (let piece = first; piece !== -1; piece = nextPiece[piece]!) {
      if (!owners.includes(pieceOwner[piece]!)) owners.push(pieceOwner[piece]!)
    }
    owners.sort((p, q) => p - q)
    for (let i = 0; i < owners.length; i++) {
      for (let j = i + 1; j < owners.length; j++) {
        const pair = owners[i]! * shapes.length + owners[j]!
        lengthByPair.set(pair, (lengthByPair.get(pair) ?? 0) + length)
      }
    }
  }
  const edges = [...lengthByPair]
    .sort((p, q) => p[0] - q[0])
    .map(([pair, length]) => {
      const a = Math.floor(pair / shapes.length)
      return { a, b: pair - a * shapes.length, lengthM: length }
    })
  return { edges, outerBorderM }
}
