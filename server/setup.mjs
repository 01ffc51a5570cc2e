import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Everything a fresh clone lacks before it can run; uses nothing but Node and npm. */
export const root = fileURLToPath(new URL('..', import.meta.url))

/** Installs the packages when they are absent or older than the lockfile. */
export function ensureInstalled() {
  const stamp = join(root, 'node_modules/.gangrid-lock')
  const lockfile = readFileSync(join(root, 'package-lock.json'), 'utf8')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lockfile) return
  if (
    spawnSync('npm', ['ci', '--no-audit', '--no-fund'], {
      cwd: root,
      stdio: ['ignore', 2, 2],
      shell: process.platform === 'win32',
    }).status !== 0
  ) {
    console.error('安装依赖失败：请检查网络与 npm 源后重试（npm ci）。')
    process.exit(1)
  }
  writeFileSync(stamp, lockfile)
}

/** Temporary files, the TypeScript loader's cache among them, stay inside the clone. */
export function keepTemporaryFilesInside() {
  process.env.TMPDIR = join(root, 'node_modules/.cache/gangrid/tmp')
  mkdirSync(process.env.TMPDIR, { recursive: true })
}

/** Builds the web pages when a source is newer than they are. */
export function ensureBuilt() {
  const built = join(root, 'web/dist/index.html')
  const sources = ['web', 'server', 'package-lock.json'].map((name) => newest(join(root, name)))
  if (existsSync(built) && statSync(built).mtimeMs >= Math.max(...sources)) return
  const vite = join(root, 'node_modules/vite/bin/vite.js')
  const result = spawnSync(
    process.execPath,
    [vite, 'build', '--config', 'web/vite.config.ts', '--logLevel', 'warn'],
    { cwd: root, stdio: ['ignore', 2, 2] },
  )
  if (result.status !== 0) {
    console.error('构建网页失败，原因见上。')
    process.exit(1)
  }
}

function newest(path) {
  const stat = statSync(path)
  if (!stat.isDirectory()) return stat.mtimeMs
  let latest = 0
  for (const entry of readdirSync(path))
    if (entry !== 'dist') latest = Math.max(latest, newest(join(path, entry)))
  return latest
}
