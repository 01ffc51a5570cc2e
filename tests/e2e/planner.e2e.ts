import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { chromiumPath, launchBrowser, login, openPage, screenshot } from '../support/browser.ts'
import { PASSWORD, startApp } from '../support/running-app.ts'
import type { RunningApp } from '../support/running-app.ts'

interface Plan {
  id: number
  grids: { no: number; contiguous: boolean; units: number; deviation: Record<string, number> }[]
  unassigned: number
}

describe.skipIf(!chromiumPath)("the planner's job in a browser (needs a Chromium)", () => {
  let app: RunningApp
  let browser: Browser
  beforeAll(async () => {
    app = await startApp({ clients: 6_000 })
    browser = await launchBrowser()
  })
  afterAll(async () => {
    await browser?.close()
    await app?.[Symbol.asyncDispose]()
  })

  test('章贡区 into 12 balanced, contiguous grids; named, assigned, and the same after a reload', async () => {
    const { page, faults } = await openPage(browser)
    await login(page, app.origin, 'guihua', PASSWORD)
    await page.goto(`${app.origin}/?ws=grids`)
    await page.getByRole('button', { name: '新建方案' }).click()
    await page.getByLabel('方案名称').fill('章贡春季方案')
    await page.getByLabel('县（市、区）').selectOption({ label: '章贡区' })
    await page.getByRole('button', { name: '建立方案' }).click()
    await page.getByRole('button', { name: '开始划分' }).waitFor({ timeout: 120_000 })
    await page.getByLabel('网格数').fill('12')
    await screenshot(page, 'planner-before-solve')
    await page.getByRole('button', { name: '开始划分' }).click()
    await page.getByText('网格 12').first().waitFor({ timeout: 120_000 })
    await page.waitForTimeout(3000)
    await screenshot(page, 'planner-solved')

    const id = Number(new URL(page.url()).searchParams.get('plan'))
    const planNow = async () =>
      (await (await page.request.get(`${app.origin}/api/grid-plans/${id}`)).json()) as Plan
    const unitsNow = async () => (await page.request.get(`${app.origin}/api/grid-plans/${id}/units`)).text()
    const plan = await planNow()
    expect(plan.grids).toHaveLength(12)
    expect(plan.unassigned).toBe(0)
    expect(plan.grids.every((grid) => grid.contiguous)).toBe(true)
    const [weight] = Object.keys(plan.grids[0].deviation)
    expect(Math.max(...plan.grids.map((grid) => Math.abs(grid.deviation[weight])))).toBeLessThanOrEqual(0.05)

    const units = await unitsNow()
    await page.reload()
    await page.getByText('网格 12').first().waitFor()
    expect(await planNow()).toEqual(plan)
    expect(await unitsNow()).toBe(units)
    expect(faults).toEqual([])
    await page.context().close()
  })
})
