// Preloaded into a process under test: writes one byte to the file SYNC_LOG for each fdatasync, in every thread.
const fs = require('node:fs')
const sync = fs.fdatasyncSync
fs.fdatasyncSync = (descriptor) => {
  sync(descriptor)
  fs.appendFileSync(process.env.SYNC_LOG, '.')
}
