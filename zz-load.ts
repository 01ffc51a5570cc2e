import { openTestDatabase, testEngine } from './tests/support/database.ts'
import { loadPlaces } from '#db/load-places.ts'
import { loadDemo } from '#db/demo/load-demo.ts'
import { createCipheriv, randomBytes } from 'node:crypto'
const key = randomBytes(32)
const encrypt = (t: string) => {
  const iv = randomBytes(12)
  const c = createCipheriv('aes-256-gcm', key, iv)
  return Buffer.concat([Buffer.from([1]), iv, c.update(t, 'utf8'), c.final(), c.getAuthTag()])
}
let t0 = performance.now()
const lap = (s: string) => {
  console.log(s, Math.round(performance.now() - t0))
  t0 = performance.now()
}
const t = await openTestDatabase()
lap('open ' + testEngine)
console.log(await loadPlaces(t.db))
lap('places')
let last = performance.now(),
  table = ''
const n = Number(process.argv[2] ?? 6000)
const r = await loadDemo(t.db, {
  clients: n,
  seed: 1,
  encrypt,
  onProgress: (p) => {
    if (p.table !== table) {
      console.log('  ', table, Math.round(performance.now() - last))
      table = p.table
      last = performance.now()
    }
  },
})
console.log('  since last table began', Math.round(performance.now() - last))
lap('load')
console.log(r, process.memoryUsage().rss / 1e6, process.resourceUsage().maxRSS / 1e3)
await t[Symbol.asyncDispose]()
