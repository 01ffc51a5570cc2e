/**
 * What a line or area of a map file is on the ground: street, trunk road, expressway, railway, river or water, and whether it
 * runs on a bridge or in a tunnel.
 *
 * Inputs: the attributes of a feature in the words of OpenStreetMap (highway, railway, waterway, natural), of its common
 * extracts (fclass, kind and kind_detail), or in Chinese.
 * Guarantees: a feature that divides nobody's round (footway, stream, planned road, metro in a tunnel) is `skip` with the word for it;
 * what cannot be recognized is null. Limits: one class per feature. Cost: constant.
 * Source: the tag definitions of OpenStreetMap.
 */
import type { Geometry } from 'geojson'

export const LINE_KINDS = ['street', 'trunk', 'expressway', 'railway', 'river'] as const
export type LineKind = (typeof LINE_KINDS)[number]
export type LineLevel = 'ground' | 'bridge' | 'tunnel'

export type GroundClass =
  { is: 'line'; kind: LineKind; level: LineLevel } | { is: 'water' } | { is: 'skip'; word: string }

const WORDS: Readonly<Record<LineKind | 'water' | 'skip', readonly string[]>> = {
  expressway: ['motorway', 'motorway_link', '高速公路', '高速'],
  trunk: ['trunk', 'trunk_link', 'primary', 'primary_link', '国道', '省道', '快速路', '主干路', '主干道'],
  street: [
    ...['secondary', 'secondary_link', 'tertiary', 'tertiary_link', 'residential', 'unclassified'],
    ...['living_street', 'pedestrian', 'road', 'minor_road', 'major_road', 'highway'],
    ...['次干路', '次干道', '支路', '街道', '城市道路', '县道', '乡道', '道路'],
  ],
  railway: ['rail', 'railway', 'light_rail', 'narrow_gauge', 'tram', '铁路'],
  river: ['river', 'canal', 'riverbank', '河流', '河', '江', '运河'],
  water: [
    'water',
    'lake',
    'reservoir',
    'basin',
    'dock',
    'ocean',
    'bay',
    'pond',
    '水面',
    '水域',
    '湖泊',
    '水库',
  ],
  skip: [
    ...['path', 'footway', 'steps', 'cycleway', 'bridleway', 'corridor', 'track', 'service', 'construction'],
    ...['proposed', 'abandoned', 'disused', 'platform', 'subway', 'monorail', 'stream', 'ditch', 'drain'],
    ...[
      'aerialway',
      'ferry',
      'piste',
      'racetrack',
      'swimming_pool',
      'fountain',
      '小路',
      '步行道',
      '地铁',
      '沟渠',
    ],
  ],
}
const KIND_OF_WORD = new Map(
  Object.entries(WORDS).flatMap(([kind, words]) => words.map((word) => [word, kind] as const)),
)
/** The more telling attribute first. */
const KEYS = [
  'highway',
  'railway',
  'waterway',
  'natural',
  'kind_detail',
  'fclass',
  'kind',
  'class',
  'type',
  '类型',
  '类别',
  '等级',
]
const TRUE = new Set(['yes', 'true', '1', 't', 'viaduct'])

export function groundClass(
  properties: Readonly<Record<string, unknown>>,
  geometry: Geometry['type'],
): GroundClass | null {
  const words = KEYS.flatMap((key) => {
    const value = properties[key]
    return typeof value === 'string' && value !== '' ? [value.trim().toLowerCase()] : []
  })
  const word = words.find((candidate) => KIND_OF_WORD.has(candidate))
  if (word === undefined) return null
  const kind = KIND_OF_WORD.get(word) as LineKind | 'water' | 'skip'
  const isArea = geometry === 'Polygon' || geometry === 'MultiPolygon'
  if (kind === 'skip') return { is: 'skip', word }
  if (isArea) return kind === 'water' || kind === 'river' ? { is: 'water' } : { is: 'skip', word }
  if (kind === 'water') return { is: 'skip', word }
  const level = levelOf(properties)
  return kind === 'railway' && level === 'tunnel' ? { is: 'skip', word } : { is: 'line', kind, level }
}

function levelOf(properties: Readonly<Record<string, unknown>>): LineLevel {
  const says = (keys: string[]) =>
    keys.some((key) =>
      TRUE.has(
        String(properties[key] ?? '')
          .trim()
          .toLowerCase(),
      ),
    )
  if (says(['tunnel', 'is_tunnel'])) return 'tunnel'
  return says(['bridge', 'is_bridge']) ? 'bridge' : 'ground'
}
