import { sql } from 'drizzle-orm'
import { openDatabase } from '#db/client.ts'

/** Writes batches of 50 rows, one transaction each, and prints a batch's number once its commit was acknowledged. */
const options = JSON.parse(process.argv[2]) as Parameters<typeof openDatabase>[0]
const db = await openDatabase(options)
process.stdout.write('open\n')
for (let batch = 0; ; batch++) {
  await db.asOwner((tx) =>
    tx.execute(sql`insert into app.setting (key, value)
      select ${`batch-${batch}-`} || i, to_jsonb(i) from generate_series(1, 50) i`),
  )
  process.stdout.write(`${batch}\n`)
}
