/**
 * Converts and checks every feature of a file and finds its place; what cannot be used is refused with a reason.
 *
 * Inputs: features as read, the coordinate system decided on, current places; findings are appended to the given list.
 * Guarantees: every feature is in exactly one of the two lists; no place is matched twice.
 * Cost: see `check-polygon.ts` and `match-place.ts`.
 */
import type { MultiPolygon } from 'geojson'
import type { Alias, Place } from '../schema.ts'
import { checkPolygon } from './check-polygon.ts'
import { PlaceIndex, codeKeyOf, matchPlace } from './match-place.ts'
import { hasPositions, isPolygonal, polygonToWgs84 } from './transform.ts'
import type { CrsId, Finding, ImportLevel, RefusedFeature, SourceFeature } from './types.ts'

export interface CurrentPlaces {
  places: readonly Place[]
  aliases: readonly Alias[]
}

export interface MatchOptions {
  crs: CrsId
  swapped: boolean
  level: ImportLevel
  repair: boolean
}

export interface Accepted {
  feature: SourceFeature
  place: Place
  geometry: MultiPolygon
}

export function matchFeatures(
  features: readonly SourceFeature[],
  options: MatchOptions,
  current: CurrentPlaces,
  findings: Finding[],
): { accepted: Accepted[]; refused: RefusedFeature[] } {
  const index = new PlaceIndex(current.places, current.aliases, options.level)
  const codeKey = codeKeyOf(features, options.level)
  const accepted: Accepted[] = []
  const refused: RefusedFeature[] = []
  const refuse = ({ index: at, label }: SourceFeature, reason: string, message: string) =>
    refused.push({ feature: at, name: label, reason, message })
  for (const feature of features) {
    const checked = checkedGeometry(feature, options, findings)
    if (!checked.ok) {
      refuse(feature, checked.reason, checked.message)
      continue
    }
    const match = matchPlace(feature, codeKey, index, checked.geometry)
    if (!match.ok) {
      refuse(feature, match.reason, match.message)
      continue
    }
    if (match.note) {
      const { code, message } = match.note
      findings.push({
        code,
        severity: 'warning',
        feature: feature.label,
        places: [match.place.code],
        message: `${feature.label}：${message}`,
        repaired: false,
      })
    }
    accepted.push({ feature, place: match.place, geometry: checked.geometry })
  }
  return {
    accepted: withoutDoubles(accepted, refuse),
    refused: refused.sort((a, b) => a.feature - b.feature),
  }
}

/** Two features for one place: which one is right is the user's decision, so both are refused. */
function withoutDoubles(
  accepted: readonly Accepted[],
  refuse: (feature: SourceFeature, reason: string, message: string) => void,
): Accepted[] {
  const byCode = new Map<string, Accepted[]>()
  for (const item of accepted) {
    const own = byCode.get(item.place.code)
    if (own) own.push(item)
    else byCode.set(item.place.code, [item])
  }
  return accepted.filter(({ feature, place }) => {
    const own = byCode.get(place.code)!
    if (own.length === 1) return true
    const all = own.map((other) => other.feature.index).join('、')
    refuse(feature, 'duplicate-place', `要素 ${all} 都对应 ${place.name}（${place.code}），请合并或只留一个`)
    return false
  })
}

type CheckedFeature = { ok: true; geometry: MultiPolygon } | { ok: false; reason: string; message: string }

function checkedGeometry(
  { geometry, label }: SourceFeature,
  { crs, swapped, repair }: MatchOptions,
  findings: Finding[],
): CheckedFeature {
  if (!geometry) return { ok: false, reason: 'geometry-missing', message: '没有几何图形' }
  if (!isPolygonal(geometry)) {
    return { ok: false, reason: 'geometry-not-polygon', message: `几何类型是 ${geometry.type}，这里只接受面` }
  }
  if (!hasPositions(geometry)) {
    return { ok: false, reason: 'coordinate-not-finite', message: '坐标不是数字，请重新导出' }
  }
  const checked = checkPolygon(polygonToWgs84(geometry, crs, swapped), label, repair)
  findings.push(...checked.findings)
  const error = checked.findings.find(({ severity }) => severity === 'error')
  if (error || !checked.geometry) {
    return { ok: false, reason: error?.code ?? 'zero-area', message: error?.message ?? '没有可用的图形' }
  }
  return { ok: true, geometry: checked.geometry }
}
