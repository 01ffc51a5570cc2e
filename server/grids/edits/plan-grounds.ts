import { lengthM } from '#domain/geo/measure.ts'
import { boundsOf, type MultiPolygonCoordinates } from '#domain/geo/shapes.ts'
import { planGraph, type PlanGraph } from '#domain/plan-check/plan-graph.ts'
import type { Tx } from '#db/client.ts'
import { WEIGHT_KEYS } from '../contract.ts'
import { readEdgeColumns, readShapes, unitStamp } from './ground-queries.ts'

/** What editing does not change: the units, their borders and what they weigh. */
export interface PlanGround {
  stamp: string
  shapes: MultiPolygonCoordinates[]
  /** West, south, east, north of each unit. */
  boxes: [number, number, number, number][]
  areaM2: number[]
  /** Per weight key, in the order of WEIGHT_KEYS, per unit. */
  weights: Float64Array[]
  edges: { a: number[]; b: number[]; lengthM: number[] }
  graph: PlanGraph
}

const KEPT = 6

/**
 * The grounds of the plans that are worked on, kept in memory: reading one takes as long as fifty edits. The stamp, read each
 * time, tells when a plan's units were made or weighed anew. Whether the session may see the plan, the caller has checked.
 */
export class PlanGrounds {
  private readonly known = new Map<number, PlanGround>()

  async of(tx: Tx, planId: number): Promise<PlanGround> {
    const stamp = await unitStamp(tx, planId)
    let ground = this.known.get(planId)
    if (ground?.stamp !== stamp) ground = await readGround(tx, planId, stamp)
    this.known.delete(planId)
    this.known.set(planId, ground)
    for (const oldest of this.known.keys()) {
      if (this.known.size <= KEPT) break
      this.known.delete(oldest)
    }
    return ground
  }
}

/** Below a metre it is rounding, not a border. */
const ROUNDING_M = 1

async function readGround(tx: Tx, planId: number, stamp: string): Promise<PlanGround> {
  const rows = await readShapes(tx, planId)
  const edges = await readEdgeColumns(tx, planId)
  const shapes = rows.map(({ shape }) => shape)
  const shared = new Float64Array(rows.length)
  edges.a.forEach((a, i) => {
    shared[a]! += edges.lengthM[i]!
    shared[edges.b[i]!]! += edges.lengthM[i]!
  })
  const outer = shapes.map((shape, u) => {
    const rest = shape.flat().reduce((sum, ring) => sum + lengthM(ring), 0) - shared[u]!
    return rest < ROUNDING_M ? 0 : rest
  })
  return {
    stamp,
    shapes,
    boxes: shapes.map((shape) => {
      const { minX, minY, maxX, maxY } = boundsOf(shape)
      return [minX, minY, maxX, maxY]
    }),
    areaM2: rows.map((row) => row.areaM2),
    weights: WEIGHT_KEYS.map((_, j) => Float64Array.from(rows, (row) => row.weights[j]!)),
    edges,
    graph: planGraph(rows.length, edges, outer),
  }
}
