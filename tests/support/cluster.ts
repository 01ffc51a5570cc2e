import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'

export interface Cluster {
  url: string
  stop: () => void
  /** As a crash would: no shutdown checkpoint. */
  crash: () => void
  start: () => void
}

/** Newest installed PostgreSQL's programs, or null. */
export function postgresPrograms(): string | null {
  const root = '/usr/lib/postgresql'
  if (!existsSync(root)) return null
  const versions = readdirSync(root).sort((a, b) => Number(b) - Number(a))
  return versions.length > 0 ? join(root, versions[0], 'bin') : null
}

/** Starts a throw-away cluster on a free port of 127.0.0.1; PostgreSQL refuses to run as root, so root becomes `postgres`. */
export async function startCluster(): Promise<Cluster> {
  const bin = postgresPrograms()
  if (!bin) throw new Error('PostgreSQL is not installed (Debian: postgresql-15-postgis-3)')
  const folder = mkdtempSync(join(tmpdir(), 'gangrid-pg-'))
  const asRoot = userInfo().uid === 0
  const run = (program: string, args: string[]) => {
    const [file, list] = asRoot
      ? ['runuser', ['-u', 'postgres', '--', join(bin, program), ...args]]
      : [join(bin, program), args]
    const result = spawnSync(file, list, { stdio: ['ignore', 'ignore', 'pipe'], cwd: '/', encoding: 'utf8' })
    if (result.status !== 0) throw new Error(`${program} failed: ${result.stderr}`)
  }
  chmodSync(folder, 0o755)
  if (asRoot) execFileSync('chown', ['postgres', folder])
  const port = await freePort()
  const data = join(folder, 'data')
  run('initdb', ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C.UTF-8'])
  const settings = `-p ${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories=${folder} -c max_connections=120 -c shared_buffers=512MB -c max_wal_size=4GB`
  run('pg_ctl', ['-D', data, '-l', join(data, 'server.log'), '-w', '-o', settings, 'start'])
  return {
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    stop: () => {
      run('pg_ctl', ['-D', data, '-m', 'fast', '-w', 'stop'])
      rmSync(folder, { recursive: true, force: true })
    },
    crash: () => run('pg_ctl', ['-D', data, '-m', 'immediate', '-w', 'stop']),
    start: () => run('pg_ctl', ['-D', data, '-l', join(data, 'server.log'), '-w', '-o', settings, 'start']),
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer()
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo
      probe.close(() => resolve(port))
    })
  })
}
