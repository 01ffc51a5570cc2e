/** Words shared by the steps of an import; plain data only. */
import type { MultiPolygonCoordinates } from '#domain/geo/shapes.ts'
import type { ImportProblem, ProblemCode } from './contract.ts'

export interface PlanUnit {
  idx: number
  key: string
  gridNo: number | null
  townshipCode: string | null
  townshipName: string | null
  shape: MultiPolygonCoordinates
  at: [number, number]
}

export interface PlanGridNow {
  no: number
  name: string
  managerId: number | null
  managerName: string | null
}

export interface Manager {
  id: number
  name: string
  staffNo: string
}

export interface Village {
  code: string
  name: string
  townshipCode: string
  seat: [number, number]
  shape: MultiPolygonCoordinates | null
}

/** The plan as an import finds it. */
export interface PlanState {
  planId: number
  version: number
  countyName: string
  units: PlanUnit[]
  grids: PlanGridNow[]
  managers: Manager[]
  villages: Village[]
  lockedGrids: ReadonlySet<number>
  lockedUnits: ReadonlySet<number>
}

/** How a file names a grid and its manager. */
export interface GridWords {
  /** From 1, as people count. */
  number: string
  name: string
  staffNo: string
  manager: string
}

export interface Problem {
  outcome: 'ambiguous' | 'refused'
  code: ProblemCode
  message: string
}

export function refused(code: ProblemCode, message: string): Problem {
  return { outcome: 'refused', code, message }
}

export function ambiguous(code: ProblemCode, message: string): Problem {
  return { outcome: 'ambiguous', code, message }
}

export type ListedProblem = ImportProblem

/** A grid as it is to be after the import. */
export interface GridTarget {
  no: number
  name: string
  isNew: boolean
  /** Undefined: the file does not say. */
  managerId: number | undefined
}

/** What the file asks for, once its words are understood. */
export interface Matched {
  items: { total: number; assigned: number; unchanged: number; ambiguous: number; refused: number }
  problems: ImportProblem[]
  /** Grid number by unit index, only for units that the file decides. */
  assignment: Map<number, number>
  targets: GridTarget[]
  cut: number
  overlapped: number
  untouched: number
}
