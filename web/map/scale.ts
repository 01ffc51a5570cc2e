/** The scale bar: the longest round distance that fits into a width. */
const EQUATOR_M_PER_PX_Z0 = 78271.51696 // a 512 px world at zoom 0

export function metresPerPixel(lat: number, zoom: number): number {
  return (EQUATOR_M_PER_PX_Z0 * Math.cos((lat * Math.PI) / 180)) / 2 ** zoom
}

export function scaleBar(lat: number, zoom: number, maxPx: number): { metres: number; px: number } {
  const perPx = metresPerPixel(lat, zoom)
  const most = perPx * maxPx
  const power = 10 ** Math.floor(Math.log10(most))
  const step = [5, 2, 1].find((factor) => factor * power <= most) ?? 1
  const metres = step * power
  return { metres, px: metres / perPx }
}
