import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { chromiumPath, launchBrowser, login, openPage, screenshot } from '../support/browser.ts'
import { PASSWORD, startApp } from '../support/running-app.ts'
import type { RunningApp } from '../support/running-app.ts'

const OUT = new URL('../.out/screens/', import.meta.url).pathname
const COUNTY = '360702000000'
const MM_PER_PX = 25.4 / 96
const SOLVE = { gridCount: 12, weights: [{ key: 'clients', importance: 1 }], tolerance: 0.05, seed: 3 }

describe.skipIf(!chromiumPath)('plans in and out in a browser (needs a Chromium)', () => {
  let app: RunningApp
  let browser: Browser
  beforeAll(async () => {
    app = await startApp({ clients: 3_000 })
    browser = await launchBrowser()
  })
  afterAll(async () => {
    await browser?.close()
    await app?.[Symbol.asyncDispose]()
  })

  async function finished(page: Page, jobId: string): Promise<{ state: string; result: { planId: number } }> {
    for (;;) {
      const job = await (await page.request.get(`${app.origin}/api/jobs/${jobId}`)).json()
      if (!['queued', 'running'].includes(job.state)) return job
      await page.waitForTimeout(200)
    }
  }
  async function newPlan(page: Page, name: string): Promise<number> {
    const data = { name, countyCode: COUNTY, cellSizeM: 500 }
    const answer = await page.request.post(`${app.origin}/api/grid-plans`, { data })
    return (await finished(page, (await answer.json()).jobId)).result.planId
  }
  const open = async (page: Page, id: number) => {
    await page.goto(`${app.origin}/?ws=grids&plan=${id}`)
    await page.getByRole('button', { name: '导出', exact: true }).waitFor()
  }
  const assignment = async (page: Page, id: number) => {
    const units = await (await page.request.get(`${app.origin}/api/grid-plans/${id}/units`)).json()
    return Object.fromEntries(
      (units.features as { properties: { key: string; gridNo: number | null } }[]).map(({ properties }) => [
        properties.key,
        properties.gridNo,
      ]),
    )
  }

  test('out of one plan, into another, and onto paper at a true scale', async () => {
    const { page, faults } = await openPage(browser, { acceptDownloads: true })
    await login(page, app.origin, 'guihua', PASSWORD)
    const [from, into] = [await newPlan(page, '章贡春季方案'), await newPlan(page, '章贡对照方案')]
    const solving = await page.request.post(`${app.origin}/api/grid-plans/${from}/solve`, {
      data: SOLVE,
      headers: { 'if-match': '"v1"' },
    })
    expect(await finished(page, (await solving.json()).jobId)).toMatchObject({ state: 'done' })

    await open(page, from)
    await page.getByRole('button', { name: '导出', exact: true }).click()
    await screenshot(page, 'exchange-menu')
    const downloading = page.waitForEvent('download')
    await page.getByRole('button', { name: '单元归属表 CSV' }).click()
    const download = await downloading
    expect(download.suggestedFilename()).toMatch(/章贡春季方案.*\.csv$/)
    const csv = readFileSync(await download.path())

    // The same table with two rows that cannot be taken: a unit named twice, and one that is not there.
    const lines = csv.toString('utf8').trimEnd().split('\r\n')
    const damaged = [...lines, lines[1], lines[2].replace(/^[^,]*/, 'no-such-unit')].join('\r\n')
    await open(page, into)
    await page.getByRole('button', { name: '导入', exact: true }).click()
    const dialog = page.getByRole('dialog')
    const choose = (buffer: Buffer) =>
      dialog.locator('input[type=file]').setInputFiles({ name: '归属表.csv', mimeType: 'text/csv', buffer })
    await choose(Buffer.from(damaged))
    await dialog.getByRole('button', { name: '预览' }).click()
    await dialog.getByText('原因与处理').waitFor()
    await screenshot(page, 'import-problems')
    expect(await assignment(page, into)).not.toEqual(await assignment(page, from))

    // Two polygons drawn over one another: their common units are nobody's, and can be looked at.
    const box = (name: string, west: number) => ({
      type: 'Feature',
      properties: { name },
      geometry: {
        type: 'Polygon',
        coordinates: [
          [
            [west, 25.8],
            [west + 0.04, 25.8],
            [west + 0.04, 25.84],
            [west, 25.84],
            [west, 25.8],
          ],
        ],
      },
    })
    const drawn = { type: 'FeatureCollection', features: [box('东', 114.93), box('西', 114.91)] }
    await dialog.locator('input[type=file]').setInputFiles({
      name: '网格.geojson',
      mimeType: 'application/geo+json',
      buffer: Buffer.from(JSON.stringify(drawn)),
    })
    await dialog.getByLabel('图形的坐标系').selectOption('WGS84')
    await dialog.getByRole('button', { name: '预览' }).click()
    const look = dialog.getByRole('button', { name: /在地图上看/ }).first()
    await look.waitFor()
    await screenshot(page, 'import-shapes')
    await look.click()
    const resume = page.getByRole('button', { name: /返回导入预览/ })
    await resume.waitFor()
    expect(await resume.evaluate((button) => button === document.activeElement)).toBe(true)
    await page.waitForFunction(
      () =>
        Number(
          /at=[^&]*/
            .exec(location.search)?.[0]
            .split(/[,~/]|%2C/)
            .pop(),
        ) >= 15,
    )
    await screenshot(page, 'import-looking')
    await resume.click()
    await look.waitFor()

    await choose(csv)
    await dialog.getByRole('button', { name: '预览' }).click()
    await dialog.getByRole('button', { name: '确认导入' }).waitFor()
    await screenshot(page, 'import-preview')

    // Somebody renames the plan between the preview and its confirmation.
    const renamed = await page.request.patch(`${app.origin}/api/grid-plans/${into}`, {
      data: { name: '章贡对照方案二' },
      headers: { 'if-match': '"v1"' },
    })
    expect(renamed.status()).toBe(200)
    await dialog.getByRole('button', { name: '确认导入' }).click()
    await dialog.getByRole('alert').waitFor()
    expect(await dialog.getByRole('alert').textContent()).toContain('请重新预览')
    await screenshot(page, 'import-stale')
    await dialog.getByRole('button', { name: '重新预览' }).click()
    await dialog.getByRole('button', { name: '确认导入' }).click()
    await dialog.waitFor({ state: 'detached' })
    expect(await assignment(page, into)).toEqual(await assignment(page, from))
    expect(faults.filter((fault) => !/412/.test(fault))).toEqual([])

    await open(page, from)
    await page.getByRole('button', { name: '打印', exact: true }).click()
    const sheets = page.getByRole('group', { name: /^第 \d+ \/ 13 页/ })
    await page.getByText('赣江街道').first().waitFor({ state: 'attached' })
    expect(await sheets.count()).toBe(13)
    await screenshot(page, 'print-view')
    const saving = page.waitForEvent('download')
    await page.getByRole('button', { name: '把第 1 页存为 PNG' }).click()
    const picture = await saving
    const png = readFileSync(await picture.path())
    // The header of a PNG: width and height. A4 at 200 dots an inch.
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([2339, 1654])
    mkdirSync(OUT, { recursive: true })
    writeFileSync(`${OUT}print-sheet.png`, png)

    for (const paper of ['A4', 'A3'] as const) {
      await page.getByLabel('纸张').selectOption(paper)
      await page.emulateMedia({ media: 'print' })
      await page.waitForFunction(() => matchMedia('print').matches)
      const bars = await page.evaluate(() =>
        [...document.querySelectorAll('.sheet-page')].map((sheet) => ({
          px: sheet.querySelector('.scale-bar path')!.getBoundingClientRect().width,
          metres: Number(sheet.querySelector('.scale-bar')!.getAttribute('data-metres')),
          label: [...sheet.querySelectorAll('text')].map(({ textContent }) => textContent ?? ''),
        })),
      )
      expect(bars).toHaveLength(13)
      for (const { px, metres, label } of bars) {
        const scale = label.map((text) => /1:([\d,]+)/.exec(text)?.[1]).find((found) => found !== undefined)!
        const ground = (px * MM_PER_PX * Number(scale.replaceAll(',', ''))) / 1000
        expect(Math.abs(ground / metres - 1)).toBeLessThan(0.005)
        expect(label.map((text) => text.trim())).toContain(
          metres < 1000 ? `${metres} m` : `${metres / 1000} km`,
        )
      }
      await page.emulateMedia({ media: null })
    }
    for (const paper of ['A4', 'A3'] as const) {
      await page.getByLabel('纸张').selectOption(paper)
      const pdf = await page.pdf({ preferCSSPageSize: true, printBackground: true })
      writeFileSync(`${OUT}print-${paper}.pdf`, pdf)
      const boxes = [...pdf.toString('latin1').matchAll(/\/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]/g)]
      expect(boxes).toHaveLength(13)
      const [width, height] = paper === 'A4' ? [297, 210] : [420, 297]
      for (const [, w, h] of boxes) {
        expect(Math.abs((Number(w) / 72) * 25.4 - width)).toBeLessThan(0.5)
        expect(Math.abs((Number(h) / 72) * 25.4 - height)).toBeLessThan(0.5)
      }
    }
    await page.keyboard.press('Escape')
    await page.locator('.print-view').waitFor({ state: 'detached' })
    expect(
      await page.evaluate(() => [
        document.activeElement?.textContent?.trim(),
        document.getElementById('app')?.inert,
      ]),
    ).toEqual(['打印', false])
    expect(faults.filter((fault) => !/412/.test(fault))).toEqual([])

    await page.setViewportSize({ width: 390, height: 844 })
    await page.evaluate(() => (document.documentElement.dataset.theme = 'dark'))
    await page.getByRole('button', { name: '打印', exact: true }).click()
    await sheets.first().waitFor()
    await screenshot(page, 'print-view-narrow-dark')
    await page.getByRole('button', { name: '关闭' }).first().click()
    await page.getByRole('button', { name: '导入', exact: true }).click()
    await choose(Buffer.from(damaged))
    await dialog.getByRole('button', { name: '预览' }).click()
    await dialog.getByText('原因与处理').waitFor()
    await screenshot(page, 'import-narrow-dark')
    await page.setViewportSize({ width: 1440, height: 900 })
    await screenshot(page, 'import-dark')
    await page.context().close()
  })

  test('who may only read a plan finds neither import nor export', async () => {
    const { page } = await openPage(browser)
    await login(page, app.origin, 'guihua', PASSWORD)
    const id = await newPlan(page, '只读方案')
    await page.route('**/api/session', async (route) => {
      const answer = await route.fetch()
      const me = await answer.json()
      await route.fulfill({ response: answer, json: { ...me, can: ['grids.read', 'places.read'] } })
    })
    await page.goto(`${app.origin}/?ws=grids&plan=${id}`)
    await page.getByRole('heading', { name: '只读方案' }).waitFor()
    for (const name of ['导入', '导出', '打印'])
      expect(await page.getByRole('button', { name, exact: true }).count()).toBe(0)
    await page.context().close()
  })
})
