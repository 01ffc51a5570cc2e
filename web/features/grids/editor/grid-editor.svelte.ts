/** Editing one draft plan by hand: the tool, the stroke under way, what is saved and what is not. */
import { NO_GRID } from '#domain/plan-check/plan-graph.ts'
import type { CheckCase } from '#domain/plan-check/check-plan.ts'
import type { EditKind } from '#domain/plan-edit/changes.ts'
import { api } from '#web/api/client.ts'
import type { ApiError } from '#web/api/call.ts'
import type { Plan, UnitCollection } from '#web/api/types.ts'
import { t } from '#web/locales/i18n.svelte.ts'
import { notifications } from '#web/state/notifications.svelte.ts'
import { gridLabels, type GridLabels } from '../outline.ts'
import { planEditor } from '../plan-editor.svelte.ts'
import type { UnitPainter } from '../unit-painter.ts'
import { EditBoard, type GridTally, type Totals } from './board.ts'
import { PlanSync } from './plan-sync.svelte.ts'
import type { QueuedEdit } from './save-queue.svelte.ts'
import { movesBorder, samePart, type PaintLevel } from './selection.ts'
import type { Tool } from './tools.ts'

/** A change that is shown before it is made: what was caught, and where it would go. */
export interface Proposal {
  kind: Exclude<EditKind, 'solve' | 'import'>
  title: string
  units: number[]
  /** Grid the units go to; null while it is still to be chosen, and for a swap, which moves none. */
  to: number | null
  canChoose: boolean
  managers: { no: number; from: number | null; to: number | null }[]
  /** Units a lock keeps out. */
  held: number
}

const LABELS_EVERY_MS = 350

class GridEditor {
  active = $state(false)
  opening = $state(false)
  tool = $state<Tool>('paint')
  /** While Space is held. */
  panning = $state(false)
  brushSize = $state(1)
  level = $state<PaintLevel>('unit')
  /** The grid one paints with; NO_GRID is "to nobody". */
  current = $state(0)
  rows = $state.raw<GridTally[]>([])
  left = $state.raw<{ units: number; totals: Totals }>({ units: 0, totals: zero() })
  labels = $state.raw<GridLabels | null>(null)
  locked = $state.raw<number[]>([])
  cases = $state.raw<CheckCase[]>([])
  proposal = $state.raw<Proposal | null>(null)
  inspected = $state<number | null>(null)
  hovered = $state<number | null>(null)
  /** First of the two grids of a swap or a merge. */
  firstPick = $state<number | null>(null)
  stroke = $state.raw<{ changed: Map<number, number> } | null>(null)
  board = $state.raw<EditBoard | null>(null)
  sync = $state.raw<PlanSync | null>(null)
  painter: UnitPainter | null = null
  #settle: ReturnType<typeof setTimeout> | undefined

  async open(plan: Plan, units: UnitCollection): Promise<void> {
    this.opening = true
    const outcome = await api.board(plan.id)
    this.opening = false
    if (!outcome.ok) return notifications.error(outcome.error)
    this.board = new EditBoard(units, outcome.data, plan)
    this.current = plan.grids[0]?.no ?? this.board.freeNumber
    this.sync = new PlanSync(plan.id, outcome.data, {
      shown: this.board,
      changed: (units) => this.#changed(units),
      stroke: () => this.stroke?.changed ?? null,
    })
    this.active = true
    this.tool = 'paint'
    this.#show()
    await this.sync.start()
  }

