/**
 * Purpose: what villages grow and what clients do.
 * Inputs: the industries of counties and townships as the facts table names them.
 * Guarantees: an industry the table names for a county or township appears there; every farmed industry comes from the lists below.
 * Limits: growers, areas and head counts are invented within plausible bounds; the source column says so.
 * Source: county facts table of geodata; common lines of the region for counties where the table is silent.
 */
import type { County, Gazetteer, Settlement } from './places.ts'
import type { ClientKind } from './names.ts'
import { DemoRandom, SUBJECT } from './random.ts'

/** Farmed lines: mu per grower for crops, heads per grower for livestock. */
const FARMED: Readonly<Record<string, { muPerGrower: number } | { headsPerGrower: number }>> = {
  脐橙: { muPerGrower: 9 },
  蜜桔: { muPerGrower: 7 },
  甜柚: { muPerGrower: 6 },
  油茶: { muPerGrower: 14 },
  白莲: { muPerGrower: 5 },
  蔬菜: { muPerGrower: 3 },
  茶叶: { muPerGrower: 8 },
  竹: { muPerGrower: 20 },
  烤烟: { muPerGrower: 12 },
  萝卜: { muPerGrower: 3 },
  草菇: { muPerGrower: 2 },
  生猪: { headsPerGrower: 45 },
  黄鸡: { headsPerGrower: 900 },
  灰鹅: { headsPerGrower: 300 },
}
const COMMON_FARMED = ['油茶', '蔬菜', '生猪'] as const
const TOWN_TRADES = ['批发零售', '餐饮住宿', '建材装修', '运输物流', '居民服务', '农资农机'] as const
const TOWN_FIRMS = ['食品加工', '建筑工程', '商贸流通', '机械加工'] as const
/** Lines of the facts table that firms, not fields, stand for. */
const FIRM_LINES = [
  '家具',
  '有色金属',
  '电子信息',
  '纺织服装',
  '生物医药',
  '玻纤复材',
  '米粉',
  '花生食品',
  '板鸭',
  '稀土',
  '稀土钨新材料',
  '钨',
]

export interface VillageIndustry {
  placeCode: string
  industry: string
  growers: number
  areaMu: number | null
  heads: number | null
  source: string
}

export interface Industries {
  /** Main line of a settlement; null in towns. */
  farmedIn(settlement: Settlement): string | null
  of(client: number, kind: ClientKind, settlement: Settlement): string
  firmLines(county: County): readonly string[]
  villageRows(): Iterable<VillageIndustry>
}

/** Shares of villages with a line: of their township's if the table names one, else of their county's, then of the common ones. */
const TOWNSHIP_SHARE = 0.55
const KNOWN_SHARE = 0.45
const COMMON_SHARE = 0.22
export const VILLAGE_INDUSTRY_SOURCE = '演示数据'

export function industriesOf(gazetteer: Gazetteer, seed: number): Industries {
  const random = new DemoRandom()
  const known = new Map(
    gazetteer.counties.map((county) => [county, county.industries.filter((name) => name in FARMED)]),
  )
  const firms = new Map(
    gazetteer.counties.map((county) => [
      county,
      [...county.industries.filter((name) => FIRM_LINES.includes(name)), ...TOWN_FIRMS],
    ]),
  )
  const farmed = gazetteer.settlements.map((settlement): string | null => {
    if (settlement.community) return null
    random.at(seed, settlement.index, SUBJECT.industry)
    const ofTownship = settlement.township.industries.filter((name) => name in FARMED)
    const ofCounty = known.get(settlement.township.county)!
    const share = random.next()
    if (ofTownship.length > 0 && share < TOWNSHIP_SHARE) return random.pick(ofTownship)
    if (ofCounty.length > 0 && share < KNOWN_SHARE) return random.pick(ofCounty)
    return share < KNOWN_SHARE + COMMON_SHARE ? random.pick(COMMON_FARMED) : null
  })
  return {
    farmedIn: (settlement) => farmed[settlement.index]!,
    firmLines: (county) => firms.get(county)!,
    of: (client, kind, settlement) => {
      random.at(seed, client, SUBJECT.industry)
      const { county } = settlement.township
      if (kind === 'small_enterprise') return random.pick(firms.get(county)!)
      if (kind === 'sole_trader') {
        return random.chance(0.12) && county.industries.includes('家具') ? '家具' : random.pick(TOWN_TRADES)
      }
      const here = farmed[settlement.index]
      if (here && random.chance(0.75)) return here
      const pool = known.get(county)!
      return pool.length > 0 && random.chance(0.5) ? random.pick(pool) : random.pick(COMMON_FARMED)
    },
    *villageRows() {
      for (const settlement of gazetteer.settlements) {
        const industry = farmed[settlement.index]
        if (!industry) continue
        random.at(seed, settlement.index, SUBJECT.villageWeight)
        const growers = Math.max(8, Math.round(random.logNormal(70, 0.6)))
        const yields = FARMED[industry]!
        const scale = 0.7 + 0.6 * random.next()
        yield {
          placeCode: settlement.code,
          industry,
          growers,
          areaMu: 'muPerGrower' in yields ? Math.round(growers * yields.muPerGrower * scale * 10) / 10 : null,
          heads: 'headsPerGrower' in yields ? Math.round(growers * yields.headsPerGrower * scale) : null,
          source: VILLAGE_INDUSTRY_SOURCE,
        }
      }
    },
  }
}
