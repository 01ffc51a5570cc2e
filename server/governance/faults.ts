import type { Database, Tx } from '#db/client.ts'
import { splitGrids } from '#domain/ownership/split-grids.ts'
import type { Fault, Faults } from './contract.ts'
import { gridManagers, openEdges, permitsOf, planUnits } from './fault-queries.ts'
import { placeClients } from './place-clients.ts'

const SHOWN = 200
const LIMIT_MS = 60_000

/** What stands against the plan, in the order in which one would mend it. */
export async function faultsOf(db: Database, planId: number): Promise<Faults> {
  await placeClients(db, planId)
  const all = await db.asRole('gis_reader', (tx) => findFaults(tx, planId), LIMIT_MS)
  return {
    total: all.length,
    blocking: all.filter(({ permit }) => permit === null).length,
    faults: all.slice(0, SHOWN),
  }
}

async function findFaults(tx: Tx, planId: number): Promise<Fault[]> {
  const units = await planUnits(tx, planId)
  const edges = await openEdges(tx, planId)
  const managers = await gridManagers(tx, planId)
  const permits = await permitsOf(tx, planId)
  const permitOf = (kind: string, subject: number): Fault['permit'] => {
    const found = permits.find((permit) => permit.kind === kind && permit.subject === subject)
    return found ? { because: found.because, by: found.by } : null
  }
  const nameOf = (no: number) => managers.find((grid) => grid.no === no)?.name ?? `网格 ${no + 1}`
  const whereGrid = (no: number) => units.find(({ gridNo }) => gridNo === no)?.position ?? null
  const faults: Fault[] = []
  units.forEach(({ gridNo, key, clients, position }, idx) => {
    if (gridNo !== null || clients === 0) return
    faults.push({
      kind: 'unassignedClients',
      subject: idx,
      name: key,
      count: clients,
      position,
      message: `单元 ${key} 有 ${clients} 户客户，但没有划入任何网格。请把它划入相邻网格，或写明例外理由。`,
      permit: permitOf('unassignedClients', idx),
    })
  })
  for (const { gridNo, pieces, unit } of splitGrids(
    units.map((row) => row.gridNo),
    edges,
  )) {
    faults.push({
      kind: 'splitGrid',
      subject: gridNo,
      name: nameOf(gridNo),
      count: pieces,
      position: units[unit]!.position,
      message: `“${nameOf(gridNo)}”不连片，分成了 ${pieces} 块。请把小块划给相邻网格，或写明例外理由。`,
      permit: permitOf('splitGrid', gridNo),
    })
  }
  for (const { no, name, managerId, managerName, left, elsewhere } of managers) {
    const grid = { name, count: null, position: whereGrid(no) }
    if (managerId === null) {
      const message = `“${name}”还没有客户经理。请指派一名在岗客户经理。`
      faults.push({ ...grid, kind: 'gridWithoutManager', subject: no, message, permit: null })
    } else if (left) {
      const message = `“${name}”的${managerName}已离岗或不再是客户经理。请改派在岗客户经理。`
      faults.push({ ...grid, kind: 'managerLeft', subject: no, message, permit: null })
    } else if (elsewhere !== null) {
      faults.push({
        ...grid,
        kind: 'managerInTwoPlans',
        subject: managerId,
        message: `${managerName}在生效方案“${elsewhere}”中已有网格。请改派他人，或写明例外理由。`,
        permit: permitOf('managerInTwoPlans', managerId),
      })
    }
  }
  return faults
}
