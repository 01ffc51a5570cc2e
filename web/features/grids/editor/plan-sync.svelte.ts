/** Keeps the board and the server's plan together: own edits out, edits of others in, undo, locks, who else is here. */
import { NO_GRID } from '#domain/plan-check/plan-graph.ts'
import { api } from '#web/api/client.ts'
import type { ApiError } from '#web/api/call.ts'
import type {
  Board,
  EditHistory,
  EditResult,
  LockList,
  LoggedEdit,
  PlanEvent,
  PlanPresence,
} from '#web/api/types.ts'
import { t } from '#web/locales/i18n.svelte.ts'
import { notifications } from '#web/state/notifications.svelte.ts'
import { serverEvents } from '#web/state/server-events.ts'
import { session } from '#web/state/session.svelte.ts'
import { planEditor } from '../plan-editor.svelte.ts'
import type { EditBoard } from './board.ts'
import { pendingEnds, rebase } from './rebase.ts'
import { SaveQueue, type QueuedEdit } from './save-queue.svelte.ts'

export interface EditClash {
  error: ApiError
  /** Units that are elsewhere now, with mine and theirs. */
  units: { unit: number; mine: number; theirs: number }[]
}

/** Units of the stroke under the finger: they stay as drawn, whatever comes in meanwhile. */
type Stroke = () => ReadonlyMap<number, number> | null

const HERE_EVERY_MS = 15_000
/** One steps through the list quickly; the others need to know where one stays. */
const TELL_AFTER_MS = 800

export class PlanSync {
  readonly planId: number
  readonly queue: SaveQueue
  history = $state.raw<EditHistory>({ undo: [], redo: [] })
  clash = $state.raw<EditClash | null>(null)
  /** The others who have this plan open. */
  people = $state.raw<PlanPresence['people']>([])
  readonly #board: EditBoard
  readonly #changed: (units: number[]) => void
  readonly #stroke: Stroke
  #version: number
  #seq: number
  #undoing: Promise<void> = Promise.resolve()
  #forget: (() => void)[] = []
  #timer: ReturnType<typeof setInterval> | undefined
  #fetching: Promise<void> | null = null
  #grid: number | null = null
  #me = 0
  #telling: ReturnType<typeof setTimeout> | undefined

  constructor(
    planId: number,
    board: Board,
    { shown, changed, stroke }: { shown: EditBoard; changed: (units: number[]) => void; stroke: Stroke },
  ) {
    this.planId = planId
    this.#board = shown
    this.#changed = changed
    this.#stroke = stroke
    this.#version = board.version
    this.#seq = board.lastSeq
    this.queue = new SaveQueue(planId, session.me?.username ?? '', {
      version: () => this.#version,
      onSaved: (result) => this.#saved(result),
      onConflict: (error, item) => void this.#conflict(error, item),
      onRefused: (error) => {
        notifications.error(error)
        this.#redraw()
      },
    })
  }

