/** One edit of a plan inside its transaction: what it would change, whether that may be, and the change itself. */
import { NO_GRID } from '#domain/plan-check/plan-graph.ts'
import {
  clashes,
  mayMove,
  reverse,
  type Changes,
  type Clash,
  type EditKind,
} from '#domain/plan-edit/changes.ts'
import type { Tx } from '#db/client.ts'
import type { SessionContext } from '#server/http/env.ts'
import { AppError } from '#server/http/errors.ts'
import type { EditRequest } from './contract.ts'
import {
  editBySeq,
  gridStates,
  insertEdit,
  insertGrids,
  isUndone,
  markEdited,
  moveUnits,
  setManagers,
  unitStates,
  type EditRow,
  type GridState,
  type PlanHead,
} from './queries.ts'

interface Wanted {
  kind: EditKind
  undoes: number | null
  changes: Changes
}

export async function applyEdit(
  tx: Tx,
  planId: number,
  { me }: SessionContext,
  head: PlanHead,
  request: EditRequest,
): Promise<EditRow> {
  const wanted =
    'undoes' in request ? await takenBack(tx, planId, me.accountId, request.undoes) : drawn(request)
  const grids = await gridStates(tx, planId)
  await check(tx, planId, head, wanted, grids)
  const { changes } = wanted
  const present = new Set(grids.map(({ no }) => no))
  const added = [...new Set(changes.to)].filter((no) => no !== NO_GRID && !present.has(no))
  if (added.length > 0) await insertGrids(tx, planId, added)
  if (changes.units.length > 0) await moveUnits(tx, planId, changes.units, changes.to)
  if (changes.managers.length > 0) await setManagers(tx, planId, changes.managers)
  const version = await markEdited(tx, planId)
  return insertEdit(tx, planId, {
    seq: head.lastSeq + 1,
    id: request.id,
    accountId: me.accountId,
    author: me.displayName,
    kind: wanted.kind,
    units: [...changes.units],
    from: [...changes.from],
    to: [...changes.to],
    managers: [...changes.managers],
    undoes: wanted.undoes,
    version,
  })
}

function drawn(request: Exclude<EditRequest, { undoes: number }>): Wanted {
  const moved = request.units.map((_, i) => i).filter((i) => request.from[i] !== request.to[i])
  const managers = request.managers.filter(({ from, to }) => from !== to)
  if (moved.length + managers.length === 0)
    throw new AppError('unprocessable', '这次编辑没有改变任何单元或网格，未保存。')
  const of = (grids: readonly (number | null)[]) => moved.map((i) => grids[i] ?? NO_GRID)
  return {
    kind: request.kind,
    undoes: null,
    changes: {
      units: moved.map((i) => request.units[i]!),
      from: of(request.from),
      to: of(request.to),
      managers,
    },
  }
}

async function takenBack(tx: Tx, planId: number, accountId: number, seq: number): Promise<Wanted> {
  const edit = await editBySeq(tx, planId, seq)
  if (!edit) throw new AppError('not_found', `方案没有第 ${seq} 次编辑，无法撤销。请刷新后重试。`)
  if (edit.accountId !== accountId)
    throw new AppError('forbidden', '只能撤销自己的编辑。如需改动他人的结果，请直接编辑。')
  if (await isUndone(tx, planId, seq))
    throw new AppError('conflict', '这次编辑此前已撤销。请刷新后查看最新的方案。')
  return { kind: edit.kind, undoes: seq, changes: reverse(edit) }
}

async function check(
  tx: Tx,
  planId: number,
  head: PlanHead,
  { changes, undoes }: Wanted,
  grids: readonly GridState[],
): Promise<void> {
  const units = new Map((await unitStates(tx, planId, changes.units)).map((unit) => [unit.idx, unit]))
  const unknown = changes.units.find((unit) => !units.has(unit))
  if (unknown !== undefined)
    throw new AppError('unprocessable', `方案中没有序号为 ${unknown} 的单元，未保存。请刷新后重做。`)
  const gridOf = new Map(grids.map((grid) => [grid.no, grid]))
  // An undone split may bring back a number that a later solve dropped; a new grid takes the next free one.
  const next = grids.reduce((most, { no }) => Math.max(most, no + 1), 0)
  const beyond = changes.to.find((no) => no > next + (undoes === null ? 0 : Infinity))
  if (beyond !== undefined)
    throw new AppError(
      'unprocessable',
      `方案中没有第 ${beyond + 1} 个网格，未保存。新网格的序号应为 ${next + 1}。`,
    )
  const moved = clashes(changes, (unit) => units.get(unit)!.grid)
  const renamed = changes.managers.filter(({ no, from }) => (gridOf.get(no)?.managerId ?? null) !== from)
  if (moved.length + renamed.length > 0)
    throw conflict(
      head,
      moved,
      [],
      renamed.map(({ no }) => no),
    )
  const locks = {
    isLockedGrid: (no: number) => gridOf.get(no)?.locked ?? false,
    isLockedUnit: (unit: number) => units.get(unit)!.locked,
  }
  const held = changes.units.filter((unit, i) => !mayMove(locks, unit, changes.from[i]!, changes.to[i]!))
  if (held.length > 0) throw conflict(head, [], held, [])
  checkManagers(changes, gridOf, undoes !== null)
}

function checkManagers(changes: Changes, gridOf: Map<number, GridState>, isUndo: boolean): void {
  const after = new Map([...gridOf].map(([no, { managerId }]) => [no, managerId]))
  for (const { no, to } of changes.managers) {
    if (!gridOf.has(no))
      throw new AppError('unprocessable', `方案中没有第 ${no + 1} 个网格，未保存。请刷新后重做。`)
    const isOfThePlan = changes.managers.some(({ from }) => from === to)
    if (to !== null && !isUndo && !isOfThePlan)
      throw new AppError(
        'unprocessable',
        '编辑只能在网格之间对调客户经理，未保存。新指派请在网格详情中进行。',
      )
    after.set(no, to)
  }
  const held = [...after.values()].filter((manager) => manager !== null)
  if (new Set(held).size !== held.length)
    throw new AppError('conflict', '有客户经理已负责另一个网格，未保存。请先解除原指派后重试。')
}

function conflict(head: PlanHead, moved: Clash[], locked: number[], grids: number[]): AppError {
  const shown = (no: number) => (no === NO_GRID ? null : no)
  const detail =
    locked.length > 0
      ? `有 ${locked.length} 个单元或其网格已锁定，未保存。请先解锁，或不要选中它们。`
      : moved.length > 0
        ? `有 ${moved.length} 个单元刚被别人改动，未保存。请对照双方的改动后决定保留哪一方。`
        : `有 ${grids.length} 个网格的客户经理刚被别人改动，未保存。请核对后重做。`
  return new AppError('conflict', detail, {
    conflict: {
      version: head.version,
      units: moved.map(({ unit, expected, present }) => ({
        unit,
        expected: shown(expected),
        present: shown(present),
      })),
      locked,
      grids,
    },
  })
}
