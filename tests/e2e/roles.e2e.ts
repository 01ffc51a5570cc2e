import { gunzipSync } from 'node:zlib'
import { VectorTile } from '@mapbox/vector-tile'
import { sql } from 'drizzle-orm'
import { PbfReader } from 'pbf'
import type { Feature, Point, Position } from 'geojson'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { rowsOf } from '#db/rows.ts'
import { chromiumPath, launchBrowser, login, openPage, screenshot } from '../support/browser.ts'
import { inkAt, mapAtRest, pixelOf } from '../support/map-view.ts'
import { PASSWORD, startApp } from '../support/running-app.ts'
import type { RunningApp } from '../support/running-app.ts'

const ROLES = ['guihua', 'xiangzhen', 'zhihang', 'jingli', 'lingdao', 'xitong', 'anquan', 'shenji'] as const
type User = (typeof ROLES)[number]
const SEES_CLIENTS: User[] = ['guihua', 'xiangzhen', 'zhihang', 'jingli']
const COUNTIES = [
  ...['章贡区', '南康区', '赣县区', '信丰县', '大余县', '上犹县', '崇义县', '安远县', '龙南市'],
  ...['定南县', '全南县', '宁都县', '于都县', '兴国县', '会昌县', '寻乌县', '石城县', '瑞金市'],
].sort()
const PREFECTURE_VIEW = { lng: 115.1, lat: 25.7, zoom: 7.2 }
const STATUSES = {
  active: '活跃',
  depositOnly: '有存无贷',
  loanOnly: '裸贷户',
  lost: '流失',
  prospect: '潜在',
} as const

