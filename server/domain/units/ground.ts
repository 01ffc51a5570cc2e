/**
 * Purpose: what the faces between lines are: in which township and village, on land or in water.
 * Inputs: faces of an arrangement whose lines contain the outlines of the shapes asked about.
 * Guarantees: exact: faces that no outline separates lie in the same shape, so each such group is looked up once, at an inner point
 * of its largest face. Where shapes overlap the first listed wins. Water below the smallest
 * area counts as land, and land below it with nothing but water around as water.
 * Cost: O(segments) plus one look-up a group.
 */
import type { PlanarFaces } from '../geo/planar-faces.ts'
import { isInside } from '../geo/point-in-polygon.ts'
import { shapeLocator } from '../geo/shape-locator.ts'
import { boundsOf } from '../geo/shapes.ts'
import { interiorPoint, type FaceEdge } from '../geo/face-borders.ts'
import { LINE } from './line-flags.ts'
import type { BlocksInput } from './block-lines.ts'
import { toLngLat } from '../geo/steps.ts'
import type { Lattice } from './linework.ts'
import { createGroups, type Groups } from './groups.ts'

export const NO_TOWNSHIP = -1
export const NOT_IN_DISTRICT = -2

export interface Ground {
  /** Township index, NO_TOWNSHIP or NOT_IN_DISTRICT, per face. */
  place: Int32Array
  /** 1 = in water, per face. */
  water: Uint8Array
  /** Faces of one water, per face a number they share. */
  waters: Groups
}

export type Locate = (lng: number, lat: number) => number

export interface GroundShapes {
  placeAt: Locate
  waterAt: Locate
  villageAt: Locate
}

export function groundShapes(input: BlocksInput): GroundShapes {
  const townshipAt = shapeLocator((input.townships ?? []).map(({ shape }) => shape)).first
  const districtBox = boundsOf(input.district)
  return {
    placeAt: (lng, lat) => {
      if (
        lng < districtBox.minX ||
        lng > districtBox.maxX ||
        lat < districtBox.minY ||
        lat > districtBox.maxY
      )
        return NOT_IN_DISTRICT
      return isInside(lng, lat, input.district) ? townshipAt(lng, lat) : NOT_IN_DISTRICT
    },
    waterAt: shapeLocator((input.water ?? []).flatMap((shape) => shape.map((polygon) => [polygon]))).first,
    villageAt: shapeLocator((input.villages ?? []).map(({ shape }) => shape)).first,
  }
}

/** Joins faces on both sides of every segment for which `open` says that it separates nothing. */
export function joinFaces(
  { segments, faceOf, twiceArea }: PlanarFaces,
  open: (flags: number, left: number, right: number) => boolean,
): Groups {
  const groups = createGroups(twiceArea.length)
  segments.forEach(({ kind }, i) => {
    const left = faceOf[2 * i]!
    const right = faceOf[2 * i + 1]!
    if (left >= 0 && right >= 0 && left !== right && open(kind, left, right)) groups.join(left, right)
  })
  return groups
}

/** What `locate` says of each face, looked up once for all faces that no line of the given kinds separates. */
export function locateFaces(
  faces: PlanarFaces,
  borders: readonly FaceEdge[][],
  lattice: Lattice,
  separating: number,
  locate: Locate,
): Int32Array {
  const groups = joinFaces(faces, (flags) => !(flags & separating))
  const largest = new Map<number, number>()
  faces.twiceArea.forEach((area, f) => {
    const group = groups.find(f)
    const known = largest.get(group)
    if (known === undefined || area > faces.twiceArea[known]!) largest.set(group, f)
  })
  const found = new Int32Array(faces.twiceArea.length)
  for (const [group, f] of largest) {
    const [x, y] = interiorPoint(borders[f]!)
    found[group] = locate(...toLngLat(lattice, x, y))
  }
  return found.map((_, f) => found[groups.find(f)]!)
}

export function readGround(
  faces: PlanarFaces,
  borders: readonly FaceEdge[][],
  lattice: Lattice,
  shapes: GroundShapes,
  smallestWaterSteps: number,
): Ground {
  const place = locateFaces(faces, borders, lattice, LINE.border, shapes.placeAt)
  const found = locateFaces(faces, borders, lattice, LINE.bank | LINE.border, shapes.waterAt)
  const wet = Uint8Array.from(found, (index, f) => (index >= 0 && place[f] !== NOT_IN_DISTRICT ? 1 : 0))
  const islets = joinFaces(faces, (_flags, left, right) => wet[left] === wet[right])
  const isletArea = areaOf(faces, islets)
  const reachesBorder = new Set<number>()
  faces.segments.forEach(({ kind }, i) => {
    if (!(kind & LINE.border)) return
    for (const face of [faces.faceOf[2 * i]!, faces.faceOf[2 * i + 1]!])
      if (face >= 0) reachesBorder.add(islets.find(face))
  })
  for (let f = 0; f < wet.length; f++) {
    const islet = islets.find(f)
    if (!wet[f] && isletArea[islet]! < smallestWaterSteps && !reachesBorder.has(islet)) wet[f] = 1
  }
  const waters = joinFaces(
    faces,
    (flags, left, right) => !(flags & LINE.border) && wet[left] === 1 && wet[right] === 1,
  )
  const area = areaOf(faces, waters)
  return {
    place,
    water: wet.map((isWet, f) => (isWet && area[waters.find(f)]! >= smallestWaterSteps ? 1 : 0)),
    waters,
  }
}

/** In steps, by group number. */
export function areaOf({ twiceArea }: PlanarFaces, groups: Groups): Float64Array {
  const area = new Float64Array(twiceArea.length)
  twiceArea.forEach((twice, f) => (area[groups.find(f)]! += twice / 2))
  return area
}
