/**
 * What a piece of line in the arrangement is: one bit each, so that pieces that lie on each other keep all of their classes.
 */
import type { Crossing } from './crossings.ts'

export const LINE = {
  /** District outline or township border. */
  border: 1,
  village: 2,
  lattice: 4,
  /** Edge of a water polygon. */
  bank: 8,
  street: 16,
  trunk: 32,
  railway: 64,
  river: 128,
  absolute: 256,
  /** Middle line of a water, where its parts for different banks meet. */
  middle: 512,
} as const

export const ROAD = LINE.street | LINE.trunk
/** What makes a block of its own; village borders and lattice lines only divide open land, middle lines only water. */
export const DIVIDING = LINE.border | LINE.bank | ROAD | LINE.railway | LINE.river
/** What no unit may lie on both sides of. */
export const WALLS = LINE.railway | LINE.river | LINE.absolute

/** From light to heavy: a piece that is several things counts as the last of them. */
export const BY_HEAVINESS = ['none', 'street', 'trunk', 'railway', 'river'] as const satisfies Crossing[]
/** Added to the index into BY_HEAVINESS where a barrier is absolute. */
export const ABSOLUTE_KIND = 8

/** Index into BY_HEAVINESS, plus ABSOLUTE_KIND; `wet` = water on at least one side. */
export function borderKind(flags: number, wet: boolean): number {
  const crossing =
    wet || flags & LINE.river
      ? 4
      : flags & LINE.railway
        ? 3
        : flags & LINE.trunk
          ? 2
          : flags & LINE.street
            ? 1
            : 0
  return flags & LINE.absolute ? crossing + ABSOLUTE_KIND : crossing
}

export function isWallKind(kind: number): boolean {
  return kind >= 3
}

export function combineFlags(a: number, b: number): number {
  return a | b
}
