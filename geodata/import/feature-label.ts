/** How a feature of a file is called in messages, and where its name may stand. */
export const NAME_KEYS = [
  'name',
  'xzqmc',
  'mc',
  'zldwmc',
  'qsdwmc',
  'cjdcqmc',
  'fullname',
  'name_zh',
  'name:zh',
  'town_name',
  'villagetr_name',
  'street_name',
  '名称',
  '行政区名称',
  '坐落单位名称',
  '乡镇',
  '乡镇名称',
  '村',
  '村名',
  '县',
  '县名',
  '区县',
]

export function nameOf(properties: Readonly<Record<string, unknown>>): string | null {
  const byKey = new Map(Object.entries(properties).map(([key, value]) => [key.toLowerCase(), value]))
  for (const key of NAME_KEYS) {
    const value = byKey.get(key)
    if (typeof value === 'string' && value.trim() !== '') return value.trim()
  }
  return null
}

export function labelOf(index: number, properties: Readonly<Record<string, unknown>>): string {
  const name = nameOf(properties)
  return name ? `要素 ${index}“${name}”` : `要素 ${index}`
}
