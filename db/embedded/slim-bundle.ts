import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'

const BLOCK = 512

/**
 * The PostGIS bundle without what we never load (raster, topology, upgrade scripts): every shared object in it is
 * compiled at each start, so a smaller one starts faster and takes less memory. Made once from the installed package.
 * @returns path of a .tar.gz
 */
export function slimPostgisBundle(cacheFolder: string): string {
  const path = join(cacheFolder, 'postgis-slim.tar.gz')
  if (existsSync(path)) return path
  const require = createRequire(import.meta.url)
  const stock = join(dirname(require.resolve('@electric-sql/pglite-postgis')), 'postgis.tar.gz')
  mkdirSync(cacheFolder, { recursive: true })
  const partial = `${path}.${process.pid}`
  writeFileSync(partial, gzipSync(keepEntries(gunzipSync(readFileSync(stock)), isNeeded), { level: 1 }))
  renameSync(partial, path)
  return path
}

function isNeeded(name: string): boolean {
  if (name.includes('postgis_raster') || name.includes('postgis_topology') || name.includes('/contrib/'))
    return false
  const isExtensionFile = name.includes('/extension/') && !name.endsWith('/')
  return !isExtensionFile || name.endsWith('/postgis.control') || /\/postgis--\d+(\.\d+)*\.sql$/.test(name)
}

function keepEntries(tar: Buffer, keep: (name: string) => boolean): Buffer {
  const kept: Buffer[] = []
  for (let at = 0; at + BLOCK <= tar.length && tar[at] !== 0;) {
    const name = text(tar, at + 345, 155) + text(tar, at, 100)
    const size = parseInt(text(tar, at + 124, 12).trim(), 8) || 0
    const end = at + BLOCK + Math.ceil(size / BLOCK) * BLOCK
    if (keep(name)) kept.push(tar.subarray(at, end))
    at = end
  }
  return Buffer.concat([...kept, Buffer.alloc(2 * BLOCK)])
}

function text(buffer: Buffer, start: number, length: number): string {
  const end = buffer.indexOf(0, start)
  return buffer.toString('latin1', start, end < 0 || end > start + length ? start + length : end)
}
