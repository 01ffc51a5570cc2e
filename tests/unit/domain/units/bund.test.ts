/**
 * Blocks from real streets (downtown Shanghai with its rivers). The files are not part of the repository, so the tests skip where
 * they are absent; GANGRID_TESTDATA may name their folder.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { METRES_PER_DEGREE, RADIANS_PER_DEGREE } from '#domain/geo/earth.ts'
import { localProjection } from '#domain/geo/local-projection.ts'
import { areaM2 } from '#domain/geo/measure.ts'
import { nodeSegments } from '#domain/geo/node-segments.ts'
import { planarFaces } from '#domain/geo/planar-faces.ts'
import type { Segment } from '#domain/geo/segment-grid.ts'
import { shapeLocator } from '#domain/geo/shape-locator.ts'
import { boundsOf, type LineCoordinates, type MultiPolygonCoordinates } from '#domain/geo/shapes.ts'
import { addSegments, STEPS_PER_DEGREE } from '#domain/geo/steps.ts'
import { partition } from '#domain/partition/partition.ts'
import { makeBlocks, type BlockLine, type BlocksInput, type BlockUnits } from '#domain/units/blocks.ts'
import { toPartitionEdges, type CrossingPolicy } from '#domain/units/crossings.ts'
import { matchUnits } from '#domain/units/match-units.ts'
import { weighColumns } from '#domain/units/weigh-columns.ts'

const FOLDER =
  process.env.GANGRID_TESTDATA ?? new URL('../../../../../shared/testdata', import.meta.url).pathname
const FILES = ['roads', 'water', 'pois'].map((name) => `shanghai_bund_${name}.geojson`)
const absent = !FILES.every((file) => existsSync(join(FOLDER, file)))

interface Feature {
  properties: Record<string, unknown>
  geometry: { type: string; coordinates: unknown }
}

const read = (file: string): Feature[] =>
  (JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as { features: Feature[] }).features

function linesOf({ geometry }: Feature): LineCoordinates[] {
  if (geometry.type === 'LineString') return [geometry.coordinates as LineCoordinates]
  return geometry.type === 'MultiLineString' ? (geometry.coordinates as LineCoordinates[]) : []
}

function shapeOf({ geometry }: Feature): MultiPolygonCoordinates | null {
  if (geometry.type === 'Polygon') return [geometry.coordinates as MultiPolygonCoordinates[number]]
  return geometry.type === 'MultiPolygon' ? (geometry.coordinates as MultiPolygonCoordinates) : null
}

const [WEST, SOUTH, EAST, NORTH] = [121.48132324, 31.22689447, 121.51977539, 31.25037815]
const DISTRICT: MultiPolygonCoordinates = [
  [
    [
      [WEST, SOUTH],
      [EAST, SOUTH],
      [EAST, NORTH],
      [WEST, NORTH],
      [WEST, SOUTH],
    ],
  ],
]

function readInput(): BlocksInput {
  const roads = read(FILES[0]!).filter(({ properties }) =>
    ['major_road', 'minor_road'].includes(properties.kind as string),
  )
  const water = read(FILES[1]!)
  return {
    district: DISTRICT,
    lines: [
      ...roads.flatMap((feature) =>
        linesOf(feature).map((line): BlockLine => {
          const { kind_detail, is_tunnel, is_bridge } = feature.properties
          const crossing = String(kind_detail).startsWith('trunk') ? 'trunk' : 'street'
          return { crossing, line, level: is_tunnel ? 'tunnel' : is_bridge ? 'bridge' : 'ground' }
        }),
      ),
      ...water
        .filter(({ properties }) => ['river', 'canal'].includes(properties.kind as string))
        .flatMap((feature) => linesOf(feature).map((line): BlockLine => ({ crossing: 'river', line }))),
    ],
    water: water
      .filter(({ properties }) => ['water', 'riverbank'].includes(properties.kind as string))
      .map(shapeOf)
      .filter((shape) => shape !== null),
  }
}

/** Bank of every sample of land, told by walking over land in steps of about 10 m: independent of the blocks. */
function banksOfSamples(water: readonly MultiPolygonCoordinates[]) {
  const inWater = shapeLocator(water).first
  const columns = 366
  const rows = 260
  const place = (i: number): [number, number] => [
    WEST + (((i % columns) + 0.5) / columns) * (EAST - WEST),
    SOUTH + ((Math.floor(i / columns) + 0.5) / rows) * (NORTH - SOUTH),
  ]
  const bank = new Int32Array(columns * rows).fill(-1)
  for (let i = 0; i < bank.length; i++) if (inWater(...place(i)) !== -1) bank[i] = -2
  const sizes: number[] = []
  for (let first = 0; first < bank.length; first++) {
    if (bank[first] !== -1) continue
    const reached = [first]
    bank[first] = sizes.length
    for (const at of reached) {
      const column = at % columns
      for (const next of [
        column > 0 ? at - 1 : -1,
        column < columns - 1 ? at + 1 : -1,
        at - columns,
        at + columns,
      ]) {
        if (bank[next] !== -1) continue
        bank[next] = sizes.length
        reached.push(next)
      }
    }
    sizes.push(reached.length)
  }
  // Piers and rocks are no banks.
  const samples = [...bank.keys()].filter((i) => bank[i]! >= 0 && sizes[bank[i]!]! > 1_000)
  return samples.map((i) => ({ place: place(i), bank: bank[i]! }))
}

