/**
 * Purpose: lng/lat degrees to the Web-Mercator square and back.
 * Inputs and units: degrees; world units are 30 bits per axis, x eastwards, y southwards, so a tile of zoom z is
 * 2^(30-z) units wide and a point's tile is a bit prefix of its position.
 * Guarantees: the tile of a rounded position is the tile of the exact one (rounding is downwards). One unit is at most
 * 3.8 cm. Limits: latitudes beyond 85.05 degrees are pushed to the edge. Source: EPSG:3857 definition.
 */
export const WORLD_BITS = 30
export const WORLD = 2 ** WORLD_BITS

export function worldX(lng: number): number {
  return clamp((lng / 360 + 0.5) * WORLD)
}

export function worldY(lat: number): number {
  const sin = Math.sin((lat * Math.PI) / 180)
  return clamp((0.5 - Math.log((1 + sin) / (1 - sin)) / (4 * Math.PI)) * WORLD)
}

export function lngOf(x: number): number {
  return (x / WORLD - 0.5) * 360
}

export function latOf(y: number): number {
  return (Math.atan(Math.sinh(Math.PI * (1 - (2 * y) / WORLD))) * 180) / Math.PI
}

function clamp(value: number): number {
  return value >= WORLD ? WORLD - 1 : value > 0 ? Math.floor(value) : 0
}
