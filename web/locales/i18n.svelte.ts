import { zh, type MessageKey } from './zh.ts'

export type Locale = 'zh-CN' | 'en'
export type { MessageKey }
export type Params = Record<string, string | number>

class Messages {
  locale = $state<Locale>('zh-CN')
  #table = $state.raw<Record<MessageKey, string>>(zh)

  async use(locale: Locale): Promise<void> {
    this.#table = locale === 'en' ? (await import('./en.ts')).en : zh
    this.locale = locale
    document.documentElement.lang = locale
  }

  text(key: MessageKey, params?: Params): string {
    const text = this.#table[key] ?? key
    return params ? text.replace(/\{(\w+)\}/g, (whole, name: string) => String(params[name] ?? whole)) : text
  }

  has(key: string): key is MessageKey {
    return key in this.#table
  }
}

export const i18n = new Messages()
export const t = (key: MessageKey, params?: Params): string => i18n.text(key, params)

/** For keys made from data ('status.lost'): the raw value is shown when there is no word for it. */
export function word(prefix: string, value: string | number | null | undefined): string {
  if (value === null || value === undefined || value === '') return '—'
  const key = `${prefix}.${value}`
  return i18n.has(key) ? i18n.text(key) : String(value)
}
