/**
 * Invented names. Persons: a surname and a given name drawn from short tables; a namesake is chance. Businesses carry the word 演示
 * and their client number, so that none can be taken for a real one.
 */
import type { DemoRandom } from './random.ts'
import { cumulate, pickByWeight } from './random.ts'

/** Surnames by rough frequency in the south of Jiangxi: earlier is more frequent. */
const SURNAMES = [
  ...'刘 李 陈 钟 谢 黄 张 曾 王 赖 肖 罗 郭 廖 吴 邱 温 朱 何 杨 胡 叶 邓 林 周 徐 卢 蔡 宋 袁 彭 曹 许 孙 潘'.split(
    ' ',
  ),
  ...'华 江 池 危 欧阳 上官 司徒'.split(' '),
]
const GIVEN_FIRST = [...'志建国家文明永春秀小玉海金德光晓雪丽美桂福荣伟思雅子一佳俊梓']
const GIVEN_LAST = [...'华明生平英兰芳军强勇辉东林峰斌燕萍香莲凤云霞红涛鹏杰亮洁婷琴梅根发财旺']
const surnameWeights = cumulate(SURNAMES.map((_, i) => 1 / (i + 4)))

export function personName(random: DemoRandom): string {
  const surname = SURNAMES[pickByWeight(surnameWeights, random.next())]!
  const last = random.pick(GIVEN_LAST)
  return random.chance(0.82) ? surname + random.pick(GIVEN_FIRST) + last : surname + last
}

export type ClientKind =
  'small_enterprise' | 'sole_trader' | 'farmer' | 'family_farm' | 'large_grower' | 'cooperative'

export function isPerson(kind: ClientKind): boolean {
  return kind === 'farmer' || kind === 'large_grower'
}

const SHOP_WORD: Readonly<Record<string, string>> = {
  批发零售: '商行',
  餐饮住宿: '餐馆',
  建材装修: '建材店',
  运输物流: '货运部',
  居民服务: '服务部',
  家具: '家具店',
}

export function businessName(
  kind: ClientKind,
  shortCounty: string,
  industry: string,
  client: number,
  random: DemoRandom,
): string {
  const no = String(client).padStart(4, '0')
  switch (kind) {
    case 'small_enterprise':
      return `${shortCounty}演示${industry}有限公司${no}`
    case 'sole_trader':
      return `${shortCounty}演示${SHOP_WORD[industry] ?? `${industry}经营部`}${no}`
    case 'family_farm':
      return `${shortCounty}演示${SURNAMES[pickByWeight(surnameWeights, random.next())]}氏${industry}家庭农场${no}`
    case 'cooperative':
      return `${shortCounty}演示${industry}专业合作社${no}`
    default:
      return personName(random)
  }
}
