/**
 * Purpose: what is wrong with a plan, case by case, and for each case the repair that a planner would try first.
 * Inputs: the plan's graph, the grid of each unit (NO_GRID = none), locks, clients per unit, clients per unit and owner.
 * Outputs: unassigned areas, islands, holes and owner disagreements, the heaviest first.
 * Guarantees: pure and deterministic; a unit is in at most one case of each kind; a repair never touches a lock, makes no new
 * island of its units, and done alone it makes its case go away (of a disagreement between several managers, the largest part).
 * Definitions:
 * - unassigned: connected units of no grid. Repair: the grid with the longest border between its main part and them.
 * - island: a connected part of a grid apart from its main part (most clients, then most units), where both lie in one connected
 *   part of the plan's area; areas that nothing connects are no fault of an edit. Repair: as above; what touches islands only has
 *   none until they are repaired, for it would be an island there too.
 * - hole: units of no grid, or a whole grid, that touch one other grid and nothing else, not even the rim. Repair of the former:
 *   that grid. A whole grid is not dissolved by a repair.
 * - disagreement: a unit with clients whose manager is not the manager of its grid. Repair: the grid of the manager most of them
 *   have, if it borders on the unit.
 * Cost: O(units + edges). Source: own.
 */
import { NO_GRID, partsOf, type PlanGraph } from './plan-graph.ts'

export const CHECK_KINDS = ['unassigned', 'island', 'hole', 'disagreement'] as const
export type CheckKind = (typeof CHECK_KINDS)[number]

export interface CheckCase {
  kind: CheckKind
  units: number[]
  /** Grid the units are in now, or NO_GRID. */
  grid: number
  /** Clients concerned: all in the units, or those whose owner disagrees. */
  clients: number
  /** Grid that a repair gives the units to, or NO_GRID when there is none to offer. */
  repairTo: number
}

export interface OwnerCounts {
  unit: readonly number[]
  manager: readonly number[]
  clients: readonly number[]
}

export interface CheckInput {
  graph: PlanGraph
  assignment: ArrayLike<number>
  clients: ArrayLike<number>
  owners: OwnerCounts
  /** Manager of each grid number, or null. */
  managerOf: readonly (number | null)[]
  isLockedGrid: (grid: number) => boolean
  isLockedUnit: (unit: number) => boolean
}

export function checkPlan(input: CheckInput): CheckCase[] {
  return [...brokenParts(input), ...disagreements(input)].sort(
    (p, q) =>
      CHECK_KINDS.indexOf(p.kind) - CHECK_KINDS.indexOf(q.kind) ||
      q.clients - p.clients ||
      q.units.length - p.units.length ||
      p.units[0]! - q.units[0]!,
  )
}

function brokenParts(input: CheckInput): CheckCase[] {
  const { graph, assignment } = input
  const parts = partsOf(graph, assignment)
  const weight = parts.members.map((units) => sumClients(input, units))
  const main = mainParts(input, parts.members, weight)
  const cases: CheckCase[] = []
  parts.members.forEach((units, part) => {
    const grid = assignment[units[0]!]!
    const around = surroundings(input, units, (unit) => main.has(parts.of[unit]!))
    const clients = weight[part]!
    const isEnclosed = around.isInside && around.grids.size === 1 && !around.grids.has(NO_GRID)
    if (grid === NO_GRID) {
      const open: CheckCase = {
        kind: 'unassigned',
        units,
        grid,
        clients,
        repairTo: bestNeighbour(input, around, units),
      }
      cases.push(open)
      if (isEnclosed) cases.push({ ...open, kind: 'hole' })
    } else if (!main.has(part)) {
      cases.push({ kind: 'island', units, grid, clients, repairTo: bestNeighbour(input, around, units) })
    } else if (isEnclosed) {
      cases.push({ kind: 'hole', units, grid, clients, repairTo: NO_GRID })
    }
  })
  return cases
}

