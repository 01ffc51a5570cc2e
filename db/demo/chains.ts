/**
 * Core enterprises and who supplies them or buys from them.
 * Guarantees: a linked client works in a line that feeds or follows the core enterprise's; it is linked to one core enterprise only,
 * of its own county where there is one of that line.
 */
import type { Industries } from './industries.ts'
import type { ClientKind } from './names.ts'
import type { County, Gazetteer, Settlement } from './places.ts'
import { offsetM } from './places.ts'
import { DemoRandom, SUBJECT } from './random.ts'

/** Lines of core enterprises, and which lines lie up and down their chain. */
const CHAINS: Readonly<Record<string, { upstream: readonly string[]; downstream: readonly string[] }>> = {
  脐橙: { upstream: ['脐橙', '农资农机'], downstream: ['批发零售', '食品加工', '运输物流'] },
  家具: { upstream: ['机械加工', '竹', '运输物流'], downstream: ['家具', '建材装修'] },
  油茶: { upstream: ['油茶'], downstream: ['批发零售', '食品加工'] },
  白莲: { upstream: ['白莲'], downstream: ['批发零售', '食品加工'] },
  茶叶: { upstream: ['茶叶'], downstream: ['批发零售'] },
  竹: { upstream: ['竹'], downstream: ['建材装修', '家具'] },
  生猪: { upstream: ['生猪', '农资农机'], downstream: ['餐饮住宿', '食品加工'] },
  食品加工: { upstream: ['蔬菜', '生猪'], downstream: ['批发零售', '餐饮住宿'] },
  电子信息: { upstream: ['电子信息', '机械加工'], downstream: ['商贸流通', '运输物流'] },
  稀土: { upstream: ['稀土', '稀土钨新材料', '运输物流'], downstream: ['机械加工'] },
  生物医药: { upstream: ['生物医药'], downstream: ['商贸流通', '批发零售'] },
}
const LINK_SHARE: Readonly<Record<ClientKind, number>> = {
  small_enterprise: 0.22,
  sole_trader: 0.05,
  farmer: 0.03,
  family_farm: 0.12,
  large_grower: 0.12,
  cooperative: 0.3,
}

export interface CoreEnterprise {
  id: number
  name: string
  industry: string
  county: County
  seat: [number, number]
}

export type Side = 'upstream' | 'downstream'

export interface Chains {
  enterprises: CoreEnterprise[]
  linkOf(
    client: number,
    kind: ClientKind,
    industry: string,
    settlement: Settlement,
  ): { enterprise: CoreEnterprise; side: Side } | null
}

export function chainsOf(gazetteer: Gazetteer, industries: Industries, seed: number): Chains {
  const random = new DemoRandom()
  const enterprises: CoreEnterprise[] = []
  for (const county of gazetteer.counties) {
    const lines = [...county.industries, ...industries.firmLines(county), '生猪'].filter(
      (name) => name in CHAINS,
    )
    for (const industry of [...new Set(lines)].slice(0, 3)) {
      const id = enterprises.length + 1
      random.at(seed, id, SUBJECT.coreEnterprise)
      enterprises.push({
        id,
        name: `${county.shortName}演示${industry}龙头企业${String(id).padStart(2, '0')}`,
        industry,
        county,
        seat: seatNear(county, random),
      })
    }
  }
  const partners = new Map<string, { enterprise: CoreEnterprise; side: Side }[]>()
  for (const enterprise of enterprises) {
    for (const side of ['upstream', 'downstream'] as const) {
      for (const line of CHAINS[enterprise.industry]![side]) {
        partners.set(line, [...(partners.get(line) ?? []), { enterprise, side }])
      }
    }
  }
  const inCounty = new Map<string, { enterprise: CoreEnterprise; side: Side }[]>()
  for (const county of gazetteer.counties) {
    for (const [line, all] of partners) {
      const own = all.filter(({ enterprise }) => enterprise.county === county)
      inCounty.set(`${county.code} ${line}`, own.length > 0 ? own : all)
    }
  }
  return {
    enterprises,
    linkOf: (client, kind, industry, settlement) => {
      random.at(seed, client, SUBJECT.chain)
      if (!random.chance(LINK_SHARE[kind])) return null
      const open = inCounty.get(`${settlement.township.county.code} ${industry}`)
      return open ? random.pick(open) : null
    },
  }
}

/** In a settlement of the county town: an industrial estate stands at the edge of it. */
function seatNear(county: County, random: DemoRandom): [number, number] {
  const town =
    county.townships.find(({ countyTown, settlements }) => countyTown && settlements.length > 0) ??
    county.townships[0]!
  const settlement = town.settlements.length > 0 ? random.pick(town.settlements) : null
  return settlement ? offsetM(settlement.seat, 0, 0) : [county.seat[0], county.seat[1]]
}
