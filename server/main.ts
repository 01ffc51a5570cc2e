import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { pino } from 'pino'
import { openDatabase } from '#db/client.ts'
import { DemoRefused } from '#db/demo/refused.ts'
import { CannotOpen } from '#db/errors.ts'
import { parseEnv } from './env.ts'
import { describeFault } from './http/errors.ts'
import { tell } from './tell.ts'

const CACHE = fileURLToPath(new URL('../node_modules/.cache/gangrid', import.meta.url))

const parsed = parseEnv(process.env)
if (!parsed.ok) {
  for (const fault of parsed.faults) tell(fault)
  tell('请改正后重新启动；可用的变量见 .env.example。')
  process.exit(2)
}
const log = pino(
  { level: parsed.env.GANGRID_LOG, base: null, timestamp: pino.stdTimeFunctions.isoTime },
  pino.destination({ dest: 2, sync: true }),
)
const crash = (error: unknown): never => {
  log.fatal({ event: 'crashed', fault: describeFault(error) })
  process.exit(1)
}
process.on('uncaughtException', crash)
process.on('unhandledRejection', crash)
// The database opens in its own thread while the rest of the program is loaded here.
const { GANGRID_DATA, DATABASE_URL, DATABASE_OWNER_URL } = parsed.env
const opening = openDatabase({
  folder: join(GANGRID_DATA, 'db'),
  cacheFolder: CACHE,
  url: DATABASE_URL,
  ownerUrl: DATABASE_OWNER_URL,
})
opening.catch(() => {}) // told below, once the program is loaded
const { serve, CannotListen } = await import('./serve.ts')
try {
  await serve(await opening, parsed.env, log)
} catch (error) {
  if (error instanceof CannotOpen || error instanceof CannotListen || error instanceof DemoRefused)
    tell(error.message)
  else {
    const { name, message } = describeFault(error)
    tell(`启动失败：${name} ${message}。请检查数据目录与数据库；如无法解决，请把这一行告诉管理员。`)
    log.debug({ event: 'start_failed', fault: describeFault(error) })
  }
  process.exit(1)
}
