import { readdirSync } from 'node:fs'
import { ensureInstalled } from '../../server/setup.mjs'

ensureInstalled()
const { register } = await import('tsx/esm/api')
register()
const names = readdirSync(new URL('.', import.meta.url))
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.slice(0, -3))
const [name, ...args] = process.argv.slice(2)
if (!names.includes(name)) {
  console.error(`usage: npm run bench -- <${names.join('|')}> [options]`)
  process.exit(2)
}
const { run } = await import(`./${name}.ts`)
await run(args)
