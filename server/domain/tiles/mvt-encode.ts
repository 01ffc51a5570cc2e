/**
 * Purpose: writes Mapbox Vector Tiles from columns: points, lines and polygons.
 * Inputs: tile coordinates (extent 4096, y downwards) as integers; properties as columns, one value a feature.
 * Guarantees: keys and values of a layer are stored once; polygon rings are wound as the specification asks (the caller
 * gives the outer ring first; every ring is turned as needed); equal input gives equal bytes.
 * Limits: a property is a string, boolean or finite number; `undefined` leaves it out for that feature.
 * Cost: about 0.3 µs a point with three properties. Source: Mapbox Vector Tile specification 2.1.
 */
import { ByteWriter, varintSize, zigzag } from './protobuf.ts'

export const EXTENT = 4096

export type MvtValue = string | number | boolean

/** Either one value a feature, or indexes into a small table of values. */
export type MvtProperty =
  | { key: string; values: ArrayLike<MvtValue | undefined> }
  | { key: string; table: readonly MvtValue[]; indexes: ArrayLike<number> }

interface LayerBase {
  name: string
  /** Feature ids; non-negative integers below 2^53. */
  ids?: ArrayLike<number>
  properties: MvtProperty[]
}
export interface PointLayer extends LayerBase {
  type: 'point'
  x: ArrayLike<number>
  y: ArrayLike<number>
  count: number
}
/** Each part is x,y,x,y…; a polygon's parts are rings without the closing repetition, each polygon's outer ring first. */
export interface ShapeLayer extends LayerBase {
  type: 'line' | 'polygon'
  features: { parts: Int32Array[]; outer?: boolean[] }[]
}
export type MvtLayer = PointLayer | ShapeLayer

const GEOMETRY_TYPE = { point: 1, line: 2, polygon: 3 }

/** A whole tile; layers without features are left out. Zero bytes when nothing is left. */
export function encodeTile(layers: MvtLayer[]): Uint8Array {
  const writer = new ByteWriter(4096)
  for (const layer of layers) {
    if (featureCount(layer) > 0) writer.block(0x1a, encodeLayer(layer))
  }
  return writer.finish()
}

function featureCount(layer: MvtLayer): number {
  return layer.type === 'point' ? layer.count : layer.features.length
}

function encodeLayer(layer: MvtLayer): Uint8Array {
  const count = featureCount(layer)
  const values = new ValueTable()
  const columns = layer.properties.map((property) => tagColumn(property, count, values))
  const writer = new ByteWriter(64 + count * 32)
  writer.reserve(8)
  writer.varint(0x78)
  writer.varint(2)
  writer.block(0x0a, text(layer.name))
  const tags = new Uint32Array(columns.length * 2)
  for (let i = 0; i < count; i++) {
    let tagCount = 0
    let tagBytes = 0
    for (let key = 0; key < columns.length; key++) {
      const value = columns[key][i]
      if (value < 0) continue
      tags[tagCount++] = key
      tags[tagCount++] = value
      tagBytes += varintSize(key) + varintSize(value)
    }
    const geometry = layer.type === 'point' ? null : shapeCommands(layer, i)
    const geometryBytes =
      layer.type === 'point'
        ? 1 + varintSize(zigzag(layer.x[i])) + varintSize(zigzag(layer.y[i]))
        : geometry!.reduce((sum, command) => sum + varintSize(command), 0)
    writeFeature(writer, layer, i, { tags, tagCount, tagBytes, geometry, geometryBytes })
  }
  for (const property of layer.properties) writer.block(0x1a, text(property.key))
  for (const value of values.encoded) writer.block(0x22, value)
  writer.reserve(8)
  writer.varint(0x28)
  writer.varint(EXTENT)
  return writer.finish()
}

interface FeatureParts {
  tags: Uint32Array
  tagCount: number
  tagBytes: number
  geometry: number[] | null
  geometryBytes: number
}

