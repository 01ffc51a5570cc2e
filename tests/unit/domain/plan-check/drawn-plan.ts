import type { CheckInput } from '#domain/plan-check/check-plan.ts'
import { NO_GRID, planGraph, type PlanGraph } from '#domain/plan-check/plan-graph.ts'

export interface DrawnPlan {
  columns: number
  graph: PlanGraph
  assignment: number[]
}

/**
 * A plan of unit squares drawn in text, one row a string: a letter is a grid ('A' is 0), '.' is a unit of no grid, a blank is no
 * unit at all. Units are numbered row by row.
 */
export function drawnPlan(rows: readonly string[]): DrawnPlan {
  const columns = Math.max(...rows.map((row) => row.length))
  const at = new Map<string, number>()
  const assignment: number[] = []
  rows.forEach((row, y) =>
    [...row].forEach((letter, x) => {
      if (letter === ' ') return
      at.set(`${x},${y}`, assignment.length)
      assignment.push(letter === '.' ? NO_GRID : letter.charCodeAt(0) - 65)
    }),
  )
  const edges = { a: [] as number[], b: [] as number[], lengthM: [] as number[] }
  const shared = assignment.map(() => 0)
  for (const [key, unit] of at) {
    const [x, y] = key.split(',').map(Number) as [number, number]
    for (const other of [at.get(`${x + 1},${y}`), at.get(`${x},${y + 1}`)]) {
      if (other === undefined) continue
      edges.a.push(unit)
      edges.b.push(other)
      edges.lengthM.push(1)
      shared[unit]!++
      shared[other]!++
    }
  }
  const outer = shared.map((length) => 4 - length)
  return { columns, graph: planGraph(assignment.length, edges, outer), assignment }
}

/** What checkPlan takes: one client in each unit, nobody owns anything, nothing is locked, unless said otherwise. */
export function checked(plan: DrawnPlan, changes: Partial<CheckInput> = {}): CheckInput {
  return {
    graph: plan.graph,
    assignment: plan.assignment,
    clients: plan.assignment.map(() => 1),
    owners: { unit: [], manager: [], clients: [] },
    managerOf: [],
    isLockedGrid: () => false,
    isLockedUnit: () => false,
    ...changes,
  }
}
