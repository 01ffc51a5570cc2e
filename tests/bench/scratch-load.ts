import { openDatabase } from '#db/client.ts'
import { SnapshotStore } from '#server/snapshot/snapshot-store.ts'
const db = await openDatabase({ folder: '', cacheFolder: '', url: process.env.DATABASE_URL })
for (let i=0;i<2;i++){ const t=performance.now(); const s = await new SnapshotStore(db).current()
console.log(Math.round(performance.now()-t),'ms', s.columns.count, s.columns.placed, s.months, s.columns.placeCodes.length, s.columns.industries, process.memoryUsage().rss/1e6|0)}
await db.close()
