/**
 * Finds the place that a feature of a file stands for.
 *
 * Order: 6/9/12-digit code (old codes through the alias table), else the name without its suffix (old names too), else the place
 * in which most of the feature's area lies. What is ambiguous is refused with a reason, never guessed.
 * Inputs: the feature's properties, its polygon in EPSG:4326, the index of current places.
 * Limits: matching by location needs places that have geometry; with schematic cells it is only as good as they are, so it asks
 * for three quarters of the area.
 * Cost: constant for codes and names; points x places of one level for location.
 */
import type { MultiPolygon } from 'geojson'
import { boundsOf } from '../geometry/bounds.ts'
import { inside } from '../geometry/point-in-polygon.ts'
import type { Alias, Place } from '../schema.ts'
import { nameOf } from './feature-label.ts'
import type { FindingCode, ImportLevel, SourceFeature } from './types.ts'

export type MatchRefusal =
  'code-unknown' | 'code-name-conflict' | 'name-ambiguous' | 'location-ambiguous' | 'no-match'

export type MatchResult =
  | { ok: true; place: Place; note: { code: FindingCode; message: string } | null }
  | { ok: false; reason: MatchRefusal; message: string }

const SUFFIX: Readonly<Record<ImportLevel, RegExp>> = {
  county: /(畲族自治县|自治县|市辖区|县|区|市)$/,
  township: /(街道办事处|街道办|办事处|街道|畲族乡|民族乡|人民政府|镇|乡)$/,
  village: /(社区居民委员会|居民委员会|社区居委会|村民委员会|村委会|居委会|委员会|社区|村)$/,
}
const DIGITS: Readonly<Record<ImportLevel, RegExp>> = {
  county: /^\d{6}(0{3}|0{6})?$/,
  township: /^\d{9}(0{3})?$/,
  village: /^\d{12}$/,
}
const CODE_KEYS = /code|dm|adcode|pac|gb|代码|编码|区划/i
const AREA_SHARE = 0.75

export function normalizedName(name: string, level: ImportLevel): string {
  const plain = name
    .normalize('NFKC')
    .replace(/[（(【[].*?[)）】\]]/g, '')
    .replace(/\s+/g, '')
    .replace(/^(江西省)?(赣州市)?/, '')
  const stripped = plain.replace(SUFFIX[level], '')
  // 大余县 -> 大余, but a name must keep two characters to mean anything.
  return stripped.length >= 2 ? stripped : plain
}

export class PlaceIndex {
  readonly places: readonly Place[]
  readonly level: ImportLevel
  private readonly byCode = new Map<string, { place: Place; former: boolean }>()
  private readonly byName = new Map<string, Place[]>()
  private readonly countyAlias: ReadonlyMap<string, string>

  constructor(all: readonly Place[], aliases: readonly Alias[], level: ImportLevel) {
    this.level = level
    this.places = all.filter((place) => place.level === level)
    this.countyAlias = new Map(
      aliases
        .filter(({ old_code, new_code }) => old_code.length === 6 && old_code !== new_code)
        .map((a) => [a.old_code, a.new_code]),
    )
    for (const place of this.places) {
      this.byCode.set(place.code, { place, former: false })
      for (const code of place.formerCodes) this.byCode.set(code, { place, former: true })
      const names = new Set([place.name, ...place.formerNames].map((name) => normalizedName(name, level)))
      for (const name of names) {
        const own = this.byName.get(name)
        if (own) own.push(place)
        else this.byName.set(name, [place])
      }
    }
  }

  find(code: string): { place: Place; former: boolean } | null {
    const full = code.padEnd(12, '0')
    const direct = this.byCode.get(full)
    if (direct) return direct
    const county = this.countyAlias.get(full.slice(0, 6))
    const moved = county ? this.byCode.get(county + full.slice(6)) : undefined
    return moved ? { place: moved.place, former: true } : null
  }

  named(name: string): readonly Place[] {
    return this.byName.get(normalizedName(name, this.level)) ?? []
  }

  /** The current six digits of a county for six digits that may be old. */
  currentCounty(prefix: string): string {
    return this.countyAlias.get(prefix) ?? prefix
  }
}

/** The property that holds the level's codes in most features; named columns win a tie. */
export function codeKeyOf(features: readonly SourceFeature[], level: ImportLevel): string | null {
  const score = new Map<string, number>()
  for (const { properties } of features) {
    for (const [key, value] of Object.entries(properties)) {
      const text = codeText(value)
      if (text && DIGITS[level].test(text))
        score.set(key, (score.get(key) ?? 0) + 1 + (CODE_KEYS.test(key) ? 0.01 : 0))
    }
  }
  const best = [...score].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))[0]
  return best ? best[0] : null
}

function codeText(value: unknown): string | null {
  const text =
    typeof value === 'number' && Number.isSafeInteger(value)
      ? String(value)
      : typeof value === 'string'
        ? value.trim()
        : ''
  return /^36\d{4,10}$/.test(text) ? text : null
}

