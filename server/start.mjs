import { ensureBuilt, ensureInstalled, keepTemporaryFilesInside } from './setup.mjs'

ensureInstalled()
ensureBuilt()
keepTemporaryFilesInside()
const { register } = await import('tsx/esm/api')
register()
await import('./main.ts')
