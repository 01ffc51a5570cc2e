import { randomBytes } from 'node:crypto'
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { CannotOpen } from '#db/errors.ts'

const KEY_BYTES = 32

/**
 * The key of phone and identity numbers, kept beside the database and not in it: a copy of the database alone reveals
 * none. Made at the first start, readable by its owner only. @throws CannotOpen
 */
export function loadContactKey(dataFolder: string): Buffer {
  const path = join(dataFolder, 'contact.key')
  try {
    const file = openSync(path, 'wx', 0o600)
    const key = randomBytes(KEY_BYTES)
    try {
      writeSync(file, key)
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
    return key
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') {
      mkdirSync(dataFolder, { recursive: true })
      return loadContactKey(dataFolder)
    }
    if (code !== 'EEXIST')
      throw new CannotOpen(`无法写入密钥文件 ${path}（${code ?? '未知原因'}）。请检查目录权限与磁盘空间。`)
  }
  const key = readFileSync(path)
  if (key.length !== KEY_BYTES) {
    throw new CannotOpen(
      `密钥文件 ${path} 已损坏（应为 ${KEY_BYTES} 字节，实为 ${key.length} 字节）。请从备份恢复它；没有它，已存的电话与证件号码无法解开。`,
    )
  }
  return key
}