export function matchPlace(
  feature: SourceFeature,
  codeKey: string | null,
  index: PlaceIndex,
  geometry: MultiPolygon | null,
): MatchResult {
  const code = codeKey ? codeText(feature.properties[codeKey]) : null
  const name = nameOf(feature.properties)
  if (code && DIGITS[index.level].test(code)) {
    const found = index.find(code)
    if (found) return withName(found, code, name, index)
    const byName = name ? matchByName(name, feature, index, geometry) : null
    if (byName?.ok) return byName
    return {
      ok: false,
      reason: 'code-unknown',
      message: `代码 ${code} 不在赣州现行或原有代码表里，请核对代码`,
    }
  }
  if (name) {
    const byName = matchByName(name, feature, index, geometry)
    if (byName) return byName
  }
  return matchByLocation(index, geometry)
}

function withName(
  { place, former }: { place: Place; former: boolean },
  code: string,
  name: string | null,
  index: PlaceIndex,
): MatchResult {
  const named = name ? index.named(name) : []
  if (name && !named.includes(place)) {
    if (named.length > 0) {
      return {
        ok: false,
        reason: 'code-name-conflict',
        message: `代码 ${code} 是“${place.name}”，名称“${name}”却是另一处（${named.map((other) => other.code).join('、')}），请核对`,
      }
    }
    return {
      ok: true,
      place,
      note: {
        code: 'name-differs',
        message: `代码 ${code} 是“${place.name}”，文件里写作“${name}”，已按代码对应`,
      },
    }
  }
  return {
    ok: true,
    place,
    note: former
      ? { code: 'former-code', message: `原代码 ${code} 已对应现行代码 ${place.code}（${place.name}）` }
      : null,
  }
}

function matchByName(
  name: string,
  feature: SourceFeature,
  index: PlaceIndex,
  geometry: MultiPolygon | null,
): MatchResult | null {
  const all = index.named(name)
  if (all.length === 0) return null
  const prefixes = Object.values(feature.properties)
    .map(codeText)
    .filter((text) => text !== null)
    .map((text) => index.currentCounty(text.slice(0, 6)))
  const sameCounty = all.filter((place) => prefixes.includes(place.code.slice(0, 6)))
  let candidates = sameCounty.length > 0 ? sameCounty : all
  if (candidates.length > 1) {
    const exact = candidates.filter((place) => place.name === name)
    if (exact.length > 0) candidates = exact
  }
  if (candidates.length > 1 && geometry) {
    const here = candidates.filter((place) => inside(place.seat, geometry))
    if (here.length === 1) candidates = here
  }
  const place = candidates[0]!
  if (candidates.length > 1) {
    const codes = candidates.map((other) => `${other.name} ${other.code}`).join('、')
    return {
      ok: false,
      reason: 'name-ambiguous',
      message: `名称“${name}”对应 ${candidates.length} 处（${codes}），请在文件里加上代码`,
    }
  }
  return {
    ok: true,
    place,
    note: { code: 'matched-by-name', message: `按名称对应到 ${place.name}（${place.code}）` },
  }
}

function matchByLocation(index: PlaceIndex, geometry: MultiPolygon | null): MatchResult {
  const points = geometry ? samplePoints(geometry, 200) : []
  if (points.length === 0)
    return { ok: false, reason: 'no-match', message: '没有代码，也没有可对应的名称，请在文件里加上代码列' }
  const votes = new Map<Place, number>()
  for (const point of points) {
    const home = index.places.find((place) => place.geometry && inside(point, place.geometry))
    if (home) votes.set(home, (votes.get(home) ?? 0) + 1)
  }
  const [first, second] = [...votes].sort((a, b) => b[1] - a[1] || (a[0].code < b[0].code ? -1 : 1))
  if (!first) return { ok: false, reason: 'no-match', message: '没有代码和名称，位置也不在任何已知范围内' }
  const share = first[1] / points.length
  if (share < AREA_SHARE) {
    const also = second ? `，${second[0].name} 占 ${Math.round((second[1] / points.length) * 100)}%` : ''
    return {
      ok: false,
      reason: 'location-ambiguous',
      message: `没有代码和名称，按位置 ${first[0].name} 只占 ${Math.round(share * 100)}%${also}，不足以认定`,
    }
  }
  return {
    ok: true,
    place: first[0],
    note: {
      code: 'matched-by-location',
      message: `按位置（${Math.round(share * 100)}% 面积）对应到 ${first[0].name}（${first[0].code}）`,
    },
  }
}

/** A regular grid of about `count` points inside the polygon. */
export function samplePoints(geometry: MultiPolygon, count: number): [number, number][] {
  const [west, south, east, north] = boundsOf(geometry)
  const side = Math.ceil(Math.sqrt(2 * count))
  const points: [number, number][] = []
  for (let i = 0; i < side; i++) {
    for (let j = 0; j < side; j++) {
      const point: [number, number] = [
        west + ((i + 0.5) / side) * (east - west),
        south + ((j + 0.5) / side) * (north - south),
      ]
      if (inside(point, geometry)) points.push(point)
    }
  }
  return points
}
