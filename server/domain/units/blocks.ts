/**
 * Purpose: basic units from streets: blocks between roads, rivers, railways and township borders; cells or villages where the net
 * of streets is too wide; all in one exact tiling. The entry for making units.
 * Inputs: lng/lat degrees; see `BlocksInput`. Outputs: units with keys, shapes and areas, and the edges between them.
 * Guarantees: units tile the district (shared vertices, no overlap); each is connected, lies in one township (null where the
 * district has none) and on one bank of every river; the same input gives the same bytes.
 * Water: a river or lake with an area is divided along its middle among the units on its banks, so every metre of the district is
 * somebody's, clients on boats and piers have a unit, and both banks meet in an edge that crosses `river`. `waterM2` tells how much
 * of a unit is water. Only water without land of its own township beside it stays a unit of kind `water`.
 * Bridges: `bridges` of a river edge counts the roads that join its banks; tunnels do not count.
 * Limits: coordinates are rounded to 1e-7 degrees (1 cm); a fly-over divides like a street on the ground.
 * Cost: near-linear; about 3 s for 50,000 pieces of road on one slow shared core.
 * Source: snap rounding, half-edge faces, Voronoi middle lines; see the files named in the imports.
 */
import { areaM2, centroid } from '../geo/measure.ts'
import { boundsOf, type MultiPolygonCoordinates, type Position } from '../geo/shapes.ts'
import { toLngLat } from '../geo/steps.ts'
import { fail, ok, type Result } from '../result.ts'
import { addBridges, edgesBetween } from './block-edges.ts'
import { faultOf, type BlocksInput, type BlocksReason, type IgnoredInput } from './block-lines.ts'
import { interiorPoint } from '../geo/face-borders.ts'
import type { UnitEdge } from './crossings.ts'
import { joinToUnits, type JoinedFaces } from './join-faces.ts'
import { latticeFor, type Lattice } from './linework.ts'
import { outlineOf } from './outline.ts'
import { makeStreetNet, type StreetNet } from './street-net.ts'
import { nameUnits, placeKeys } from './unit-keys.ts'

export type { BlockLine, BlocksInput, BlocksReason, IgnoredInput, NamedShape } from './block-lines.ts'

export type UnitKind = 'block' | 'cell' | 'village' | 'water'

export interface BlockUnit {
  key: string
  kind: UnitKind
  townshipId: string | null
  /** Only of units of kind village. */
  villageId: string | null
  areaM2: number
  waterM2: number
  centre: Position
  /** Border not shared with another unit. */
  outerBorderM: number
  shape: MultiPolygonCoordinates
}

export interface BlockUnits {
  units: BlockUnit[]
  /** One for each pair of units and class of border. */
  edges: UnitEdge[]
  ignored: IgnoredInput[]
}

export const BLOCK_DEFAULTS = {
  cellSizeM: 500,
  largestBlockM2: 500_000,
  smallestBlockM2: 3_000,
  narrowestBlockM: 20,
  closeGapsM: 1.5,
  /** Of a full cell, as in plain cell making. */
  smallestCellShare: 0.15,
} as const

export function makeBlocks(input: BlocksInput): Result<BlockUnits, BlocksReason> {
  const fault = faultOf(input)
  if (fault) return fail(fault)
  const cellSizeM = input.cellSizeM ?? BLOCK_DEFAULTS.cellSizeM
  const smallestBlockM2 = input.smallestBlockM2 ?? BLOCK_DEFAULTS.smallestBlockM2
  const lattice = latticeFor(boundsOf(input.district), cellSizeM)
  const net = makeStreetNet(input, {
    lattice,
    largestBlockM2: input.largestBlockM2 ?? BLOCK_DEFAULTS.largestBlockM2,
    smallestWaterM2: smallestBlockM2,
    closeGapsM: input.closeGapsM ?? BLOCK_DEFAULTS.closeGapsM,
  })
  if (!net.ok) return net
  const joined = joinToUnits(net.value, {
    lattice,
    smallestBlockM2,
    smallestCellM2: BLOCK_DEFAULTS.smallestCellShare * cellSizeM ** 2,
    narrowestBlockM: input.narrowestBlockM ?? BLOCK_DEFAULTS.narrowestBlockM,
  })
  if (joined.unitCount === 0) return fail({ code: 'empty-district' })
  const { faces, ground, bridges, ignored } = net.value
  const units = describeUnits(input, net.value, joined, lattice)
  const edges = addBridges(
    edgesBetween(joined.contacts, joined.unitOf, joined.unitCount),
    bridges,
    faces,
    ground.water,
    joined.unitOf,
  )
  return ok({ ...inKeyOrder(units, edges), ignored })
}

function describeUnits(
  input: BlocksInput,
  { borders, ground, open, village }: StreetNet,
  { unitOf, unitCount, outerBorderM, landM2, waterM2 }: JoinedFaces,
  lattice: Lattice,
): BlockUnit[] {
  const members: number[][] = Array.from({ length: unitCount }, () => [])
  unitOf.forEach((unit, f) => {
    if (unit !== -1) members[unit]!.push(f)
  })
  const sum = (list: readonly number[], of: Float64Array): number =>
    list.reduce((total, f) => total + of[f]!, 0)
  const cells: { unit: BlockUnit; row: number; column: number }[] = []
  const units = members.map((list) => {
    const shape = outlineOf(list.flatMap((f) => borders[f]!)).map((polygon) =>
      polygon.map((ring) => ring.map(([x, y]): Position => toLngLat(lattice, x, y))),
    )
    const host = list.reduce((p, q) => (landM2[q]! > landM2[p]! ? q : p))
    const placed = list.find((f) => ground.place[f]! >= 0)
    const kind: UnitKind =
      landM2[host] === 0 ? 'water' : !open[host] ? 'block' : village[host] === -1 ? 'cell' : 'village'
    const land = sum(list, landM2)
    const water = sum(list, waterM2)
    const exact = areaM2(shape)
    const unit: BlockUnit = {
      key: '',
      kind,
      townshipId: placed === undefined ? null : input.townships![ground.place[placed]!]!.id,
      villageId: kind === 'village' ? input.villages![village[host]!]!.id : null,
      areaM2: exact,
      waterM2: (exact * water) / (land + water),
      centre: centroid(shape),
      outerBorderM: sum(list, outerBorderM),
      shape,
    }
    if (kind === 'cell') {
      const [x, y] = interiorPoint(borders[host]!)
      cells.push({ unit, row: Math.floor(y / lattice.height), column: Math.floor(x / lattice.width) })
    }
    return unit
  })
  const named = cells.map(({ unit: { townshipId, centre }, row, column }) => ({
    key: '',
    row,
    column,
    townshipId,
    centre,
  }))
  nameUnits(named)
  named.forEach(({ key }, i) => (cells[i]!.unit.key = key))
  placeKeys(units.filter(({ kind }) => kind !== 'cell'))
  return units
}

/** An order that does not depend on the order of the input. */
function inKeyOrder(units: readonly BlockUnit[], edges: readonly UnitEdge[]): Omit<BlockUnits, 'ignored'> {
  const order = units.map((_, u) => u).sort((p, q) => (units[p]!.key < units[q]!.key ? -1 : 1))
  const rank = new Int32Array(units.length)
  order.forEach((u, i) => (rank[u] = i))
  return {
    units: order.map((u) => units[u]!),
    edges: edges
      .map((edge) => {
        const a = rank[edge.a]!
        const b = rank[edge.b]!
        return { ...edge, a: Math.min(a, b), b: Math.max(a, b) }
      })
      .sort((p, q) => p.a - q.a || p.b - q.b),
  }
}
