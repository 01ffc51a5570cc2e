/**
 * Purpose: divides each water among the pieces of land on its banks, along the lines that are equally far from two of them, so
 * that a river belongs to both banks and units of both meet in its middle.
 * Inputs: faces of the streets' arrangement with their ground. Outputs: middle lines inside the water, in steps.
 * Guarantees: lines lie inside their water; a water with one piece of land round it (a pond) gets none.
 * Limits: banks are sampled at a third of the mean width, 2 to 20 m, so the middle is true to about a metre; water narrower than 2 m
 * is divided roughly. A tributary's mouth goes to whichever bank is nearest.
 * Cost: O(s log s) for s samples of bank.
 * Source: medial line as the Voronoi border of labelled bank samples; inside and outside told by counting banks crossed.
 */
import { METRES_PER_DEGREE, RADIANS_PER_DEGREE } from '../geo/earth.ts'
import { nodeSegments } from '../geo/node-segments.ts'
import { OUTSIDE, planarFaces, type PlanarFaces } from '../geo/planar-faces.ts'
import { boxOf, type Segment } from '../geo/segment-grid.ts'
import { groupBorders } from '../geo/voronoi.ts'
import { areaOf, type Ground } from './ground.ts'
import { combineFlags, LINE } from './line-flags.ts'
import { STEPS_PER_DEGREE } from '../geo/steps.ts'
import type { Lattice } from './linework.ts'

const FINEST_M = 2
const COARSEST_M = 20
const INLAND_M = 0.5

interface Bank {
  segment: Segment
  /** Face of the land on the other side; -1 where that is no land of the same township. */
  land: number
  /** Is the land on the left of a -> b? */
  landLeft: boolean
}

/** Name of the part of a face (a cell, a village) to which a place of it belongs, in steps. */
export type PartAt = (face: number, x: number, y: number) => string

export function middleLines(faces: PlanarFaces, ground: Ground, lattice: Lattice, partAt: PartAt): Segment[] {
  const banksOf = new Map<number, Bank[]>()
  faces.segments.forEach((segment, i) => {
    for (const landLeft of [false, true]) {
      const inside = faces.faceOf[landLeft ? 2 * i + 1 : 2 * i]!
      const outside = faces.faceOf[landLeft ? 2 * i : 2 * i + 1]!
      if (inside < 0 || !ground.water[inside]) continue
      const water = ground.waters.find(inside)
      const otherWet = outside >= 0 && ground.water[outside] === 1
      if (otherWet && ground.waters.find(outside) === water) continue
      const isLand = outside >= 0 && !otherWet && ground.place[outside] === ground.place[inside]
      const list = banksOf.get(water) ?? []
      list.push({ segment, land: isLand ? outside : -1, landLeft })
      banksOf.set(water, list)
    }
  })
  const area = areaOf(faces, ground.waters)
  return [...banksOf].flatMap(([water, banks]) => middleOf(banks, area[water]!, lattice, partAt))
}

function middleOf(banks: readonly Bank[], areaSteps: number, lattice: Lattice, partAt: PartAt): Segment[] {
  const box = boxOf(banks.map(({ segment }) => segment))
  const midLat = (lattice.originY + (box.minY + box.maxY) / 2) / STEPS_PER_DEGREE
  const scaleY = METRES_PER_DEGREE / STEPS_PER_DEGREE
  const scaleX = scaleY * Math.cos(midLat * RADIANS_PER_DEGREE)
  const lengthOf = (s: Segment): number => Math.hypot((s.bx - s.ax) * scaleX, (s.by - s.ay) * scaleY)
  const border = banks.reduce((sum, { segment }) => sum + lengthOf(segment), 0)
  const width = (2 * areaSteps * scaleX * scaleY) / border
  const spacing = Math.min(COARSEST_M, Math.max(FINEST_M, width / 3))

  const points: number[] = []
  const parts: number[] = []
  const partByName = new Map<string, number>()
  for (const { segment: s, land, landLeft } of banks) {
    if (land === -1) continue
    const length = lengthOf(s)
    const count = Math.ceil(length / spacing)
    // A little way up the bank, so that a border along the bank leaves no doubt.
    const inland = (landLeft ? INLAND_M : -INLAND_M) / length
    for (let i = 0; i < count; i++) {
      const along = (i + 0.5) / count
      const x = s.ax + along * (s.bx - s.ax)
      const y = s.ay + along * (s.by - s.ay)
      points.push((x - box.minX) * scaleX, (y - box.minY) * scaleY)
      const upX = x - ((s.by - s.ay) * scaleY * inland) / scaleX
      const upY = y + ((s.bx - s.ax) * scaleX * inland) / scaleY
      const name = `${land} ${partAt(land, upX, upY)}`
      const known = partByName.get(name)
      parts.push(known ?? partByName.size)
      if (known === undefined) partByName.set(name, partByName.size)
    }
  }
  if (partByName.size < 2) return []
  const reach = Math.hypot((box.maxX - box.minX) * scaleX, (box.maxY - box.minY) * scaleY)
  const lines = groupBorders(Float64Array.from(points), Int32Array.from(parts), reach)
  const middle: Segment[] = []
  for (let i = 0; i < lines.length; i += 4)
    middle.push({
      ax: box.minX + Math.round(lines[i]! / scaleX),
      ay: box.minY + Math.round(lines[i + 1]! / scaleY),
      bx: box.minX + Math.round(lines[i + 2]! / scaleX),
      by: box.minY + Math.round(lines[i + 3]! / scaleY),
      kind: LINE.middle,
    })
  return partsInside(
    banks.map(({ segment }) => segment),
    middle,
  )
}

/** The parts of lines inside closed banks: starting outside, every bank crossed changes the side. */
function partsInside(banks: readonly Segment[], lines: readonly Segment[]): Segment[] {
  const own = banks.map((segment) => ({ ...segment, kind: LINE.bank }))
  const { segments, faceOf, twiceArea } = planarFaces(nodeSegments([...own, ...lines], combineFlags))
  const around: [number, boolean][][] = Array.from({ length: twiceArea.length + 1 }, () => [])
  segments.forEach(({ kind }, i) => {
    const left = faceOf[2 * i]! + 1
    const right = faceOf[2 * i + 1]! + 1
    const changes = (kind & LINE.bank) !== 0
    around[left]!.push([right, changes])
    around[right]!.push([left, changes])
  })
  const inside = new Int8Array(around.length).fill(-1)
  inside[OUTSIDE + 1] = 0
  const pending = [OUTSIDE + 1]
  while (pending.length > 0) {
    const face = pending.pop()!
    for (const [other, changes] of around[face]!) {
      if (inside[other] !== -1) continue
      inside[other] = changes ? 1 - inside[face]! : inside[face]!
      pending.push(other)
    }
  }
  return segments.filter(
    ({ kind }, i) =>
      kind === LINE.middle && inside[faceOf[2 * i]! + 1] === 1 && inside[faceOf[2 * i + 1]! + 1] === 1,
  )
}
