import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Board, EditList, HistoryView } from '#server/grids/edits/contract.ts'
import type { Plan } from '#server/grids/contract.ts'
import { chromiumPath, launchBrowser, login, openPage, screenshot } from '../support/browser.ts'
import { insertLatticePlan } from '../support/lattice-plan.ts'
import { pixelOf } from '../support/map-view.ts'
import { PASSWORD, startApp, type RunningApp } from '../support/running-app.ts'

/* A plan of 30 by 20 squares in 章贡 with 6 vertical strips: grid g holds columns 5g to 5g + 4. */
const LATTICE = {
  countyCode: '360702000000',
  columns: 30,
  rows: 20,
  grids: 6,
  west: 114.9,
  south: 25.82,
  side: 0.004,
}
/** The plan between the panels of a screen of 1440 by 900; a square is about 20 pixels wide. */
const VIEW = { lng: 114.947, lat: 25.86, zoom: 11.8 }
const unitAt = (column: number, row: number) => row * LATTICE.columns + column

/** Slow machines share this suite. */
const until = <T>(read: () => T | Promise<T>) => expect.poll(read, { timeout: 30_000 })

describe.skipIf(!chromiumPath)('editing grids in a browser (needs a Chromium)', () => {
  let app: RunningApp
  let browser: Browser
  let plan: number
  beforeAll(async () => {
    app = await startApp({ clients: 3_000 })
    browser = await launchBrowser()
  })
  afterAll(async () => {
    await browser?.close()
    await app?.[Symbol.asyncDispose]()
  })

  const at = (page: Page, column: number, row: number) =>
    pixelOf(
      page,
      [LATTICE.west + (column + 0.5) * LATTICE.side, LATTICE.south + (row + 0.5) * LATTICE.side],
      VIEW,
    )
  const read = async <T>(page: Page, path: string) =>
    (await (await page.request.get(`${app.origin}/api/grid-plans/${plan}${path}`)).json()) as T
  const assignment = async (page: Page) => (await read<Board>(page, '/board')).assignment
  const saved = (page: Page) => page.getByText('✓ 已保存').waitFor()

  async function editing(page: Page): Promise<void> {
    await page.goto(`${app.origin}/?ws=grids&plan=${plan}&at=${VIEW.lng},${VIEW.lat},${VIEW.zoom}`)
    await page.getByRole('button', { name: '编辑网格' }).click()
    await page.getByRole('toolbar', { name: '编辑工具' }).waitFor()
    await page.waitForSelector('[data-map][aria-busy="false"]')
  }
  async function drag(page: Page, from: [number, number], to: [number, number]): Promise<void> {
    const [a, b] = [at(page, ...from), at(page, ...to)]
    await page.mouse.move(a.x, a.y)
    await page.mouse.down()
    await page.mouse.move(b.x, b.y, { steps: 6 })
    await page.mouse.up()
  }

  test('strokes, lasso with its summary, lock, undo and redo, all there after a reload', async () => {
    plan = await insertLatticePlan(app.db, LATTICE)
    const { page, faults } = await openPage(browser)
    await login(page, app.origin, 'guihua', PASSWORD)
    await editing(page)
    const start = await assignment(page)
    const balance = await page.locator('[data-balance]').innerText()

    // Grid 1 takes a row of grids 2 and 3; a fast drag of six reported points leaves no gap.
    await drag(page, [5, 10], [12, 10])
    await saved(page)
    const painted = await assignment(page)
    for (let column = 5; column <= 12; column++)
      expect([column, painted[unitAt(column, 10)]]).toEqual([column, 0])
    expect(painted.filter((grid, u) => grid !== start[u])).toHaveLength(8)
    expect(await page.locator('[data-balance]').innerText()).not.toBe(balance)

    // A lasso changes nothing before it is confirmed.
    await page.keyboard.press('l')
    await page.mouse.move(at(page, 15, 4).x, at(page, 15, 4).y)
    await page.mouse.down()
    for (const [column, row] of [
      [19, 4],
      [19, 8],
      [15, 8],
      [15, 4],
    ] as const) {
      const to = at(page, column, row)
      await page.mouse.move(to.x, to.y, { steps: 5 })
    }
    await page.mouse.up()
    await page.getByText(/选中 \d+ 个单元/).waitFor()
    await screenshot(page, 'editor-e2e-lasso')
    expect(await assignment(page)).toEqual(painted)
    await page.keyboard.press('Escape')
    expect(await page.getByText(/选中 \d+ 个单元/).count()).toBe(0)

    // A locked grid neither loses nor gains.
    await page.keyboard.press('p')
    await page.getByRole('button', { name: /锁定网格 2：/ }).click()
    await page.getByRole('button', { name: '解锁网格 2' }).waitFor()
    await drag(page, [5, 2], [9, 2])
    await page.getByText('没有变化').waitFor()
    expect(await assignment(page)).toEqual(painted)
    await page.getByRole('button', { name: '解锁网格 2' }).click()
    await page.getByRole('button', { name: /锁定网格 2：/ }).waitFor()

    // The erased units are counted, and the repair gives them back.
    await page.keyboard.press('e')
    await drag(page, [22, 15], [23, 15])
    await page.getByRole('button', { name: /未分配 2/ }).click()
    await page.getByRole('dialog', { name: '未分配' }).getByRole('button', { name: '应用' }).click()
    await page.getByRole('button', { name: /未分配 0/ }).waitFor()
    await saved(page)
    expect(await assignment(page)).toEqual(painted)

    const history = await read<HistoryView>(page, '/history')
    expect(history).toEqual({ undo: [1, 2, 3], redo: [] })
    const shown = await page.locator('[data-balance]').innerText()
    await page.reload()
    await page.getByRole('button', { name: '编辑网格' }).click()
    await page.getByRole('toolbar', { name: '编辑工具' }).waitFor()
    expect(await page.locator('[data-balance]').innerText()).toBe(shown)
    for (let i = 0; i < 3; i++) await page.keyboard.press('Control+z')
    await until(async () => (await read<HistoryView>(page, '/history')).undo.length).toBe(0)
    expect(await assignment(page)).toEqual(start)
    await page.keyboard.press('Control+Shift+z')
    await page.keyboard.press('Control+y')
    await page.keyboard.press('Control+y')
    await until(async () => (await read<HistoryView>(page, '/history')).redo.length).toBe(0)
    expect(await assignment(page)).toEqual(painted)
    await until(() => page.locator('[data-balance]').innerText()).toBe(shown)
    expect(faults).toEqual([])
    await page.context().close()
  })

  test('two pages see each other, and a conflict is decided by the one who comes second', async () => {
    plan = await insertLatticePlan(app.db, LATTICE)
    const [one, two] = [await openPage(browser), await openPage(browser)]
    for (const { page } of [one, two]) {
      await login(page, app.origin, 'guihua', PASSWORD)
      await editing(page)
    }
    const balanceOf = ({ page }: typeof one) => page.locator('[data-balance]').innerText()
    await drag(one.page, [5, 10], [9, 10])
    await saved(one.page)
    await until(() => balanceOf(two)).toBe(await balanceOf(one))

    // While the second page hears nothing, the first moves the units it is about to paint.
    await two.page.route('**/api/grid-plans/*/edits?*', (route) => route.abort())
    await drag(one.page, [10, 3], [12, 3])
    await until(async () => (await assignment(one.page))[unitAt(10, 3)]).toBe(0)
    await two.page.keyboard.press('2')
    await drag(two.page, [10, 3], [13, 3])
    await two.page.unroute('**/api/grid-plans/*/edits?*')
    await two.page.getByText('别人刚改了同样的单元').waitFor({ timeout: 30_000 })
    await screenshot(two.page, 'editor-e2e-conflict')
    expect((await assignment(two.page))[unitAt(13, 3)]).toBe(2)
    await two.page.getByRole('button', { name: '用对方的' }).click()
    await saved(two.page)
    const end = await assignment(two.page)
    expect([10, 11, 12, 13].map((column) => end[unitAt(column, 3)])).toEqual([0, 0, 0, 1])
    await until(() => balanceOf(one)).toBe(await balanceOf(two))
    for (const { page } of [one, two]) await page.context().close()
  })

  test('a tab that dies loses at most the stroke under the finger', async () => {
    plan = await insertLatticePlan(app.db, LATTICE)
    const { page } = await openPage(browser)
    await login(page, app.origin, 'guihua', PASSWORD)
    await editing(page)
    // The network is gone: two strokes wait, a third is under way when the tab is killed.
    await page.route('**/api/grid-plans/*/edits', (route) => route.abort())
    await drag(page, [5, 5], [6, 5])
    await drag(page, [5, 6], [6, 6])
    await page.getByText('未保存（2 步）').waitFor()
    const point = at(page, 5, 7)
    await page.mouse.move(point.x, point.y)
    await page.mouse.down()
    const again = await page.context().newPage()
    await page.close({ runBeforeUnload: false })
    await editing(again)
    await until(async () => (await read<EditList>(again, '/edits')).edits.length).toBe(2)
    const end = await assignment(again)
    expect([5, 6, 7].map((row) => end[unitAt(5, row)])).toEqual([0, 0, 1])
    await again.context().close()
  })

  test('a finger paints, two move the map, and one held still inspects', async () => {
    plan = await insertLatticePlan(app.db, LATTICE)
    const { page, faults } = await openPage(browser, {
      viewport: { width: 390, height: 844 },
      hasTouch: true,
      isMobile: true,
    })
    await login(page, app.origin, 'guihua', PASSWORD)
    await editing(page)
    await page.getByRole('button', { name: '展开或收起面板' }).click()
    const tap = at(page, 12, 12)
    await page.touchscreen.tap(tap.x, tap.y)
    await until(async () => (await assignment(page))[unitAt(12, 12)]).toBe(0)
    await screenshot(page, 'editor-e2e-phone')
    const touch = await page.context().newCDPSession(page)
    const send = (type: 'touchStart' | 'touchMove' | 'touchEnd', points: { x: number; y: number }[]) =>
      touch.send('Input.dispatchTouchEvent', {
        type,
        touchPoints: points.map((point, id) => ({ ...point, id })),
      })
    const [a, b] = [at(page, 12, 14), at(page, 16, 14)]
    await send('touchStart', [a])
    for (let i = 1; i <= 6; i++) await send('touchMove', [{ x: a.x + ((b.x - a.x) * i) / 6, y: a.y }])
    await send('touchEnd', [])
    await until(async () => (await assignment(page))[unitAt(16, 14)]).toBe(0)
    const before = await assignment(page)
    expect([12, 13, 14, 15, 16].map((column) => before[unitAt(column, 14)])).toEqual([0, 0, 0, 0, 0])

    const where = page.url()
    await send('touchStart', [a])
    await send('touchStart', [a, b])
    for (let i = 1; i <= 6; i++)
      await send('touchMove', [
        { x: a.x, y: a.y + 20 * i },
        { x: b.x, y: b.y + 20 * i },
      ])
    await send('touchEnd', [])
    await until(() => page.url()).not.toBe(where)
    expect(await assignment(page)).toEqual(before)

    await send('touchStart', [{ x: 195, y: 400 }])
    await page.getByText(/^单元 u\d+/).waitFor()
    await send('touchEnd', [])
    expect(await assignment(page)).toEqual(before)
    expect(faults).toEqual([])
    await page.context().close()
  })

  test('who may not edit sees the plan and its tooltips, and no tool', async () => {
    plan = await insertLatticePlan(app.db, LATTICE)
    await app.db.asOwner((tx) =>
      tx.execute(`update app.grid_plan set county_code = '360722000000' where id = ${plan}`),
    )
    const { page, faults } = await openPage(browser)
    await login(page, app.origin, 'zhihang', PASSWORD)
    await page.goto(`${app.origin}/?ws=grids&plan=${plan}&at=${VIEW.lng},${VIEW.lat},${VIEW.zoom}`)
    await page.getByText('网格 6').first().waitFor()
    await page.waitForSelector('[data-map][aria-busy="false"]')
    expect((await read<Plan>(page, '')).grids).toHaveLength(6)
    expect(await page.getByRole('button', { name: '编辑网格' }).count()).toBe(0)
    const point = at(page, 12, 10)
    await page.mouse.move(point.x, point.y)
    await page.getByText(/本单元 \d+ 户/).waitFor()
    await page.keyboard.press('m')
    await page.getByText('在地图上依次点击各点').first().waitFor()
    expect(faults).toEqual([])
    await page.context().close()
  })
})