  async start(): Promise<void> {
    this.#redraw()
    this.queue.resume()
    this.#forget = [
      serverEvents.on('plan', (data) => {
        const news = data as PlanEvent
        if (news.planId !== this.planId) return
        this.#meet(news.people)
        void this.catchUp(news.lastSeq, news.version)
      }),
      serverEvents.on('open', () => void this.#here()),
    ]
    this.#timer = setInterval(() => void this.#here(), HERE_EVERY_MS)
    const [history] = await Promise.all([api.editHistory(this.planId), this.#here()])
    if (history.ok) this.history = history.data
    else notifications.error(history.error)
  }

  stop(): void {
    for (const forget of this.#forget) forget()
    clearInterval(this.#timer)
    clearTimeout(this.#telling)
    this.queue.close()
    void api.presence(this.planId, { leaving: true })
  }

  /** Tells the others which grid one works on. */
  workOn(no: number): void {
    this.#grid = no === NO_GRID ? null : no
    clearTimeout(this.#telling)
    this.#telling = setTimeout(() => void this.#here(), TELL_AFTER_MS)
  }

  #meet(people: PlanPresence['people']): void {
    this.people = people.filter(({ accountId }) => accountId !== this.#me)
  }

  save(edit: QueuedEdit): void {
    this.queue.push(edit)
  }

  undo(): void {
    this.#undoing = this.#undoing.then(() => this.#takeBack('undo'))
  }

  redo(): void {
    this.#undoing = this.#undoing.then(() => this.#takeBack('redo'))
  }

  async #takeBack(which: 'undo' | 'redo'): Promise<void> {
    if (this.queue.state === 'failing') return notifications.done(t('edit.undoWaits'))
    await this.queue.drained()
    const seq = this.history[which].at(-1)
    if (seq === undefined)
      return notifications.done(t(which === 'undo' ? 'edit.nothingToUndo' : 'edit.nothingToRedo'))
    this.queue.push({ id: crypto.randomUUID(), undoes: seq })
    await this.queue.drained()
  }

  #saved(result: EditResult): void {
    this.#note(result.edit)
    this.#integrate([...result.missed, result.edit])
    this.#version = Math.max(this.#version, result.version)
    void this.catchUp(result.edit.seq, result.version)
    const settled = this.queue.items.length === 0 && this.#stroke() === null && this.#seq === result.edit.seq
    this.#board.takeBalance(result.grids, settled)
    this.#changed([])
    this.#syncPlan(result)
  }

  #note({ seq, undoes }: LoggedEdit): void {
    const { undo, redo } = this.history
    if (undoes === null) this.history = { undo: [...undo, seq], redo: [] }
    else if (undo.includes(undoes))
      this.history = { undo: undo.filter((own) => own !== undoes), redo: [...redo, seq] }
    else this.history = { undo: [...undo, seq], redo: redo.filter((own) => own !== undoes) }
  }

  /** The panel beside the map shows the same plan: its version, sums and managers. */
  #syncPlan({ version, grids, unassigned }: EditResult): void {
    const plan = planEditor.plan.data
    if (!plan || plan.id !== this.planId) return
    const known = new Map(plan.grids.map((grid) => [grid.no, grid]))
    planEditor.plan.set({
      ...plan,
      version,
      unassigned,
      grids: grids.map((grid) => ({
        ...(known.get(grid.no) ?? { areaKm2: 0, contiguous: true, polsbyPopper: null, locked: false }),
        ...grid,
      })),
    })
  }

  /** Edits in the order of the log, each once. */
  #integrate(edits: readonly LoggedEdit[]): void {
    const touched: number[] = []
    for (const edit of [...edits].sort((p, q) => p.seq - q.seq)) {
      if (edit.seq !== this.#seq + 1) continue
      this.#seq = edit.seq
      this.#version = Math.max(this.#version, edit.version)
      edit.units.forEach((unit, i) => {
        this.#board.confirmed[unit] = edit.to[i] ?? NO_GRID
        touched.push(unit)
      })
    }
    this.#redraw(touched)
  }

  /** Brings units to what is confirmed, with what is pending on top. */
  #redraw(units: Iterable<number> = Array.from({ length: this.#board.n }, (_, unit) => unit)): void {
    const ends = pendingEnds(this.queue.items)
    const drawn = this.#stroke()
    const changed: number[] = []
    for (const unit of units) {
      if (drawn?.has(unit)) continue
      const wanted = ends.get(unit) ?? this.#board.confirmed[unit]
      if (this.#board.shown[unit] === wanted) continue
      this.#board.move(unit, wanted)
      changed.push(unit)
    }
    if (changed.length > 0) this.#changed(changed)
  }

  /** Fetches what others did, until this board is as far as the plan. */
  catchUp(lastSeq: number, version: number): Promise<void> {
    if (lastSeq <= this.#seq && version <= this.#version) return Promise.resolve()
    this.#fetching ??= this.#pull().finally(() => (this.#fetching = null))
    return this.#fetching
  }

  async #pull(): Promise<void> {
    for (;;) {
      const outcome = await api.edits(this.planId, this.#seq)
      if (!outcome.ok) return notifications.error(outcome.error)
      this.#integrate(outcome.data.edits)
      if (outcome.data.version > this.#version) {
        this.#version = outcome.data.version
        const locks = await api.locks(this.planId)
        if (locks.ok) this.takeLocks(locks.data)
      }
      if (outcome.data.edits.length === 0 || this.#seq >= outcome.data.lastSeq) return
    }
  }

  takeLocks(locks: LockList): void {
    this.#version = Math.max(this.#version, locks.version)
    this.#board.takeLocks(locks)
    this.#changed([])
  }

  async #here(): Promise<void> {
    const outcome = await api.presence(this.planId, { grid: this.#grid })
    if (!outcome.ok) return
    this.#me = outcome.data.me
    this.#meet(outcome.data.people)
    await this.catchUp(outcome.data.lastSeq, outcome.data.version)
  }

  async #conflict(error: ApiError, item: QueuedEdit): Promise<void> {
    await this.catchUp(Infinity, Infinity)
    const locked = error.conflict?.locked ?? []
    const moved = error.conflict?.units ?? []
    if ('undoes' in item || moved.length === 0) {
      // Nothing to choose: an undo that others overtook, or what a lock holds. The rest of the edit is saved.
      notifications.error(error)
      const rest = 'undoes' in item || locked.length === 0 ? this.queue.items.slice(1) : this.queue.items
      this.#goOn(rebase(rest, this.#board.confirmed, new Set(locked)))
      return
    }
    const ends = pendingEnds([item])
    this.clash = {
      error,
      units: moved.map(({ unit, present }) => ({
        unit,
        mine: ends.get(unit) ?? NO_GRID,
        theirs: present ?? NO_GRID,
      })),
    }
  }

  settleClash(keep: 'mine' | 'theirs'): void {
    const { clash } = this
    if (!clash) return
    this.clash = null
    const givenUp = new Set(keep === 'theirs' ? clash.units.map(({ unit }) => unit) : [])
    this.#goOn(rebase(this.queue.items, this.#board.confirmed, givenUp))
  }

  #goOn(items: QueuedEdit[]): void {
    this.queue.replace(items)
    this.#redraw()
    this.queue.resume()
  }
}
