import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkCoverageEdges } from '#geodata/coverage/check-coverage-edges.ts'
import { keepSide } from '#geodata/coverage/half-plane.ts'
import type { LatticePoint, LatticePolygon } from '#geodata/coverage/lattice.ts'
import { fromLattice, latticeArea, toLattice } from '#geodata/coverage/lattice.ts'
import { matchEdges } from '#geodata/coverage/match-edges.ts'
import { nearestSeatCells } from '#geodata/coverage/nearest-seat-cells.ts'
import { outerRings } from '#geodata/coverage/outer-rings.ts'
import { mergeBy, settlePieces } from '#geodata/coverage/settle-pieces.ts'
import { villageCells } from '#geodata/village-cells.ts'

const square: LatticePoint[] = [
  [0, 0],
  [1000, 0],
  [1000, 1000],
  [0, 1000],
]
/** A U: two arms of 300 around a slot of 400. */
const fork: LatticePoint[] = [
  [0, 0],
  [1000, 0],
  [1000, 1000],
  [700, 1000],
  [700, 300],
  [300, 300],
  [300, 1000],
  [0, 1000],
]
const areaOf = (polygon: LatticePolygon) => polygon.reduce((sum, ring) => sum + latticeArea(ring), 0)

describe('lattice', () => {
  it('turns degrees into whole numbers and back without change', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_000_000 }), fc.integer({ min: 0, max: 4_000_000 }), (x, y) => {
        expect(toLattice(fromLattice([x, y]))).toEqual([x, y])
      }),
    )
  })
})

describe('keepSide', () => {
  it('cuts a fork into its two arms', () => {
    const arms = keepSide([fork], { a: 0, b: -1, c: -500.5 })
    expect(arms.length).toBe(2)
    expect(arms.map(latticeArea).sort()).toEqual([300 * 499.5, 300 * 499.5])
  })

  it('keeps holes, cut and uncut', () => {
    const hole: LatticePoint[] = [
      [400, 400],
      [400, 600],
      [600, 600],
      [600, 400],
    ]
    const cut = keepSide([square, hole], { a: 1, b: 0, c: 500.5 })
    expect(cut.reduce((sum, ring) => sum + latticeArea(ring), 0)).toBeCloseTo(500.5 * 1000 - 100.5 * 200)
    const whole = keepSide([square, hole], { a: 1, b: 0, c: 800.5 })
    expect(whole.length).toBe(2)
  })

  it('loses no area: both sides of any line add up', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -1, max: 1, noNaN: true }),
        fc.double({ min: 1, max: 999, noNaN: true }),
        (slope, c0) => {
          const line = { a: 1, b: slope, c: c0 + 0.00137 }
          const other = { a: -1, b: -slope, c: -line.c }
          const sum = [...keepSide([fork], line), ...keepSide([fork], other)].reduce(
            (s, ring) => s + latticeArea(ring),
            0,
          )
          expect(sum).toBeCloseTo(latticeArea(fork), 3)
        },
      ),
    )
  })
})

describe('nearestSeatCells, matchEdges, settlePieces', () => {
  it('tile any set of seats exactly', () => {
    const seat = fc.tuple(
      fc.integer({ min: 10, max: 99_990 }),
      fc.integer({ min: 10, max: 99_990 }),
    ) as fc.Arbitrary<LatticePoint>
    const area: LatticePoint[] = square.map(([x, y]) => [x * 100, y * 100])
    fc.assert(
      fc.property(fc.uniqueArray(seat, { minLength: 1, maxLength: 25, selector: String }), (seats) => {
        const pieces = nearestSeatCells([[area]], seats)
        const matched = matchEdges(
          pieces.map(({ polygon }) => polygon),
          area,
        )
        const { faults } = checkCoverageEdges(matched.map((polygon, i) => ({ code: String(i), polygon })))
        expect(faults).toEqual([])
        expect(matched.reduce((sum, polygon) => sum + areaOf(polygon), 0)).toBe(latticeArea(area))
      }),
      { numRuns: 60 },
    )
  })

  it('gives a piece cut off from its seat to the neighbour with the longest border', () => {
    // Seat a in the left arm, b in the right arm; above 300 the arms are apart, so nothing of b may stay in the left arm.
    const seats: LatticePoint[] = [
      [150, 150],
      [850, 900],
    ]
    const pieces = nearestSeatCells([[fork]], seats)
    const matched = matchEdges(
      pieces.map(({ polygon }) => polygon),
      fork,
    )
    const topo = settlePieces(
      pieces.map(({ seat: i }, k) => ({
        owner: i === 0 ? 'a' : 'b',
        parent: 'p',
        home: containsPoint(matched[k]![0]!, seats[i]!),
        polygon: matched[k]!,
      })),
    )
    expect(pieces.length).toBe(3)
    for (const polygons of mergeBy(topo, (owner) => owner).values()) expect(polygons.arcs.length).toBe(1)
  })

  it('closes T-junctions', () => {
    const left: LatticePolygon = [
      [
        [0, 0],
        [1000, 0],
        [1000, 1000],
        [0, 1000],
      ],
    ]
    const lower: LatticePolygon = [
      [
        [1000, 0],
        [2000, 0],
        [2000, 500],
        [1001, 500],
      ],
    ]
    const upper: LatticePolygon = [
      [
        [1001, 501],
        [2000, 501],
        [2000, 1000],
        [1000, 1000],
      ],
    ]
    const { faults, outerEdges } = checkCoverageEdges(
      matchEdges([left, lower, upper], []).map((polygon, i) => ({ code: String(i), polygon })),
    )
    expect(faults).toEqual([])
    // left 3, lower 2, upper 2
    expect(outerEdges).toBe(7)
  })
})

