import { availableParallelism, loadavg } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { chromiumPath, launchBrowser, login, openPage } from '../support/browser.ts'
import { insertLatticePlan } from '../support/lattice-plan.ts'
import { mapAtRest, pixelOf } from '../support/map-view.ts'
import { PASSWORD, startApp } from '../support/running-app.ts'

/*
 * One step of a stroke in a plan of 3,000 units and 40 grids, from the pointer event to the end of the frame that shows it: units
 * recoloured on the map and bars moved. Beside it, on a bare map of the same units in the same browser: feature states against
 * replacing the whole GeoJSON source, each until the map has drawn the step. Software rendering: a graphics card is faster.
 */
const LATTICE = {
  countyCode: '360702000000',
  columns: 80,
  rows: 38,
  grids: 40,
  west: 114.86,
  south: 25.8,
  side: 0.002,
}
const VIEW = { lng: 114.947, lat: 25.838, zoom: 12.2 }
const STEPS = 60
const LIBRARY = new URL('../../node_modules/maplibre-gl/dist/', import.meta.url).pathname

/** The loader of these files wraps functions in `__name`, which a page does not know. */
const NAMES = 'globalThis.__name = (named) => named'

interface Measured {
  steps: number[]
  longTasks: number[]
}

export async function run(): Promise<void> {
  if (!chromiumPath) {
    console.error('bench editor needs a Chromium: install one, or name it in CHROMIUM.')
    process.exitCode = 2
    return
  }
  await using app = await startApp({ clients: 3_000 })
  const plan = await insertLatticePlan(app.db, LATTICE)
  const browser = await launchBrowser()
  const units = LATTICE.columns * LATTICE.rows
  console.log(
    `${units} units, ${LATTICE.grids} grids; ${availableParallelism()} cores, load ${loadavg()[0].toFixed(1)}; ms a step`,
  )
  const [states, replaced] = await bareMap(browser, app.origin, plan)
  const strokes = await editorStrokes(browser, app.origin, plan)
  console.table([
    summary('editor: map and bars, brush 1', strokes[0]),
    summary('editor: map and bars, brush 3', strokes[1]),
    summary('bare map: feature states', states),
    summary('bare map: source replaced', replaced),
  ])
  await browser.close()
}

function summary(what: string, { steps, longTasks }: Measured) {
  const sorted = [...steps].sort((p, q) => p - q)
  const at = (share: number) => Math.round(sorted[Math.floor(share * (sorted.length - 1))] * 10) / 10
  return {
    what,
    steps: steps.length,
    median: at(0.5),
    p95: at(0.95),
    worst: at(1),
    'long tasks': longTasks.length,
    'longest task': Math.round(Math.max(0, ...longTasks)),
  }
}

async function editorStrokes(browser: Browser, origin: string, plan: number): Promise<[Measured, Measured]> {
  const { page, faults } = await openPage(browser)
  await page.addInitScript(NAMES)
  await login(page, origin, 'guihua', PASSWORD)
  await page.goto(`${origin}/?ws=grids&plan=${plan}&at=${VIEW.lng},${VIEW.lat},${VIEW.zoom}`)
  await page.getByRole('button', { name: '编辑网格' }).click()
  await page.getByRole('toolbar', { name: '编辑工具' }).waitFor()
  await mapAtRest(page)
  const first = await stroke(page, 20)
  for (let i = 0; i < 2; i++) await page.keyboard.press(']')
  const second = await stroke(page, 26)
  if (faults.length > 0) throw new Error(faults.join('; '))
  await page.context().close()
  return [first, second]
}

