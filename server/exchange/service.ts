import { createHash, randomUUID } from 'node:crypto'
import type { MultiPolygon } from 'geojson'
import type { Tx } from '#db/client.ts'
import type { Deps } from '#server/deps.ts'
import {
  gridStates,
  insertEdit,
  lockedNow,
  markEdited,
  moveUnits,
  planHead,
  setManagers,
} from '#server/grids/edits/queries.ts'
import { lockPlan, recordAct } from '#server/grids/queries.ts'
import type { SessionContext } from '#server/http/env.ts'
import { AppError } from '#server/http/errors.ts'
import { runInWorker } from '#server/jobs/run-in-worker.ts'
import { LIST_LIMIT, type ExportFormat, type ImportOptions, type ImportReport } from './contract.ts'
import { makeFile, type MadeFile } from './make-file.ts'
import type { MatchedFile } from './match-file.ts'
import {
  insertTargets,
  readManagers,
  readOutlines,
  readPlanGrids,
  readPlanHead,
  readPlanUnits,
  readVillages,
} from './queries.ts'
import { reportOf } from './report.ts'
import type { PlanState } from './types.ts'

const MATCH_LIMIT_MS = 60_000

interface Read {
  report: ImportReport
  matched: MatchedFile
  plan: PlanState
}

/** Plans in from files and out as files. What a session may see and change, row-level security decides. */
export class ExchangeService {
  private readonly deps: Deps

  constructor(deps: Deps) {
    this.deps = deps
  }

  async preview(
    session: SessionContext,
    planId: number,
    bytes: Uint8Array,
    options: ImportOptions,
  ): Promise<ImportReport> {
    return (await this.read(session, planId, bytes, options)).report
  }

  /** Changes what the preview with this digest said, as one edit of the log that its author can take back. */
  async apply(
    session: SessionContext,
    planId: number,
    bytes: Uint8Array,
    options: ImportOptions,
    { version, digest, requestId }: { version: number; digest: string; requestId: string },
  ): Promise<{ version: number; report: ImportReport }> {
    const { report, matched, plan } = await this.read(session, planId, bytes, options)
    if (plan.version !== version) throw stale(version, plan.version)
    if (report.digest !== digest)
      throw new AppError('conflict', '文件或方案与预览时不同，未导入。请重新预览，核对后再确认。')
    const { edit } = await this.deps.db.withUser(session.tokenHash, async (tx) => {
      await lockPlan(tx, planId)
      const head = await requireDraft(tx, planId)
      if (head.version !== version) throw stale(version, head.version)
      const before = new Map((await gridStates(tx, planId)).map(({ no, managerId }) => [no, managerId]))
      await insertTargets(
        tx,
        planId,
        matched.targets.filter(({ isNew }) => isNew),
      )
      const managers = matched.targets.flatMap(({ no, managerId }) => {
        const from = before.get(no) ?? null
        return managerId === undefined || managerId === from ? [] : [{ no, from, to: managerId }]
      })
      const moved = [...matched.assignment].filter(([unit, no]) => plan.units[unit]!.gridNo !== no)
      const units = moved.map(([unit]) => unit)
      const to = moved.map(([, no]) => no)
      if (units.length > 0) await moveUnits(tx, planId, units, to)
      if (managers.length > 0) await setManagers(tx, planId, managers)
      const written = await insertEdit(tx, planId, {
        seq: head.lastSeq + 1,
        id: randomUUID(),
        accountId: session.me.accountId,
        author: session.me.displayName,
        kind: 'import',
        units,
        from: units.map((unit) => plan.units[unit]!.gridNo ?? -1),
        to,
        managers,
        undoes: null,
        version: await markEdited(tx, planId),
      })
      await recordAct(tx, {
        action: 'gridPlan.import',
        objectId: String(planId),
        detail: { ...report.items, kind: report.kind, units: units.length, version: written.version },
        requestId,
      })
      return { edit: written }
    })
    return { version: edit.version, report }
  }

  async download(
    session: SessionContext,
    planId: number,
    format: ExportFormat,
    requestId: string,
  ): Promise<MadeFile> {
    const snapshot = await this.deps.snapshots.current()
    return this.deps.db.withUser(session.tokenHash, async (tx) => {
      const file = await makeFile(tx, { session, planId, format, snapshot, now: this.deps.now() })
      if (!file) throw noPlan()
      await recordAct(tx, {
        action: 'gridPlan.export',
        objectId: String(planId),
        detail: { format, rows: file.rows, bytes: file.bytes.length },
        requestId,
      })
      return file
    })
  }

  private async read(
    session: SessionContext,
    planId: number,
    bytes: Uint8Array,
    options: ImportOptions,
  ): Promise<Read> {
    const { plan, outlines } = await this.deps.db.withUser(session.tokenHash, async (tx) => {
      await requireDraft(tx, planId)
      return { plan: await readState(tx, planId), outlines: await readOutlines(tx, planId) }
    })
    const result = await runInWorker(
      'matchFile',
      { bytes, options, plan, outlines: outlines satisfies MultiPolygon[] },
      { signal: AbortSignal.timeout(MATCH_LIMIT_MS), onProgress: () => {} },
    )
    if (!result.ok) throw new AppError('unprocessable', `${result.reason.message}。没有改变方案。`)
    const matched = result.value
    const digest = createHash('sha256')
      .update(JSON.stringify([planId, plan.version, [...matched.assignment], matched.targets]))
      .digest('hex')
    return { report: reportOf(plan, matched, digest, LIST_LIMIT), matched, plan }
  }
}

async function readState(tx: Tx, planId: number): Promise<PlanState> {
  const head = (await readPlanHead(tx, planId))!
  const locks = await lockedNow(tx, planId)
  return {
    planId,
    version: head.version,
    countyName: head.countyName,
    units: await readPlanUnits(tx, planId),
    grids: await readPlanGrids(tx, planId),
    managers: await readManagers(tx, head.countyCode),
    villages: await readVillages(tx, head.countyCode),
    lockedGrids: new Set(locks.grids),
    lockedUnits: new Set(locks.units),
  }
}

const noPlan = () =>
  new AppError('not_found', '没有这个网格方案，或它不在您的管辖范围内。请返回方案列表核对。')

async function requireDraft(tx: Tx, planId: number) {
  const head = await planHead(tx, planId)
  if (!head) throw noPlan()
  if (head.state !== 'draft')
    throw new AppError('conflict', '方案已不是草稿，不能导入。请复制为新的草稿后再导入。')
  return head
}

function stale(version: number, currentVersion: number): AppError {
  const detail = `方案已被修改：预览的是第 ${version} 版，现在是第 ${currentVersion} 版，未导入。请重新预览，核对后再确认。`
  return new AppError('stale', detail, { currentVersion, headers: { etag: `"v${currentVersion}"` } })
}
