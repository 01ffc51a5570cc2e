/** The pattern over what is locked: diagonal lines, dark with a light edge, so that it reads on every fill and in both themes. */
export const HATCH = 'hatch'
const SIDE = 16
const PERIOD = 8

export function hatchImage(): { width: number; height: number; data: Uint8Array } {
  const data = new Uint8Array(SIDE * SIDE * 4)
  for (let y = 0; y < SIDE; y++) {
    for (let x = 0; x < SIDE; x++) {
      const across = (x + y) % PERIOD
      const at = (y * SIDE + x) * 4
      if (across < 2) data.set([18, 28, 32, 190], at)
      else if (across === 2 || across === PERIOD - 1) data.set([255, 255, 255, 120], at)
    }
  }
  return { width: SIDE, height: SIDE, data }
}
