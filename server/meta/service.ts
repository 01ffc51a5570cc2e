import { statfs } from 'node:fs/promises'
import { isRole, ROLE_LABELS } from '#server/auth/permissions.ts'
import type { Deps } from '#server/deps.ts'
import { describeFault } from '#server/http/errors.ts'
import { layerVersions } from '#server/jobs/queries.ts'
import { DEMO_PASSWORD } from '#server/session/demo-password.ts'
import {
  ACCURACY_LABELS,
  type Meta,
  type MetaAfterLogin,
  type MetaBeforeLogin,
  type Ready,
} from './contract.ts'
import { demoAccounts, demoSetting, listDatasets, missingTables, wholeBounds } from './queries.ts'

const MAP_NOTICE = '内部工作用图 · 不得公开'
const TRIAL_NOTE =
  '试用模式：数据保存在本机的内置数据库中。程序异常退出不会丢失已保存的数据，但没有备份与并发写入保证，请勿存放正式客户数据。'
const DISK_FLOOR_MB = 500
const DATABASE_WAIT_MS = 1_000

export async function readMeta(deps: Deps, signedIn: boolean): Promise<Meta> {
  return { ...(await beforeLogin(deps)), ...(signedIn && (await afterLogin(deps))) }
}

async function beforeLogin({ db }: Deps): Promise<MetaBeforeLogin> {
  const trial = db.engine === 'embedded'
  const accounts = trial ? await db.asRole('gis_auth', (tx) => demoAccounts(tx)) : []
  const shown = accounts.map(({ username, role }) => ({
    username,
    roleLabel: isRole(role) ? ROLE_LABELS[role] : role,
  }))
  return {
    product: '赣格 GanGrid',
    engine: db.engine,
    trial,
    trialNote: trial ? TRIAL_NOTE : null,
    mapNotice: MAP_NOTICE,
    demoAccounts: shown.length > 0 ? shown : null,
    demoPassword: shown.length > 0 ? DEMO_PASSWORD : null,
  }
}

async function afterLogin({ db, snapshots }: Deps): Promise<MetaAfterLogin> {
  const { months } = await snapshots.current()
  return db.asRole('gis_reader', async (tx) => ({
    demo: await demoSetting(tx),
    asOf: months.latest,
    months: months.all,
    datasets: (await listDatasets(tx)).map((row) => ({
      ...row,
      accuracyLabel: ACCURACY_LABELS[row.accuracy] ?? row.accuracy,
    })),
    layers: await layerVersions(tx),
    bounds: await wholeBounds(tx),
  }))
}

/** Whether this process can serve now; a load balancer asks. */
export async function readReady(deps: Deps): Promise<Ready> {
  const database = await databaseCheck(deps)
  const checks = {
    database: database.reached,
    schema: database.schema,
    disk: await diskCheck(deps.dataFolder),
    jobs: deps.jobs.accepting ? { ok: true } : { ok: false, detail: '服务正在停止' },
  }
  return { ready: Object.values(checks).every(({ ok }) => ok), checks }
}

type Check = Ready['checks']['database']

async function databaseCheck({ db, log }: Deps): Promise<{ reached: Check; schema: Check }> {
  const unknown = { ok: false, detail: '数据库未应答，无法检查' }
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<null>((resolve) => (timer = setTimeout(() => resolve(null), DATABASE_WAIT_MS)))
  const asked = db.asRole('gis_reader', (tx) => missingTables(tx))
  try {
    const missing = await Promise.race([asked, late])
    if (missing === null) {
      asked.catch((error: unknown) =>
        log.warn({ event: 'readiness_probe_failed', fault: describeFault(error) }),
      )
      return { reached: { ok: false, detail: '数据库 1 秒内没有应答' }, schema: unknown }
    }
    const schema =
      missing.length === 0 ? { ok: true } : { ok: false, detail: `缺少数据表 ${missing.join('、')}` }
    return { reached: { ok: true }, schema }
  } catch (error) {
    log.warn({ event: 'readiness_probe_failed', fault: describeFault(error) })
    return { reached: { ok: false, detail: '数据库无法访问' }, schema: unknown }
  } finally {
    clearTimeout(timer)
  }
}

async function diskCheck(folder: string): Promise<Check> {
  const { bavail, bsize } = await statfs(folder)
  const freeMb = Math.floor((bavail * bsize) / 1_048_576)
  return freeMb > DISK_FLOOR_MB
    ? { ok: true }
    : { ok: false, detail: `数据目录所在磁盘仅剩 ${freeMb} MB，至少需要 ${DISK_FLOOR_MB} MB` }
}