/** Drags along a row of units, one reported point every half unit. */
async function stroke(page: Page, row: number): Promise<Measured> {
  const at = (column: number) =>
    pixelOf(
      page,
      [LATTICE.west + (column + 0.5) * LATTICE.side, LATTICE.south + (row + 0.5) * LATTICE.side],
      VIEW,
    )
  const before = await page.locator('[data-balance]').innerText()
  const start = at(30)
  await page.mouse.move(start.x, start.y)
  await page.evaluate(() => {
    const found: Measured = { steps: [], longTasks: [] }
    Object.assign(window, { measured: found })
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) found.longTasks.push(entry.duration)
    }).observe({ type: 'longtask' })
    const time = () => {
      const started = performance.now()
      requestAnimationFrame(() => {
        const { port1, port2 } = new MessageChannel()
        port1.onmessage = () => found.steps.push(performance.now() - started)
        port2.postMessage(null)
      })
    }
    addEventListener('pointermove', (event) => event.buttons === 1 && time(), { capture: true })
    interface Measured {
      steps: number[]
      longTasks: number[]
    }
  })
  await page.mouse.down()
  for (let i = 1; i <= STEPS; i++) {
    const to = at(30 + i / 3)
    await page.mouse.move(to.x, to.y)
    await page.waitForTimeout(40)
  }
  await page.mouse.up()
  await page.getByText('✓ 已保存').waitFor()
  if ((await page.locator('[data-balance]').innerText()) === before)
    throw new Error('the stroke moved no bar')
  return page.evaluate(() => (window as unknown as { measured: Measured }).measured)
}

async function bareMap(browser: Browser, origin: string, plan: number): Promise<[Measured, Measured]> {
  const { page } = await openPage(browser)
  await page.addInitScript(NAMES)
  await login(page, origin, 'guihua', PASSWORD)
  await page.route('**/bench-library/*', (route) =>
    route.fulfill({
      path: join(LIBRARY, new URL(route.request().url()).pathname.split('/').at(-1)!),
      contentType: 'text/javascript',
    }),
  )
  const measured = await page.evaluate(
    async ({ plan, view, steps }) => {
      // A variable, so that the address is not taken for a file of this project.
      const address = '/bench-library/maplibre-gl.mjs'
      const library = (await import(address)) as typeof import('maplibre-gl')
      library.setWorkerUrl('/bench-library/maplibre-gl-worker.mjs')
      const units = (await (await fetch(`/api/grid-plans/${plan}/units`)).json()) as GeoJSON.FeatureCollection
      const container = document.createElement('div')
      container.style.cssText = 'position:fixed;inset:0;z-index:99'
      document.body.append(container)
      const colour = ['%', ['coalesce', ['feature-state', 'grid'], ['get', 'gridNo'], 0], 8]
      const map = new library.Map({
        container,
        center: [view.lng, view.lat],
        zoom: view.zoom,
        style: {
          version: 8,
          sources: { units: { type: 'geojson', data: units, promoteId: 'idx' } },
          layers: [
            {
              id: 'units',
              type: 'fill',
              source: 'units',
              paint: {
                'fill-color': ['interpolate', ['linear'], colour, 0, '#225588', 7, '#ddbb66'] as never,
              },
            },
          ],
        },
      })
      await map.once('idle')
      const source = map.getSource('units') as import('maplibre-gl').GeoJSONSource
      const series = async (step: (i: number) => void) => {
        const found: { steps: number[]; longTasks: number[] } = { steps: [], longTasks: [] }
        const observer = new PerformanceObserver((list) => {
          for (const entry of list.getEntries()) found.longTasks.push(entry.duration)
        })
        observer.observe({ type: 'longtask' })
        for (let i = 0; i < steps; i++) {
          const started = performance.now()
          const drawn = map.once('idle')
          step(i)
          await drawn
          found.steps.push(performance.now() - started)
        }
        observer.disconnect()
        return found
      }
      const states = await series((i) =>
        map.setFeatureState({ source: 'units', id: 1500 + i }, { grid: i % 8 }),
      )
      const replaced = await series((i) => {
        const feature = units.features[1500 + i]
        feature.properties = { ...feature.properties, gridNo: (i + 3) % 8 }
        source.setData({ ...units, features: [...units.features] })
      })
      return [states, replaced] as [typeof states, typeof replaced]
    },
    { plan, view: VIEW, steps: STEPS },
  )
  await page.context().close()
  return measured
}
