import * as fc from 'fast-check'
import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { adjacencyOf } from '#domain/geo/adjacency.ts'
import { METRES_PER_DEGREE } from '#domain/geo/earth.ts'
import { areaM2 } from '#domain/geo/measure.ts'
import { isInside } from '#domain/geo/point-in-polygon.ts'
import type { LineCoordinates, MultiPolygonCoordinates, Position, Ring } from '#domain/geo/shapes.ts'
import { createRandom } from '#domain/random.ts'
import { facesOf } from '#domain/units/cell-faces.ts'
import { makeCells, type CellsInput, type CellUnits } from '#domain/units/cells.ts'
import { mergeSlivers } from '#domain/units/merge-slivers.ts'
import { weighUnits } from '#domain/units/weigh.ts'

const LNG = 114.93
const LAT = 25.85
const KM = 1000 / METRES_PER_DEGREE

/** Kilometres east and north of a point in Ganzhou. */
const at = (x: number, y: number): Position => [
  LNG + (x * KM) / Math.cos((LAT * Math.PI) / 180),
  LAT + y * KM,
]
const ringOf = (...points: [number, number][]): Ring => [...points, points[0]!].map(([x, y]) => at(x, y))
const line = (...points: [number, number][]): LineCoordinates => points.map(([x, y]) => at(x, y))

function made(input: CellsInput): CellUnits {
  const result = makeCells(input)
  if (!result.ok) throw new Error(JSON.stringify(result.reason))
  return result.value
}

const total = (cells: CellUnits): number => cells.units.reduce((sum, unit) => sum + unit.areaM2, 0)

/** Is some unit on both sides of a straight barrier? Sides by the unit's corners, ignoring 2 cm of snapping. */
function straddles(cells: CellUnits, from: Position, to: Position): boolean {
  const length = Math.hypot(to[0] - from[0], to[1] - from[1])
  return cells.units.some((unit) => {
    let left = false
    let right = false
    for (const polygon of unit.shape)
      for (const ring of polygon)
        for (const [x, y] of ring) {
          const off = ((to[0] - from[0]) * (y - from[1]) - (to[1] - from[1]) * (x - from[0])) / length
          if (off > 2e-7) left = true
          if (off < -2e-7) right = true
        }
    return left && right
  })
}

const SQUARE: MultiPolygonCoordinates = [[ringOf([0, 0], [4, 0], [4, 4], [0, 4])]]

