import { z } from 'zod'

export const JOB_STATES = ['queued', 'running', 'done', 'failed', 'cancelled'] as const
export type JobState = (typeof JOB_STATES)[number]

export const jobSchema = z.object({
  id: z.uuid(),
  kind: z.string(),
  state: z.enum(JOB_STATES),
  /** 0 to 1. */
  progress: z.number().min(0).max(1),
  message: z.string(),
  result: z.record(z.string(), z.unknown()).nullable(),
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
})
export type Job = z.infer<typeof jobSchema>

export const jobAcceptedSchema = z.object({ jobId: z.uuid() })

/** What the stream /api/events carries under the event names 'job', 'layer' and 'plan'. */
export interface JobEvent {
  id: string
  state: JobState
  progress: number
  message: string
}

/** A plan has a new version, or other people in it. What changed is asked for at /api/grid-plans/{id}/edits. */
export interface PlanEvent {
  planId: number
  version: number
  lastSeq: number
  people: { accountId: number; name: string; grid: number | null }[]
}

export interface LayerEvent {
  layer: string
  version: number
}
