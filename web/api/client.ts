/** The only file that knows HTTP: one function per endpoint, each answering an Outcome. */
import type { Filter } from '#domain/filter/types.ts'
import { failure, isAbort, toOutcome, type Outcome } from './call.ts'
import type {
  BalanceMonth,
  Board,
  Box,
  ClientDetails,
  ClientHit,
  ClientLegend,
  ClientRow,
  EditBody,
  EditHistory,
  EditList,
  EditResult,
  ExportFormat,
  ImportQuery,
  ImportReport,
  Job,
  LockList,
  Me,
  Meta,
  Metric,
  Place,
  PlaceHit,
  PlaceLevel,
  PlaceSummary,
  PlaceValues,
  Plan,
  PlanPresence,
  PlanSummary,
  StaffMember,
  UnitCollection,
  WeightKey,
} from './types.ts'

type Query = Record<string, string | number | boolean | null | undefined>
interface Options {
  query?: Query
  body?: unknown
  /** Sent as it is, in place of a JSON body. */
  file?: Blob
  ifMatch?: number
  signal?: AbortSignal
}

let onUnauthenticated: () => void = () => {}

/** Called once by the session: what to do when the server no longer knows us. */
export function whenUnauthenticated(handler: () => void): void {
  onUnauthenticated = handler
}

async function send<T>(
  method: string,
  path: string,
  options: Options,
  read: (response: Response) => Promise<T>,
): Promise<Outcome<T>> {
  const headers: Record<string, string> = { accept: 'application/json' }
  // On every change, also one without a body: a form of another site cannot send it.
  if (method !== 'GET')
    headers['content-type'] = options.file ? 'application/octet-stream' : 'application/json'
  if (options.ifMatch !== undefined) headers['if-match'] = `"v${options.ifMatch}"`
  let response: Response
  try {
    response = await fetch(path + queryText(options.query), {
      method,
      headers,
      body: options.file ?? (options.body === undefined ? undefined : JSON.stringify(options.body)),
      signal: options.signal,
      credentials: 'same-origin',
    })
  } catch (cause) {
    return isAbort(cause) ? failure(0, 'aborted', '') : failure(0, 'network', '')
  }
  const outcome = await toOutcome(response, read)
  if (!outcome.ok && outcome.error.code === 'unauthenticated') onUnauthenticated()
  return outcome
}

/** Also for the endpoint lists of single features beside this file. */
export const json = <T>(method: string, path: string, options: Options = {}): Promise<Outcome<T>> =>
  send(method, path, options, async (response) =>
    response.status === 204 ? (undefined as T) : ((await response.json()) as T),
  )

function queryText(query: Query | undefined): string {
  const params = new URLSearchParams()
  for (const [key, value] of Object.entries(query ?? {})) {
    if (value !== undefined && value !== null && value !== '') params.set(key, String(value))
  }
  const text = params.toString()
  return text ? `?${text}` : ''
}

export function filterText(filter: Filter | null): string | undefined {
  return filter ? JSON.stringify(filter) : undefined
}

/** Absolute, because MapLibre's worker cannot resolve a relative address. */
export function tileUrl(layer: string, parts: { filter?: Filter | null; version?: number }): string {
  const query = queryText({ filter: filterText(parts.filter ?? null), v: parts.version })
  return `${location.origin}/tiles/${layer}/{z}/{x}/{y}.mvt${query}`
}

function fileNameOf(disposition: string | null): string {
  const encoded = /filename\*=UTF-8''([^;]+)/i.exec(disposition ?? '')?.[1]
  return encoded ? decodeURIComponent(encoded) : 'export'
}

const boxText = (box: Box) => box.map((value) => value.toFixed(5)).join(',')

export interface ClientQuery {
  filter: Filter | null
  sort: 'loanBalance' | 'depositBalance' | 'name' | 'lastVisit'
  order: 'asc' | 'desc'
  offset: number
  limit: number
}

export interface SolveRequest {
  gridCount: number
  weights: { key: WeightKey; importance: number }[]
  tolerance: number
  seed: number
}

