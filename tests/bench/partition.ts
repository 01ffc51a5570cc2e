import { availableParallelism, loadavg } from 'node:os'
import { partition, type PartitionInput } from '#domain/partition/partition.ts'
import { evaluate, type Figures } from './partition/evaluate.ts'
import { allInstances, buildInstance, nameOf, toleranceOf, type InstanceName } from './partition/instances.ts'
import { metisInstalled, runMetis } from './partition/metis.ts'

/*
 * Our partition beside METIS (gpmetis -contig, seed 1 and the best of ten seeds) on the same graphs in the same run. Words
 * after the name pick instances: `npm run bench -- partition lattice 10k w1 k20`; `--seed n` builds other instances.
 * Best of ten = the smallest cut among the runs that keep the tolerance above (METIS knows no tolerance below), else the
 * smallest deviation. `cut` is border length in mean edges (on a lattice: edges cut).
 */
const METIS_SEEDS = 10

export async function run(args: string[]): Promise<void> {
  const at = args.indexOf('--seed')
  const seed = at === -1 ? 1 : Number(args[at + 1])
  const words = args.filter((_, i) => at === -1 || (i !== at && i !== at + 1))
  const chosen = allInstances().filter((name) =>
    words.every((word) => nameOf(name).split(' ').includes(word)),
  )
  if (chosen.length === 0 || !Number.isInteger(seed)) {
    console.error(
      'usage: npm run bench -- partition [lattice|street] [10k|50k] [w1|w3] [even|clustered] [k20|k100] [--seed n]',
    )
    process.exitCode = 2
    return
  }
  const metis = metisInstalled()
  if (!metis) console.log('gpmetis is NOT installed: no comparison, ours only (Debian package metis).')
  console.log(
    `${availableParallelism()} cores, load ${loadavg()[0]!.toFixed(1)}, node ${process.version}, seed ${seed}`,
  )
  for (const name of chosen) compare(name, seed, metis)
  if (missed.length > 0) {
    console.log(`\n${missed.length} of the targets missed:`)
    for (const line of missed) console.log(`  ${line}`)
  } else console.log('\nAll targets met.')
}

const missed: string[] = []

function compare(name: InstanceName, seed: number, metis: boolean): void {
  const input = buildInstance(name, seed)
  const tolerance = toleranceOf(name)
  console.log(`\n${nameOf(name)}, tolerance ${100 * tolerance} %`)
  const ours = runOurs(input, name)
  if (!metis) return
  const runs = runMetis(input, tolerance, METIS_SEEDS).map(({ assignment, ms }) => ({
    ms,
    figures: evaluate(input, assignment),
  }))
  const total = runs.reduce((sum, { ms }) => sum + ms, 0)
  const rank = ({ figures }: { figures: Figures }) => {
    const up = Math.max(...figures.up)
    return up <= tolerance + 1e-3 ? figures.cut : 1e9 * (1 + up)
  }
  const best = runs.reduce((p, q) => (rank(q) < rank(p) ? q : p))
  console.log(line('METIS seed 1', runs[0]!.ms, runs[0]!.figures, name.k))
  console.log(line('METIS best of 10', total, best.figures, name.k))
  console.log(
    `  ratios to best of 10: cut ${(ours.cut / best.figures.cut).toFixed(3)}, mean Polsby-Popper ${(ours.meanPp / best.figures.meanPp).toFixed(3)}`,
  )
  const cutLimit = name.weights === 1 || name.spread === 'even' ? 1 : Infinity
  if (ours.cut > cutLimit * best.figures.cut) missed.push(`${nameOf(name)}: cut`)
  if (ours.meanPp < 1.05 * best.figures.meanPp) missed.push(`${nameOf(name)}: Polsby-Popper`)
}

function runOurs(input: PartitionInput, name: InstanceName): Figures {
  const cpuBefore = process.cpuUsage()
  const startedAt = performance.now()
  let firstMs = Infinity
  const result = partition(input, {
    onAnswer: () => (firstMs = Math.min(firstMs, performance.now() - startedAt)),
  })
  const ms = performance.now() - startedAt
  const cpu = process.cpuUsage(cpuBefore)
  if (!result.ok) throw new Error(`refused: ${JSON.stringify(result.reason)}`)
  const figures = evaluate(input, result.value.assignment)
  console.log(line('ours', ms, figures, name.k))
  const rate = result.value.run.proposals / ms / 1000
  console.log(
    `  first answer ${Math.round(firstMs)} ms, processor ${Math.round((cpu.user + cpu.system) / 1000)} ms, ${rate.toFixed(1)} M proposals a second`,
  )
  const tolerance = toleranceOf(name)
  const miss = (what: string) => missed.push(`${nameOf(name)}: ${what}`)
  if (!figures.complete || figures.contiguousGrids < name.k) miss('complete and contiguous')
  if (Math.max(...figures.up, ...figures.down) > tolerance + 1e-9) miss('tolerance')
  if (ms > (name.units > 10_000 ? 30_000 : 5_000)) miss(`time, ${Math.round(ms)} ms`)
  if (firstMs > 1000) miss(`first answer, ${Math.round(firstMs)} ms`)
  return figures
}

function line(method: string, ms: number, figures: Figures, k: number): string {
  const percent = (value: number) => (100 * value).toFixed(1)
  const deviation = figures.up.map((up, j) => `+${percent(up)}/-${percent(figures.down[j]!)}`).join(' ')
  const whole = figures.complete ? `${figures.contiguousGrids}/${k} contiguous` : 'INCOMPLETE'
  return (
    `  ${method.padEnd(17)} ${String(Math.round(ms)).padStart(6)} ms  cut ${figures.cut.toFixed(0).padStart(5)}` +
    `  PP ${figures.meanPp.toFixed(3)} worst ${figures.worstPp.toFixed(3)}  ${whole}  ${deviation} %`
  )
}
