import type { Database } from '#db/client.ts'
import type { SessionContext } from '#server/http/env.ts'
import { AppError } from '#server/http/errors.ts'
import type { Job } from './contract.ts'
import type { JobQueue } from './job-queue.ts'
import { findJob } from './queries.ts'

export async function readJob(db: Database, session: SessionContext, id: string): Promise<Job> {
  const job = await db.withUser(session.tokenHash, (tx) => findJob(tx, id))
  if (!job) throw new AppError('not_found', '没有这个任务，或任务不是您提交的。')
  return job
}

/** Cancelling a job that has ended changes nothing and is no error: the caller wanted it over, and it is. */
export async function cancelJob(
  db: Database,
  jobs: JobQueue,
  session: SessionContext,
  id: string,
): Promise<void> {
  await readJob(db, session, id)
  await jobs.cancel(id, session.me.accountId)
}
