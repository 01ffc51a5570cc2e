import { register } from 'tsx/esm/api'

// A worker thread does not inherit the loader that runs TypeScript sources.
register()
await import('./planning.worker.ts')
