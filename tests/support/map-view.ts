import type { Page } from 'playwright-core'

export interface MapView {
  lng: number
  lat: number
  zoom: number
}

/** Everything in view is drawn and nothing more is awaited. */
export async function mapAtRest(page: Page): Promise<void> {
  await page.waitForSelector('[data-map][aria-busy="false"]')
}

const WORLD_TILE_PX = 512
const mercatorY = (lat: number) => Math.log(Math.tan(Math.PI / 4 + (lat * Math.PI) / 360)) / (2 * Math.PI)

/** Where a position lies on the page when the map shows `view` in its middle. */
export function pixelOf(page: Page, [lng, lat]: readonly number[], view: MapView): { x: number; y: number } {
  const { width, height } = page.viewportSize()!
  const scale = WORLD_TILE_PX * 2 ** view.zoom
  return {
    x: width / 2 + ((lng - view.lng) / 360) * scale,
    y: height / 2 - (mercatorY(lat) - mercatorY(view.lat)) * scale,
  }
}

/** Per point the number of dark pixels in a box the size of a short name around it. */
export async function inkAt(page: Page, points: { x: number; y: number }[]): Promise<number[]> {
  const picture = (await page.screenshot()).toString('base64')
  return page.evaluate(
    async ({ picture, points }) => {
      const bytes = Uint8Array.from(atob(picture), (char) => char.charCodeAt(0))
      const bitmap = await createImageBitmap(new Blob([bytes], { type: 'image/png' }))
      const canvas = new OffscreenCanvas(bitmap.width, bitmap.height)
      const context = canvas.getContext('2d')!
      context.drawImage(bitmap, 0, 0)
      return points.map(({ x, y }) => {
        const { data } = context.getImageData(Math.round(x) - 22, Math.round(y) - 16, 44, 32)
        let dark = 0
        for (let i = 0; i < data.length; i += 4) if (data[i] + data[i + 1] + data[i + 2] < 330) dark++
        return dark
      })
    },
    { picture, points },
  )
}
