export interface WorkerSettings {
  folder: string
  postgisBundle: string
}

export type Request = { id: number } & RequestBody
export type RequestBody =
  | { kind: 'query'; sql: string; params: unknown[]; rowMode: 'array' | 'object' }
  | { kind: 'script'; sql: string }
  | { kind: 'copy'; sql: string; data: Uint8Array }
  | { kind: 'dump' }
  | { kind: 'close' }

export type Answer =
  | { kind: 'ready' }
  | { kind: 'answer'; id: number; value: unknown }
  | {
      kind: 'refusal'
      id: number
      error: { message: string; code: string; constraint?: string; table?: string }
    }