function solve({ units, edges }: BlockUnits, policy: CrossingPolicy) {
  const { toMetres } = localProjection([121.5, 31.24])
  const pois = read(FILES[2]!).map(({ geometry }) => {
    const [lng, lat] = geometry.coordinates as [number, number]
    return { lng, lat, weights: [1] }
  })
  const weighed = weighColumns(
    units.map(({ shape }) => shape),
    [{ kind: 'points', columns: ['places'], points: pois }],
  )
  if (!weighed.ok) throw new Error(JSON.stringify(weighed.reason))
  const solved = partition({
    units: units.map(({ key, areaM2, centre }, u) => {
      const [x, y] = toMetres(centre)
      return { id: key, areaM2, x, y, weights: weighed.value.totals[u]! }
    }),
    edges: toPartitionEdges(edges, policy),
    weights: [{ name: 'places', toleranceUp: 0.2, toleranceDown: 0.2 }],
    k: 12,
    seed: 1,
    proposals: 300_000,
  })
  if (!solved.ok) throw new Error(JSON.stringify(solved.reason))
  return solved.value.assignment
}

describe.skipIf(absent)(
  `blocks from real streets${absent ? ' (skipped: ../shared/testdata is not here)' : ''}`,
  () => {
    const input = absent ? { district: DISTRICT, lines: [] } : readInput()
    const result = absent ? null : makeBlocks(input)
    const blocks = result?.ok ? result.value : { units: [], edges: [], ignored: [] }
    const samples = absent ? [] : banksOfSamples(input.water!)
    const unitAt = shapeLocator(blocks.units.map(({ shape }) => shape)).first

    it('streets, tunnels and banks alone have 830 faces, some 281 of them above 0.3 ha', () => {
      const origin = { originX: 1_214_000_000, originY: 312_000_000 }
      const box = boundsOf(DISTRICT)
      const segments: Segment[] = []
      const roads = input.lines.filter(({ crossing }) => crossing !== 'river').map(({ line }) => line)
      for (const line of [...roads, ...input.water!.flat(2), ...DISTRICT.flat()])
        addSegments(segments, origin, box, line, 0)
      const { twiceArea } = planarFaces(nodeSegments(segments, () => 0))
      expect(twiceArea.length).toBe(830)
      const stepM2 = (METRES_PER_DEGREE / STEPS_PER_DEGREE) ** 2 * Math.cos(31.24 * RADIANS_PER_DEGREE)
      const large = twiceArea.filter((twice) => (twice / 2) * stepM2 > 3_000).length
      expect(Math.abs(large - 281)).toBeLessThanOrEqual(2)
    })

    it('tile the district; slivers are gone', () => {
      const total = blocks.units.reduce((sum, { areaM2 }) => sum + areaM2, 0)
      expect(Math.abs(total / areaM2(DISTRICT) - 1)).toBeLessThan(0.001)
      expect(blocks.units.length).toBeGreaterThan(180)
      expect(blocks.units.length).toBeLessThan(300)
      for (const { areaM2, waterM2 } of blocks.units) expect(areaM2 - waterM2).toBeGreaterThan(3_000)
    })

    it('none crosses a river', () => {
      expect(new Set(samples.map(({ bank }) => bank)).size).toBeGreaterThanOrEqual(3)
      const banks = blocks.units.map(() => new Set<number>())
      for (const { place, bank } of samples) banks[unitAt(...place)]!.add(bank)
      expect(banks.filter((set) => set.size > 1)).toEqual([])
    })

    it('twelve grids never join banks with the river as a wall; with bridges allowed they join by a bridge only', () => {
      const wall = { none: 1, street: 1.2, trunk: 2, railway: 3, river: Infinity }
      const banksOf = (assignment: readonly number[]) => {
        const sets = Array.from({ length: 12 }, () => new Set<number>())
        for (const { place, bank } of samples) sets[assignment[unitAt(...place)]!]!.add(bank)
        return sets
      }
      for (const set of banksOf(solve(blocks, wall))) expect(set.size).toBe(1)

      const bankOfUnit = new Map(samples.map(({ place, bank }) => [unitAt(...place), bank]))
      const bridged = new Set(
        blocks.edges
          .filter(({ bridges }) => bridges)
          .map(({ a, b }) => [bankOfUnit.get(a), bankOfUnit.get(b)].sort().join()),
      )
      for (const set of banksOf(solve(blocks, { ...wall, bridge: 1.5 })))
        if (set.size > 1) {
          // Every bank of the grid is tied to another of it by some bridge.
          for (const bank of set)
            expect([...set].some((other) => other !== bank && bridged.has([bank, other].sort().join()))).toBe(
              true,
            )
        }
    })

    it('a new street changes the units it divides and no others', () => {
      const extra: BlockLine = {
        crossing: 'street',
        line: [
          [121.5075, 31.2285],
          [121.5135, 31.2325],
        ],
      }
      const again = makeBlocks({ ...input, lines: [...input.lines, extra] })
      if (!again.ok) throw new Error(JSON.stringify(again.reason))
      const { units, report } = matchUnits(blocks.units, again.value.units)
      expect(report.gone).toEqual([])
      expect(report.new).toEqual([])
      expect(report.kept.length).toBeGreaterThan(blocks.units.length - 8)
      expect(report.split.length).toBeGreaterThan(0)
      expect(new Set(units.map(({ key }) => key)).size).toBe(units.length)
    })
  },
)
