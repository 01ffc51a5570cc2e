/** Theme and language: this browser's own choices, kept between visits. */
import { i18n, type Locale } from '#web/locales/i18n.svelte.ts'
import type { Flavour } from '#web/map/style-piece.ts'

export type ThemeChoice = 'system' | Flavour

const THEME_KEY = 'gangrid.theme'
const LOCALE_KEY = 'gangrid.locale'

class Preferences {
  theme = $state<ThemeChoice>('system')
  #systemDark = $state(false)
  flavour = $derived<Flavour>(this.theme === 'system' ? (this.#systemDark ? 'dark' : 'light') : this.theme)

  /** Reads stored choices; the answer resolves once the language's texts are there. */
  async start(): Promise<void> {
    const media = matchMedia('(prefers-color-scheme: dark)')
    this.#systemDark = media.matches
    media.addEventListener('change', (event) => {
      this.#systemDark = event.matches
      this.#paint()
    })
    const theme = stored(THEME_KEY)
    if (theme === 'light' || theme === 'dark') this.theme = theme
    this.#paint()
    if (stored(LOCALE_KEY) === 'en') await i18n.use('en')
  }

  toggleTheme(): void {
    this.theme = this.flavour === 'dark' ? 'light' : 'dark'
    store(THEME_KEY, this.theme)
    this.#paint()
  }

  async setLocale(locale: Locale): Promise<void> {
    store(LOCALE_KEY, locale)
    await i18n.use(locale)
  }

  #paint(): void {
    document.documentElement.dataset.theme = this.flavour
  }
}

export const preferences = new Preferences()

// Storage can be switched off by policy; the choice then lasts until the page is closed.
function stored(key: string): string | null {
  try {
    return localStorage.getItem(key)
  } catch {
    return null
  }
}

function store(key: string, value: string): void {
  try {
    localStorage.setItem(key, value)
  } catch {
    return
  }
}
