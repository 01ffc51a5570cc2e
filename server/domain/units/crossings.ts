/**
 * What a border between two units follows, from light to heavy, and what that means for a partition: crossing a trunk road on a
 * round of visits costs time, so grid borders are drawn along it. Factors are editable defaults, not measurements.
 */
import type { Edge } from '../partition/types.ts'

export const CROSSINGS = ['none', 'street', 'river', 'railway', 'trunk'] as const
export type Crossing = (typeof CROSSINGS)[number]

export interface UnitEdge {
  a: number
  b: number
  lengthM: number
  crosses: Crossing
  /** Nobody may join the two units over this border, whatever the policy. */
  absolute?: boolean
  /** Road bridges that join the two banks here, on an edge that crosses a river. */
  bridges?: number
}

/** Infinity makes a class an absolute wall. `bridge` holds instead of `river` where a bridge joins the banks; default: as `river`. */
export type CrossingPolicy = Readonly<Record<Crossing, number>> & { readonly bridge?: number }

export const DEFAULT_CROSSING_POLICY: CrossingPolicy = {
  none: 1,
  street: 1.2,
  river: 4,
  railway: 3,
  trunk: 2,
}

export function toPartitionEdges(
  edges: readonly UnitEdge[],
  policy: CrossingPolicy = DEFAULT_CROSSING_POLICY,
): Edge[] {
  return edges.map(({ a, b, lengthM, crosses, absolute, bridges }) => ({
    a,
    b,
    lengthM,
    crossing: absolute
      ? Infinity
      : crosses === 'river' && bridges
        ? (policy.bridge ?? policy.river)
        : policy[crosses],
  }))
}