/** Of each grid, and of each connected part of the area it reaches into, the part that counts as the grid itself. */
function mainParts(input: CheckInput, members: readonly number[][], weight: readonly number[]): Set<number> {
  const { graph, assignment } = input
  const best = new Map<string, number>()
  members.forEach((units, part) => {
    const grid = assignment[units[0]!]!
    if (grid === NO_GRID) return
    const key = `${grid} ${graph.part[units[0]!]!}`
    const known = best.get(key)
    const isHeavier =
      known === undefined ||
      weight[part]! > weight[known]! ||
      (weight[part] === weight[known] && units.length > members[known]!.length)
    if (isHeavier) best.set(key, part)
  })
  return new Set(best.values())
}

interface Surroundings {
  /** The other grids at the border, NO_GRID included. */
  grids: Set<number>
  /** Metres of border with the main part of each other grid. */
  mainM: Map<number, number>
  /** False when the units touch the rim of the plan's area. */
  isInside: boolean
}

const RIM_M = 1

function surroundings(
  { graph, assignment }: CheckInput,
  units: readonly number[],
  isMain: (unit: number) => boolean,
): Surroundings {
  const grids = new Set<number>()
  const mainM = new Map<number, number>()
  const own = assignment[units[0]!]!
  let outer = 0
  for (const u of units) {
    outer += graph.outerM[u]!
    for (let e = graph.start[u]!; e < graph.start[u + 1]!; e++) {
      const other = graph.neighbour[e]!
      const grid = assignment[other]!
      if (grid === own) continue
      grids.add(grid)
      if (isMain(other)) mainM.set(grid, (mainM.get(grid) ?? 0) + graph.lengthM[e]!)
    }
  }
  return { grids, mainM, isInside: outer < RIM_M }
}

function bestNeighbour(input: CheckInput, { mainM }: Surroundings, units: readonly number[]): number {
  if (isHeld(input, units)) return NO_GRID
  let best = NO_GRID
  for (const [grid, length] of [...mainM].sort((p, q) => p[0] - q[0])) {
    if (input.isLockedGrid(grid)) continue
    if (best === NO_GRID || length > mainM.get(best)!) best = grid
  }
  return best
}

function isHeld({ assignment, isLockedGrid, isLockedUnit }: CheckInput, units: readonly number[]): boolean {
  const grid = assignment[units[0]!]!
  return (grid !== NO_GRID && isLockedGrid(grid)) || units.some((u) => isLockedUnit(u))
}

function disagreements(input: CheckInput): CheckCase[] {
  const { graph, assignment, owners, managerOf } = input
  const gridOfManager = new Map<number, number>()
  managerOf.forEach((manager, grid) => {
    if (manager !== null) gridOfManager.set(manager, grid)
  })
  const byUnit = new Map<number, Map<number, number>>()
  owners.unit.forEach((unit, i) => {
    const grid = assignment[unit]!
    const manager = owners.manager[i]!
    const present = grid === NO_GRID ? null : (managerOf[grid] ?? null)
    if (present === null || present === manager) return
    const counts = byUnit.get(unit) ?? new Map<number, number>()
    counts.set(manager, (counts.get(manager) ?? 0) + owners.clients[i]!)
    byUnit.set(unit, counts)
  })
  return [...byUnit].map(([unit, counts]): CheckCase => {
    const [first] = [...counts].sort((p, q) => q[1] - p[1] || p[0] - q[0])
    const wanted = gridOfManager.get(first![0]) ?? NO_GRID
    const borders = wanted !== NO_GRID && bordersOn(graph, assignment, unit, wanted)
    const isFree = borders && !input.isLockedGrid(wanted) && !isHeld(input, [unit])
    return {
      kind: 'disagreement',
      units: [unit],
      grid: assignment[unit]!,
      clients: [...counts.values()].reduce((sum, count) => sum + count, 0),
      repairTo: isFree ? wanted : NO_GRID,
    }
  })
}

function bordersOn(graph: PlanGraph, assignment: ArrayLike<number>, unit: number, grid: number): boolean {
  for (let e = graph.start[unit]!; e < graph.start[unit + 1]!; e++)
    if (assignment[graph.neighbour[e]!] === grid) return true
  return false
}

function sumClients({ clients }: CheckInput, units: readonly number[]): number {
  return units.reduce((sum, u) => sum + clients[u]!, 0)
}