function writeFeature(writer: ByteWriter, layer: MvtLayer, i: number, parts: FeatureParts): void {
  const { tags, tagCount, tagBytes, geometry, geometryBytes } = parts
  const id = layer.ids?.[i]
  let size = 2 + 1 + varintSize(geometryBytes) + geometryBytes
  if (id !== undefined) size += 1 + varintSize(id)
  if (tagCount > 0) size += 1 + varintSize(tagBytes) + tagBytes
  writer.reserve(size + 12)
  writer.varint(0x12)
  writer.varint(size)
  if (id !== undefined) {
    writer.varint(0x08)
    writer.varint(id)
  }
  if (tagCount > 0) {
    writer.varint(0x12)
    writer.varint(tagBytes)
    for (let t = 0; t < tagCount; t++) writer.varint(tags[t])
  }
  writer.varint(0x18)
  writer.varint(GEOMETRY_TYPE[layer.type])
  writer.varint(0x22)
  writer.varint(geometryBytes)
  if (geometry !== null) for (const command of geometry) writer.varint(command)
  else if (layer.type === 'point') {
    writer.varint(9)
    writer.varint(zigzag(layer.x[i]))
    writer.varint(zigzag(layer.y[i]))
  }
}

function shapeCommands(layer: ShapeLayer, i: number): number[] {
  const { parts, outer } = layer.features[i]
  const commands: number[] = []
  let atX = 0
  let atY = 0
  const moveBy = (x: number, y: number): void => {
    commands.push(zigzag(x - atX), zigzag(y - atY))
    atX = x
    atY = y
  }
  for (let p = 0; p < parts.length; p++) {
    const part = parts[p]
    const points = part.length / 2
    const isPolygon = layer.type === 'polygon'
    const reversed = isPolygon && ringArea2(part) > 0 !== (outer?.[p] ?? p === 0)
    const at = (k: number): number => 2 * (reversed ? points - 1 - k : k)
    commands.push(9)
    moveBy(part[at(0)], part[at(0) + 1])
    commands.push((points - 1) * 8 + 2)
    for (let k = 1; k < points; k++) moveBy(part[at(k)], part[at(k) + 1])
    if (isPolygon) commands.push(15)
  }
  return commands
}

/** Twice the signed area; positive for a ring that the specification calls exterior (y downwards). */
export function ringArea2(ring: ArrayLike<number>): number {
  let sum = 0
  const last = ring.length - 2
  for (let i = 0, j = last; i <= last; j = i, i += 2) sum += ring[j] * ring[i + 1] - ring[i] * ring[j + 1]
  return sum
}

class ValueTable {
  readonly encoded: Uint8Array[] = []
  private readonly numbers = new Map<number, number>()
  private readonly others = new Map<string | boolean, number>()

  indexOf(value: MvtValue): number {
    const known = typeof value === 'number' ? this.numbers.get(value) : this.others.get(value)
    if (known !== undefined) return known
    const index = this.encoded.push(encodeValue(value)) - 1
    if (typeof value === 'number') this.numbers.set(value, index)
    else this.others.set(value, index)
    return index
  }
}

function tagColumn(property: MvtProperty, count: number, values: ValueTable): Int32Array {
  const column = new Int32Array(count)
  if ('table' in property) {
    const known = new Int32Array(property.table.length).fill(-1)
    for (let i = 0; i < count; i++) {
      const index = property.indexes[i]
      if (known[index] < 0) known[index] = values.indexOf(property.table[index])
      column[i] = known[index]
    }
    return column
  }
  for (let i = 0; i < count; i++) {
    const value = property.values[i]
    column[i] = value === undefined ? -1 : values.indexOf(value)
  }
  return column
}

function encodeValue(value: MvtValue): Uint8Array {
  const writer = new ByteWriter(16)
  writer.reserve(12)
  if (typeof value === 'string') writer.block(0x0a, text(value))
  else if (typeof value === 'boolean') {
    writer.varint(0x38)
    writer.varint(value ? 1 : 0)
  } else if (Number.isSafeInteger(value) && value > -0x80000000) {
    // Common readers lose the last bits of negative varints beyond 32 bits; those go as doubles.
    writer.varint(value < 0 ? 0x30 : 0x28)
    writer.varint(value < 0 ? zigzag(value) : value)
  } else {
    writer.varint(0x19)
    new DataView(writer.bytes.buffer).setFloat64(writer.length, value, true)
    writer.length += 8
  }
  return writer.finish()
}

function text(value: string): Uint8Array {
  return new TextEncoder().encode(value)
}
