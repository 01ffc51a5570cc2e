import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { ensureBuilt, ensureInstalled, root } from '../server/setup.mjs'

ensureInstalled()
ensureBuilt()
const out = join(root, 'tests/.out')
const results = join(out, 'results.json')
mkdirSync(out, { recursive: true })
rmSync(results, { force: true })
const vitest = join(root, 'node_modules/vitest/vitest.mjs')
const run = spawnSync(
  process.execPath,
  [
    vitest,
    'run',
    '--config',
    'tests/vitest.config.ts',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${results}`,
    ...process.argv.slice(2),
  ],
  { cwd: root, stdio: 'inherit' },
)
let report
try {
  report = JSON.parse(readFileSync(results, 'utf8'))
} catch {
  console.error('the test runner ended without results')
  process.exit(run.status || 1)
}
const brokenFiles = report.testResults.filter(
  (file) => file.status === 'failed' && file.assertionResults.length === 0,
).length
const failed = report.numFailedTests + brokenFiles
for (const file of report.testResults) {
  for (const test of file.assertionResults)
    if (test.status === 'skipped' || test.status === 'pending') console.log(`skipped: ${test.fullName}`)
}
console.log(`${report.numPassedTests} passed, ${failed} failed`)
process.exit(run.status !== 0 || failed > 0 || report.numPassedTests === 0 ? 1 : 0)
