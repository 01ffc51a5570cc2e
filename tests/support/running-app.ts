import { mkdtempSync, rmSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import type { Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createAdaptorServer } from '@hono/node-server'
import { pino } from 'pino'
import type { Database } from '#db/client.ts'
import { loadDemo } from '#db/demo/load-demo.ts'
import { loadPlaces } from '#db/load-places.ts'
import { createApp } from '#server/app.ts'
import { sealContact } from '#server/auth/contact-cipher.ts'
import { createDeps } from '#server/deps.ts'
import { hashPassword } from '#server/session/password.ts'
import { openTestDatabase } from './database.ts'

export const PASSWORD = 'browser-journeys-1'
const KEY = Buffer.alloc(32, 9)
const ROOT = new URL('../..', import.meta.url).pathname

export interface RunningApp extends AsyncDisposable {
  origin: string
  db: Database
  [Symbol.asyncDispose](): Promise<void>
}

/** The whole application on a free port: shipped geography, a small demo bank, the built web pages. */
export async function startApp({ clients = 3_000 } = {}): Promise<RunningApp> {
  const opened = await openTestDatabase()
  const { db } = opened
  await loadPlaces(db)
  const passwordHash = await hashPassword(PASSWORD)
  await loadDemo(db, {
    clients,
    seed: 1,
    encrypt: (text) => sealContact(KEY, text),
    accounts: { passwordHash },
  })
  // The server engine refuses demo accounts; these journeys are about what a role sees.
  await db.asOwner((tx) => tx.execute(`update auth.account set demo = false`))
  const dataFolder = mkdtempSync(join(tmpdir(), 'gangrid-app-'))
  const deps = createDeps({
    db,
    log: pino({ level: 'silent' }),
    contactKey: KEY,
    dataFolder,
    webFolder: join(ROOT, 'web/dist'),
  })
  const server = createAdaptorServer({ fetch: createApp(deps).fetch }) as Server
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    origin: `http://localhost:${(server.address() as AddressInfo).port}`,
    db,
    [Symbol.asyncDispose]: async () => {
      deps.events.close()
      await deps.jobs.close()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await opened[Symbol.asyncDispose]()
      rmSync(dataFolder, { recursive: true, force: true })
    },
  }
}
