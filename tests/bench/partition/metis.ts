import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { PartitionInput } from '#domain/partition/partition.ts'

/* METIS 5 through its command-line program, on the same graph: edge weight = border length, vertex weights = units' weights. */
export function metisInstalled(): boolean {
  return spawnSync('gpmetis', ['-help']).error === undefined
}

export interface MetisRun {
  assignment: Int32Array
  ms: number
}

export function runMetis(input: PartitionInput, tolerance: number, seeds: number): MetisRun[] {
  const folder = mkdtempSync(join(tmpdir(), 'gangrid-metis-'))
  try {
    const file = join(folder, 'graph')
    writeFileSync(file, graphFile(input))
    const runs: MetisRun[] = []
    for (let seed = 1; seed <= seeds; seed++) {
      const startedAt = performance.now()
      const done = spawnSync(
        'gpmetis',
        ['-contig', `-seed=${seed}`, `-ufactor=${Math.round(1000 * tolerance)}`, file, String(input.k)],
        { encoding: 'utf8' },
      )
      const ms = performance.now() - startedAt
      if (done.status !== 0) throw new Error(`gpmetis: ${done.stdout} ${done.stderr}`)
      const assignment = Int32Array.from(
        readFileSync(`${file}.part.${input.k}`, 'utf8').trim().split('\n'),
        Number,
      )
      runs.push({ assignment, ms })
    }
    return runs
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function graphFile({ units, edges, weights }: PartitionInput): string {
  const meanLength = edges.reduce((sum, edge) => sum + edge.lengthM, 0) / edges.length
  const even = edges.every((edge) => edge.lengthM === edges[0]!.lengthM)
  const neighbours: string[][] = units.map(() => [])
  for (const { a, b, lengthM } of edges) {
    const value = even ? 1 : Math.max(1, Math.round((100 * lengthM) / meanLength))
    neighbours[a]!.push(`${b + 1} ${value}`)
    neighbours[b]!.push(`${a + 1} ${value}`)
  }
  const scale = weights.map(
    (_, j) => (1000 * units.length) / units.reduce((sum, unit) => sum + unit.weights[j]!, 0),
  )
  const lines = units.map((unit, u) => {
    const own = unit.weights.map((value, j) => Math.round(value * scale[j]!))
    return `${own.join(' ')} ${neighbours[u]!.join(' ')}`
  })
  return `${units.length} ${edges.length} 011 ${weights.length}\n${lines.join('\n')}\n`
}
