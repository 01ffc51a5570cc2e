/** What the server answers, as the web reads it. */
import type { ClientKind, ClientStatus } from '#domain/filter/client-columns.ts'

export type { ClientKind, ClientStatus }
export type PlaceLevel = 'prefecture' | 'county' | 'township' | 'village'
export type Box = [number, number, number, number]

export interface Me {
  username: string
  displayName: string
  role: string
  roleLabel: string
  staffId: number | null
  branches: { id: number; name: string; kind: string; countyCode: string | null; townshipCode: string | null }[]
  counties: { code: string; name: string }[]
  can: string[]
  scopeBox: Box | null
  idleUntil: string
}

export interface DemoAccount {
  username: string
  roleLabel: string
}

export interface Dataset {
  id: string
  title: string
  source: string
  licence: string
  accuracy: string
  accuracyLabel: string
}

/** Before login only `product`, `demo`, `mapNotice` and `demoAccounts` are sent. */
export interface Meta {
  product: string
  demo: { clients: number; seed: number; asOf: string } | boolean | null
  mapNotice: string
  demoAccounts?: DemoAccount[]
  engine?: 'embedded' | 'server'
  trial?: boolean | string
  asOf?: string
  months?: string[]
  datasets?: Dataset[]
  layers?: Record<string, number>
  bounds?: Box
}

export interface PlaceSummary {
  code: string
  level: PlaceLevel
  name: string
  kind: string
  parentCode: string | null
  countyCode: string | null
  seat: [number, number]
  accuracy: string
  statistical: boolean
}

export interface PlaceHit extends PlaceSummary {
  match: string
  context: string
}

export interface Place extends PlaceSummary {
  areaKm2: number | null
  population: number | null
  industries: string[]
  path: { code: string; name: string; level: PlaceLevel }[]
  formerNames: string[]
  formerCodes: string[]
  source: string
  bounds: Box
}

export interface LegendEntry {
  status: ClientStatus
  count: number | null
  deposit: string | number | null
  loan: string | number | null
  hidden?: boolean
}

export interface ClientLegend {
  total: Omit<LegendEntry, 'status'>
  byStatus: LegendEntry[]
}

export interface ClientRow {
  id: number
  clientNo: string
  name: string
  kind: ClientKind
  status: ClientStatus
  depositBalance: string
  loanBalance: string
  lastVisitOn: string | null
  nextDueOn: string | null
  township?: string | null
  village?: string | null
  managerName?: string | null
}

export interface ClientDetails {
  id: number
  clientNo: string
  name: string
  kind: ClientKind
  status: ClientStatus
  phoneMask: string | null
  idMask: string | null
  address: string | null
  place: { county: CodeName | null; township: CodeName | null; village: CodeName | null }
  branch: { id: number; name: string }
  manager: { id: number; name: string } | null
  depositBalance: string
  loanBalance: string
  acquiring: boolean
  payroll: boolean
  riskClass: number | null
  openedOn: string | null
  nextDueOn: string | null
  lastVisitOn: string | null
  lostOn: string | null
  lostReason: string | null
  locationAccuracy: string
  position: [number, number] | null
  loans: {
    id: number
    product: string
    principal: string
    balance: string
    annualRate: string | number
    startedOn: string
    maturesOn: string
    riskClass: number | null
  }[]
  visits: { id: string | number; visitedAt: string; outcome: string; managerName: string; note: string | null }[]
}

export interface CodeName {
  code: string
  name: string
}

export interface BalanceMonth {
  month: string
  deposit: string
  loan: string
}

export interface ClientHit {
  id: number
  name: string
  kind: ClientKind
  status: ClientStatus
  township: string | null
  position: [number, number] | null
}

export interface Metric {
  key: string
  version: number
  unit: string
  label: string
  definition: string
  numerator: string | null
  denominator: string | null
}

export interface PlaceValue {
  code: string
  name: string
  value: number | null
  hidden?: boolean
  numerator?: number | null
  denominator?: number | null
}

export interface PlaceValues {
  metric: string
  level: PlaceLevel
  month: string
  unit: string
  values: PlaceValue[]
  total: { value: number | null }
  breaks: number[]
}

export interface PlanSummary {
  id: number
  name: string
  countyCode: string
  countyName: string
  cellSizeM: number
  state: string
  gridCount: number | null
  units: number
  solvedAt: string | null
  version: number
  updatedAt: string
}

export type WeightKey = 'clients' | 'depositBalance' | 'loanBalance' | 'visitHours'

export interface PlanGrid {
  no: number
  name: string
  managerId: number | null
  managerName: string | null
  units: number
  areaKm2: number
  totals: Record<WeightKey, number>
  deviation: Partial<Record<WeightKey, number>>
  contiguous: boolean
  polsbyPopper: number | null
}

export interface Plan extends PlanSummary {
  bounds: Box
  weights: { key: WeightKey; importance: number }[] | WeightKey[]
  tolerance: number | null
  seed: number
  grids: PlanGrid[]
  unassigned: number
  clientsOutside: number
  metrics: Record<string, unknown> | null
  reasons: { code: string; message: string }[]
}

export interface UnitProperties {
  idx: number
  key: string
  gridNo: number | null
  townshipCode: string | null
  clients: number
  loanBalance: number
  depositBalance: number
  visitHours: number
}

export type UnitCollection = GeoJSON.FeatureCollection<GeoJSON.Polygon | GeoJSON.MultiPolygon, UnitProperties>

export interface StaffMember {
  id: number
  name: string
  staffNo: string
  branchId: number
  branchName: string
  capacity: number
}

export interface Job {
  id: string
  kind: string
  state: 'queued' | 'running' | 'done' | 'failed' | 'cancelled'
  progress: number
  message: string
  result: unknown
  error: { code: string; message: string } | null
}
