import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { describe, expect, test } from 'vitest'

const root = new URL('..', import.meta.url).pathname
const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: root,
  encoding: 'utf8',
})
  .split('\n')
  .filter((file) => file !== '' && existsSync(join(root, file)))
const sources = files.filter((file) => /\.(ts|mjs|svelte)$/.test(file))
const read = (file: string) => readFileSync(join(root, file), 'utf8')

const ALIASES: Record<string, string> = {
  '#db/': 'db/',
  '#server/': 'server/',
  '#domain/': 'server/domain/',
  '#contract/': 'server/contract/',
  '#geodata/': 'geodata/',
  '#web/': 'web/',
}

interface Import {
  file: string
  target: string
  typeOnly: boolean
}

function importsOf(file: string): Import[] {
  const found = [
    ...read(file).matchAll(
      /^\s*(?:import|export)\s+(type\s)?[^'"]*?from\s+['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)/gm,
    ),
  ]
  return found.map(([, type, from, dynamic]) => ({
    file,
    target: resolve(file, from ?? dynamic),
    typeOnly: type !== undefined,
  }))
}

function resolve(file: string, specifier: string): string {
  if (specifier.startsWith('.')) return normalize(join(dirname(file), specifier.replace(/\?.*$/, '')))
  const alias = Object.keys(ALIASES).find((prefix) => specifier.startsWith(prefix))
  return alias ? ALIASES[alias] + specifier.slice(alias.length) : `package:${specifier}`
}

const allImports = sources.filter((file) => !file.startsWith('tests/')).flatMap(importsOf)
const inFolder =
  (...folders: string[]) =>
  (path: string) =>
    folders.some((folder) => path.startsWith(folder))
const isPackage = (path: string) => path.startsWith('package:')
const isContract = (path: string) =>
  path.startsWith('server/contract/') || path.endsWith('/contract.ts') || path.endsWith('-contract.ts')
const isDomain = inFolder('server/domain/')
const packageIn =
  (...names: string[]) =>
  (path: string) =>
    names.some((name) => path === `package:${name}` || path.startsWith(`package:${name}/`))

interface Rule {
  from: string
  files: (path: string) => boolean
  mayImport: (imported: Import) => boolean
}

const RULES: Rule[] = [
  {
    from: 'geodata',
    files: inFolder('geodata/'),
    mayImport: ({ target }) => isPackage(target) || target.startsWith('geodata/'),
  },
  {
    from: 'db',
    files: inFolder('db/'),
    mayImport: ({ target }) => isPackage(target) || target.startsWith('db/') || target.startsWith('geodata/'),
  },
  {
    from: 'server/domain',
    files: isDomain,
    mayImport: ({ file, target }) =>
      isDomain(target) ||
      (file === 'server/domain/geo/clip.ts' && packageIn('polyclip-ts')(target)) ||
      (file === 'server/domain/geo/voronoi.ts' && packageIn('d3-delaunay')(target)) ||
      (file.startsWith('server/domain/tiles/') &&
        packageIn(
          'topojson-server',
          'topojson-simplify',
          'topojson-client',
          'topojson-specification',
          'geojson',
        )(target)) ||
      packageIn('geojson')(target),
  },
  {
    from: 'contract',
    files: isContract,
    mayImport: ({ target, typeOnly }) =>
      packageIn('zod')(target) || isContract(target) || isDomain(target) || typeOnly,
  },
  {
    from: 'queries',
    files: (path) => path.startsWith('server/') && /(^|\/|-)queries\.ts$/.test(path),
    mayImport: ({ target, typeOnly }) =>
      !packageIn('hono', '@hono')(target) &&
      !target.endsWith('/service.ts') &&
      (!target.startsWith('web/') || typeOnly),
  },
  {
    from: 'service',
    files: (path) => path.startsWith('server/') && path.endsWith('/service.ts'),
    mayImport: ({ target, typeOnly }) => typeOnly || !packageIn('drizzle-orm', 'hono', '@hono')(target),
  },
  {
    from: 'routes',
    files: (path) => path.startsWith('server/') && path.endsWith('/routes.ts'),
    mayImport: ({ target, typeOnly }) =>
      typeOnly ||
      (!target.endsWith('/queries.ts') && !packageIn('drizzle-orm')(target) && !target.startsWith('db/')),
  },
  {
    from: 'server',
    files: inFolder('server/'),
    mayImport: ({ target }) =>
      !target.startsWith('web/') && !packageIn('postgres', '@electric-sql/pglite')(target),
  },
  {
    from: 'web',
    files: inFolder('web/'),
    mayImport: ({ target, typeOnly }) =>
      target.startsWith('web/') ||
      isContract(target) ||
      isDomain(target) ||
      (isPackage(target) && !packageIn('hono', 'drizzle-orm', 'postgres')(target)) ||
      target === 'package:hono/client' ||
      target === 'server/clients/columns-format.ts' ||
      (target === 'server/app.ts' && typeOnly),
  },
]

