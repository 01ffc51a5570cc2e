import { closeSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs'
import { hostname } from 'node:os'
import { CannotOpen } from '../errors.ts'

interface Holder {
  pid: number
  host: string
  startedAt: string
  bootTicks: string | null
}

/**
 * One process per data folder: the embedded engine takes no lock of its own, and a second process silently loses rows.
 * The lock is a file created exclusively; one left by a process that is gone is taken over, by rename so that of two
 * takers only one wins. Throws CannotOpen naming the holder.
 */
export function lockFolder(folder: string): () => void {
  const path = `${folder}.lock`
  for (let attempt = 0; attempt < 3; attempt++) {
    if (tryCreate(path)) return () => rmSync(path, { force: true })
    const holder = readHolder(path)
    if (holder && isAlive(holder)) {
      throw new CannotOpen(
        `数据目录 ${folder} 正被进程 ${holder.pid} 使用（主机 ${holder.host}，${holder.startedAt} 启动）。` +
          '请先关闭那个进程，或用 GANGRID_DATA 指定另一个目录。',
      )
    }
    takeAway(path)
  }
  throw new CannotOpen(`无法锁定数据目录 ${folder}：锁文件 ${path} 反复被其他进程占用，请稍后再试。`)
}

function tryCreate(path: string): boolean {
  let file: number
  try {
    file = openSync(path, 'wx', 0o600)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
  const holder: Holder = {
    pid: process.pid,
    host: hostname(),
    startedAt: new Date().toISOString(),
    bootTicks: startTicks(process.pid),
  }
  writeSync(file, JSON.stringify(holder))
  closeSync(file)
  return true
}

function readHolder(path: string): Holder | null {
  for (let attempt = 0; attempt < 5; attempt++) {
    try {
      return JSON.parse(readFileSync(path, 'utf8')) as Holder
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
      // created but not yet written
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20)
    }
  }
  return null
}

function isAlive(holder: Holder): boolean {
  if (holder.host !== hostname()) return true
  try {
    process.kill(holder.pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false
  }
  // The number may have been given to another program since: compare when it was started, where the system tells.
  const ticks = startTicks(holder.pid)
  return ticks === null || holder.bootTicks === null || ticks === holder.bootTicks
}

function startTicks(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null
  } catch {
    return null
  }
}

function takeAway(path: string): void {
  const aside = `${path}.${process.pid}`
  try {
    renameSync(path, aside)
    rmSync(aside, { force: true })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
}
