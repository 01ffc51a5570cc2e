/**
 * Purpose: what goes into making blocks, checked, and its lines as segments in whole steps of 1e-7 degrees.
 * Guarantees: coordinates that are no positions on Earth are refused with the place in the input; lines and rings without
 * length are left out and listed. Lines wholly outside the district's box are dropped unseen. Cost: O(positions).
 */
import type { Segment } from '../geo/segment-grid.ts'
import { boundsOf, type LineCoordinates, type MultiPolygonCoordinates, type Position } from '../geo/shapes.ts'
import type { Crossing } from './crossings.ts'
import { addSegments } from '../geo/steps.ts'
import { LINE } from './line-flags.ts'
import type { StepOrigin } from '../geo/steps.ts'

export interface BlockLine {
  crossing: Exclude<Crossing, 'none'>
  line: LineCoordinates
  /** Nobody's unit may lie on both sides, and no partition may join them. */
  absolute?: boolean
  /** Where a road or railway runs on the ground or a bridge, default; one in a tunnel neither divides nor joins. */
  level?: 'ground' | 'bridge' | 'tunnel'
}

export interface NamedShape {
  id: string
  shape: MultiPolygonCoordinates
}

export interface BlocksInput {
  district: MultiPolygonCoordinates
  townships?: readonly NamedShape[]
  lines: readonly BlockLine[]
  /** Rivers, canals, lakes as polygons; they may overlap and be cut into tiles. */
  water?: readonly MultiPolygonCoordinates[]
  /** Villages and communities: the units of land without a street net, where given. */
  villages?: readonly NamedShape[]
  /** Side of the cells that divide land without a street net and without villages; default 500 m. */
  cellSizeM?: number
  /** A piece between streets above this is land without a street net; default 500,000 m2. */
  largestBlockM2?: number
  /** Smaller pieces join a neighbour; default 3,000 m2. Water below this counts as land. */
  smallestBlockM2?: number
  /** Pieces with a smaller mean width (2 area / border) join a neighbour; default 20 m: the strip between two carriageways. */
  narrowestBlockM?: number
  /** An end of a line this close to another line is taken to reach it; default 1.5 m. */
  closeGapsM?: number
}

export type BlockSource = 'district' | 'townships' | 'lines' | 'water' | 'villages'

export type BlocksReason =
  | { code: 'not-a-position'; source: BlockSource; index: number; position: number }
  | { code: 'invalid-option'; option: BlockOption; value: number }
  | { code: 'empty-district' }
  | { code: 'district-too-wide'; degrees: number; limit: number }
  | { code: 'too-many-cells'; cells: number; limit: number; smallestSizeM: number }

export type BlockOption =
  'cellSizeM' | 'largestBlockM2' | 'smallestBlockM2' | 'narrowestBlockM' | 'closeGapsM'

/** Input that was left out. */
export interface IgnoredInput {
  code: 'no-length' | 'in-tunnel'
  source: BlockSource
  index: number
}

/** Beyond this, products of coordinates are no longer exact. */
const WIDEST_DEGREES = 8

const SMALLEST: Record<BlockOption, number> = {
  cellSizeM: 1,
  largestBlockM2: 1,
  smallestBlockM2: 0,
  narrowestBlockM: 0,
  closeGapsM: 0,
}

export function faultOf(input: BlocksInput): BlocksReason | null {
  for (const [option, smallest] of Object.entries(SMALLEST) as [BlockOption, number][]) {
    const value = input[option]
    if (value !== undefined && !(value >= smallest && Number.isFinite(value)))
      return { code: 'invalid-option', option, value }
  }
  const listed: [BlockSource, readonly (readonly Position[])[]][] = [
    ['district', [input.district.flat(2)]],
    ['townships', (input.townships ?? []).map(({ shape }) => shape.flat(2))],
    ['lines', input.lines.map(({ line }) => line)],
    ['water', (input.water ?? []).map((shape) => shape.flat(2))],
    ['villages', (input.villages ?? []).map(({ shape }) => shape.flat(2))],
  ]
  for (const [source, list] of listed) {
    for (let index = 0; index < list.length; index++) {
      const position = list[index]!.findIndex(([lng, lat]) => !(Math.abs(lng) <= 180 && Math.abs(lat) <= 90))
      if (position !== -1) return { code: 'not-a-position', source, index, position }
    }
  }
  const bounds = boundsOf(input.district)
  if (!(bounds.maxX > bounds.minX && bounds.maxY > bounds.minY)) return { code: 'empty-district' }
  const degrees = Math.max(bounds.maxX - bounds.minX, bounds.maxY - bounds.minY)
  if (degrees > WIDEST_DEGREES) return { code: 'district-too-wide', degrees, limit: WIDEST_DEGREES }
  return null
}

export interface BlockLines {
  segments: Segment[]
  ignored: IgnoredInput[]
}

/** District, townships, water and lines; villages and cells come later, where the land turns out to be open. */
export function blockLines(input: BlocksInput, origin: StepOrigin): BlockLines {
  const segments: Segment[] = []
  const ignored: IgnoredInput[] = []
  const box = boundsOf(input.district)
  const draw = (line: LineCoordinates, kind: number): number => addSegments(segments, origin, box, line, kind)
  const drawShape = (source: BlockSource, index: number, shape: MultiPolygonCoordinates, kind: number) => {
    if (shape.reduce((sum, polygon) => sum + drawRings(polygon), 0) === 0)
      ignored.push({ code: 'no-length', source, index })
    function drawRings(polygon: LineCoordinates[]): number {
      return polygon.reduce((sum, ring) => sum + draw(ring, kind), 0)
    }
  }
  drawShape('district', 0, input.district, LINE.border)
  input.townships?.forEach(({ shape }, i) => drawShape('townships', i, shape, LINE.border))
  input.water?.forEach((shape, i) => drawShape('water', i, shape, LINE.bank))
  input.lines.forEach(({ crossing, line, absolute, level }, index) => {
    if (level === 'tunnel') ignored.push({ code: 'in-tunnel', source: 'lines', index })
    else if (draw(line, LINE[crossing] | (absolute ? LINE.absolute : 0)) === 0)
      ignored.push({ code: 'no-length', source: 'lines', index })
  })
  return { segments, ignored }
}
