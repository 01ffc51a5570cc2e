import { ensureInstalled, keepTemporaryFilesInside } from '../setup.mjs'

ensureInstalled()
keepTemporaryFilesInside()
const { register } = await import('tsx/esm/api')
register()
const { main } = await import('./gangrid.ts')
process.exitCode = await main(process.argv.slice(2))
