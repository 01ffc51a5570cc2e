/**
 * Purpose: keys of units that survive making the units again. Guarantees: unique among the units of one making.
 * Cells: the plain cell name wherever a cell is one unit; a cell newly divided renames its parts. Blocks: their middle to a metre, so
 * a block that keeps its outline keeps its key, and one whose outline changed gets a new one (`match-units.ts` follows those).
 * Villages: their id. Cost: O(units log units).
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

export interface PlacedUnit {
  key: string
  kind: string
  villageId: string | null
  areaM2: number
  centre: Position
}

/** b and the middle in base 36 (w for water); v and the village's id. Several of one name are numbered by size. */
export function placeKeys<T extends PlacedUnit>(units: T[]): void {
  const byName = new Map<string, T[]>()
  for (const unit of units) {
    const name = unit.kind === 'village' ? `v${unit.villageId}` : unit.kind[0]! + placeName(unit.centre)
    byName.set(name, [...(byName.get(name) ?? []), unit])
  }
  for (const [name, group] of byName) {
    group.sort((p, q) => q.areaM2 - p.areaM2 || p.centre[0] - q.centre[0] || p.centre[1] - q.centre[1])
    group.forEach((unit, i) => (unit.key = i === 0 ? name : `${name}-p${i + 1}`))
  }
}

const PLACES_PER_DEGREE = 1e5

function placeName([lng, lat]: Position): string {
  const digits = (degrees: number): string =>
    Math.round(degrees * PLACES_PER_DEGREE)
      .toString(36)
      .padStart(5, '0')
  return digits(lng + 180) + digits(lat + 90)
}
