/**
 * Purpose: a growing byte buffer with the few protobuf primitives that a vector tile needs.
 * Guarantees: varints up to 2^53-1 are exact. Limits: no negative varints (zigzag them first).
 * Source: protocol buffers wire format.
 */
export class ByteWriter {
  bytes: Uint8Array
  length = 0

  constructor(capacity = 1024) {
    this.bytes = new Uint8Array(capacity)
  }

  /** Makes sure that `more` bytes fit; the writers below rely on it being called before them. */
  reserve(more: number): void {
    if (this.length + more <= this.bytes.length) return
    const grown = new Uint8Array(Math.max(this.bytes.length * 2, this.length + more))
    grown.set(this.bytes.subarray(0, this.length))
    this.bytes = grown
  }

  varint(value: number): void {
    let rest = value
    while (rest > 0x7fffffff) {
      this.bytes[this.length++] = (rest % 128) | 0x80
      rest = Math.floor(rest / 128)
    }
    while (rest > 0x7f) {
      this.bytes[this.length++] = (rest & 0x7f) | 0x80
      rest >>>= 7
    }
    this.bytes[this.length++] = rest
  }

  raw(bytes: Uint8Array): void {
    this.reserve(bytes.length)
    this.bytes.set(bytes, this.length)
    this.length += bytes.length
  }

  /** A length-delimited field. */
  block(tag: number, bytes: Uint8Array): void {
    this.reserve(12)
    this.varint(tag)
    this.varint(bytes.length)
    this.raw(bytes)
  }

  finish(): Uint8Array {
    return this.bytes.subarray(0, this.length)
  }
}

export function varintSize(value: number): number {
  let size = 1
  for (let rest = value; rest > 127; rest = Math.floor(rest / 128)) size++
  return size
}

/** Zigzag: small numbers of either sign become small unsigned ones. */
export function zigzag(value: number): number {
  return value < 0 ? -2 * value - 1 : 2 * value
}
