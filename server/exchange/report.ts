/** What an import would change, as told to the person who confirms it. */
import type { GridChange, ImportReport } from './contract.ts'
import type { MatchedFile } from './match-file.ts'
import type { PlanState } from './types.ts'

export function reportOf(
  plan: PlanState,
  matched: MatchedFile,
  digest: string,
  listed: number,
): ImportReport {
  const {
    items,
    problems,
    assignment,
    targets,
    cut,
    overlapped,
    untouched,
    kind,
    format,
    encoding,
    sheet,
    crs,
    notes,
  } = matched
  const nameOf = new Map([...plan.grids, ...targets].map(({ no, name }) => [no, name]))
  const named = (no: number | null) => (no === null ? null : (nameOf.get(no) ?? String(no + 1)))
  const changed = [...assignment].filter(([unit, no]) => plan.units[unit]!.gridNo !== no)
  return {
    planId: plan.planId,
    version: plan.version,
    digest,
    kind,
    format,
    encoding,
    sheet,
    crs,
    notes,
    items,
    units: { total: plan.units.length, changed: changed.length, untouched, cut, overlapped },
    grids: gridChanges(plan, matched),
    changes: changed.slice(0, listed).map(([unit, no]) => {
      const { key, gridNo, at } = plan.units[unit]!
      return { key, from: named(gridNo), to: named(no)!, at }
    }),
    problems: problems.slice(0, listed),
    problemsTotal: problems.length,
  }
}

/** Grids that gain or lose units, are new, or change their manager. */
function gridChanges(plan: PlanState, { assignment, targets }: MatchedFile): GridChange[] {
  const before = new Map<number, number>()
  const after = new Map<number, number>()
  const add = (counts: Map<number, number>, no: number | null) => {
    if (no !== null) counts.set(no, (counts.get(no) ?? 0) + 1)
  }
  plan.units.forEach(({ gridNo }, unit) => {
    add(before, gridNo)
    add(after, assignment.get(unit) ?? gridNo)
  })
  const managers = new Map(plan.managers.map(({ id, name }) => [id, name]))
  const targetOf = new Map(targets.map((target) => [target.no, target]))
  const now = new Map(plan.grids.map((grid) => [grid.no, grid]))
  return [...new Set([...now.keys(), ...targetOf.keys()])]
    .sort((a, b) => a - b)
    .map((no): GridChange => {
      const target = targetOf.get(no)
      const grid = now.get(no)
      const managerBefore = grid?.managerName ?? null
      return {
        no,
        name: grid?.name ?? target!.name,
        isNew: !grid,
        unitsBefore: before.get(no) ?? 0,
        unitsAfter: after.get(no) ?? 0,
        managerBefore,
        managerAfter:
          target?.managerId === undefined ? managerBefore : (managers.get(target.managerId) ?? null),
      }
    })
    .filter(
      ({ isNew, unitsBefore, unitsAfter, managerBefore, managerAfter }) =>
        isNew || unitsBefore !== unitsAfter || managerBefore !== managerAfter,
    )
}