function containsPoint(ring: LatticePoint[], [x, y]: LatticePoint): boolean {
  let within = false
  ring.forEach(([xi, yi], i) => {
    const [xj, yj] = ring[(i + ring.length - 1) % ring.length]!
    if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) within = !within
  })
  return within
}

describe('checkCoverageEdges', () => {
  it('sees an overlap and a crossing', () => {
    const a: LatticePolygon = [square]
    const moved: LatticePolygon = [square.map(([x, y]) => [x + 500, y + 500])]
    expect(
      checkCoverageEdges([
        { code: 'a', polygon: a },
        { code: 'b', polygon: a },
      ]).faults.length,
    ).toBe(4)
    expect(
      checkCoverageEdges([
        { code: 'a', polygon: a },
        { code: 'b', polygon: moved },
      ]).faults.length,
    ).toBe(2)
  })
})

describe('outerRings', () => {
  const shifted = (x: number, y: number): LatticePolygon => [
    square.map(([px, py]) => [(px + x) * 10, (py + y) * 10]),
  ]
  it('gives outlines counterclockwise and gaps clockwise', () => {
    const around = [
      [0, 0],
      [1000, 0],
      [2000, 0],
      [0, 1000],
      [2000, 1000],
      [0, 2000],
      [1000, 2000],
      [2000, 2000],
    ].map(([x, y]) => shifted(x!, y!))
    expect(
      outerRings(around)!
        .map((ring) => latticeArea(ring))
        .sort((p, q) => p - q),
    ).toEqual([-1e8, 9e8])
  })
  it('does not vouch for overlaps, nesting, T-junctions or corners that touch', () => {
    const nested: LatticePolygon = [square.map(([x, y]) => [x * 5 + 1000, y * 5 + 1000])]
    expect(outerRings([shifted(0, 0), shifted(500, 500)])).toBeNull()
    expect(outerRings([shifted(0, 0), shifted(0, 0)])).toBeNull()
    expect(outerRings([shifted(0, 0), nested])).toBeNull()
    expect(outerRings([shifted(0, 0), shifted(1000, 1000)])).toBeNull()
    expect(outerRings([shifted(0, 0), shifted(1000, 0), shifted(500, 1000)])).toBeNull()
  })
})

describe('villageCells', () => {
  const geometry = {
    type: 'MultiPolygon' as const,
    coordinates: [
      [
        [
          [115, 25],
          [115.1, 25],
          [115.1, 25.1],
          [115, 25.1],
          [115, 25],
        ],
      ],
    ],
  }
  const at = (code: string, seat: [number, number]) => ({ code, townshipCode: 't', seat })

  it('splits a township between two villages in the middle', () => {
    const { cells, skipped } = villageCells(
      [{ code: 't', geometry }],
      [at('a', [115.025, 25.05]), at('b', [115.075, 25.05])],
    )
    expect(skipped).toEqual([])
    const lngs = cells
      .get('a')!
      .coordinates.flat(2)
      .map((p) => p[0]!)
    expect(Math.max(...lngs)).toBeCloseTo(115.05, 5)
  })

  it('names villages it cannot draw', () => {
    const villages = [
      at('a', [115.025, 25.05]),
      at('b', [115.025, 25.05]),
      at('c', [116, 25]),
      { ...at('d', [115, 25]), townshipCode: 'u' },
    ]
    const { cells, skipped } = villageCells(
      [
        { code: 't', geometry },
        { code: 'u', geometry: null },
      ],
      villages,
    )
    expect([...cells.keys()]).toEqual(['a'])
    expect(skipped).toEqual([
      { code: 'b', reason: 'same-point' },
      { code: 'c', reason: 'outside-township' },
      { code: 'd', reason: 'no-township-geometry' },
    ])
  })
})
