/**
 * Purpose: where things lie on a printed sheet, in millimetres, and how ground becomes paper.
 * Inputs: WGS84 degrees; millimetres of paper; a scale 1:N is given by its denominator N.
 * Guarantees: a drawn length in millimetres times N is the ground length, along every parallel exactly and along every meridian to the change
 * of curvature over the sheet (under 0.05 % for a county); north is up in the middle of the sheet. Scales and bars are round numbers.
 * Limits: sinusoidal about the sheet's middle, so angles shear towards the sides: under 0.2 degrees over 60 km at latitude 26.
 * Cost: constant per point. Source: radii of the WGS84 ellipsoid as in any textbook of geodesy.
 */
export type Paper = 'A4' | 'A3'
export type Point = readonly [number, number]

export interface Rect {
  x: number
  y: number
  width: number
  height: number
}

/** Landscape. */
export const PAPERS: Record<Paper, { width: number; height: number }> = {
  A4: { width: 297, height: 210 },
  A3: { width: 420, height: 297 },
}

export const MARGIN = 10
const HEADER = 16
const FOOTER = 10
const GAP = 4
export const TABLE_WIDTH = 112
export const ROW_HEIGHT = 4.6
/** Heading above the rows, total and notes below them. */
const TABLE_EXTRA = 36

export interface Frame {
  page: { width: number; height: number }
  map: Rect
  side: Rect
  /** Header and footer aside: all of it. */
  body: Rect
}

export function frameOf(paper: Paper): Frame {
  const page = PAPERS[paper]
  const body = {
    x: MARGIN,
    y: MARGIN + HEADER,
    width: page.width - 2 * MARGIN,
    height: page.height - 2 * MARGIN - HEADER - FOOTER,
  }
  const mapWidth = body.width - TABLE_WIDTH - GAP
  return {
    page,
    body,
    map: { ...body, width: mapWidth },
    side: { ...body, x: body.x + mapWidth + GAP, width: TABLE_WIDTH },
  }
}

/** How many rows a table of a sheet holds. */
export function rowsOn(height: number): number {
  return Math.floor((height - TABLE_EXTRA) / ROW_HEIGHT)
}

/** How many tables stand side by side on a sheet without a map. */
export function tablesOn(width: number): number {
  return Math.max(1, Math.floor((width + GAP) / (TABLE_WIDTH + GAP)))
}

export function tableX(body: Rect, index: number): number {
  return body.x + index * (TABLE_WIDTH + GAP)
}

const EQUATOR_RADIUS_M = 6_378_137
const ECCENTRICITY_SQUARED = 0.006_694_379_990_141
const RADIANS = Math.PI / 180

/** Metres east and north of a middle point. */
export function groundMetres(middle: Point): (at: Point) => [number, number] {
  const meridian = meridianRadius(middle[1])
  return ([lng, lat]) => {
    const sine = Math.sin(lat * RADIANS)
    const parallel =
      (EQUATOR_RADIUS_M * Math.cos(lat * RADIANS)) / Math.sqrt(1 - ECCENTRICITY_SQUARED * sine * sine)
    return [(lng - middle[0]) * RADIANS * parallel, (lat - middle[1]) * RADIANS * meridian]
  }
}

function meridianRadius(lat: number): number {
  const sine = Math.sin(lat * RADIANS)
  return (EQUATOR_RADIUS_M * (1 - ECCENTRICITY_SQUARED)) / (1 - ECCENTRICITY_SQUARED * sine * sine) ** 1.5
}

export interface Extent {
  west: number
  south: number
  east: number
  north: number
}

const ROUND_SCALES = [1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10]
const FREE_BORDER_MM = 6

/** The largest scale with a round denominator at which an extent in metres fits into a rectangle of paper with a free border. */
export function chooseScale(extent: Extent, rect: { width: number; height: number }): number {
  const wanted = Math.max(
    ((extent.east - extent.west) * 1000) / (rect.width - 2 * FREE_BORDER_MM),
    ((extent.north - extent.south) * 1000) / (rect.height - 2 * FREE_BORDER_MM),
    1000,
  )
  const power = 10 ** Math.floor(Math.log10(wanted))
  const factor = ROUND_SCALES.find((candidate) => candidate * power >= wanted * (1 - 1e-9)) ?? 10
  return Math.round(factor * power)
}

/** The longest round ground distance (1, 2 or 5 times a power of ten) that a bar of at most so many millimetres shows. */
export function scaleBar(denominator: number, mostMm: number): { metres: number; mm: number } {
  const most = (mostMm * denominator) / 1000
  const power = 10 ** Math.floor(Math.log10(most) + 1e-9)
  const metres = ([5, 2].find((factor) => factor * power <= most * (1 + 1e-9)) ?? 1) * power
  return { metres, mm: (metres * 1000) / denominator }
}

/** Paper position of ground metres: the middle of the extent lies in the middle of the rectangle, north is up. */
export function toPaper(extent: Extent, rect: Rect, denominator: number): (at: Point) => [number, number] {
  const perMetre = 1000 / denominator
  const [east, north] = [(extent.west + extent.east) / 2, (extent.south + extent.north) / 2]
  return ([x, y]) => [
    rect.x + rect.width / 2 + (x - east) * perMetre,
    rect.y + rect.height / 2 - (y - north) * perMetre,
  ]
}

/** Width of a text by its letters: full for Chinese, a little over half for others. Near enough to shorten by. */
export function textWidth(text: string, size: number): number {
  let em = 0
  for (const letter of text) em += (letter.codePointAt(0) ?? 0) >= 0x2e80 ? 1 : 0.56
  return em * size
}

export function shortened(text: string, size: number, widest: number): string {
  if (textWidth(text, size) <= widest) return text
  const letters = [...text]
  while (letters.length > 1 && textWidth(`${letters.join('')}…`, size) > widest) letters.pop()
  return `${letters.join('')}…`
}

/** Lines of a text no wider than given, broken between letters, as Chinese is. */
export function linesOf(text: string, size: number, widest: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const letter of text) {
    if (line !== '' && textWidth(line + letter, size) > widest) {
      lines.push(line)
      line = ''
    }
    line += letter
  }
  return line === '' ? lines : [...lines, line]
}

/** Of boxes in order of importance, those that touch none kept before them. */
export function withoutOverlap<T extends { box: Rect }>(
  candidates: readonly T[],
  taken: readonly Rect[],
): T[] {
  const boxes = [...taken]
  return candidates.filter(({ box }) => {
    if (boxes.some((other) => touch(box, other))) return false
    boxes.push(box)
    return true
  })
}

function touch(a: Rect, b: Rect): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height
}
