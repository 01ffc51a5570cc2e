import { ensureBuilt, ensureInstalled } from './setup.mjs'

ensureInstalled()
ensureBuilt()
const { register } = await import('tsx/esm/api')
register()
await import('./main.ts')
