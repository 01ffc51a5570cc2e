import * as accounts from './accounts.ts'
import * as clients from './clients.ts'
import * as geography from './geography.ts'
import * as grids from './grids.ts'
import * as organisation from './organisation.ts'
import * as planEdits from './plan-edits.ts'

export * from './accounts.ts'
export * from './clients.ts'
export * from './geography.ts'
export * from './grids.ts'
export * from './organisation.ts'
export * from './plan-edits.ts'

export const schema = { ...accounts, ...geography, ...organisation, ...clients, ...grids, ...planEdits }
