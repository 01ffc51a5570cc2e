import { spawnSync } from 'node:child_process'
import { startCluster } from './support/cluster.ts'

/** Runs the command given as arguments with TEST_DATABASE_URL naming a throw-away PostgreSQL cluster. */
const [command, ...args] = process.argv.slice(2)
const cluster = await startCluster()
try {
  const result = spawnSync(command, args, {
    stdio: 'inherit',
    env: { ...process.env, TEST_DATABASE_URL: cluster.url },
  })
  process.exitCode = result.status ?? 1
} finally {
  cluster.stop()
}
