/**
 * Purpose: the plan as the editor holds it: what the server has confirmed, what is drawn on top of it, and the running totals.
 * Inputs: the units with their weights, the board of the server. Guarantees: totals move with every unit; `shown` is `confirmed`
 * with the pending changes on top. Limits: for those who see no exact balance, money of a unit is rounded, and so is what a
 * stroke adds; `takeTotals` puts the server's own sums in their place. Cost: a unit moved is a handful of additions.
 */
import { boundsOf, type MultiPolygonCoordinates } from '#domain/geo/shapes.ts'
import { checkPlan, type CheckCase } from '#domain/plan-check/check-plan.ts'
import { NO_GRID, planGraph, type PlanGraph } from '#domain/plan-check/plan-graph.ts'
import { mayMove, type Locks } from '#domain/plan-edit/changes.ts'
import { shapeLocator } from '#domain/geo/shape-locator.ts'
import type { Board as BoardData, GridBalance, Plan, UnitCollection, WeightKey } from '#web/api/types.ts'
import { unitMiddles } from '../outline.ts'
import { WEIGHTS } from '../weights.ts'

export type Totals = Record<WeightKey, number>

export interface GridTally {
  no: number
  name: string
  managerId: number | null
  managerName: string | null
  locked: boolean
  units: number
  totals: Totals
}

const nothing = (): Totals => ({ clients: 0, depositBalance: 0, loanBalance: 0, visitHours: 0 })

export class EditBoard {
  readonly n: number
  readonly graph: PlanGraph
  readonly middles: GeoJSON.Position[]
  readonly keys: string[]
  readonly townshipOf: (string | null)[]
  readonly villageOf: (string | null)[]
  readonly placeNames: Record<string, string>
  readonly outsidePoints: [number, number][]
  readonly withoutPosition: number
  readonly locate: (lng: number, lat: number) => number
  readonly confirmed: Int32Array
  readonly shown: Int32Array
  readonly lockedGrids: Set<number>
  readonly lockedUnits: Set<number>
  readonly weights: Record<WeightKey, Float64Array>
  /** By grid number; a grid that was never there has none. */
  grids: GridTally[]
  left: Totals = nothing()
  leftUnits = 0
  readonly #boxes: [number, number, number, number][]
  readonly #owners: BoardData['owners']
  readonly #locks: Locks

