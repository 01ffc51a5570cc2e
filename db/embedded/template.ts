import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { migrate, readMigrations } from '../migrate.ts'
import { openEmbedded } from './embedded-engine.ts'

/**
 * An empty database with PostGIS and the present schema, made once and copied for each new data folder: initdb and
 * CREATE EXTENSION take ten seconds and more, a copy takes half of one.
 */
export async function templateFolder(cacheFolder: string): Promise<string> {
  const hash = createHash('sha256')
  for (const migration of readMigrations()) hash.update(migration.sha256)
  const folder = join(cacheFolder, `template-${hash.digest('hex').slice(0, 16)}`)
  if (existsSync(folder)) return folder
  mkdirSync(cacheFolder, { recursive: true })
  const partial = `${folder}.${process.pid}`
  rmSync(partial, { recursive: true, force: true })
  const engine = await openEmbedded({ folder: partial, cacheFolder })
  try {
    await migrate(engine)
  } finally {
    await engine.close()
  }
  try {
    renameSync(partial, folder)
  } catch (error) {
    // another process made the same template in the meantime
    if (!existsSync(folder)) throw error
    rmSync(partial, { recursive: true, force: true })
  }
  return folder
}

/** Copies under another name first, so that a killed copy never looks like a database. */
export function copyTemplate(template: string, folder: string): void {
  const partial = `${folder}.new`
  rmSync(partial, { recursive: true, force: true })
  cpSync(template, partial, { recursive: true, filter: (path) => !path.endsWith('postmaster.pid') })
  renameSync(partial, folder)
}
