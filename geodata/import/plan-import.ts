/**
 * Turns the bytes of a boundary file into a list of replacements, or says why not. No database, no clock, no network.
 *
 * Inputs: bytes of a GeoJSON, TopoJSON or zipped Shapefile; level and choices of the user; current places and aliases.
 * Guarantees: `read` is always `matched + refused.length`; nothing is replaced when the answer is not ok; a coordinate system that the file
 * does not state, or that contradicts the stored outlines, needs the user's word (`crs`) or consent (`acceptDetected`).
 * Limits: polygons only; see the limits of each step.
 * Cost: seconds for a prefecture; the coverage check dominates.
 */
import type { Accuracy } from '../catalog.ts'
import { areaKm2 } from '../geometry/ring.ts'
import { decideCrs } from './decide-crs.ts'
import { matchFeatures } from './match-features.ts'
import type { CurrentPlaces } from './match-features.ts'
import { readGeojson } from './read-geojson.ts'
import { readShapefile } from './read-shapefile.ts'
import { hasPositions, isPolygonal } from './transform.ts'
import type {
  CrsId,
  CrsReport,
  Finding,
  ImportLevel,
  ImportReport,
  ReadFailure,
  Replacement,
  SourceFeature,
} from './types.ts'
import { validateCoverage } from './validate-coverage.ts'

export interface ImportOptions {
  level: ImportLevel
  /** The user's word about the coordinate system; it overrules the file and the detector. */
  crs?: CrsId
  /** With `crs`: latitude (northing) comes first. */
  swapped?: boolean
  /** Use what the detector is certain about without asking. */
  acceptDetected?: boolean
  /** Make the simple repairs; each is named in the findings. */
  repair?: boolean
  /** Layer of a Shapefile archive that has several. */
  layer?: string
  /** Where the file comes from, as shown to users. */
  source: string
  accuracy: Accuracy
}

export type ImportFailure =
  | ReadFailure
  | 'crs-unconfirmed'
  | 'crs-out-of-region'
  | 'nothing-matched'
  | 'coverage-overlaps'
  | 'coverage-untidy'

export type ImportPlan =
  | { ok: true; replacements: Replacement[]; report: ImportReport }
  | { ok: false; reason: ImportFailure; message: string; report: ImportReport }