  constructor(units: UnitCollection, board: BoardData, plan: Plan) {
    const features = [...units.features].sort((p, q) => p.properties.idx - q.properties.idx)
    const shapes = features.map(({ geometry }) =>
      geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates,
    ) as MultiPolygonCoordinates[]
    this.n = features.length
    this.graph = planGraph(this.n, board.edges, board.outerM)
    this.middles = unitMiddles(units)
    this.keys = features.map(({ properties }) => properties.key)
    this.townshipOf = features.map(({ properties }) => properties.townshipCode)
    this.villageOf = board.villages
    this.placeNames = board.placeNames
    this.outsidePoints = board.outside.points
    this.withoutPosition = board.outside.withoutPosition
    this.locate = shapeLocator(shapes).first
    this.confirmed = Int32Array.from(board.assignment, (grid) => grid ?? NO_GRID)
    this.shown = this.confirmed.slice()
    this.lockedGrids = new Set(board.lockedGrids)
    this.lockedUnits = new Set(board.lockedUnits)
    this.weights = Object.fromEntries(
      WEIGHTS.map((key) => [key, Float64Array.from(features, ({ properties }) => properties[key])]),
    ) as Record<WeightKey, Float64Array>
    this.#boxes = shapes.map((shape) => {
      const { minX, minY, maxX, maxY } = boundsOf(shape)
      return [minX, minY, maxX, maxY]
    })
    this.#owners = board.owners
    this.#locks = {
      isLockedGrid: (grid) => this.lockedGrids.has(grid),
      isLockedUnit: (unit) => this.lockedUnits.has(unit),
    }
    this.grids = []
    for (const grid of plan.grids) this.grids[grid.no] = this.#tallyOf(grid)
    this.recount()
  }

  readonly gridOf = (unit: number): number => this.shown[unit]

  mayMove(unit: number, to: number): boolean {
    return mayMove(this.#locks, unit, this.shown[unit], to)
  }

  /** A grid that nobody has and that holds nothing is left over from a merge or an undone split. */
  get openGrids(): GridTally[] {
    return this.grids.filter((grid) => grid.units > 0 || grid.managerId !== null)
  }

  /** The number a new grid gets: one that is left over, else the next. */
  get freeNumber(): number {
    const unused = this.grids.find((grid) => grid.units === 0 && grid.managerId === null && !grid.locked)
    return unused?.no ?? this.grids.length
  }

  move(unit: number, to: number): void {
    const from = this.shown[unit]
    if (from === to) return
    this.#add(from, unit, -1)
    this.shown[unit] = to
    this.#add(to, unit, 1)
  }

  #add(grid: number, unit: number, sign: 1 | -1): void {
    const into = grid === NO_GRID ? this.left : this.#grid(grid).totals
    for (const key of WEIGHTS) into[key] += sign * this.weights[key][unit]
    if (grid === NO_GRID) this.leftUnits += sign
    else this.#grid(grid).units += sign
  }

  #grid(no: number): GridTally {
    return (this.grids[no] ??= this.#tallyOf({
      no,
      name: '',
      managerId: null,
      managerName: null,
      units: 0,
      totals: nothing(),
    }))
  }

  #tallyOf(
    grid: Pick<GridBalance, 'no' | 'name' | 'managerId' | 'managerName' | 'units' | 'totals'>,
  ): GridTally {
    const { no, name, managerId, managerName, units, totals } = grid
    return {
      no,
      name,
      managerId,
      managerName,
      locked: this.lockedGrids.has(no),
      units,
      totals: { ...totals },
    }
  }

  /** Sums of everything, from the units. */
  recount(): void {
    this.left = nothing()
    this.leftUnits = 0
    for (const grid of this.grids) Object.assign(grid, { units: 0, totals: nothing() })
    for (let unit = 0; unit < this.n; unit++) this.#add(this.shown[unit], unit, 1)
  }

  /** The server's own sums, when nothing is pending; names and managers always. */
  takeBalance(balance: readonly GridBalance[], exact: boolean): void {
    for (const grid of balance) {
      const known = this.#grid(grid.no)
      const { name, managerId, managerName } = grid
      Object.assign(known, { name, managerId, managerName })
      if (exact) Object.assign(known, { units: grid.units, totals: { ...grid.totals } })
    }
  }

  takeLocks({ grids, units }: { grids: readonly number[]; units: readonly number[] }): void {
    this.lockedGrids.clear()
    this.lockedUnits.clear()
    for (const no of grids) this.lockedGrids.add(no)
    for (const unit of units) this.lockedUnits.add(unit)
    for (const grid of this.grids) grid.locked = this.lockedGrids.has(grid.no)
  }

  get lockedShown(): number[] {
    const all: number[] = []
    for (let unit = 0; unit < this.n; unit++)
      if (this.lockedUnits.has(unit) || this.lockedGrids.has(this.shown[unit])) all.push(unit)
    return all
  }

  unitsOf(grid: number): number[] {
    const all: number[] = []
    for (let unit = 0; unit < this.n; unit++) if (this.shown[unit] === grid) all.push(unit)
    return all
  }

  check(): CheckCase[] {
    const managerOf: (number | null)[] = this.grids.map(({ managerId }) => managerId)
    return checkPlan({
      graph: this.graph,
      assignment: this.shown,
      clients: this.weights.clients,
      owners: this.#owners,
      managerOf,
      ...this.#locks,
    })
  }

  boundsOf(units: readonly number[]): [number, number, number, number] {
    const all: [number, number, number, number] = [180, 90, -180, -90]
    for (const unit of units) {
      const [w, s, e, n] = this.#boxes[unit]
      all[0] = Math.min(all[0], w)
      all[1] = Math.min(all[1], s)
      all[2] = Math.max(all[2], e)
      all[3] = Math.max(all[3], n)
    }
    return all
  }

  sumOf(units: readonly number[]): Totals {
    const sum = nothing()
    for (const unit of units) for (const key of WEIGHTS) sum[key] += this.weights[key][unit]
    return sum
  }
}
