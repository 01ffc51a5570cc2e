import { sql } from 'drizzle-orm'
import type { Tx } from '#db/client.ts'
import { rowsOf } from '#db/rows.ts'
import type { Job, JobState } from './contract.ts'

export interface NewJob {
  id: string
  kind: string
  input: unknown
  createdBy: number
}

export async function insertJob(tx: Tx, job: NewJob): Promise<void> {
  await tx.execute(sql`insert into app.job (id, kind, input, created_by)
    values (${job.id}::uuid, ${job.kind}, ${JSON.stringify(job.input)}::jsonb, ${job.createdBy})`)
}

export interface JobChange {
  state: JobState
  progress: number
  message: string
  result?: unknown
  error?: { code: string; message: string }
}

/** @returns false when the job is no longer in one of the states `from` */
export async function changeJob(
  tx: Tx,
  id: string,
  from: readonly JobState[],
  change: JobChange,
): Promise<boolean> {
  const ended = change.state !== 'queued' && change.state !== 'running'
  const rows = rowsOf(
    await tx.execute(sql`
      update app.job set state = ${change.state}, progress = ${change.progress}, message = ${change.message},
        result = ${change.result === undefined ? null : JSON.stringify(change.result)}::jsonb,
        error = ${change.error === undefined ? null : JSON.stringify(change.error)}::jsonb,
        finished_at = case when ${ended} then now() end
      where id = ${id}::uuid and state = any (${`{${from.join(',')}}`}::text[]) returning id`),
  )
  return rows.length > 0
}

/** A session sees its own jobs only; row-level security decides that. */
export async function findJob(tx: Tx, id: string): Promise<Job | null> {
  const [row] = rowsOf<Job>(
    await tx.execute(
      sql`select id, kind, state, progress, message, result, error from app.job where id = ${id}::uuid`,
    ),
  )
  return row ?? null
}

export async function failUnfinished(tx: Tx, error: { code: string; message: string }): Promise<number> {
  const rows = rowsOf(
    await tx.execute(sql`update app.job set state = 'failed', message = '未完成', error = ${JSON.stringify(error)}::jsonb, finished_at = now()
      where state in ('queued', 'running') returning id`),
  )
  return rows.length
}

export async function layerVersions(tx: Tx): Promise<Record<string, number>> {
  const rows = rowsOf<{ layer: string; version: number }>(
    await tx.execute(sql`select layer, version from geo.layer_version order by layer`),
  )
  return Object.fromEntries(rows.map(({ layer, version }) => [layer, Number(version)]))
}
