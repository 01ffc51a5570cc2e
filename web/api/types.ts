/** What the server answers, as the web reads it: taken from the server's contracts, which are the one source. */
import type { z } from 'zod'
import type { Client, ClientHits, ClientRow as Row, Legend } from '#server/clients/contract.ts'
import type { ImportOptions } from '#server/exchange/contract.ts'
import type * as grids from '#server/grids/contract.ts'
import type * as edits from '#server/grids/edits/contract.ts'
import type { metricSchema, PlaceValues as Values } from '#server/metrics/contract.ts'
import type { Meta as MetaView } from '#server/meta/contract.ts'
import type { MeView } from '#server/session/contract.ts'
import type { ClientKind, ClientStatus } from '#domain/filter/client-columns.ts'

export type { ClientKind, ClientStatus }
export type { Job } from '#server/jobs/contract.ts'
export type {
  Plan,
  PlanGrid,
  PlanSummary,
  StaffMember,
  UnitProperties,
  WeightKey,
} from '#server/grids/contract.ts'
export type {
  Board,
  EditList,
  EditResult,
  GridBalance,
  LockList,
  LoggedEdit,
} from '#server/grids/edits/contract.ts'
export type EditBody = z.input<typeof edits.editSchema>
export type EditHistory = edits.HistoryView
export type PlanPresence = edits.PresenceList
export type { PlanEvent } from '#server/jobs/contract.ts'
export type { CrsChoiceId, ExportFormat, ImportProblem, ImportReport } from '#server/exchange/contract.ts'
export type ImportQuery = Omit<ImportOptions, 'layer'>
export type Me = MeView
export type Meta = MetaView
export type Box = [number, number, number, number]
export type PlaceLevel = 'prefecture' | 'county' | 'township' | 'village'

/** The contracts leave status and kind as text; the vocabularies are closed. */
type Known<T> = Omit<T, 'status' | 'kind'> & { status: ClientStatus; kind: ClientKind }
export type ClientRow = Known<Row>
export type ClientDetails = Known<Client>
export type ClientHit = Known<ClientHits['clients'][number]>
export type LegendEntry = Omit<Legend['byStatus'][number], 'status'> & { status: ClientStatus }
export type ClientLegend = Omit<Legend, 'byStatus'> & { byStatus: LegendEntry[] }

export interface BalanceMonth {
  month: string
  deposit: string
  loan: string
}

export type UnitCollection = GeoJSON.FeatureCollection<
  GeoJSON.Polygon | GeoJSON.MultiPolygon,
  grids.UnitProperties
>

export type { Place, PlaceHit, PlaceSummary } from '#server/places/contract.ts'
export type Metric = z.infer<typeof metricSchema>
export type PlaceValues = Omit<Values, 'level'> & { level: PlaceLevel }
export type PlaceValue = Values['values'][number]
