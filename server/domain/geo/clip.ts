/**
 * Purpose: union, intersection and difference of polygons; the one door to the clipping library.
 * Inputs: lng/lat degrees (treated as planar). Guarantees: valid, closed rings; outer counter-clockwise.
 * Limits: exact arithmetic, so slow: about 1 ms per few hundred vertices. Cell making does not use it for that reason.
 * Source: polyclip-ts (Martinez-Rueda-Feito sweep, arbitrary precision).
 */
import { difference as subtract, intersection as intersect, union as unite } from 'polyclip-ts'
import { fail, ok, type Result } from '../result.ts'
import type { MultiPolygonCoordinates } from './shapes.ts'

export type ClipReason = { code: 'clip-failed'; detail: string }

type Operation = typeof unite

function clip(
  operation: Operation,
  subject: MultiPolygonCoordinates,
  others: MultiPolygonCoordinates[],
): Result<MultiPolygonCoordinates, ClipReason> {
  try {
    return ok(operation(subject, ...others) as MultiPolygonCoordinates)
  } catch (error) {
    return fail({ code: 'clip-failed', detail: error instanceof Error ? error.message : String(error) })
  }
}

export function union(subject: MultiPolygonCoordinates, ...others: MultiPolygonCoordinates[]) {
  return clip(unite, subject, others)
}

export function intersection(subject: MultiPolygonCoordinates, ...others: MultiPolygonCoordinates[]) {
  return clip(intersect, subject, others)
}

export function difference(subject: MultiPolygonCoordinates, ...others: MultiPolygonCoordinates[]) {
  return clip(subtract, subject, others)
}
