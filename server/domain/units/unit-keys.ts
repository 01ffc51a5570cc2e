/**
 * Purpose: keys of cell units that survive making the cells again. Guarantees: unique; the plain cell name wherever a cell is one
 * unit. Limits: a cell newly divided renames its parts. Cost: O(units log units).
 */
import type { Position } from '../geo/shapes.ts'
import { cellKey, rowColumnOf } from './linework.ts'

export interface NamedUnit {
  key: string
  row: number
  column: number
  townshipId: string | null
  centre: Position
}

/** r12c7 when the cell is one unit; r12c7-360702001 per township; a number after it for several parts of one township. */
export function nameUnits<T extends NamedUnit>(units: T[]): void {
  const byCell = new Map<number, T[]>()
  for (const unit of units) {
    const key = cellKey(unit.row, unit.column)
    byCell.set(key, [...(byCell.get(key) ?? []), unit])
  }
  for (const [key, group] of byCell) {
    const [row, column] = rowColumnOf(key)
    const base = `r${row}c${column}`
    const byTownship = new Map<string | null, T[]>()
    for (const unit of group)
      byTownship.set(unit.townshipId, [...(byTownship.get(unit.townshipId) ?? []), unit])
    for (const [townshipId, parts] of byTownship) {
      const name = byTownship.size > 1 ? `${base}-${townshipId ?? 'none'}` : base
      // West to east, then south to north: moves less than an order by size when a border shifts a little.
      parts.sort((p, q) => p.centre[0] - q.centre[0] || p.centre[1] - q.centre[1])
      parts.forEach((unit, i) => (unit.key = parts.length > 1 ? `${name}-p${i + 1}` : name))
    }
  }
}
