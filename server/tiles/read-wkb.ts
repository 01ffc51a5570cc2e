import type { MultiPolygonCoordinates, Position } from '#domain/geo/shapes.ts'

const LINE = 2
const POLYGON = 3
const MULTI_POLYGON = 6

/** Little-endian WKB of a MultiPolygon or Polygon, as PostGIS writes it. */
export function readMultiPolygon(wkb: Buffer): MultiPolygonCoordinates {
  const reader = new WkbReader(wkb)
  const type = reader.header()
  if (type === POLYGON) return [reader.rings()]
  if (type !== MULTI_POLYGON) throw new Error(`unexpected WKB type ${type}`)
  return Array.from({ length: reader.count() }, () => {
    reader.header()
    return reader.rings()
  })
}

export function readLine(wkb: Buffer): Position[] {
  const reader = new WkbReader(wkb)
  const type = reader.header()
  if (type !== LINE) throw new Error(`unexpected WKB type ${type}`)
  return reader.points()
}

class WkbReader {
  private readonly bytes: Buffer
  private at = 0

  constructor(bytes: Buffer) {
    this.bytes = bytes
  }

  header(): number {
    if (this.bytes[this.at] !== 1) throw new Error('expected little-endian WKB')
    this.at += 5
    return this.bytes.readUInt32LE(this.at - 4)
  }

  count(): number {
    this.at += 4
    return this.bytes.readUInt32LE(this.at - 4)
  }

  rings(): Position[][] {
    return Array.from({ length: this.count() }, () => this.points())
  }

  points(): Position[] {
    return Array.from({ length: this.count() }, () => {
      this.at += 16
      return [this.bytes.readDoubleLE(this.at - 16), this.bytes.readDoubleLE(this.at - 8)]
    })
  }
}
