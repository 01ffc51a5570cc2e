import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { availableParallelism, loadavg } from 'node:os'
import type { Browser, Page } from 'playwright-core'
import type { UnitCollection } from '#web/api/types.ts'
import { GRID_FILLS } from '#web/map/colors.ts'
import { chromiumPath, launchBrowser, login, openPage } from '../support/browser.ts'
import { insertLatticePlan } from '../support/lattice-plan.ts'
import { mapAtRest, pixelOf } from '../support/map-view.ts'
import { PASSWORD, startApp } from '../support/running-app.ts'

/*
 * A plan of 3,000 units and 40 grids in the built application, in Chromium: milliseconds from a pointer event of a stroke to the
 * end of the frame in which the bars and the map show it. The map's own drawing is waited for by reading a pixel back. Beside
 * it, on the same units in a bare map: the same step by feature state, and by replacing the whole GeoJSON source.
 * Software rendering: a machine with a graphics card is faster.
 */
const LATTICE = {
  countyCode: '360702000000',
  columns: 60,
  rows: 50,
  grids: 40,
  west: 114.9,
  south: 25.82,
  side: 0.002,
}
const VIEW = { lng: 114.947, lat: 25.87, zoom: 11.8 }
const STEPS = 120
const LONG_TASK_MS = 50
/** What the loader of these files wraps around functions that then run in the page. */
const NAMES = 'globalThis.__name = (it) => it'

interface Figures {
  [name: string]: number | string
}

export async function run(): Promise<void> {
  if (!chromiumPath) {
    console.error('bench editor needs a Chromium: install one, or name it in CHROMIUM.')
    process.exitCode = 2
    return
  }
  await using app = await startApp({ clients: 3_000 })
  const browser = await launchBrowser()
  const plan = await insertLatticePlan(app.db, LATTICE)
  const { page, faults } = await openPage(browser)
  await page.addInitScript(NAMES)
  await login(page, app.origin, 'guihua', PASSWORD)
  const units = (await (
    await page.request.get(`${app.origin}/api/grid-plans/${plan}/units`)
  ).json()) as UnitCollection
  await page.goto(`${app.origin}/?ws=grids&plan=${plan}&at=${VIEW.lng},${VIEW.lat},${VIEW.zoom}`)
  // A busy machine without a graphics card takes its time over the first frames.
  page.setDefaultTimeout(120_000)
  await mapAtRest(page)
  await page.getByRole('button', { name: '编辑网格' }).click()
  await page.getByRole('toolbar', { name: '编辑工具' }).waitFor()
  await mapAtRest(page)
  await page.waitForTimeout(1_500)
  console.log(
    `${availableParallelism()} cores, load ${loadavg()[0].toFixed(1)}; ${units.features.length} units; times in ms`,
  )
  const table: Record<string, Figures> = { 'the editor, brush 1': await strokes(page) }
  for (let i = 0; i < 2; i++) await page.keyboard.press(']')
  table['the editor, brush 3 (13 units)'] = await strokes(page)
  if (faults.length > 0) throw new Error(faults.join('; '))
  await page.context().close()
  Object.assign(table, await bareMap(browser, units))
  console.table(table)
  await browser.close()
}

/** Drags across the plan row by row; each pointer event crosses into at least one new unit. */
async function strokes(page: Page): Promise<Figures> {
  await page.evaluate(watchSteps, LONG_TASK_MS)
  const at = (column: number, row: number) =>
    pixelOf(
      page,
      [LATTICE.west + (column + 0.5) * LATTICE.side, LATTICE.south + (row + 0.5) * LATTICE.side],
      VIEW,
    )
  let column = 2
  for (let step = 0, row = 8; step < STEPS; step++, column++) {
    if (column === 2 || column > 56) {
      if (column > 56) await page.mouse.up()
      column = 2
      row += 6
      await page.mouse.move(at(column, row).x, at(column, row).y)
      await page.mouse.down()
    }
    const { x, y } = at(column + 1, row)
    await page.mouse.move(x, y)
    await page.evaluate(() => (globalThis as unknown as Watched).settled())
  }
  await page.mouse.up()
  const { times, long, changed } = await page.evaluate(() => (globalThis as unknown as Watched).watched)
  if (changed < times.length / 2) throw new Error(`bars changed in ${changed} of ${times.length} steps only`)
  return { ...summary(times), 'long tasks': `${long.length} (longest ${Math.round(Math.max(0, ...long))})` }
}

interface Watched {
  watched: { times: number[]; long: number[]; changed: number }
  settled: () => Promise<void>
}

