import { sql } from 'drizzle-orm'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { rowsOf } from '#db/rows.ts'
import { chromiumPath, launchBrowser, login, openPage, screenshot } from '../support/browser.ts'
import { PASSWORD, startApp } from '../support/running-app.ts'
import type { RunningApp } from '../support/running-app.ts'

describe.skipIf(!chromiumPath)(
  'a plan is argued about and made effective in a browser (needs a Chromium)',
  () => {
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

    const owners = () =>
      app.db.asOwner(async (tx) => {
        expect(rowsOf(await tx.execute(sql`select * from app.ownership_faults()`))).toEqual([])
        return rowsOf(await tx.execute(sql`select id, manager_id from app.client order by id`))
      })
    const as = async (username: string, path: string) => {
      const { page, faults } = await openPage(browser)
      await login(page, app.origin, username, PASSWORD)
      await page.goto(`${app.origin}${path}`)
      return { page, faults }
    }
    const step = async (page: Page, name: string, fill: { comment?: string; date?: string } = {}) => {
      await page.getByRole('button', { name, exact: true }).click()
      const dialog = page.getByRole('dialog')
      if (fill.comment) await dialog.locator('textarea').fill(fill.comment)
      if (fill.date) await dialog.getByLabel('生效日').fill(fill.date)
      await dialog.getByRole('button', { name, exact: true }).click()
      await dialog.waitFor({ state: 'detached' })
    }

    test('solve, submit, receipt answered, approved for today, rolled back to the same owners', async () => {
      const before = await owners()
      const { page, faults } = await as('guihua', '/?ws=grids')
      await page.getByRole('button', { name: '新建方案' }).click()
      await page.getByLabel('方案名称').fill('章贡秋季方案')
      await page.getByLabel('县（市、区）').selectOption({ label: '章贡区' })
      await page.getByRole('button', { name: '建立方案' }).click()
      await page.getByRole('button', { name: '开始划分' }).waitFor({ timeout: 120_000 })
      await page.getByLabel('网格数').fill('3')
      await page.getByRole('button', { name: '开始划分' }).click()
      await page.getByText('网格 3').first().waitFor({ timeout: 120_000 })
      const id = Number(new URL(page.url()).searchParams.get('plan'))
      await page.getByRole('tab', { name: '问题' }).click()
      await page.getByText('还没有客户经理').first().waitFor()
      await screenshot(page, 'governance-faults')

      const plan = (await (await page.request.get(`${app.origin}/api/grid-plans/${id}`)).json()) as {
        countyCode: string
        version: number
      }
      const [manager] = rowsOf<{ staff: number }>(
        await app.db.asOwner((tx) =>
          tx.execute(sql`select staff_id as staff from auth.account where username = 'jingli'`),
        ),
      )
      const { staff } = (await (
        await page.request.get(`${app.origin}/api/staff?countyCode=${plan.countyCode}`)
      ).json()) as { staff: { id: number }[] }
      const managers = [
        manager!.staff,
        ...staff.map((member) => member.id).filter((one) => one !== manager!.staff),
      ]
      for (let no = 0; no < 3; no++) {
        const answer = await page.request.patch(`${app.origin}/api/grid-plans/${id}/grids/${no}`, {
          data: { managerId: managers[no] },
          headers: { 'if-match': `"v${plan.version + no}"` },
        })
        expect(answer.status()).toBe(200)
      }
      await page.goto(`${app.origin}/?ws=grids&plan=${id}`)
      await page.getByRole('tab', { name: '问题' }).click()
      await page.getByText('没有妨碍提交的问题').waitFor()
      await page.getByRole('tab', { name: '比较' }).click()
      await page.getByText('户换人').waitFor()
      await screenshot(page, 'governance-compare')
      await step(page, '提交审批', { comment: '请审批' })
      await page.getByText('等待支行行长审批').waitFor()
      await page.getByRole('tab', { name: '回执' }).click()
      await page.getByText('未答复').first().waitFor()
      await screenshot(page, 'governance-receipts')

      const own = await as('jingli', '/?ws=grids')
      await own.page.getByText('章贡秋季方案').waitFor()
      await own.page.getByRole('button', { name: '提出异议' }).click()
      await own.page.locator('textarea').fill('到期户集中在年底，请分担一些')
      await screenshot(own.page, 'governance-own-receipt')
      await own.page.locator('form').getByRole('button', { name: '提出异议' }).click()
      await own.page.getByText('到期户集中在年底').first().waitFor()
      expect(own.faults).toEqual([])
      await own.page.context().close()

      const head = await as('shenpi', `/?ws=grids&plan=${id}`)
      await head.page.getByRole('tab', { name: '回执' }).click()
      await head.page.getByText('到期户集中在年底').waitFor()
      expect(await owners()).toEqual(before)
      const today = new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10)
      await step(head.page, '批准', { comment: '同意，今日起执行', date: today })
      await head.page.getByText('客户归属按本方案').waitFor()
      expect(await owners()).not.toEqual(before)
      await screenshot(head.page, 'governance-effective')
      await step(head.page, '整体回退', { comment: '先恢复原归属' })
      await head.page.getByText('已归档，只供查阅').waitFor()
      await head.page.getByText('经过').click()
      await screenshot(head.page, 'governance-rolled-back')
      expect(await owners()).toEqual(before)
      expect([...faults, ...head.faults]).toEqual([])
      await head.page.context().close()
      await page.context().close()
    })

    test('reads on a phone and in the dark', async () => {
      const { page, faults } = await openPage(browser, {
        viewport: { width: 390, height: 844 },
        colorScheme: 'dark',
      })
      await login(page, app.origin, 'jingli', PASSWORD)
      await page.goto(`${app.origin}/?ws=grids`)
      await page.getByText('我的公平回执').waitFor()
      await screenshot(page, 'governance-phone-dark')
      expect(faults).toEqual([])
      await page.context().close()
    })
  },
)
