/**
 * Search keys in Pinyin: `zhanggongqu` and `zgq` for 章贡区; tones dropped, ü written v.
 *
 * Limits: characters with several readings follow pinyin-pro, except the local readings listed here.
 * Source: pinyin-pro.
 */
import { customPinyin, pinyin } from 'pinyin-pro'

customPinyin({
  圩: 'xū',
  重石: 'chóng shí',
  长胜: 'cháng shèng',
  长冈: 'cháng gāng',
  长洛: 'cháng luò',
  长沙乡: 'cháng shā xiāng',
})

export function pinyinKeys(name: string): { pinyin: string; initials: string } {
  const syllables = pinyin(name, { toneType: 'none', type: 'array', v: true, nonZh: 'consecutive' }).map(
    (part) => part.toLowerCase().replace(/[^a-z0-9]/g, ''),
  )
  return {
    pinyin: syllables.join(''),
    initials: syllables.map((part) => (/^[0-9]/.test(part) ? part : part.slice(0, 1))).join(''),
  }
}
