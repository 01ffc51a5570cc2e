import { join } from 'node:path'
import { mkdirSync } from 'node:fs'
import { availableParallelism, loadavg } from 'node:os'
import type { Browser } from 'playwright-core'
import { chromiumPath, launchBrowser, login, openPage } from '../support/browser.ts'
import { mapAtRest } from '../support/map-view.ts'
import { PASSWORD, startApp } from '../support/running-app.ts'

/*
 * From the page load of a signed-in user to the first still map (every tile in view drawn, every label placed), per demo role,
 * with an empty and with a filled browser cache. Software rendering: a machine with a graphics card is faster.
 * A picture of the whole prefecture three seconds after each first load lands in tests/.out/screens, to be looked at.
 */
const USERS = ['guihua', 'xiangzhen', 'zhihang', 'jingli', 'lingdao', 'xitong', 'anquan', 'shenji']
const PREFECTURE = '/?at=115.2,25.8,7.35'
const LOOK_AFTER_MS = 3000
const SCREENS = new URL('../.out/screens/', import.meta.url).pathname

export async function run(): Promise<void> {
  if (!chromiumPath) {
    console.error('bench first-map needs a Chromium: install one, or name it in CHROMIUM.')
    process.exitCode = 2
    return
  }
  mkdirSync(SCREENS, { recursive: true })
  await using app = await startApp({ clients: 6_000 })
  const browser = await launchBrowser()
  console.log(`${availableParallelism()} cores, load ${loadavg()[0].toFixed(1)}; times in ms`)
  const rows = []
  for (const user of USERS) rows.push(await measure(browser, app.origin, user))
  console.table(rows)
  await browser.close()
}

async function measure(browser: Browser, origin: string, user: string) {
  const { page, faults } = await openPage(browser)
  await login(page, origin, user, PASSWORD)
  const cookies = await page.context().cookies()
  await page.context().close()

  const fresh = await openPage(browser)
  await fresh.page.context().addCookies(cookies)
  const load = async () => {
    const started = performance.now()
    await fresh.page.goto(origin + PREFECTURE, { waitUntil: 'commit' })
    await mapAtRest(fresh.page)
    return Math.round(performance.now() - started)
  }
  const started = performance.now()
  const cold = load()
  await fresh.page.waitForTimeout(LOOK_AFTER_MS)
  await fresh.page.screenshot({ path: join(SCREENS, `first-map-${user}.png`) })
  const shotAfter = Math.round(performance.now() - started)
  const row = { user, cold: await cold, 'picture taken at': shotAfter, warm: await load() }
  faults.push(...fresh.faults)
  await fresh.page.context().close()
  if (faults.length > 0) throw new Error(`${user}: ${faults.join('; ')}`)
  return row
}
