import { parentPort, workerData } from 'node:worker_threads'
import { TASKS, type Report, type TaskName } from './planning-tasks.ts'
import type { WorkerAnswer } from './run-in-worker.ts'

const REPORT_EVERY_MS = 100

const port = parentPort!
const { task, input } = workerData as { task: TaskName; input: never }
const send = (answer: WorkerAnswer): void => port.postMessage(answer)

let reportedAt = -Infinity
const report: Report = (fraction, phase) => {
  const now = performance.now()
  if (now - reportedAt < REPORT_EVERY_MS) return
  reportedAt = now
  send({ kind: 'progress', fraction, phase })
}

send({ kind: 'result', output: TASKS[task](input, report) })
