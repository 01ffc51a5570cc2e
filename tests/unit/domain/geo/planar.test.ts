import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bordersOf, interiorPoint } from '#domain/geo/face-borders.ts'
import { nodeSegments } from '#domain/geo/node-segments.ts'
import { overlapsOf } from '#domain/geo/overlap.ts'
import { planarFaces } from '#domain/geo/planar-faces.ts'
import type { Segment } from '#domain/geo/segment-grid.ts'
import type { MultiPolygonCoordinates } from '#domain/geo/shapes.ts'
import { groupBorders } from '#domain/geo/voronoi.ts'
import { createRandom } from '#domain/random.ts'

const seg = (ax: number, ay: number, bx: number, by: number, kind = 1): Segment => ({ ax, ay, bx, by, kind })
const or = (a: number, b: number): number => a | b
const rectangle = (w: number, s: number, e: number, n: number): Segment[] => [
  seg(w, s, e, s),
  seg(e, s, e, n),
  seg(e, n, w, n),
  seg(w, n, w, s),
]

describe('noding', () => {
  it('cuts crossings, joins equal pieces with both classes, drops what has no length', () => {
    const noded = nodeSegments(
      [seg(0, 0, 10, 10, 1), seg(0, 10, 10, 0, 2), seg(5, 5, 10, 10, 4), seg(3, 3, 3, 3)],
      or,
    )
    expect(noded).toHaveLength(4)
    expect(noded.find(({ bx, by }) => bx === 10 && by === 10)!.kind).toBe(5)
  })

  it('leads a line through a place whose square it passes, and leaves level lines straight', () => {
    const noded = nodeSegments(
      [seg(0, 0, 1000, 1), seg(500, 1, 500, 50), seg(0, -5, 1000, -5), seg(300, -4, 300, 40)],
      or,
    )
    expect(noded.filter(({ ay, by }) => ay === -5 && by === -5)).toHaveLength(1)
    const ends = new Set(noded.flatMap((s) => [`${s.ax},${s.ay}`, `${s.bx},${s.by}`]))
    expect(noded.some((s) => s.ax < 500 && s.bx > 500 && s.ay >= 0 && s.ay < 2)).toBe(false)
    expect(ends.has('500,1')).toBe(true)
  })

  it('property: no two pieces cross or touch inside, however crowded', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), fc.integer({ min: 2, max: 40 }), (seed, count) => {
        const random = createRandom(seed)
        const side = random.int(2) ? 12 : 5_000
        const noded = nodeSegments(
          Array.from({ length: count }, () => {
            const [x, y] = [random.int(side), random.int(side)]
            // Many nearly parallel lines: the hard case.
            return random.int(2)
              ? seg(x, y, random.int(side), random.int(side))
              : seg(random.int(3), random.int(4), side - random.int(3), side - random.int(4))
          }),
          or,
        )
        const sideOf = (p: Segment, x: number, y: number) =>
          (p.bx - p.ax) * (y - p.ay) - (p.by - p.ay) * (x - p.ax)
        const faults = noded.filter((s) =>
          noded.some((t) => {
            const [a, b] = [sideOf(s, t.ax, t.ay), sideOf(s, t.bx, t.by)]
            const [c, d] = [sideOf(t, s.ax, s.ay), sideOf(t, s.bx, s.by)]
            const touches = a === 0 && (t.ax - s.ax) * (t.ax - s.bx) + (t.ay - s.ay) * (t.ay - s.by) < 0
            return touches || (a * b < 0 && c * d < 0)
          }),
        )
        expect(faults).toEqual([])
      }),
      { numRuns: 150, seed: 31 },
    )
  })
})

describe('faces', () => {
  it('floating parts are holes, nested ones too; dead ends divide nothing', () => {
    const faces = planarFaces(
      nodeSegments(
        [
          ...rectangle(0, 0, 100, 100),
          ...rectangle(20, 20, 80, 80),
          ...rectangle(40, 40, 60, 60),
          seg(0, 50, 10, 50),
          seg(85, 10, 95, 20),
        ],
        or,
      ),
    )
    expect([...faces.twiceArea].sort((p, q) => p - q)).toEqual([800, 2 * (3600 - 400), 2 * (10_000 - 3600)])
    const borders = bordersOf(faces)
    expect(borders.flat().some(({ ay, by }) => ay === 50 && by === 50)).toBe(false)
  })

  it('property: areas add up to the frame and each face has its own inner point', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), (seed) => {
        const random = createRandom(seed)
        const segments = Array.from({ length: 25 }, () =>
          seg(random.int(1001), random.int(1001), random.int(1001), random.int(1001)),
        )
        const faces = planarFaces(nodeSegments([...rectangle(0, 0, 1000, 1000), ...segments], or))
        expect(faces.twiceArea.reduce((sum, area) => sum + area, 0)).toBe(2_000_000)
        const borders = bordersOf(faces)
        borders.forEach((edges, face) => {
          if (faces.twiceArea[face]! < 200) return
          const [x, y] = interiorPoint(edges)
          const homes = borders.filter((other) => {
            let inside = false
            for (const e of other)
              if (e.ay > y !== e.by > y && x < e.ax + ((y - e.ay) * (e.bx - e.ax)) / (e.by - e.ay))
                inside = !inside
            return inside
          })
          expect(homes).toEqual([edges])
        })
      }),
      { numRuns: 40, seed: 32 },
    )
  })
})

describe('overlap and middle', () => {
  const square = (x: number, y: number, side: number): MultiPolygonCoordinates => [
    [
      [
        [x, y],
        [x + side, y],
        [x + side, y + side],
        [x, y + side],
        [x, y],
      ],
    ],
  ]

  it('measures common areas', () => {
    const { overlaps, areaOfA, areaOfB } = overlapsOf(
      [square(115, 25, 0.01), square(115.01, 25, 0.01)],
      [square(115.005, 25, 0.01), square(116, 25, 0.01)],
    )
    expect(overlaps.map(({ a, b }) => [a, b])).toEqual([
      [0, 0],
      [1, 0],
    ])
    for (const { areaM2 } of overlaps) expect(areaM2 / areaOfB[0]!).toBeCloseTo(0.5, 4)
    expect(areaOfA[0]! / areaOfB[1]!).toBeCloseTo(1, 4)
    expect(overlapsOf([], [square(115, 25, 0.01)]).overlaps).toEqual([])
  })

  it('finds the line between two rows of points, and none for one group', () => {
    const points: number[] = []
    const groups: number[] = []
    for (let x = 0; x <= 100; x += 5)
      for (const [group, y] of [0, 40].entries()) {
        points.push(x, y)
        groups.push(group)
      }
    const pieces = groupBorders(Float64Array.from(points), Int32Array.from(groups), 200)
    for (let i = 1; i < pieces.length; i += 2) expect(pieces[i]).toBeCloseTo(20, 6)
    const east = Math.max(...pieces.filter((_, i) => i % 2 === 0))
    expect(east).toBeGreaterThan(200)
    expect(groupBorders(Float64Array.from(points), new Int32Array(groups.length), 200)).toEqual([])
  })
})
