/**
 * Loan products of the demo bank: the sub-categories of the bank's programme 赣银惠贷 as a customer manager would sort them. Names,
 * rates and terms are invented defaults; amounts in yuan, terms in months, rates a year.
 */
import type { ClientKind } from './names.ts'

export interface Product {
  name: string
  rate: number
  terms: readonly number[]
  /** Paid back in equal parts; otherwise at maturity. */
  instalments: boolean
}

const product = (name: string, rate: number, terms: readonly number[], instalments: boolean): Product => ({
  name: `赣银惠贷·${name}`,
  rate,
  terms,
  instalments,
})

const FIRM = product('惠企贷', 0.0445, [12, 12, 24, 36], false)
const TAX = product('惠税贷', 0.0465, [12], false)
const CHAIN = product('惠链贷', 0.0425, [6, 12], false)
const SHOP = product('惠商贷', 0.0495, [12, 24, 36], false)
const START = product('惠创贷', 0.0385, [24, 36], true)
const FARM = product('惠农贷', 0.0515, [12, 24, 36], false)
const VILLAGE = product('惠村贷', 0.0475, [24, 36], false)
const GROWER = product('惠种养贷', 0.0485, [12, 24, 36], false)
const MACHINE = product('惠农机贷', 0.0465, [24, 36, 60], true)
const COOPERATIVE = product('惠社贷', 0.0455, [12, 24], false)
const BY_INDUSTRY: Readonly<Record<string, Product>> = {
  脐橙: product('惠橙贷', 0.0455, [12, 24, 36], false),
  油茶: product('惠油茶贷', 0.0445, [36, 60], false),
  白莲: product('惠莲贷', 0.0465, [12], false),
  蔬菜: product('惠蔬贷', 0.0475, [12, 24], false),
  生猪: product('惠养贷', 0.0505, [12], false),
  家具: product('惠居贷', 0.0435, [12, 24], false),
}
const BY_KIND: Readonly<Record<ClientKind, readonly Product[]>> = {
  small_enterprise: [FIRM, FIRM, TAX],
  sole_trader: [SHOP, SHOP, START],
  farmer: [FARM, FARM, VILLAGE],
  family_farm: [GROWER, MACHINE],
  large_grower: [GROWER, GROWER, MACHINE],
  cooperative: [COOPERATIVE, MACHINE],
}

/** What one client may be offered; a member of a chain or of a village industry gets that product in the first place. */
export function productsFor(kind: ClientKind, industry: string, inChain: boolean): readonly Product[] {
  const special = inChain ? CHAIN : BY_INDUSTRY[industry]
  return special ? [special, ...BY_KIND[kind]] : BY_KIND[kind]
}

export const PRODUCT_NAMES: readonly string[] = [
  ...new Set(
    [...Object.values(BY_KIND).flat(), ...Object.values(BY_INDUSTRY), CHAIN].map(({ name }) => name),
  ),
]