export function planImport(bytes: Uint8Array, options: ImportOptions, current: CurrentPlaces): ImportPlan {
  const isZip = bytes[0] === 0x50 && bytes[1] === 0x4b
  const file = isZip ? readShapefile(bytes, options.layer) : readGeojson(bytes)
  if (!file.ok) {
    return { ok: false, reason: file.reason, message: file.message, report: emptyReport() }
  }
  const { features } = file
  const refuseAll = (
    reason: ImportFailure,
    message: string,
    crs: CrsReport,
    findings: Finding[],
  ): ImportPlan => ({
    ok: false,
    reason,
    message,
    report: {
      ...emptyReport(),
      read: features.length,
      refused: features.map(({ index, label }) => ({
        feature: index,
        name: label,
        reason,
        message: '整个文件没有导入',
      })),
      crs,
      findings,
    },
  })
  const polygons = features
    .map(({ geometry }) => geometry)
    .filter(isPolygonal)
    .filter(hasPositions)
  const counties = current.places.flatMap(({ level, geometry }) =>
    level === 'county' && geometry ? [geometry] : [],
  )
  const decision = decideCrs(polygons, counties, file.statedCrs, options)
  if (!decision.ok) return refuseAll(decision.reason, decision.message, decision.report, file.findings)

  const { crs, swapped } = decision
  const findings: Finding[] = [...file.findings]
  const { accepted, refused } = matchFeatures(
    features,
    { crs, swapped, level: options.level, repair: options.repair ?? false },
    current,
    findings,
  )
  summarizeDirections(findings)
  const coverage = validateCoverage(
    accepted.map(({ feature, place, geometry }) => ({
      code: place.code,
      name: place.name,
      label: feature.label,
      geometry,
    })),
    options.repair ?? false,
  )
  findings.push(...coverage.findings, ...heightFindings(features))
  const overlaps = coverage.findings.filter(({ severity }) => severity === 'error')
  if (overlaps.length > 0) {
    const first = overlaps[0]!.message
    return refuseAll(
      'coverage-overlaps',
      `有 ${overlaps.length} 处重叠，没有导入任何要素；第一处：${first}。请在制图软件中改正后再导入`,
      decision.report,
      findings,
    )
  }
  const slivers = options.repair ? [] : coverage.findings.filter(({ code }) => code === 'sliver')
  if (slivers.length > 0) {
    return refuseAll(
      'coverage-untidy',
      `公共边没有对齐：${slivers.length} 处细碎的缝隙或重叠，没有导入任何要素；第一处：${slivers[0]!.message}。请加 --repair 自动对齐后再导入，或在制图软件中改正`,
      decision.report,
      findings,
    )
  }
  if (accepted.length === 0) {
    return {
      ok: false,
      reason: 'nothing-matched',
      message: `${features.length} 个要素没有一个能对应到${LEVEL_NAMES[options.level]}，原因见清单`,
      report: { ...emptyReport(), read: features.length, refused, crs: decision.report, findings },
    }
  }
  const replacements = accepted.map(({ feature, place }, i): Replacement => {
    const { geometry } = coverage.items[i]!
    return {
      code: place.code,
      level: options.level,
      name: place.name,
      geometry,
      areaKm2: Math.round(areaKm2(geometry) * 1e6) / 1e6,
      accuracy: options.accuracy,
      source: options.source,
      sourceCrs: crs,
      sourceFeature: feature.index,
      original: feature.geometry!,
    }
  })
  const done = new Set(replacements.map(({ code }) => code))
  return {
    ok: true,
    replacements: replacements.sort((a, b) => (a.code < b.code ? -1 : 1)),
    report: {
      read: features.length,
      matched: accepted.length,
      replaced: replacements.length,
      refused,
      unmatchedPlaces: current.places
        .filter(({ level, statistical, code }) => level === options.level && !statistical && !done.has(code))
        .map(({ code, name }) => ({ code, name })),
      crs: decision.report,
      findings,
    },
  }
}

const LEVEL_NAMES: Readonly<Record<ImportLevel, string>> = {
  county: '县（市、区）',
  township: '乡镇（街道）',
  village: '村（社区）',
}

function emptyReport(): ImportReport {
  return {
    read: 0,
    matched: 0,
    replaced: 0,
    refused: [],
    unmatchedPlaces: [],
    crs: { stated: null, used: null, swapped: false, detected: null },
    findings: [],
  }
}

/** Many programs write all rings the other way round: one line for the file, not one for each ring. */
function summarizeDirections(findings: Finding[]): void {
  const reversed = findings.filter(({ code }) => code === 'ring-orientation')
  const first = reversed[0]
  if (!first || reversed.length <= 3) return
  const others = findings.filter(({ code }) => code !== 'ring-orientation')
  findings.length = 0
  findings.push(...others, {
    ...first,
    feature: null,
    message: `${reversed.length} 个环的方向与标准相反${first.repaired ? '，已改正' : '，不影响使用'}`,
  })
}

function heightFindings(features: readonly SourceFeature[]): Finding[] {
  const high = features.filter(({ geometry }) => {
    if (!isPolygonal(geometry) || !hasPositions(geometry)) return false
    return geometry.coordinates
      .flat(geometry.type === 'Polygon' ? 1 : 2)
      .some((p) => (p as number[]).length > 2)
  })
  if (high.length === 0) return []
  return [
    {
      code: 'height-dropped',
      severity: 'warning',
      feature: null,
      places: [],
      message: `${high.length} 个要素带高程，高程不用于边界，已略去（原始数值保留）`,
      repaired: true,
    },
  ]
}