describe('cells', () => {
  it('tile a square: areas add up, keys are unique, cells inside are rectangles', () => {
    const cells = made({ district: SQUARE, cellSizeM: 500 })
    expect(total(cells) / areaM2(SQUARE)).toBeCloseTo(1, 5)
    expect(new Set(cells.units.map((unit) => unit.key)).size).toBe(cells.units.length)
    const full = cells.units.filter((unit) => Math.abs(unit.areaM2 / 250_000 - 1) < 0.01)
    expect(full.length).toBeGreaterThanOrEqual(36)
    const inner = full.filter((unit) => unit.outerBorderM === 0 && unit.shape[0]![0]!.length === 5)
    expect(inner.length).toBeGreaterThanOrEqual(16)
  })

  it('edges agree with the general neighbour search over the polygons', () => {
    const cells = made({
      district: [
        [ringOf([0, 0], [4.2, 0.3], [3.1, 3.7], [1.2, 4.4]), ringOf([2, 1.5], [2.3, 2.2], [1.7, 2])],
      ],
      cellSizeM: 400,
      barriers: [{ crossing: 'river', line: line([-1, 1], [2, 1.4], [6, 3]) }],
    })
    const { edges, outerBorderM } = adjacencyOf(cells.units.map((unit) => unit.shape))
    const pairs = new Map<string, number>()
    for (const edge of cells.edges) {
      const key = `${edge.a},${edge.b}`
      pairs.set(key, (pairs.get(key) ?? 0) + edge.lengthM)
    }
    expect([...pairs.keys()].sort()).toEqual(edges.map(({ a, b }) => `${a},${b}`).sort())
    for (const { a, b, lengthM } of edges) expect(pairs.get(`${a},${b}`)).toBeCloseTo(lengthM, 2)
    cells.units.forEach((unit, u) => expect(unit.outerBorderM).toBeCloseTo(outerBorderM[u]!, 1))
  })

  it('a barrier that passes through divides every cell on its way, and its edges carry its class', () => {
    const barrier = line([-1, 0.7], [5, 3.3])
    const cells = made({
      district: SQUARE,
      cellSizeM: 500,
      barriers: [{ crossing: 'railway', line: barrier }],
    })
    expect(straddles(cells, barrier[0]!, barrier[1]!)).toBe(false)
    expect(straddles(made({ district: SQUARE, cellSizeM: 500 }), barrier[0]!, barrier[1]!)).toBe(true)
    const railway = cells.edges.filter((edge) => edge.crosses === 'railway')
    const length = railway.reduce((sum, edge) => sum + edge.lengthM, 0)
    // Inside the square the line runs 4 km east and 4 * 2.6 / 6 km north.
    expect(length).toBeCloseTo(1000 * Math.hypot(4, (4 * 2.6) / 6), -1)
    expect(total(cells) / areaM2(SQUARE)).toBeCloseTo(1, 5)
  })

  it('a barrier that ends inside a cell does not divide it; one along a lattice line marks the edge', () => {
    const plain = made({ district: SQUARE, cellSizeM: 500 })
    const stub = made({
      district: SQUARE,
      cellSizeM: 2000,
      barriers: [{ crossing: 'street', line: line([1.9, 1.9], [1.95, 2.05]) }],
    })
    expect(stub.units.length).toBe(made({ district: SQUARE, cellSizeM: 2000 }).units.length)
    const inner = plain.units.find((unit) => unit.outerBorderM === 0 && unit.shape[0]![0]!.length === 5)!
    const [west, south] = inner.shape[0]![0]!.reduce((p, q) => (q[0] + q[1] < p[0] + p[1] ? q : p))
    const along = made({
      district: SQUARE,
      cellSizeM: 500,
      barriers: [
        {
          crossing: 'trunk',
          line: [
            [west, south],
            [west, south + 1.5 * KM],
          ],
        },
      ],
    })
    expect(along.units.length).toBe(plain.units.length)
    const trunk = along.edges.filter((edge) => edge.crosses === 'trunk')
    expect(trunk.reduce((sum, edge) => sum + edge.lengthM, 0)).toBeCloseTo(1500, -1)
  })

  it('keeps every unit in one township, also where a township is an enclave inside one cell', () => {
    const enclave = ringOf([1.1, 1.1], [1.45, 1.1], [1.45, 1.4], [1.1, 1.4])
    const townships = [
      { id: 'inner', shape: [[enclave]] },
      { id: 'west', shape: [[ringOf([0, 0], [1.83, 0], [2.2, 4], [0, 4]), enclave.toReversed()]] },
      { id: 'east', shape: [[ringOf([1.83, 0], [4, 0], [4, 4], [2.2, 4])]] },
    ] satisfies CellsInput['townships']
    const cells = made({ district: SQUARE, cellSizeM: 1000, townships, sliverShare: 0.02 })
    for (const { id, shape } of townships) {
      const own = cells.units.filter((unit) => unit.townshipId === id)
      expect(own.reduce((sum, unit) => sum + unit.areaM2, 0) / areaM2(shape)).toBeCloseTo(1, 3)
    }
    expect(cells.units.filter((unit) => unit.townshipId === 'inner')).toHaveLength(1)
    const around = cells.units.find((unit) => unit.shape.some((polygon) => polygon.length === 2))
    expect(around?.townshipId).toBe('west')
    expect(cells.units.some((unit) => unit.townshipId === null)).toBe(false)
  })

  it('merges slivers, but not over a barrier or a township border', () => {
    const cells = made({ district: SQUARE, cellSizeM: 500, sliverShare: 0.15 })
    const raw = made({ district: SQUARE, cellSizeM: 500, sliverShare: 0 })
    expect(cells.units.length).toBeLessThanOrEqual(raw.units.length)
    expect(Math.min(...cells.units.map((unit) => unit.areaM2))).toBeGreaterThanOrEqual(0.15 * 250_000)
    const links = [
      [
        { other: 1, lengthM: 90, kind: 2 },
        { other: 2, lengthM: 50, kind: 0 },
        { other: 3, lengthM: 60, kind: 0 },
      ],
      [{ other: 0, lengthM: 90, kind: 2 }],
      [{ other: 0, lengthM: 50, kind: 0 }],
      [{ other: 0, lengthM: 60, kind: 0 }],
    ]
    const place = Int32Array.of(7, 7, 7, 8)
    const merged = mergeSlivers({ areaM2: Float64Array.of(1, 100, 100, 100), place, links, minAreaM2: 10 })
    expect([...merged]).toEqual([2, 1, 2, 3])
  })

  it('making again after the district grew keeps the keys of cells it does not touch', () => {
    const before = made({ district: SQUARE, cellSizeM: 500 })
    const after = made({ district: [[ringOf([0, 0], [5.3, 0], [5.3, 4.2], [0, 4])]], cellSizeM: 500 })
    const shapeByKey = new Map(after.units.map((unit) => [unit.key, JSON.stringify(unit.shape)]))
    const kept = before.units.filter((unit) => shapeByKey.get(unit.key) === JSON.stringify(unit.shape))
    expect(kept.length).toBeGreaterThanOrEqual(30)
  })

  it('refuses what it cannot do, with the figure', () => {
    expect(makeCells({ district: SQUARE, cellSizeM: 0 })).toMatchObject({
      reason: { code: 'invalid-cell-size' },
    })
    expect(makeCells({ district: [], cellSizeM: 500 })).toMatchObject({ reason: { code: 'empty-district' } })
    const result = makeCells({ district: SQUARE, cellSizeM: 1 })
    expect(result).toMatchObject({ reason: { code: 'too-many-cells', limit: 200_000 } })
  })

  it('property: random districts and barriers tile exactly and nothing straddles', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), fc.integer({ min: 300, max: 900 }), (seed, cellSizeM) => {
        const random = createRandom(seed)
        const corners = Array.from({ length: 9 }, (_, i): [number, number] => {
          const radius = 1 + 2 * random.next()
          return [radius * Math.cos((i * 2 * Math.PI) / 9), radius * Math.sin((i * 2 * Math.PI) / 9)]
        })
        const district: MultiPolygonCoordinates = [[ringOf(...corners)]]
        const barriers = Array.from({ length: 3 }, () => {
          const turn = random.next() * Math.PI
          const [dx, dy] = [5 * Math.cos(turn), 5 * Math.sin(turn)]
          const [x, y] = [random.next() - 0.5, random.next() - 0.5]
          return { crossing: 'river' as const, line: line([x - dx, y - dy], [x + dx, y + dy]) }
        })
        const cells = made({ district, cellSizeM, barriers })
        expect(Math.abs(total(cells) / areaM2(district) - 1)).toBeLessThan(1e-5)
        for (const barrier of barriers)
          expect(straddles(cells, barrier.line[0]!, barrier.line[1]!)).toBe(false)
        expect(new Set(cells.units.map((unit) => unit.key)).size).toBe(cells.units.length)
        for (const unit of cells.units) expect(areaM2(unit.shape)).toBeCloseTo(unit.areaM2, 2)
      }),
      { numRuns: 25, seed: 5 },
    )
  })

  it('property: faces of one cell always add up to the cell, whatever lines cross it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), fc.integer({ min: 0, max: 14 }), (seed, count) => {
        const random = createRandom(seed)
        const side = 40
        const pieces = Array.from({ length: count }, () => ({
          ax: random.int(side + 1),
          ay: random.int(side + 1),
          bx: random.int(side + 1),
          by: random.int(side + 1),
          kind: random.int(3),
        })).filter((p) => p.ax !== p.bx || p.ay !== p.by)
        const faces = facesOf(pieces, side, side)
        expect(faces.reduce((sum, face) => sum + face.twiceArea, 0)).toBe(2 * side * side)
      }),
      { numRuns: 300, seed: 6 },
    )
  })

  const counties = new URL(
    '../../../../../shared/testdata/ganzhou_counties_osm2019_mapchina_wgs84.geojson',
    import.meta.url,
  )
  it.skipIf(!existsSync(counties))('a real district at 250 m (skipped without ../shared/testdata)', () => {
    const file = JSON.parse(readFileSync(counties, 'utf8')) as {
      features: { properties: { name: string }; geometry: { coordinates: MultiPolygonCoordinates } }[]
    }
    const district = file.features.find((feature) => feature.properties.name === '章贡区')!.geometry
      .coordinates
    const cells = made({ district, cellSizeM: 250 })
    expect(cells.units.length).toBeGreaterThan(7000)
    expect(Math.abs(total(cells) / areaM2(district) - 1)).toBeLessThan(0.001)
  })
})

