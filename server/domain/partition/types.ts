/**
 * What the partition takes and gives. Plain data: goes through worker messages and JSON unchanged.
 * A unit is known by its position in `units`; a grid by its number 0 .. k-1.
 */
import type { PartitionMetrics } from './metrics.ts'

export interface Unit {
  id: string
  /** One value per entry of `PartitionInput.weights`, same order, zero or more. */
  weights: readonly number[]
  /** Position in metres (any flat frame). Give it for all units or for none. */
  x?: number
  y?: number
  /** Default: the square of the mean edge length. */
  areaM2?: number
  /** Border not shared with any unit. Default: what a square of this area has left beside its edges. */
  outerBorderM?: number
}

export interface Edge {
  a: number
  b: number
  /** Metres of common border; zero for a mere connection (bridge, ferry). */
  lengthM: number
  /**
   * How hard it is to walk across, 1 = free. A grid border that follows this edge costs lengthM / crossing, so borders
   * prefer rivers. Infinity is a wall: the two units are not connected here at all.
   */
  crossing?: number
}

export interface WeightSpec {
  name: string
  /** Relative weight in the search, default 1. Does not change what counts as within tolerance. */
  importance?: number
  /** 0.05 = a grid may be 5 % above its target. */
  toleranceUp: number
  toleranceDown: number
  /** What a grid of capacity 1 should hold; default: its share of the total. */
  target?: number
  /** Least and most a grid may hold whatever its capacity, in the units of the weight; default no bound. */
  least?: number
  most?: number
}

export interface PartitionInput {
  units: readonly Unit[]
  edges: readonly Edge[]
  weights: readonly WeightSpec[]
  k: number
  /** Relative size of each grid (length k), default all 1: a part-time manager has 0.5. */
  capacities?: readonly number[]
  /** Per unit the grid it must belong to, -1 = free. */
  locked?: readonly number[]
  /** Grids that nothing leaves and nothing joins: they keep exactly their units of `previous`, which has to be given. */
  lockedGrids?: readonly number[]
  /** Per unit the grid it belongs to today, -1 = none. With `mode: 'refine'` or 'repair' the search starts there. */
  previous?: readonly number[]
  /** What it costs to move one whole average grid of work away from `previous`, in lengths of an average grid side. Default 0. */
  disturbancePrice?: number
  /** Per grid the home of its manager in the frame of x, y, or null. Used as starting centres. */
  homes?: readonly ({ x: number; y: number } | null)[]
  /** 'fresh' (default) starts from nothing; 'refine' improves `previous`; 'repair' only brings it back within tolerance, near where it is. */
  mode?: 'fresh' | 'refine' | 'repair'
  /** How much round shapes count beside short borders, default 0.3. */
  shapeStrength?: number
  /** 'nearest' links areas that no edge connects through their nearest units (ferry, enclave); default 'never'. */
  joinComponents?: 'never' | 'nearest'
  seed: number
  /** Number of proposed moves in all phases together; this, not the clock, ends the search. Default `defaultProposals`. */
  proposals?: number
  /** Safety limit, only with a clock in the hooks. A result it cut short says so and may differ between runs. */
  maxMs?: number
}

export interface PartitionHooks {
  onProgress?: (progress: { done: number; total: number; phase: PartitionPhase }) => void
  /** The assignment so far, complete and contiguous, each time it has become better; the array is the receiver's to keep. */
  onAnswer?: (answer: { assignment: Int32Array; phase: PartitionPhase; done: number; total: number }) => void
  shouldStop?: () => boolean
  now?: () => number
}

export type PartitionPhase = 'prepare' | 'start' | 'anneal' | 'repair' | 'polish'

/** Why no assignment was made at all. */
export type RefusalReason =
  | { code: 'invalid-input'; field: string; detail: InvalidDetail; unit?: string; index?: number }
  | { code: 'k-exceeds-units'; k: number; units: number }
  | { code: 'zero-weight'; weight: string }
  | { code: 'components-exceed-k'; k: number; components: ComponentSummary[] }
  | { code: 'locked-grid-split'; grid: number; unit: string; otherUnit: string }
  | { code: 'locks-leave-no-room'; k: number; lockedUnits: number }

export type InvalidDetail =
  | 'not-an-integer'
  | 'out-of-range'
  | 'not-finite'
  | 'negative'
  | 'wrong-length'
  | 'duplicate'
  | 'missing'
  | 'self-edge'
  | 'conflict'

/** Why an assignment that was made does not keep every tolerance. */
export type ShortfallReason =
  | {
      code: 'unit-heavier-than-target'
      unit: string
      weight: string
      value: number
      target: number
      smallestTolerance: number
    }
  | {
      code: 'locked-grid-too-heavy'
      grid: number
      weight: string
      value: number
      target: number
      smallestTolerance: number
    }
  | {
      code: 'component-off-target'
      component: ComponentSummary
      grids: number
      weight: string
      smallestTolerance: number
    }
  | {
      code: 'tolerance-not-reached'
      grid: number
      weight: string
      deviation: number
      tolerance: number
      nearestTolerance: number
    }
  | {
      /** All grids together want more, or less, than there is. */
      code: 'target-out-of-reach'
      weight: string
      total: number
      /** What all grids together should hold. */
      wanted: number
      smallestTolerance: number
      /** The number of grids of average capacity that fits the target best. */
      nearestGrids: number
    }
  | {
      code: 'bounds-exceed-total'
      weight: string
      bound: Bound
      limit: number
      total: number
      /** The bound that would just be possible: the total shared out evenly. */
      nearestLimit: number
    }
  | {
      code: 'bound-not-kept'
      grid: number
      weight: string
      bound: Bound
      value: number
      limit: number
      /** The bound that this assignment does keep in every grid. */
      nearestLimit: number
    }

/** Things the reader of a good result still has to know. */
export type PartitionNote =
  | { code: 'components-joined'; bridges: { unit: string; otherUnit: string; distanceM: number }[] }
  | { code: 'stopped-early'; cause: 'asked' | 'time-limit'; done: number; total: number }

export type Bound = 'least' | 'most'

export type PartitionReason = RefusalReason | ShortfallReason

export interface ComponentSummary {
  /** A unit of it, to find it on the map. */
  unit: string
  units: number
  /** Share of each weight, same order as `weights`. */
  shares: number[]
  /** The nearest unit outside and its distance, where a crossing would connect it; null without coordinates. */
  nearest: { unit: string; from: string; distanceM: number } | null
}

export interface PartitionResult {
  /** True when every grid keeps every tolerance, above and below. */
  withinTolerance: boolean
  /** Grid of each unit, 0 .. k-1; complete. */
  assignment: number[]
  metrics: PartitionMetrics
  reasons: ShortfallReason[]
  notes: PartitionNote[]
  run: { seed: number; proposals: number; levels: number[] }
}