/** In the page: the time from each pointer event of a stroke until its frame is drawn, bars and map. */
function watchSteps(longTaskMs: number): void {
  const page = globalThis as unknown as Watched
  const isAgain = page.watched !== undefined
  page.watched = { times: [], long: [], changed: 0 }
  if (isAgain) return
  let pending: Promise<void> = Promise.resolve()
  page.settled = () => pending
  const canvas = document.querySelector<HTMLCanvasElement>('canvas.maplibregl-canvas')!
  const gl = canvas.getContext('webgl2')!
  let barsChanged = false
  new MutationObserver(() => (barsChanged = true)).observe(document.querySelector('[data-balance]')!, {
    subtree: true,
    characterData: true,
    attributes: true,
    childList: true,
  })
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) if (duration >= longTaskMs) page.watched.long.push(duration)
  }).observe({ type: 'longtask' })
  window.addEventListener(
    'pointermove',
    (event) => {
      if (event.buttons !== 1) return
      const { timeStamp } = event
      barsChanged = false
      pending = new Promise((resolve) => {
        requestAnimationFrame(() => {
          // After every callback of this frame, the map's own among them.
          const { port1, port2 } = new MessageChannel()
          port1.onmessage = () => {
            gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, new Uint8Array(4))
            page.watched.times.push(performance.now() - timeStamp)
            if (barsChanged) page.watched.changed++
            resolve()
          }
          port2.postMessage(null)
        })
      })
    },
    { capture: true },
  )
}

/** The alternatives without the application around them. */
async function bareMap(browser: Browser, units: UnitCollection): Promise<Record<string, Figures>> {
  const dist = new URL('../../node_modules/maplibre-gl/dist/', import.meta.url)
  const server = createServer(({ url = '/' }, response) => {
    const script = url.endsWith('.mjs')
    response.setHeader('content-type', script ? 'text/javascript' : 'text/html')
    response.end(script ? readFileSync(new URL(`.${url}`, dist)) : '<div id="map"></div>')
  })
  await new Promise<void>((resolve) => server.listen(0, resolve))
  const page = await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage()
  await page.addInitScript(NAMES)
  await page.goto(`http://localhost:${(server.address() as AddressInfo).port}/`)
  const results = await page.evaluate(bareSteps, {
    units,
    fills: [...GRID_FILLS],
    view: VIEW,
    steps: STEPS / 2,
  })
  await page.context().close()
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
  return {
    'bare map, feature state': summary(results.state),
    'bare map, whole source replaced': summary(results.replace),
  }
}

async function bareSteps(given: {
  units: UnitCollection
  fills: string[]
  view: { lng: number; lat: number; zoom: number }
  steps: number
}): Promise<{ state: number[]; replace: number[] }> {
  const { units, fills, view, steps } = given
  const source = '/maplibre-gl.mjs'
  const { Map, setWorkerUrl } = (await import(source)) as typeof import('maplibre-gl')
  setWorkerUrl('/maplibre-gl-worker.mjs')
  const container = document.getElementById('map')!
  Object.assign(container.style, { position: 'absolute', inset: '0' })
  const grid = ['to-number', ['coalesce', ['feature-state', 'grid'], ['get', 'gridNo'], -1]]
  const map = new Map({
    container,
    center: [view.lng, view.lat],
    zoom: view.zoom,
    style: {
      version: 8,
      sources: { units: { type: 'geojson', data: units } },
      layers: [
        {
          id: 'fill',
          type: 'fill',
          source: 'units',
          paint: {
            'fill-color': [
              'match',
              ['%', grid, fills.length],
              ...fills.flatMap((hex, i) => [i, hex]),
              '#e3e3df',
            ] as never,
          },
        },
      ],
    },
  })
  await map.once('idle')
  const gl = map.getCanvas().getContext('webgl2')!
  const drawn = () => gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, new Uint8Array(4))
  const state: number[] = []
  const replace: number[] = []
  for (let i = 0; i < steps; i++) {
    const began = performance.now()
    map.setFeatureState({ source: 'units', id: 10 * i }, { grid: i % 40 })
    await map.once('render')
    drawn()
    state.push(performance.now() - began)
  }
  for (let i = 0; i < steps; i++) {
    const began = performance.now()
    units.features[10 * i].properties.gridNo = (i + 7) % 40
    ;(map.getSource('units') as import('maplibre-gl').GeoJSONSource).setData({ ...units })
    // Until the new data is drawn: before that the map shows the old one.
    await map.once('idle')
    drawn()
    replace.push(performance.now() - began)
  }
  return { state, replace }
}

function summary(times: number[]): Figures {
  const sorted = [...times].sort((a, b) => a - b)
  const at = (share: number) =>
    Math.round(10 * sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]) / 10
  return { steps: times.length, median: at(0.5), p95: at(0.95), most: at(1) }
}
