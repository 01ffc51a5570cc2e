import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { chromium } from 'playwright-core'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'

const CANDIDATES = [
  process.env.CHROMIUM,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
]
/** A browser installed on this machine, or undefined. */
export const chromiumPath = CANDIDATES.find((path) => path !== undefined && existsSync(path))

const SCREENS = new URL('../.out/screens/', import.meta.url).pathname

/** Software rendering through EGL: no graphics card and no display needed. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: chromiumPath,
    headless: true,
    args: [
      '--no-sandbox',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--disable-dev-shm-usage',
      '--use-gl=angle',
      '--use-angle=gl-egl',
      '--ignore-gpu-blocklist',
    ],
  })
}

export interface WatchedPage {
  page: Page
  /** Console errors, page errors, failed requests, answers of 400 and more (401 of the first session check aside), and requests that leave the machine. */
  faults: string[]
}

export async function openPage(browser: Browser, options: BrowserContextOptions = {}): Promise<WatchedPage> {
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    locale: 'zh-CN',
    reducedMotion: 'reduce',
    ...options,
  })
  const page = await context.newPage()
  page.setDefaultTimeout(60_000)
  const faults: string[] = []
  const askedBeforeLogin = (url: string, status: number) => status === 401 && url.endsWith('/api/session')
  page.on('pageerror', (error) => faults.push(`page error: ${error.message}`))
  page.on('console', (message) => {
    if (message.type() === 'error' && !askedBeforeLogin(message.location().url, 401))
      faults.push(`console: ${message.text()}`)
  })
  page.on('response', (response) => {
    if (response.status() >= 400 && !askedBeforeLogin(response.url(), response.status()))
      faults.push(`${response.status()} ${response.url()}`)
  })
  page.on('request', (request) => {
    const { protocol, hostname } = new URL(request.url())
    if (/^(https?|wss?):$/.test(protocol) && hostname !== 'localhost')
      faults.push(`leaves the machine: ${request.url()}`)
  })
  return { page, faults }
}

export async function login(page: Page, origin: string, username: string, password: string): Promise<void> {
  await page.goto(origin)
  await page.getByLabel('用户名').fill(username)
  await page.getByLabel('密码').fill(password)
  await page.getByRole('button', { name: '登录', exact: true }).click()
  await page.getByRole('navigation', { name: '工作区' }).waitFor()
}

/** For looking at by eye; nothing compares them. */
export async function screenshot(page: Page, name: string): Promise<Buffer> {
  mkdirSync(SCREENS, { recursive: true })
  return page.screenshot({ path: join(SCREENS, `${name}.png`) })
}