describe.skipIf(!chromiumPath)('each demo role in a browser (needs a Chromium)', () => {
  let app: RunningApp
  let browser: Browser
  beforeAll(async () => {
    app = await startApp()
    browser = await launchBrowser()
  })
  afterAll(async () => {
    await browser?.close()
    await app?.[Symbol.asyncDispose]()
  })

  /** County polygons and the places of their names, in the tiles that the page loads from now on. */
  function watchCounties(page: Page) {
    const codes = new Set<string>()
    const labels = new Map<string, Position>()
    page.on('response', async (response) => {
      const tile = /\/tiles\/county\/(\d+)\/(\d+)\/(\d+)\.mvt/.exec(response.url())
      if (!tile || response.status() !== 200) return
      const body = await response.body().catch(() => null)
      if (!body) return
      const bytes = body[0] === 0x1f && body[1] === 0x8b ? gunzipSync(body) : body
      const { layers } = new VectorTile(new PbfReader(bytes))
      const [z, x, y] = tile.slice(1).map(Number)
      for (let i = 0; layers.county && i < layers.county.length; i++)
        codes.add(String(layers.county.feature(i).properties.code))
      const names = layers['county-label']
      for (let i = 0; names && i < names.length; i++) {
        const { geometry, properties } = names.feature(i).toGeoJSON(x, y, z) as Feature<
          Point,
          { name: string }
        >
        labels.set(properties.name, geometry.coordinates)
      }
    })
    return { codes, labels }
  }

  async function countsInDatabase(user: User): Promise<Record<string, number>> {
    const where = {
      guihua: sql`county_code = any (a.county_codes)`,
      xiangzhen: sql`branch_id = any (a.branch_ids)`,
      zhihang: sql`branch_id = any (a.branch_ids)`,
      jingli: sql`manager_id = a.staff_id`,
    }[user as 'guihua']
    const rows = await app.db.asOwner((tx) =>
      tx.execute(
        sql`select status, count(*)::int as n from app.client, auth.account a where a.username = ${user} and ${where} group by 1`,
      ),
    )
    return Object.fromEntries(rowsOf<{ status: string; n: number }>(rows).map(({ status, n }) => [status, n]))
  }

  test.each(ROLES)('%s signs in, sees 18 counties with their names, and nothing goes wrong', async (user) => {
    const { page, faults } = await openPage(browser)
    await login(page, app.origin, user, PASSWORD)
    await page.getByText('演示数据').first().waitFor()
    await page.getByText('内部工作用图 · 不得公开').first().waitFor()
    await mapAtRest(page)
    await screenshot(page, `role-${user}`)
    const { codes, labels } = watchCounties(page)
    await page.goto(
      `${app.origin}/?on=admin-areas&at=${PREFECTURE_VIEW.lng},${PREFECTURE_VIEW.lat},${PREFECTURE_VIEW.zoom}`,
    )
    await mapAtRest(page)
    expect(codes.size).toBe(18)
    const ink = await inkAt(
      page,
      [...labels.values()].map((at) => pixelOf(page, at, PREFECTURE_VIEW)),
    )
    const written = [...labels.keys()].filter((_, i) => ink[i]! > 40)
    expect(written.sort()).toEqual(COUNTIES)
    expect(faults).toEqual([])
    await page.context().close()
  })

  test.each(SEES_CLIENTS)('the legend of %s counts what SQL counts', async (user) => {
    const { page, faults } = await openPage(browser)
    await login(page, app.origin, user, PASSWORD)
    const legend = page.waitForResponse((response) => response.url().includes('/api/clients/legend'))
    await page.goto(`${app.origin}/?ws=canvass`)
    const answer = (await (await legend).json()) as {
      byStatus: { status: keyof typeof STATUSES; count: number }[]
      total: { count: number }
    }
    const expected = await countsInDatabase(user)
    expect(
      Object.fromEntries(
        answer.byStatus.filter(({ count }) => count > 0).map(({ status, count }) => [status, count]),
      ),
    ).toEqual(expected)
    expect(answer.total.count).toBe(Object.values(expected).reduce((sum, n) => sum + n, 0))
    const panel = page.getByRole('complementary', { name: '图层与图例' }).or(page.locator('body'))
    for (const [status, n] of Object.entries(expected)) {
      await expect
        .poll(() => panel.first().innerText(), { timeout: 30_000, message: status })
        .toContain(n.toLocaleString('en-US'))
    }
    await screenshot(page, `legend-${user}`)
    expect(faults).toEqual([])
    await page.context().close()
  })

  test('leadership drills from county to township, and the address opens the same view again', async () => {
    const { page, faults } = await openPage(browser)
    await login(page, app.origin, 'lingdao', PASSWORD)
    await page.goto(`${app.origin}/?ws=leadership`)
    await page.getByRole('table').getByText('信丰县').first().click()
    await page.getByRole('table').getByText('嘉定镇').first().waitFor()
    await page.waitForTimeout(1500)
    const table = await page.getByRole('table').first().innerText()
    const address = page.url()
    expect(address).toContain('360722')
    const again = await openPage(browser)
    await login(again.page, app.origin, 'lingdao', PASSWORD)
    await again.page.goto(address)
    await again.page.getByRole('table').getByText('嘉定镇').first().waitFor()
    await expect.poll(() => again.page.getByRole('table').first().innerText()).toBe(table)
    await screenshot(again.page, 'leadership-township')
    expect([...faults, ...again.faults]).toEqual([])
    await page.context().close()
    await again.page.context().close()
  })

  test('a click on a county on the map opens it', async () => {
    const { page, faults } = await openPage(browser)
    await login(page, app.origin, 'lingdao', PASSWORD)
    const { labels } = watchCounties(page)
    const { lng, lat, zoom } = PREFECTURE_VIEW
    await page.goto(`${app.origin}/?ws=leadership&at=${lng},${lat},${zoom}`)
    await mapAtRest(page)
    const { x, y } = pixelOf(page, labels.get('信丰县')!, PREFECTURE_VIEW)
    await page.mouse.click(x, y)
    await page.getByRole('table').getByText('嘉定镇').first().waitFor()
    expect(page.url()).toContain('place=360722000000')
    expect(faults).toEqual([])
    await page.context().close()
  })

  test('a wrong password is refused in words, and an ended session leads back to the login', async () => {
    const { page } = await openPage(browser)
    await page.goto(app.origin)
    await page.getByLabel('用户名').fill('jingli')
    await page.getByLabel('密码').fill('not the password')
    await page.getByRole('button', { name: '登录', exact: true }).click()
    await page.getByText('用户名或密码不正确').waitFor()
    await login(page, app.origin, 'jingli', PASSWORD)
    await app.db.asRole('gis_auth', (tx) =>
      tx.execute(sql`update auth.session set revoked_at = now() where username = 'jingli'`),
    )
    await page.reload()
    await page.getByLabel('用户名').waitFor()
    await page.context().close()
  })

  test.each([
    ['light', 1440, 900],
    ['dark', 1440, 900],
    ['light', 390, 844],
    ['dark', 390, 844],
  ] as const)('every workspace opens in %s at %dx%d', async (colorScheme, width, height) => {
    const { page, faults } = await openPage(browser, { colorScheme, viewport: { width, height } })
    await login(page, app.origin, 'zhihang', PASSWORD)
    for (const workspace of ['grids', 'rings', 'zones', 'canvass', 'leadership']) {
      await page.goto(`${app.origin}/?ws=${workspace}`)
      await page.getByRole('heading', { level: 2 }).first().waitFor()
      await page.waitForTimeout(2500)
      await screenshot(page, `${workspace}-${colorScheme}-${width}`)
      const overflow = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      )
      expect(overflow, workspace).toBeLessThanOrEqual(0)
    }
    await page.goto(`${app.origin}/m`)
    await page.waitForTimeout(1500)
    await screenshot(page, `phone-${colorScheme}-${width}`)
    expect(faults).toEqual([])
    await page.context().close()
  })
})
