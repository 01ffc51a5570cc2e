import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { run } from '#server/cli/solve.ts'

const folder = mkdtempSync(join(tmpdir(), 'gangrid-solve-'))
afterAll(() => rmSync(folder, { recursive: true }))

let count = 0
function file(content: unknown): string {
  const path = join(folder, `input-${count++}.json`)
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
  return path
}

async function solve(...argv: string[]) {
  const out = join(folder, `out-${count++}.json`)
  let stdout = ''
  let stderr = ''
  const code = await run([...argv, '--out', out], {
    stdout: { write: (text: string) => (stdout += text) },
    stderr: { write: (text: string) => (stderr += text) },
  })
  return { code, stdout, stderr, read: () => JSON.parse(readFileSync(out, 'utf8')) as Output }
}

interface Output {
  assignment: Record<string, number> | null
  metrics: Record<string, unknown> | null
  reasons: { code: string }[]
  notes: { code: string }[]
}

const square = (x: number, y: number, properties: object) => ({
  type: 'Feature',
  properties,
  geometry: {
    type: 'Polygon',
    coordinates: [
      [
        [115 + x * 0.01, 25 + y * 0.01],
        [115 + (x + 1) * 0.01, 25 + y * 0.01],
        [115 + (x + 1) * 0.01, 25 + (y + 1) * 0.01],
        [115 + x * 0.01, 25 + (y + 1) * 0.01],
        [115 + x * 0.01, 25 + y * 0.01],
      ],
    ],
  },
})
const features = Array.from({ length: 36 }, (_, i) =>
  square(i % 6, Math.floor(i / 6), {
    id: `u${i}`,
    clients: 1,
    loans: 2 + (((i % 6) + Math.floor(i / 6)) % 2),
  }),
)
const geojson = file({ type: 'FeatureCollection', features })
const list = file({
  units: Array.from({ length: 6 }, (_, i) => ({ id: `u${i}`, weights: { clients: 1 }, x: i, y: 0 })),
  edges: Array.from({ length: 5 }, (_, i) => [i, i + 1, 1]),
})

describe('gangrid solve', () => {
  it('divides GeoJSON polygons and writes assignment, registry figures and no reasons', async () => {
    const result = await solve('--units', geojson, '--k', '4', '--weights', 'clients,loans', '--time', '0.3')
    expect(result.stderr).toBe('')
    expect(result.code).toBe(0)
    expect(result.stdout).toContain('已划分为 4 个网格')
    const { assignment, metrics, reasons } = result.read()
    expect(Object.keys(assignment!)).toHaveLength(36)
    expect(new Set(Object.values(assignment!))).toEqual(new Set([0, 1, 2, 3]))
    expect(reasons).toEqual([])
    expect(metrics).toMatchObject({ contiguousShare: 1, edgeCut: 12, stoppedEarly: false })
    expect(metrics!.deviationUp).toBeLessThanOrEqual(0.03)
  })

  it('same command, same file; --json prints it', async () => {
    const argv = ['--units', list, '--k', '2', '--weights', 'clients', '--time', '0.2', '--json']
    const first = await solve(...argv)
    const second = await solve(...argv)
    expect(first.code).toBe(0)
    expect(second.stdout).toBe(first.stdout)
    expect(JSON.parse(first.stdout)).toEqual(first.read())
  })

  it('keeps locks', async () => {
    const locks = file({ u0: 1, u5: 0 })
    const result = await solve(
      '--units',
      list,
      '--k',
      '2',
      '--weights',
      'clients',
      '--time',
      '0.2',
      '--locks',
      locks,
    )
    expect(result.code).toBe(0)
    expect(result.read().assignment).toEqual({ u0: 1, u1: 1, u2: 1, u3: 0, u4: 0, u5: 0 })
  })

  it('a wall given as a line or as pairs parts the area; refused with exit code 1 and what to do', async () => {
    const lineWall = file({
      type: 'FeatureCollection',
      features: [
        {
          type: 'Feature',
          properties: {},
          geometry: {
            type: 'LineString',
            coordinates: [
              [115.02, 24.9],
              [115.02, 25.2],
            ],
          },
        },
      ],
    })
    const refused = await solve(
      '--units',
      geojson,
      '--k',
      '1',
      '--weights',
      'clients',
      '--barriers',
      lineWall,
    )
    expect(refused.code).toBe(1)
    expect(refused.stderr).toContain('互不相连')
    expect(refused.stderr).toContain('--join-islands')
    expect(refused.read()).toMatchObject({ assignment: null, reasons: [{ code: 'components-exceed-k' }] })

    const three = await solve(
      '--units',
      geojson,
      '--k',
      '3',
      '--weights',
      'clients',
      '--time',
      '0.2',
      '--barriers',
      lineWall,
    )
    expect(three.code).toBe(0)
    const { assignment } = three.read()
    const west = new Set(
      features.filter((_, i) => i % 6 < 2).map((f) => assignment![(f.properties as { id: string }).id]),
    )
    expect(west.size).toBe(1)

    const pairWall = file({ pairs: [['u2', 'u3', 'wall']] })
    const pairs = await solve('--units', list, '--k', '1', '--weights', 'clients', '--barriers', pairWall)
    expect(pairs.code).toBe(1)
  })

  it('tolerance out of reach: exit 1, the reason in words, the best assignment still written', async () => {
    const result = await solve('--units', list, '--k', '4', '--weights', 'clients', '--time', '0.2')
    expect(result.code).toBe(1)
    expect(result.stderr).toContain('容差')
    expect(Object.keys(result.read().assignment!)).toHaveLength(6)
    expect(result.read().reasons[0]!.code).toBe('tolerance-not-reached')
  })

  it.each([
    ['missing option', ['--k', '2', '--weights', 'a'], '缺少参数 --units'],
    ['unknown option', ['--units', 'x', '--kk', '2'], '没有“--kk”这个选项'],
    ['bad number', ['--units', 'x', '--k', 'two', '--weights', 'a'], '--k'],
    ['missing file', ['--units', '/nonexistent.json', '--k', '2', '--weights', 'a'], '读不到'],
    ['double weight', ['--units', 'x', '--k', '2', '--weights', 'a,a'], '重复'],
  ])('wrong usage (%s) is exit code 2', async (_, argv, message) => {
    const result = await solve(...argv)
    expect(result.code).toBe(2)
    expect(result.stderr).toContain(message)
  })

  it.each([
    ['not JSON', '{oops', '不是有效的 JSON'],
    ['other format', { rows: [] }, '格式无法识别'],
    ['no such weight', { units: [{ id: 'a', weights: {} }], edges: [] }, '缺少权重字段'],
    ['negative weight', { units: [{ id: 'a', weights: { clients: -1 } }], edges: [] }, 'clients=-1'],
    [
      'edge to nowhere',
      { units: [{ id: 'a', weights: { clients: 1 } }], edges: [[0, 7, 1]] },
      '找不到所指的单元',
    ],
    [
      'a point among the polygons',
      {
        type: 'FeatureCollection',
        features: [{ geometry: { type: 'Point', coordinates: [1, 1] }, properties: { clients: 1 } }],
      },
      '几何不是面',
    ],
  ])('bad data (%s) is refused with exit code 1', async (_, content, message) => {
    const result = await solve('--units', file(content), '--k', '1', '--weights', 'clients')
    expect(result.code).toBe(1)
    expect(result.stderr).toContain(message)
  })

  it('--help explains itself', async () => {
    const result = await solve('--help')
    expect(result.code).toBe(0)
    expect(result.stdout).toContain('退出码')
  })
})