describe('weigh', () => {
  it('totals over units and outside equal the input, and each point is in the unit that contains it', () => {
    const cells = made({
      district: SQUARE,
      cellSizeM: 300,
      barriers: [{ crossing: 'river', line: line([-1, 0.7], [5, 3.3]) }],
    })
    const random = createRandom(9)
    const points = Array.from({ length: 4000 }, () => {
      const [lng, lat] = at(random.next() * 4.4 - 0.2, random.next() * 4.4 - 0.2)
      return { lng, lat, weights: [1, random.int(100)] }
    })
    const shapes = cells.units.map((unit) => unit.shape)
    const weighed = weighUnits(shapes, points, 2)
    const inside = weighed.totals.reduce((sum, values) => sum + values[1]!, 0)
    expect(inside + weighed.outside.totals[1]!).toBe(
      points.reduce((sum, point) => sum + point.weights[1]!, 0),
    )
    expect(weighed.points.reduce((sum, count) => sum + count, 0) + weighed.outside.points).toBe(points.length)
    const outside = points.filter((point) => !isInside(point.lng, point.lat, SQUARE)).length
    expect(weighed.outside.points).toBe(outside)
    expect(outside).toBeGreaterThan(100)
    points.slice(0, 300).forEach((point, i) => {
      const unit = weighed.unitOfPoint[i]!
      if (unit !== -1) expect(isInside(point.lng, point.lat, shapes[unit]!)).toBe(true)
    })
  })

  it('counts a point on the common corner of four cells once', () => {
    const cells = made({ district: SQUARE, cellSizeM: 500 })
    const inner = cells.units.find((unit) => unit.outerBorderM === 0 && unit.shape[0]![0]!.length === 5)!
    const [lng, lat] = inner.shape[0]![0]![0]!
    const weighed = weighUnits(
      cells.units.map((unit) => unit.shape),
      [{ lng, lat, weights: [1] }],
      1,
    )
    expect(weighed.points.reduce((sum, count) => sum + count, 0)).toBe(1)
    expect(weighUnits([], [{ lng, lat, weights: [1] }], 1).outside).toEqual({ points: 1, totals: [1] })
  })
})
