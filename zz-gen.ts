import { readFileSync } from 'node:fs'
import { createDemoBank } from '#db/demo/bank.ts'
import { clientTables } from '#db/demo/tables.ts'
import { createCipheriv, randomBytes } from 'node:crypto'
const key = randomBytes(32)
const encrypt = (t: string) => {
  const iv = randomBytes(12)
  const c = createCipheriv('aes-256-gcm', key, iv)
  return Buffer.concat([Buffer.from([1]), iv, c.update(t, 'utf8'), c.final(), c.getAuthTag()])
}
const N = Number(process.argv[2])
const bank = createDemoBank(JSON.parse(readFileSync('/tmp/places.json', 'utf8')), { clients: N, seed: 1 })
for (const tb of clientTables(bank, encrypt)) {
  const c = process.cpuUsage()
  let n = 0
  for (const p of tb.pieces()) {
    n += p.rows
    Buffer.from(p.text)
  }
  const d = process.cpuUsage(c)
  console.log(tb.table, n, 'cpu ms', Math.round((d.user + d.system) / 1000))
}