describe('who may import whom', () => {
  test.each(RULES)('$from', ({ files: applies, mayImport }) => {
    const mine = allImports.filter(({ file }) => applies(file))
    expect(mine.length).toBeGreaterThan(0)
    expect(
      mine.filter((imported) => !mayImport(imported)).map(({ file, target }) => `${file} → ${target}`),
    ).toEqual([])
  })

  test('only db/ knows a driver', () => {
    const drivers = packageIn(
      'postgres',
      '@electric-sql/pglite',
      '@electric-sql/pglite-postgis',
      'drizzle-orm/pglite',
      'drizzle-orm/postgres-js',
    )
    expect(
      allImports
        .filter(({ file, target }) => drivers(target) && !file.startsWith('db/'))
        .map(({ file }) => file),
    ).toEqual([])
  })

  test('every imported file of ours exists', () => {
    const missing = allImports.filter(
      ({ target }) =>
        !isPackage(target) && !existsSync(join(root, target)) && !existsSync(join(root, `${target}.ts`)),
    )
    expect(missing.map(({ file, target }) => `${file} → ${target}`)).toEqual([])
  })
})

describe('house rules', () => {
  const lines = (file: string) => read(file).split('\n')
  const product = sources.filter((file) => !file.startsWith('tests/'))

  test('the top level is fixed', () => {
    const top = new Set(files.map((file) => file.split('/')[0]).filter((name) => !name.startsWith('.')))
    const allowed = [
      'LICENSE',
      'NOTICE',
      'README.md',
      'package.json',
      'package-lock.json',
      'tsconfig.json',
      'web',
      'server',
      'db',
      'geodata',
      'tests',
    ]
    expect([...top].filter((name) => !allowed.includes(name))).toEqual([])
  })

  test('no source file is longer than 320 lines', () => {
    expect(
      product.filter((file) => lines(file).length > 320).map((file) => `${file}: ${lines(file).length}`),
    ).toEqual([])
  })

  test('no file or folder is named for being a bag', () => {
    expect(files.filter((file) => /(^|\/)(utils?|helpers?|misc|common)(\.|\/)/.test(file))).toEqual([])
  })

  // Bulk mode re-creates constraints and indexes from the catalogue's own definitions, which cannot be bound; the other
  // files named here build statements from constants of their own. None of them takes a value from outside.
  const RAW_ALLOWED = [
    'db/migrate.ts',
    'db/server-engine.ts',
    'db/copy.ts',
    'db/demo/bulk-mode.ts',
    'db/demo/clear-demo.ts',
    'db/demo/load-demo.ts',
    'server/grids/queries.ts',
  ]

  test('sql.raw and client.unsafe stay where statements are made of constants, {@html} nowhere', () => {
    const raw = product.filter((file) => /sql\.raw\(|\.unsafe\(/.test(read(file)))
    expect(raw.filter((file) => !RAW_ALLOWED.includes(file))).toEqual([])
    expect(product.filter((file) => file.endsWith('.svelte') && read(file).includes('{@html'))).toEqual([])
  })

  test('the domain has no clock, no chance and no input or output', () => {
    const impure = /Math\.random\(|Date\.now\(|new Date\(\)|performance\.now\(|process\.|console\./
    expect(
      product.filter(
        (file) => isDomain(file) && impure.test(read(file).replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '')),
      ),
    ).toEqual([])
  })

  test('every path named in a document exists', () => {
    const documents = files.filter((file) => file.endsWith('.md'))
    const missing = documents.flatMap((document) =>
      [...read(document).matchAll(/`((?:web|server|db|geodata|tests|\.ci)\/[\w./-]+)`/g)]
        .map(([, path]) => path.replace(/\/$/, ''))
        .filter(
          (path) =>
            !existsSync(join(root, path)) && !/^(web\/dist|geodata\/raw|tests\/\.out)(\/|$)/.test(path),
        )
        .map((path) => `${document}: ${path}`),
    )
    expect(missing).toEqual([])
  })
})
