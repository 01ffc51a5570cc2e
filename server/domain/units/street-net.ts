/**
 * Purpose: the arrangement of all lines of a district, ready to be joined to units: first streets alone, which shows what is water,
 * bridge and open land; then again with middle lines for the water and cells and villages for the open land.
 * Guarantees: one set of noded pieces, so neighbours of any kind share their vertices. Lines in tunnels, dead ends and what lies
 * outside the district divide nothing.
 * Cost: three rounds of noding and two of tracing.
 */
import { METRES_PER_DEGREE, RADIANS_PER_DEGREE } from '../geo/earth.ts'
import { nodeSegments } from '../geo/node-segments.ts'
import { planarFaces, type PlanarFaces } from '../geo/planar-faces.ts'
import type { Segment } from '../geo/segment-grid.ts'
import { boundsOf } from '../geo/shapes.ts'
import { fail, ok, type Result } from '../result.ts'
import { blockLines, type BlocksInput, type BlocksReason, type IgnoredInput } from './block-lines.ts'
import { findBridges, type Bridge } from './bridges.ts'
import { bordersOf, type FaceEdge } from '../geo/face-borders.ts'
import { connectionsOverGaps } from './close-gaps.ts'
import {
  areaOf,
  groundShapes,
  joinFaces,
  locateFaces,
  NOT_IN_DISTRICT,
  readGround,
  type Ground,
} from './ground.ts'
import { combineFlags, DIVIDING, LINE, ROAD } from './line-flags.ts'
import { addSegments, STEPS_PER_DEGREE, toLngLat } from '../geo/steps.ts'
import type { Lattice } from './linework.ts'
import { latticeLines } from './open-land.ts'
import { middleLines, type PartAt } from './split-water.ts'

export interface StreetNet {
  faces: PlanarFaces
  borders: FaceEdge[][]
  ground: Ground
  /** 1 = the face is part of land without a street net. */
  open: Uint8Array
  /** Village index per face, or -1. */
  village: Int32Array
  bridges: Bridge[]
  ignored: IgnoredInput[]
}

export interface NetOptions {
  lattice: Lattice
  largestBlockM2: number
  smallestWaterM2: number
  closeGapsM: number
}

export function makeStreetNet(input: BlocksInput, options: NetOptions): Result<StreetNet, BlocksReason> {
  const { lattice } = options
  const shapes = groundShapes(input)
  const { metresX, metresY } = metresAStep(input)
  const stepsOf = (m2: number): number => m2 / (metresX * metresY)
  const groundOf = (faces: PlanarFaces, borders: FaceEdge[][]): Ground =>
    readGround(faces, borders, lattice, shapes, stepsOf(options.smallestWaterM2))

  const { segments, ignored } = blockLines(input, lattice)
  const streets = planarFaces(
    nodeAndCloseGaps(segments, options.closeGapsM / metresX, options.closeGapsM / metresY),
  )
  const streetBorders = bordersOf(streets)
  const streetGround = groundOf(streets, streetBorders)
  const bridges = findBridges(streets, streetGround)

  const lines = keptLines(streets, streetGround)
  const openBefore = openFaces(streets, streetGround, stepsOf(options.largestBlockM2))
  const partAt: PartAt = (face, x, y) => {
    if (!openBefore[face]) return ''
    const village = shapes.villageAt(...toLngLat(lattice, x, y))
    return village === -1
      ? `${Math.floor(y / lattice.height)},${Math.floor(x / lattice.width)}`
      : `v${village}`
  }
  lines.push(...middleLines(streets, streetGround, lattice, partAt))
  const box = boundsOf(input.district)
  if (openBefore.includes(1)) {
    for (const { shape } of input.villages ?? [])
      for (const polygon of shape)
        for (const ring of polygon) addSegments(lines, lattice, box, ring, LINE.village)
    const cells = latticeLines(streetBorders, openBefore, lattice)
    if (!cells.ok) return fail(cells.reason)
    lines.push(...cells.value)
  }

  const faces = planarFaces(nodeSegments(lines, combineFlags))
  const borders = bordersOf(faces)
  const ground = groundOf(faces, borders)
  return ok({
    faces,
    borders,
    ground,
    open: openFaces(faces, ground, stepsOf(options.largestBlockM2)),
    village: locateFaces(faces, borders, lattice, LINE.village | LINE.border, shapes.villageAt),
    bridges,
    ignored,
  })
}

function metresAStep(input: BlocksInput): { metresX: number; metresY: number } {
  const box = boundsOf(input.district)
  const metresY = METRES_PER_DEGREE / STEPS_PER_DEGREE
  return { metresX: metresY * Math.cos(((box.minY + box.maxY) / 2) * RADIANS_PER_DEGREE), metresY }
}

function nodeAndCloseGaps(segments: readonly Segment[], reachX: number, reachY: number): Segment[] {
  const noded = nodeSegments(segments, combineFlags)
  const connections = connectionsOverGaps(noded, ROAD | LINE.railway | LINE.river, reachX, reachY)
  return connections.length === 0 ? noded : nodeSegments([...noded, ...connections], combineFlags)
}

/** What divides land: no dead ends, nothing outside the district, in water only what tells where it is water. */
function keptLines({ segments, faceOf }: PlanarFaces, { place, water }: Ground): Segment[] {
  const inDistrict = (face: number): boolean => face >= 0 && place[face] !== NOT_IN_DISTRICT
  return segments.filter(({ kind }, i) => {
    const left = faceOf[2 * i]!
    const right = faceOf[2 * i + 1]!
    if (left === right || (!inDistrict(left) && !inDistrict(right))) return false
    const inWater = left >= 0 && right >= 0 && water[left] === 1 && water[right] === 1
    return !inWater || (kind & (LINE.border | LINE.bank)) !== 0
  })
}

/** Land faces between dividing lines whose common area exceeds what a block may have. */
function openFaces(faces: PlanarFaces, { place, water }: Ground, largestBlockSteps: number): Uint8Array {
  const isLand = (f: number): boolean => !water[f] && place[f] !== NOT_IN_DISTRICT
  const blocks = joinFaces(
    faces,
    (flags, left, right) => !(flags & DIVIDING) && isLand(left) && isLand(right),
  )
  const area = areaOf(faces, blocks)
  return Uint8Array.from(place, (_, f) => (isLand(f) && area[blocks.find(f)]! > largestBlockSteps ? 1 : 0))
}
