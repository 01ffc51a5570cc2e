/**
 * Purpose: after a manual edit, bring the grids around it back within tolerance and leave every other grid exactly as it is.
 * Inputs: the problem, the edited assignment (-1 = unassigned), the units edited. Output: as `partition`, and which grids were open.
 * Guarantees: grids farther than `hops` from the edit keep exactly their units; edited units stay where they were put, unless a
 * lock says otherwise; unassigned units get a grid. Limits: what only a far grid could give is not found; the reasons say so.
 * Cost: reading the whole input, then 100,000 proposals on the open grids: about 0.1 s for 3,000 units on a slow core.
 */
import { fail, ok, type Result } from '../result.ts'
import { isWall } from './graph.ts'
import { partition } from './partition.ts'
import type { PartitionHooks, PartitionInput, PartitionResult, RefusalReason } from './types.ts'

export interface LocalEdit {
  assignment: readonly number[]
  /** Units whose grid was changed by hand. */
  dirty: readonly number[]
  /** How many grids away from the edit may still change; default 2. */
  hops?: number
}

export interface LocalRepair extends PartitionResult {
  /** Grids that were open to change. */
  openGrids: number[]
}

const PROPOSALS = 100_000

export function repairLocal(
  input: PartitionInput,
  edit: LocalEdit,
  hooks: PartitionHooks = {},
): Result<LocalRepair, RefusalReason> {
  const { k, units, locked } = input
  const { assignment } = edit
  const wrong = edit.dirty.find((u) => !Number.isInteger(u) || u < 0 || u >= units.length)
  if (wrong !== undefined)
    return fail({ code: 'invalid-input', field: 'dirty', detail: 'out-of-range', index: wrong })
  if (assignment.length !== units.length)
    return fail({ code: 'invalid-input', field: 'assignment', detail: 'wrong-length' })
  const dirty = new Uint8Array(units.length)
  for (const u of edit.dirty) dirty[u] = 1
  const present = assignment.map((grid, u) => ((locked?.[u] ?? -1) !== -1 ? locked![u]! : grid))
  present.forEach((grid, u) => {
    if (grid === -1 || grid !== assignment[u]) dirty[u] = 1
  })
  const open = openGrids(input, present, dirty, edit.hops ?? 2)
  const lockedGrids = new Set(input.lockedGrids)
  for (let g = 0; g < k; g++) if (!open.has(g)) lockedGrids.add(g)
  const solved = partition(
    {
      ...input,
      mode: 'repair',
      previous: present,
      // An edit is somebody's decision: mending goes around it.
      locked: present.map((grid, u) => (dirty[u] ? grid : (locked?.[u] ?? -1))),
      lockedGrids: [...lockedGrids],
      disturbancePrice: input.disturbancePrice ?? 1,
      proposals: input.proposals ?? PROPOSALS,
    },
    hooks,
  )
  if (!solved.ok) return solved
  return ok({
    ...solved.value,
    openGrids: [...open].filter((g) => !lockedGrids.has(g)).sort((p, q) => p - q),
  })
}

/** Grids at most `hops` steps from those the edit touches; a grid left without a unit needs one and is always open. */
function openGrids(
  { edges, k }: PartitionInput,
  assignment: readonly number[],
  dirty: Uint8Array,
  hops: number,
): Set<number> {
  const open = new Set<number>()
  const near = Array.from({ length: k }, () => new Set<number>())
  const filled = new Set(assignment)
  for (let g = 0; g < k; g++) if (!filled.has(g)) open.add(g)
  dirty.forEach((isDirty, u) => {
    if (isDirty && assignment[u] !== -1) open.add(assignment[u]!)
  })
  for (const edge of edges) {
    if (isWall(edge)) continue
    const from = assignment[edge.a]!
    const to = assignment[edge.b]!
    if (dirty[edge.a] && to !== -1) open.add(to)
    if (dirty[edge.b] && from !== -1) open.add(from)
    if (from === to || from === -1 || to === -1) continue
    near[from]!.add(to)
    near[to]!.add(from)
  }
  for (let hop = 0; hop < hops; hop++)
    for (const grid of [...open]) for (const other of near[grid]!) open.add(other)
  return open
}
