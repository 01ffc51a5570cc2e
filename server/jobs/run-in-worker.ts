import { Worker } from 'node:worker_threads'
import type { PlanningTasks, Report, TaskName } from './planning-tasks.ts'

export type WorkerAnswer =
  { kind: 'progress'; fraction: number; phase: string } | { kind: 'result'; output: unknown }

/**
 * Runs a computation in its own thread, so that requests are answered meanwhile. Cancelling ends the thread at once.
 * @throws the signal's reason when cancelled
 */
export async function runInWorker<Name extends TaskName>(
  task: Name,
  input: PlanningTasks[Name]['input'],
  options: { signal: AbortSignal; onProgress: Report },
): Promise<PlanningTasks[Name]['output']> {
  options.signal.throwIfAborted()
  const worker = new Worker(new URL('./planning.worker.mjs', import.meta.url), {
    workerData: { task, input },
  })
  let onAbort = (): void => {}
  try {
    return await new Promise<PlanningTasks[Name]['output']>((resolve, reject) => {
      onAbort = () => reject(options.signal.reason as Error)
      options.signal.addEventListener('abort', onAbort, { once: true })
      worker.on('message', (answer: WorkerAnswer) => {
        if (answer.kind === 'progress') options.onProgress(answer.fraction, answer.phase)
        else resolve(answer.output as PlanningTasks[Name]['output'])
      })
      worker.once('error', reject)
      worker.once('exit', (code) =>
        reject(new Error(`the planning thread ended with code ${code} and no result`)),
      )
    })
  } finally {
    options.signal.removeEventListener('abort', onAbort)
    await worker.terminate()
  }
}