export const api = {
  meta: () => json<Meta>('GET', '/api/meta'),
  me: () => json<Me>('GET', '/api/session'),
  login: (username: string, password: string) =>
    json<Me>('POST', '/api/session', { body: { username, password } }),
  logout: () => json<void>('DELETE', '/api/session'),

  places: (level: PlaceLevel, parent?: string, signal?: AbortSignal) =>
    json<{ places: PlaceSummary[] }>('GET', '/api/places', { query: { level, parent }, signal }),
  place: (code: string, signal?: AbortSignal) =>
    json<Place>('GET', `/api/places/${encodeURIComponent(code)}`, { signal }),
  searchPlaces: (q: string, signal?: AbortSignal) =>
    json<{ places: PlaceHit[] }>('GET', '/api/places/search', { query: { q, limit: 8 }, signal }),

  metrics: () => json<{ metrics: Metric[] }>('GET', '/api/metrics'),
  placeValues: (
    query: { metric: string; level: PlaceLevel; parent?: string; month?: string },
    signal?: AbortSignal,
  ) => json<PlaceValues>('GET', '/api/metrics/places', { query, signal }),

  clientColumns: (filter: Filter | null, signal?: AbortSignal) =>
    send('GET', '/api/clients/columns', { query: { filter: filterText(filter) }, signal }, (response) =>
      response.arrayBuffer(),
    ),
  clientLegend: (filter: Filter | null, box: Box | null, signal?: AbortSignal) =>
    json<ClientLegend>('GET', '/api/clients/legend', {
      query: { filter: filterText(filter), box: box ? boxText(box) : undefined },
      signal,
    }),
  clients: ({ filter, ...rest }: ClientQuery, signal?: AbortSignal) =>
    json<{ total: number; clients: ClientRow[] }>('GET', '/api/clients', {
      query: { filter: filterText(filter), ...rest },
      signal,
    }),
  client: (id: number, signal?: AbortSignal) => json<ClientDetails>('GET', `/api/clients/${id}`, { signal }),
  clientBalances: (id: number, signal?: AbortSignal) =>
    json<{ months: BalanceMonth[] }>('GET', `/api/clients/${id}/balances`, { signal }),
  reveal: (id: number, field: 'phone' | 'id', reason: string) =>
    json<{ value: string; expiresInS: number }>('POST', `/api/clients/${id}/reveal`, {
      body: { field, reason },
    }),
  searchClients: (q: string, signal?: AbortSignal) =>
    json<{ clients: ClientHit[] }>('GET', '/api/clients/search', { query: { q, limit: 6 }, signal }),

  plans: () => json<{ plans: PlanSummary[] }>('GET', '/api/grid-plans'),
  createPlan: (body: {
    name: string
    countyCode: string
    area?: GeoJSON.Polygon | GeoJSON.MultiPolygon
    cellSizeM: number
    unitSource: 'cells' | 'blocks'
    openLand: 'cells' | 'villages'
  }) => json<{ jobId: string }>('POST', '/api/grid-plans', { body }),
  plan: (id: number, signal?: AbortSignal) => json<Plan>('GET', `/api/grid-plans/${id}`, { signal }),
  planUnits: (id: number, signal?: AbortSignal) =>
    json<UnitCollection>('GET', `/api/grid-plans/${id}/units`, { signal }),
  solvePlan: (id: number, version: number, body: SolveRequest) =>
    json<{ jobId: string }>('POST', `/api/grid-plans/${id}/solve`, { body, ifMatch: version }),
  renamePlan: (id: number, version: number, name: string) =>
    json<Plan>('PATCH', `/api/grid-plans/${id}`, { body: { name }, ifMatch: version }),
  changeGrid: (id: number, version: number, no: number, body: { name?: string; managerId?: number | null }) =>
    json<Plan>('PATCH', `/api/grid-plans/${id}/grids/${no}`, { body, ifMatch: version }),
  deletePlan: (id: number, version: number) =>
    json<void>('DELETE', `/api/grid-plans/${id}`, { ifMatch: version }),
  board: (id: number, signal?: AbortSignal) => json<Board>('GET', `/api/grid-plans/${id}/board`, { signal }),
  saveEdit: (id: number, body: EditBody) => json<EditResult>('POST', `/api/grid-plans/${id}/edits`, { body }),
  edits: (id: number, after: number) =>
    json<EditList>('GET', `/api/grid-plans/${id}/edits`, { query: { after } }),
  editHistory: (id: number) => json<EditHistory>('GET', `/api/grid-plans/${id}/history`),
  locks: (id: number) => json<LockList>('GET', `/api/grid-plans/${id}/locks`),
  setLocks: (id: number, body: { locked: boolean; grids?: number[]; units?: number[] }) =>
    json<LockList>('POST', `/api/grid-plans/${id}/locks`, { body }),
  presence: (id: number, body: { grid?: number | null; leaving?: boolean }) =>
    json<PlanPresence>('POST', `/api/grid-plans/${id}/presence`, { body }),
  previewImport: (id: number, file: Blob, query: ImportQuery, signal?: AbortSignal) =>
    json<ImportReport>('POST', `/api/grid-plans/${id}/import/preview`, { file, query: { ...query }, signal }),
  applyImport: (id: number, version: number, file: Blob, query: ImportQuery & { digest: string }) =>
    json<{ version: number }>('POST', `/api/grid-plans/${id}/import`, {
      file,
      query: { ...query },
      ifMatch: version,
    }),
  exportPlan: (id: number, format: ExportFormat) =>
    send('GET', `/api/grid-plans/${id}/export/${format}`, {}, async (response) => ({
      name: fileNameOf(response.headers.get('content-disposition')),
      content: await response.blob(),
    })),
  staff: (countyCode: string) =>
    json<{ staff: StaffMember[] }>('GET', '/api/staff', { query: { countyCode } }),

  job: (id: string) => json<Job>('GET', `/api/jobs/${id}`),
  cancelJob: (id: string) => json<void>('DELETE', `/api/jobs/${id}`),
  events: () => new EventSource('/api/events', { withCredentials: true }),
}