  /** Leaves what is not saved yet in the queue, which goes on when the plan is opened again. */
  async close(): Promise<void> {
    if (!this.active) return
    this.cancel()
    this.active = false
    clearTimeout(this.#settle)
    this.sync?.stop()
    this.sync = null
    this.board = null
    this.labels = null
    this.locked = []
    this.cases = []
    this.inspected = null
    this.hovered = null
    await planEditor.reload()
  }

  choose(tool: Tool): void {
    if (this.stroke) this.cancelStroke()
    this.tool = tool
    this.firstPick = null
    if (tool !== 'inspect') this.inspected = null
  }

  pick(no: number): void {
    this.current = no
    this.painter?.select(no === NO_GRID ? null : no)
    this.sync?.workOn(no)
  }

  /** Next or previous grid in the list; "unassigned" comes after the last. */
  step(by: 1 | -1): void {
    const list = [...(this.board?.openGrids.map(({ no }) => no) ?? []), NO_GRID]
    const at = list.indexOf(this.current)
    this.pick(list[(at + by + list.length) % list.length])
  }

  beginStroke(): void {
    this.stroke = { changed: new Map() }
  }

  /** Takes what the stroke crossed, shows it at once, and counts it. @returns units that changed */
  take(units: readonly number[]): number {
    const { board, stroke } = this
    if (!board || !stroke) return 0
    const to = this.tool === 'erase' ? NO_GRID : this.current
    const moved: number[] = []
    for (const unit of units) {
      if (board.shown[unit] === to || !board.mayMove(unit, to)) continue
      if (this.tool === 'fill' && !movesBorder(board, unit, to)) continue
      if (!stroke.changed.has(unit)) stroke.changed.set(unit, board.shown[unit])
      board.move(unit, to)
      moved.push(unit)
    }
    if (moved.length > 0) this.#changed(moved)
    return moved.length
  }

  /** A click with the fill tool: the whole part that hangs together. */
  fillPart(unit: number): void {
    const { board } = this
    if (!board || this.current === NO_GRID) return
    const part = samePart(board, unit)
    const isMain = board.shown[unit] !== NO_GRID && part.length === board.unitsOf(board.shown[unit]).length
    this.beginStroke()
    if (isMain) this.take([unit])
    else {
      this.tool = 'paint'
      this.take(part)
      this.tool = 'fill'
    }
    this.endStroke('fill')
  }

  endStroke(
    kind: Proposal['kind'] = this.tool === 'erase' ? 'erase' : this.tool === 'fill' ? 'fill' : 'paint',
  ): void {
    const { board, stroke } = this
    this.stroke = null
    if (!board || !stroke) return
    const units = [...stroke.changed.keys()].filter((unit) => stroke.changed.get(unit) !== board.shown[unit])
    if (units.length === 0) {
      notifications.done(t('edit.nothingChanged'))
      return
    }
    this.sync?.save({
      id: crypto.randomUUID(),
      kind,
      units,
      from: units.map((unit) => shownGrid(stroke.changed.get(unit)!)),
      to: units.map((unit) => shownGrid(board.shown[unit])),
      managers: [],
    })
  }

  cancelStroke(): void {
    const { board, stroke } = this
    this.stroke = null
    if (!board || !stroke) return
    for (const [unit, from] of stroke.changed) board.move(unit, from)
    this.#changed([...stroke.changed.keys()])
  }

  /** Escape: first the stroke, then the proposal, then the half-made pick, then the card. */
  cancel(): void {
    if (this.stroke) this.cancelStroke()
    else if (this.proposal) this.propose(null)
    else if (this.firstPick !== null) this.firstPick = null
    else this.inspected = null
  }

  propose(proposal: Proposal | null): void {
    this.proposal = proposal
    this.painter?.preview(proposal?.units ?? [])
  }

  commit(): void {
    const { board, proposal } = this
    if (!board || !proposal) return
    this.propose(null)
    this.firstPick = null
    const to = proposal.to ?? NO_GRID
    const units = proposal.units.filter((unit) => board.shown[unit] !== to && board.mayMove(unit, to))
    if (units.length === 0 && proposal.managers.length === 0) {
      notifications.done(t('edit.nothingChanged'))
      return
    }
    const edit: QueuedEdit = {
      id: crypto.randomUUID(),
      kind: proposal.kind,
      units,
      from: units.map((unit) => shownGrid(board.shown[unit])),
      to: units.map(() => shownGrid(to)),
      managers: proposal.managers,
    }
    for (const unit of units) board.move(unit, to)
    this.#changed(units)
    this.sync?.save(edit)
  }

  async setLock(locked: boolean, what: { grids?: number[]; units?: number[] }): Promise<ApiError | null> {
    const { sync } = this
    if (!sync) return null
    // A lock must not overtake a stroke of one's own that is still on its way.
    await sync.queue.drained()
    const outcome = await api.setLocks(sync.planId, { locked, ...what })
    if (!outcome.ok) {
      notifications.error(outcome.error)
      return outcome.error
    }
    sync.takeLocks(outcome.data)
    return null
  }

  #changed(units: readonly number[]): void {
    this.painter?.paint(units)
    this.#show()
  }

  #show(): void {
    const { board } = this
    if (!board) return
    const before = new Map(this.rows.map((row) => [row.no, row]))
    // A row that did not change stays the same object, so that only the others are drawn again.
    this.rows = board.openGrids.map((grid) => {
      const known = before.get(grid.no)
      return known && sameTally(known, grid) ? known : { ...grid, totals: { ...grid.totals } }
    })
    this.left = { units: board.leftUnits, totals: { ...board.left } }
    this.#settle ??= setTimeout(() => this.#afterwards(), LABELS_EVERY_MS)
  }

  /** What may follow a moment later: labels, checks, the hatch of locks. */
  #afterwards(): void {
    this.#settle = undefined
    const { board } = this
    if (!board) return
    this.labels = gridLabels(board.middles, board.gridOf)
    const locked = board.lockedShown
    if (String(locked) !== String(this.locked)) this.locked = locked
    if (this.stroke) this.#settle = setTimeout(() => this.#afterwards(), LABELS_EVERY_MS)
    else this.cases = board.check()
  }
}

function sameTally(a: GridTally, b: GridTally): boolean {
  return (
    a.units === b.units &&
    a.totals.clients === b.totals.clients &&
    a.totals.visitHours === b.totals.visitHours &&
    a.totals.loanBalance === b.totals.loanBalance &&
    a.totals.depositBalance === b.totals.depositBalance &&
    a.managerId === b.managerId &&
    a.name === b.name &&
    a.locked === b.locked
  )
}

export const shownGrid = (no: number): number | null => (no === NO_GRID ? null : no)
const zero = (): Totals => ({ clients: 0, depositBalance: 0, loanBalance: 0, visitHours: 0 })

export const gridEditor = new GridEditor()
