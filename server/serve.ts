import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { createAdaptorServer } from '@hono/node-server'
import type { Logger } from 'pino'
import type { Database } from '#db/client.ts'
import { demoState } from '#db/demo/clear-demo.ts'
import { loadDemo } from '#db/demo/load-demo.ts'
import { loadPlaces } from '#db/load-places.ts'
import { createApp } from './app.ts'
import { sealContact } from './auth/contact-cipher.ts'
import { loadContactKey } from './auth/contact-key.ts'
import { DEMO_SIZES } from './cli/demo.ts'
import { createDeps, type Deps } from './deps.ts'
import { OwnershipClock } from './governance/due.ts'
import type { Env } from './env.ts'
import { describeFault } from './http/errors.ts'
import { DEMO_PASSWORD } from './session/demo-password.ts'
import { hashPassword } from './session/password.ts'
import { tell } from './tell.ts'

const WEB_FOLDER = fileURLToPath(new URL('../web/dist', import.meta.url))
const DEMO_SEED = 1
const STOP_WITHIN_MS = 10_000
const LOOPBACK = new Set(['127.0.0.1', '::1', 'localhost'])

/** The server cannot listen for a reason the operator can act on; the message is in Chinese and shown as it is. */
export class CannotListen extends Error {}

/** Fills an empty database, listens, and prints "ready ..."; closes the database when it cannot. @throws CannotListen, DemoRefused */
export async function serve(db: Database, env: Env, log: Logger): Promise<void> {
  try {
    const contactKey = loadContactKey(env.GANGRID_DATA)
    await fillWhenEmpty(db, contactKey, env.GANGRID_DEMO ?? (db.engine === 'embedded' ? 'small' : 'off'))
    const deps = createDeps({
      db,
      log,
      contactKey,
      dataFolder: env.GANGRID_DATA,
      trustProxy: env.GANGRID_TRUST_PROXY,
      webFolder: WEB_FOLDER,
    })
    const interrupted = await deps.jobs.recover()
    if (interrupted > 0) log.warn({ event: 'jobs_interrupted', count: interrupted })
    const server = await listen(createApp(deps), env)
    deps.layers.start()
    const clock = new OwnershipClock(deps)
    clock.start()
    stopOnSignal(server, deps, clock)
    // The first visitor should not wait for either.
    for (const [name, load] of [
      ['places', () => deps.polygons.places()],
      ['snapshot', () => deps.snapshots.current()],
    ] as const) {
      load().catch((error: unknown) => log.error({ event: `${name}_failed`, fault: describeFault(error) }))
    }
    if (!LOOPBACK.has(env.HOST) && !env.GANGRID_TRUST_PROXY) {
      tell(
        '注意：服务对网络开放，但没有 HTTPS，登录信息会以明文传输。请在前面加一个 HTTPS 代理，并设置 GANGRID_TRUST_PROXY=1。',
      )
    }
    process.stdout.write(`ready http://localhost:${(server.address() as AddressInfo).port}\n`)
  } catch (error) {
    await db.close()
    throw error
  }
}

async function fillWhenEmpty(
  db: Database,
  contactKey: Buffer,
  demo: 'off' | 'small' | 'city',
): Promise<void> {
  const places = await loadPlaces(db)
  if (places > 0) tell(`已载入行政区划 ${places} 个`)
  if (demo === 'off') return
  const state = await db.asOwner((tx) => demoState(tx))
  if (state.setting || state.realClients > 0 || state.realOrganisation) return
  const clients = DEMO_SIZES[demo]!
  tell(`正在载入演示数据（${clients} 户）…`)
  // Demo accounts share a published password: the embedded trial only.
  const accounts = db.engine === 'embedded' ? { passwordHash: await hashPassword(DEMO_PASSWORD) } : undefined
  const report = await loadDemo(db, {
    clients,
    seed: DEMO_SEED,
    encrypt: (text) => sealContact(contactKey, text),
    accounts,
  })
  tell(`演示数据已载入：客户 ${report.clients} 户，数据日期 ${report.asOf}`)
}

function listen(app: ReturnType<typeof createApp>, env: Env): Promise<Server> {
  const server = createAdaptorServer({ fetch: app.fetch }) as Server
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const where = `${env.HOST}:${env.PORT}`
      if (error.code === 'EADDRINUSE')
        reject(new CannotListen(`端口 ${env.PORT} 已被占用。请关闭占用它的程序，或用 PORT 指定另一个端口。`))
      else if (error.code === 'EACCES')
        reject(new CannotListen(`没有权限监听 ${where}。请用 PORT 指定 1024 以上的端口。`))
      else reject(new CannotListen(`无法监听 ${where}（${error.code ?? '未知原因'}）。请检查 HOST 与 PORT。`))
    })
    server.listen(env.PORT, env.HOST, () => resolve(server))
  })
}

function stopOnSignal(server: Server, deps: Deps, clock: OwnershipClock): void {
  let stopping = false
  const onSignal = (): void => {
    if (stopping) process.exit(1)
    stopping = true
    void stop(server, deps, clock).then(
      () => process.exit(0),
      (error: unknown) => {
        deps.log.fatal({ event: 'stop_failed', fault: describeFault(error) })
        process.exit(1)
      },
    )
  }
  process.on('SIGTERM', onSignal)
  process.on('SIGINT', onSignal)
}

/** New requests are refused, streams end, jobs are cancelled, running requests get ten seconds, then the database closes. */
async function stop(server: Server, deps: Deps, clock: OwnershipClock): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  const deadline = setTimeout(() => server.closeAllConnections(), STOP_WITHIN_MS)
  deps.layers.stop()
  deps.events.close()
  await Promise.all([deps.jobs.close(), clock.stop()])
  await closed
  clearTimeout(deadline)
  await deps.db.close()
}
